"""Events and records of AgentCore memories, typed by hand.

Service Authorization Reference, Amazon Bedrock AgentCore: resource type memory; condition keys actorId, sessionId,
namespace and strategyId.
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.authorization_case import Allow, Case

MEMORIES = "arn:aws:bedrock-agentcore:us-east-1:000000000000:memory"
ID = {"memoryId": "case-AbCdEfGhIj"}
ACTOR = {**ID, "actorId": "anna"}
SESSION = {**ACTOR, "sessionId": "monday"}
EVENT = {**SESSION, "eventId": "0000000000000001#00000001"}
RECORD = {**ID, "memoryRecordId": "mem-00000000-0000-0000-0000-000000000000-0000"}
SAID = {"eventTimestamp": 1, "payload": [{"blob": "x"}]}
SEARCH = {"searchQuery": "x", "memoryStrategyId": "facts-AbCdEfGhIj"}
OF_SESSION = {"actorId": "anna", "sessionId": "monday"}
OF_STRATEGY = {"namespace": "/a", "strategyId": "facts-AbCdEfGhIj"}


def case(operation: str, arguments: dict[str, Any], keys: dict[str, str]) -> Case:
    """The action on the memory, under conditions on all keys; refused on another memory and with another value."""
    action, own = f"bedrock-agentcore:{operation}", f"{MEMORIES}/case-AbCdEfGhIj"

    def allow(resource: str, **changed: str) -> Allow:
        named = {f"bedrock-agentcore:{key}": value for key, value in {**keys, **changed}.items()}
        return Allow(action, resource, {"StringEquals": named} if named else {})

    near = [allow(f"{MEMORIES}/other-AbCdEfGhIj"), *(allow(own, **{key: "other"}) for key in keys)]
    return Case(action, arguments, (allow(own),), tuple((each,) for each in near), "bedrock-agentcore")


CASES: list[Case] = [
    case("CreateEvent", {**SESSION, **SAID}, OF_SESSION),
    case("GetEvent", EVENT, OF_SESSION),
    case("DeleteEvent", EVENT, OF_SESSION),
    case("ListEvents", SESSION, OF_SESSION),
    case("ListSessions", ACTOR, {"actorId": "anna"}),
    case("ListActors", ID, {}),
    case("GetMemoryRecord", RECORD, {}),
    case("DeleteMemoryRecord", RECORD, {}),
    case("ListMemoryRecords", {**ID, "namespace": "/a", "memoryStrategyId": SEARCH["memoryStrategyId"]}, OF_STRATEGY),
    case("RetrieveMemoryRecords", {**ID, "namespace": "/a", "searchCriteria": SEARCH}, OF_STRATEGY),
]
