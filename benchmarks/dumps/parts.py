"""Pieces of policy documents, and the account that they are about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCOUNT = "123456789012"
OTHER_ACCOUNT = "111122223333"
REGIONS = ("us-east-1", "us-west-2", "eu-central-1", "ap-northeast-1")

Statement = dict[str, Any]
Document = dict[str, Any]


def document(*statements: Statement) -> Document:
    """A policy document of these statements."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(
    sid: str,
    actions: str | Sequence[str],
    resources: str | Sequence[str] = "*",
    *,
    effect: str = "Allow",
    condition: dict[str, Any] | None = None,
) -> Statement:
    """A statement of an identity policy; a single action or resource is written without a list, as people do."""
    written: Statement = {"Sid": sid, "Effect": effect, "Action": _written(actions), "Resource": _written(resources)}
    return {**written, "Condition": condition} if condition else written


def trust(service: str, condition: dict[str, Any] | None = None) -> Document:
    """A trust policy for one service."""
    allowed: Statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return document({**allowed, "Condition": condition} if condition else allowed)


def source(service: str, region: str) -> dict[str, Any]:
    """The condition that pins the source of a service's calls to this account and one Region."""
    return {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:{service}:{region}:{ACCOUNT}:*"},
    }


def _written(values: str | Sequence[str]) -> str | list[str]:
    return values if isinstance(values, str) else list(values)
