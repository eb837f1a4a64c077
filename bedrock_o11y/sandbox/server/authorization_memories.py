"""The rows of events and records of AgentCore memories. The sandbox keeps none, but it knows who may ask for them.

Resource type and condition keys: service authorisation reference; paths and members: API model of the data plane.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .authorization_model import Need, Request, Row, no_keys

if TYPE_CHECKING:
    from .authorization_model import Keys

REFERENCE = "Service Authorization Reference, Amazon Bedrock AgentCore"
PREFIX = "bedrock-agentcore"
_MEMORY = "/memories/(?P<id>[^/]+)"
_ACTOR = f"{_MEMORY}/actor/(?P<actor>[^/]+)"
_SESSION = f"{_ACTOR}/sessions/(?P<session>[^/]+)"


def _memory(request: Request) -> list[str]:
    return [request.arn(PREFIX, f"memory/{request.path.get('id', '')}")]


def _whose(request: Request) -> dict[str, str | list[str]]:
    """Actor and session, from the path or, for CreateEvent, from the body."""
    named = {
        "actorId": request.path.get("actor") or request.text("actorId"),
        "sessionId": request.path.get("session") or request.text("sessionId"),
    }
    return {f"{PREFIX}:{key}": value for key, value in named.items() if value}


def _searched(request: Request) -> dict[str, str | list[str]]:
    """Namespace and strategy of the records that are asked for."""
    criteria = request.parameters.get("searchCriteria")
    strategy = request.text("memoryStrategyId") or (criteria or {}).get("memoryStrategyId")
    named = {"namespace": request.text("namespace"), "strategyId": strategy}
    return {f"{PREFIX}:{key}": str(value) for key, value in named.items() if value}


def _row(operation: str, method: str, path: str, keys: Keys = no_keys) -> Row:
    name = f"{PREFIX}:{operation}"
    return Row(name, (Need(name, _memory, keys),), REFERENCE, route=(method, re.compile(f"{path}/?")))


ROWS: tuple[Row, ...] = (
    _row("CreateEvent", "POST", f"{_MEMORY}/events", _whose),
    _row("GetEvent", "GET", f"{_SESSION}/events/[^/]+", _whose),
    _row("DeleteEvent", "DELETE", f"{_SESSION}/events/[^/]+", _whose),
    _row("ListEvents", "POST", _SESSION, _whose),
    _row("ListSessions", "POST", f"{_ACTOR}/sessions", _whose),
    _row("ListActors", "POST", f"{_MEMORY}/actors"),
    _row("GetMemoryRecord", "GET", f"{_MEMORY}/memoryRecord/[^/]+"),
    _row("DeleteMemoryRecord", "DELETE", f"{_MEMORY}/memoryRecords/[^/]+"),
    _row("ListMemoryRecords", "POST", f"{_MEMORY}/memoryRecords", _searched),
    _row("RetrieveMemoryRecords", "POST", f"{_MEMORY}/retrieve", _searched),
)
"""Operations of the data plane of memories."""
