"""Statements as one types them, without the noise."""

from __future__ import annotations

from typing import Any

GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/x"
BUCKET = "arn:aws:s3:::b/"


def policy(*statements: Any, version: str | None = "2012-10-17") -> dict[str, Any]:
    head = {"Version": version} if version else {}
    return {**head, "Statement": list(statements)}


def allow(action: Any, resource: Any = "*", condition: Any = None, **more: Any) -> dict[str, Any]:
    return _statement("Allow", action, resource, condition, more)


def deny(action: Any, resource: Any = "*", condition: Any = None, **more: Any) -> dict[str, Any]:
    return _statement("Deny", action, resource, condition, more)


def _statement(effect: str, action: Any, resource: Any, condition: Any, more: dict[str, Any]) -> dict[str, Any]:
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    for negated, plain in (("NotAction", "Action"), ("NotResource", "Resource")):
        if negated in more:
            del statement[plain]
    return {**statement, "Condition": condition} if condition else statement
