"""What the delivery operations of CloudWatch Logs have in common: names, pages, tags, and one change at a time.

Source: CloudWatch Logs API reference, the data types DeliverySource, DeliveryDestination and Delivery; for the conflict
of two changes, public reports (terraform-provider-aws 42194 and 48158: CreateDelivery on a source or a destination that
another CreateDelivery has in hand).
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from .logs_answers import LogsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BUSY = "Requested resource is currently being updated. Please try again later."
"""AWS's words for a second change while the first is not done."""

_NAME = re.compile(r"[\w-]{1,60}", re.ASCII)
_MOST_OF_A_PAGE = 50

_busy: set[str] = set()


def invalid(message: str) -> LogsError:
    """A request that CloudWatch Logs does not take.

    Args:
        message: what is wrong with it.

    Returns:
        the error, to be raised.
    """
    return LogsError("ValidationException", message)


def conflict(message: str) -> LogsError:
    """A request that meets something in its way.

    Args:
        message: what stands in the way.

    Returns:
        the error, to be raised.
    """
    return LogsError("ConflictException", message)


def missing(kind: str) -> LogsError:
    """A request about something that is not there.

    Args:
        kind: `Delivery Source`, `Delivery Destination` or `Delivery`.

    Returns:
        the error, to be raised.
    """
    return LogsError("ResourceNotFoundException", f"Requested {kind} does not exist in this account.")


def text_of(data: dict[str, Any], member: str) -> str:
    """A required text of a request.

    Args:
        data: the request.
        member: its name.

    Returns:
        the text.

    Raises:
        LogsError: it is missing.
    """
    value = data.get(member)
    if not isinstance(value, str) or not value:
        raise invalid(
            f"1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must not be null"
        )
    return value


def name_of(data: dict[str, Any], member: str = "name") -> str:
    r"""The name of a source or a destination: 1 to 60 characters of ``[\w-]``.

    Args:
        data: the request.
        member: where it stands.

    Returns:
        the name.

    Raises:
        LogsError: it is missing, too long or has other characters.
    """
    name = text_of(data, member)
    if not _NAME.fullmatch(name):
        raise invalid(
            f"1 validation error detected: Value '{name}' at '{member}' failed to satisfy constraint: Member must "
            r"satisfy regular expression pattern: [\w-]* and have length less than or equal to 60"
        )
    return name


def tags_of(data: dict[str, Any], existing: dict[str, Any] | None) -> dict[str, str]:
    """The tags of a resource after a Put.

    Args:
        data: the request.
        existing: what is there already, if anything is.

    Returns:
        the tags.

    Raises:
        LogsError: the request has tags for what exists (observed, terraform-provider-aws 43572).
    """
    if existing is None:
        return dict(data.get("tags") or {})
    if data.get("tags"):
        raise conflict("Tags can only be provided when a resource is being created, not updated.")
    return dict(existing.get("tags") or {})


def page(records: Sequence[dict[str, Any]], data: dict[str, Any], member: str) -> dict[str, Any]:
    """One page of a Describe operation.

    Args:
        records: everything that is asked for, in order.
        data: the request with `limit` (1 to 50) and `nextToken`.
        member: what the answer calls them.

    Returns:
        the answer.

    Raises:
        LogsError: a limit or a token that cannot be.
    """
    limit = data.get("limit") or _MOST_OF_A_PAGE
    if not isinstance(limit, int) or not 1 <= limit <= _MOST_OF_A_PAGE:
        raise invalid(
            f"1 validation error detected: Value '{limit}' at 'limit' failed to satisfy constraint: Member must have "
            "value between 1 and 50"
        )
    token = str(data.get("nextToken") or "0")
    if not token.isdecimal() or int(token) > len(records):
        raise invalid("The specified nextToken is invalid.")
    end = int(token) + limit
    answer: dict[str, Any] = {member: [shown(record) for record in records[int(token) : end]]}
    return {**answer, "nextToken": str(end)} if end < len(records) else answer


def shown(record: dict[str, Any]) -> dict[str, Any]:
    """A stored record as the API answers it: without what is not set and without the policy of a destination.

    Args:
        record: source, destination or delivery.

    Returns:
        a copy.
    """
    return {name: value for name, value in record.items() if value not in (None, {}, [], "") and name != "policy"}


@contextmanager
def changing(*arns: str) -> Iterator[None]:
    """Hold sources and destinations while they change.

    Args:
        arns: the ARNs of what changes.

    Yields:
        nothing; the resources are free again afterwards.

    Raises:
        LogsError: another change has one of them in hand.
    """
    if _busy.intersection(arns):
        raise conflict(BUSY)
    _busy.update(arns)
    try:
        yield
    finally:
        _busy.difference_update(arns)
