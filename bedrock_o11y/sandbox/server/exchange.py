"""What the parts of the server know about the request in hand."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Exchange:
    """One request and its answer.

    Attributes:
        operation: `service:Operation` once the router has named it, for example `logs:PutLogEvents`.
        handled: a handler has taken the request; what the service calls within is not the caller's call.
        dropped: the answer must not reach the caller.
    """

    operation: str = ""
    handled: bool = False
    dropped: bool = False


_current: ContextVar[Exchange | None] = ContextVar("sandbox_exchange", default=None)


def begin() -> Exchange:
    """Start the exchange of the request in hand.

    Returns:
        the new exchange.
    """
    exchange = Exchange()
    _current.set(exchange)
    return exchange


def current() -> Exchange | None:
    """The exchange in hand.

    Returns:
        the exchange, or None outside a request (a timer, a worker thread of a deploy).
    """
    return _current.get()
