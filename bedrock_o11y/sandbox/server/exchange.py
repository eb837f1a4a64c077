"""What the parts of the server know about the request in hand."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .authorization_model import Requirement


@dataclass(slots=True)
class Exchange:
    """One request and its answer.

    Attributes:
        operation: `service:Operation` once the router has named it, for example `logs:PutLogEvents`.
        judged: the authorisation table speaks of this request, and it has not been judged yet.
        questions: what the table asks in place of MiniStack; None when the operation has no row.
        resource: the resource of the first question.
        added: what the table asks on top of MiniStack.
        refused: the question that was answered with no.
        without_row: it was refused because the table has no row.
        handled: a handler has taken the request; what the service calls within is not the caller's call.
        dropped: the answer must not reach the caller.
    """

    operation: str = ""
    judged: bool = False
    questions: list[Requirement] | None = None
    resource: str = ""
    added: list[Requirement] = field(default_factory=list)
    refused: Requirement | None = None
    without_row: bool = False
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
