"""The operations of AgentCore, registered in the place of MiniStack's behind its authentication and enforcement.

MiniStack's own AgentCore echoes what it is asked and leaves nothing in the account; it answers none of these.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import agentcore_endpoints, agentcore_invocations, agentcore_resources, agentcore_runtimes, agentcore_shapes
from . import service_seams as seams
from .agentcore_answers import AgentCoreError, invalid
from .authorization_agentcore import PREFIX, ROWS
from .authorization_model import routed

if TYPE_CHECKING:
    from collections.abc import Callable

OPERATIONS: dict[str, Callable[[dict[str, Any]], seams.Response]] = {
    "CreateAgentRuntime": agentcore_runtimes.create,
    "GetAgentRuntime": agentcore_runtimes.get,
    "ListAgentRuntimes": agentcore_runtimes.list_all,
    "ListAgentRuntimeVersions": agentcore_runtimes.list_versions,
    "UpdateAgentRuntime": agentcore_runtimes.update,
    "DeleteAgentRuntime": agentcore_runtimes.delete,
    "CreateAgentRuntimeEndpoint": agentcore_endpoints.create,
    "GetAgentRuntimeEndpoint": agentcore_endpoints.get,
    "ListAgentRuntimeEndpoints": agentcore_endpoints.list_all,
    "UpdateAgentRuntimeEndpoint": agentcore_endpoints.update,
    "DeleteAgentRuntimeEndpoint": agentcore_endpoints.delete,
    "CreateMemory": agentcore_resources.create_memory,
    "GetMemory": agentcore_resources.get_memory,
    "ListMemories": agentcore_resources.list_memories,
    "DeleteMemory": agentcore_resources.delete_memory,
    "CreateGateway": agentcore_resources.create_gateway,
    "GetGateway": agentcore_resources.get_gateway,
    "ListGateways": agentcore_resources.list_gateways,
    "DeleteGateway": agentcore_resources.delete_gateway,
    "GetWorkloadIdentity": agentcore_resources.get_workload_identity,
    "ListTagsForResource": agentcore_resources.list_tags,
}
"""The operations of the control plane by name."""

_INVOKE = "InvokeAgentRuntime"
_PATH_MEMBERS = {"runtime": "agentRuntimeId", "endpoint": "endpointName", "resourceArn": "resourceArn"}
_IDS = {"Memory": "memoryId", "Gateway": "gatewayIdentifier"}
_QUERY_MEMBERS = {"version": "agentRuntimeVersion", "maxResults": "maxResults", "nextToken": "nextToken"}
_TABLE = {row.operation: row for row in ROWS}


async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> seams.Response:
    """One request to AgentCore.

    Args:
        method: of the request.
        path: of the request, decoded.
        headers: of the request, names in lower case.
        body: of the request.
        query: of the request.

    Returns:
        its answer.
    """
    found = routed(PREFIX, method, path, _TABLE)
    try:
        if found is None:
            # Not reached by requests that were judged: an operation without a row is refused before.
            raise invalid(f"The sandbox has no operation {method} {path}.")
        operation = found[0].partition(":")[2]
        asked = {name: value[0] if isinstance(value, list) else value for name, value in query.items()}
        if operation == _INVOKE:
            return await agentcore_invocations.invoke(found[1]["runtime"], asked, headers, body)
        if operation not in OPERATIONS:
            raise invalid(f"The sandbox keeps no events and records of memories: it does not answer {operation}.")
        data = {**_parsed(body), **_from_query(asked), **_from_path(operation, found[1])}
        agentcore_shapes.check(operation, data)
        return OPERATIONS[operation](data)
    except AgentCoreError as error:
        return error.response


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        data = json.loads(body or b"{}")
    except ValueError:
        raise invalid("The request is not valid JSON.") from None
    if not isinstance(data, dict):
        raise invalid("The request is not a JSON object.")
    return data


def _from_query(asked: dict[str, Any]) -> dict[str, Any]:
    members = {ours: asked[theirs] for theirs, ours in _QUERY_MEMBERS.items() if theirs in asked}
    if "maxResults" in members:
        text = str(members["maxResults"])
        members["maxResults"] = int(text) if text.isdecimal() else text
    return members


def _from_path(operation: str, parts: dict[str, str]) -> dict[str, Any]:
    kind = next((kind for kind in _IDS if operation.endswith(kind)), "")
    names = {**_PATH_MEMBERS, "id": _IDS.get(kind, "")}
    return {names[part]: value for part, value in parts.items()}


def install() -> None:
    """Register the service; the router sends both endpoints here, which sign as one service."""
    seams.get("app.handlers")[PREFIX] = handle
