"""Endpoints of a runtime: Create, Get, List, Update, Delete.

Sources: API model of the control plane; AgentCore developer guide, "AgentCore Runtime versioning and endpoints":
DEFAULT is made with the runtime and follows its newest version, another endpoint stays at its version until it is
updated.
Decided here, because no page says it: DEFAULT is neither updated nor deleted by itself (ConflictException).
"""

from __future__ import annotations

from typing import Any

from . import agentcore_state
from . import service_seams as seams
from .agentcore_answers import ACCEPTED, conflict, iso, not_found, ok
from .agentcore_pages import page
from .agentcore_state import Endpoint, Lifecycle, Runtime, runtime_of
from .authorization_agentcore import DEFAULT_ENDPOINT


def add_default(runtime: Runtime) -> None:
    """Make the endpoint that every runtime has.

    Args:
        runtime: that is being created.
    """
    _add(runtime, DEFAULT_ENDPOINT, runtime.latest, None)


def lead_default(runtime: Runtime) -> None:
    """Lead the endpoint DEFAULT to the newest version.

    Args:
        runtime: that is being updated.
    """
    default = runtime.endpoints[DEFAULT_ENDPOINT]
    default.version = runtime.latest
    default.life.begin("UPDATING")


def create(data: dict[str, Any]) -> seams.Response:
    """CreateAgentRuntimeEndpoint.

    Args:
        data: the request, checked against the model; without a version the newest is meant.

    Returns:
        the endpoint that is being created.

    Raises:
        AgentCoreError: there is no such runtime or version, or the name is taken.
    """
    runtime = runtime_of(data["agentRuntimeId"])
    if data["name"] in runtime.endpoints:
        raise conflict(f"An endpoint with the name '{data['name']}' already exists for agent '{runtime.id}'.")
    endpoint = _add(runtime, data["name"], _version(runtime, data), data.get("description"))
    return ok(
        {
            **_names(runtime, endpoint),
            "agentRuntimeId": runtime.id,
            "endpointName": endpoint.name,
            "targetVersion": endpoint.version,
            "createdAt": iso(endpoint.life.created),
            "status": endpoint.life.status(),
        },
        ACCEPTED,
    )


def get(data: dict[str, Any]) -> seams.Response:
    """GetAgentRuntimeEndpoint.

    Args:
        data: the request.

    Returns:
        the endpoint.

    Raises:
        AgentCoreError: there is no such runtime or endpoint.
    """
    runtime, endpoint = _found(data)
    return ok(_shown(runtime, endpoint))


def list_all(data: dict[str, Any]) -> seams.Response:
    """ListAgentRuntimeEndpoints.

    Args:
        data: the request.

    Returns:
        one page of them.

    Raises:
        AgentCoreError: there is no such runtime.
    """
    runtime = runtime_of(data["agentRuntimeId"])
    return page("runtimeEndpoints", [_shown(runtime, endpoint) for endpoint in runtime.endpoints.values()], data)


def update(data: dict[str, Any]) -> seams.Response:
    """UpdateAgentRuntimeEndpoint.

    Args:
        data: the request, checked against the model.

    Returns:
        the endpoint that is being updated.

    Raises:
        AgentCoreError: there is no such runtime, endpoint or version, or it is DEFAULT.
    """
    runtime, endpoint = _found(data)
    _own(endpoint)
    endpoint.version = _version(runtime, data)
    endpoint.description = data.get("description") or endpoint.description
    endpoint.life.begin("UPDATING")
    shown = _shown(runtime, endpoint)
    del shown["name"], shown["id"]
    return ok(shown, ACCEPTED)


def delete(data: dict[str, Any]) -> seams.Response:
    """DeleteAgentRuntimeEndpoint.

    Args:
        data: the request.

    Returns:
        the endpoint that is being deleted.

    Raises:
        AgentCoreError: there is no such runtime or endpoint, or it is DEFAULT.
    """
    runtime, endpoint = _found(data)
    _own(endpoint)
    endpoint.life.begin("DELETING")
    return ok({"status": "DELETING", "agentRuntimeId": runtime.id, "endpointName": endpoint.name}, ACCEPTED)


def _add(runtime: Runtime, name: str, version: str, description: str | None) -> Endpoint:
    life = Lifecycle()
    life.begin("CREATING")
    arn = f"{runtime.arn}/runtime-endpoint/{name}"
    endpoint = Endpoint(name, agentcore_state.new_id(name), arn, version, life, description)
    runtime.endpoints[name] = endpoint
    return endpoint


def _found(data: dict[str, Any]) -> tuple[Runtime, Endpoint]:
    runtime = runtime_of(data["agentRuntimeId"])
    endpoint = runtime.endpoints.get(data["endpointName"])
    if endpoint is None:
        raise not_found(f"Endpoint '{data['endpointName']}' of agent '{runtime.id}' was not found.")
    return runtime, endpoint


def _own(endpoint: Endpoint) -> None:
    if endpoint.name == DEFAULT_ENDPOINT:
        raise conflict("The endpoint DEFAULT follows the agent and cannot be changed by itself.")


def _version(runtime: Runtime, data: dict[str, Any]) -> str:
    version = str(data.get("agentRuntimeVersion") or runtime.latest)
    if version not in runtime.versions:
        raise not_found(f"Agent '{runtime.id}' has no version '{version}'.")
    return version


def _names(runtime: Runtime, endpoint: Endpoint) -> dict[str, Any]:
    return {"agentRuntimeArn": runtime.arn, "agentRuntimeEndpointArn": endpoint.arn}


def _shown(runtime: Runtime, endpoint: Endpoint) -> dict[str, Any]:
    shown = {
        **_names(runtime, endpoint),
        "name": endpoint.name,
        "id": endpoint.id,
        "liveVersion": endpoint.version,
        "targetVersion": endpoint.version,
        "createdAt": iso(endpoint.life.created),
        "lastUpdatedAt": iso(endpoint.life.updated),
        "status": endpoint.life.status(),
    }
    return shown | ({"description": endpoint.description} if endpoint.description else {})
