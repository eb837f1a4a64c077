"""Policies, and changes of policies, in few words."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

Document = dict[str, Any]


def policy(*statements: Document) -> Document:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(effect: str, action: str | list[str], resource: str | list[str] = "*", **more: Any) -> Document:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def deny(action: str | list[str], resource: str | list[str] = "*", **more: Any) -> Document:
    return policy(statement("Deny", action, resource, **more))


def changed(document: Document, sid: str, **members: Any) -> Document:
    """A policy in which one statement has other members; one that is None is taken out."""
    copy = deepcopy(document)
    (one,) = (each for each in copy["Statement"] if each["Sid"] == sid)
    one.update(members)
    for name in [name for name, value in one.items() if value is None]:
        del one[name]
    return copy


def without(document: Document, *sids: str) -> Document:
    """A policy without some of its statements."""
    left = [each for each in document["Statement"] if each["Sid"] not in sids]
    assert len(left) == len(document["Statement"]) - len(sids), sids
    return policy(*left)
