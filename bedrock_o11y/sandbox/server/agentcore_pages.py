"""The pages in which AgentCore lists."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from .agentcore_answers import invalid, ok

if TYPE_CHECKING:
    from . import service_seams as seams

LARGEST = 100


def page(member: str, items: list[dict[str, Any]], data: dict[str, Any]) -> seams.Response:
    """One page of a list.

    Args:
        member: of the answer that holds the list.
        items: all of them.
        data: the request with `maxResults` and `nextToken`.

    Returns:
        the answer; the token points behind what it holds.

    Raises:
        AgentCoreError: the token is none of ours.
    """
    first = _position(data.get("nextToken"))
    last = first + int(data.get("maxResults") or LARGEST)
    token = base64.urlsafe_b64encode(str(last).encode()).decode() if last < len(items) else None
    return ok({member: items[first:last], "nextToken": token})


def _position(token: Any) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(str(token)))
    except (binascii.Error, ValueError):
        raise invalid("The nextToken is invalid.") from None
