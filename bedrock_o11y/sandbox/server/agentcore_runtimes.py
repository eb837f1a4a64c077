"""Runtimes of AgentCore: Create, Get, List, Update, Delete, and their versions.

Sources: API model of the control plane; AgentCore developer guide, "AgentCore Runtime versioning and endpoints": every
update makes a version, and the endpoint DEFAULT, made with the runtime, leads to the newest. The messages of conflicts
and of agents that are not there have been seen by users (awslabs/agentcore-samples, issue 1317, and public projects).
Decided here, because no page says it: a runtime with which something goes on is not changed (ConflictException); the
limits of a session that is left alone, 900 seconds, and of its life, 28800 seconds, are those of the guide.
"""

from __future__ import annotations

from typing import Any

from . import agentcore_endpoints, agentcore_roles, agentcore_state
from . import service_seams as seams
from .agentcore_answers import ACCEPTED, conflict, iso, not_found, ok
from .agentcore_pages import page
from .agentcore_state import Lifecycle, Runtime, runtime_of

_LIFECYCLE = {"idleRuntimeSessionTimeout": 900, "maxLifetime": 28800}
_OF_THE_REQUEST = ("agentRuntimeName", "agentRuntimeId", "clientToken", "tags")


def create(data: dict[str, Any]) -> seams.Response:
    """CreateAgentRuntime.

    Args:
        data: the request, checked against the model.

    Returns:
        the runtime that is being created.

    Raises:
        AgentCoreError: the name is taken, or the role cannot be used.
    """
    account = agentcore_state.current()
    name = data["agentRuntimeName"]
    if any(known.name == name for known in account.runtimes.values()):
        raise conflict("An agent with the specified name already exists")
    identity = agentcore_state.new_id(name)
    arn = agentcore_state.arn(f"runtime/{identity}")
    agentcore_roles.check(data["roleArn"], arn, data["agentRuntimeArtifact"])
    life = Lifecycle()
    life.begin("CREATING")
    runtime = Runtime(name, identity, arn, {"1": _kept(data)}, life, tags=dict(data.get("tags") or {}))
    agentcore_endpoints.add_default(runtime)
    account.runtimes[identity] = runtime
    account.identities[identity] = life.created
    return ok({**_names(runtime, "1"), "createdAt": iso(life.created), "status": life.status()}, ACCEPTED)


def get(data: dict[str, Any]) -> seams.Response:
    """GetAgentRuntime.

    Args:
        data: the request; without a version the newest is meant.

    Returns:
        the runtime.

    Raises:
        AgentCoreError: there is no such runtime or version.
    """
    runtime = runtime_of(data["agentRuntimeId"])
    version = data.get("agentRuntimeVersion") or runtime.latest
    if version not in runtime.versions:
        raise not_found(f"Agent '{runtime.id}' has no version '{version}'.")
    return ok(
        {
            "environmentVariables": {},
            "lifecycleConfiguration": _LIFECYCLE,
            **runtime.versions[version],
            **_names(runtime, version),
            "agentRuntimeName": runtime.name,
            "createdAt": iso(runtime.life.created),
            "lastUpdatedAt": iso(runtime.life.updated),
            "status": runtime.life.status(),
        }
    )


def list_all(data: dict[str, Any]) -> seams.Response:
    """ListAgentRuntimes.

    Args:
        data: the request.

    Returns:
        one page of them.
    """
    runtimes = agentcore_state.current().runtimes.values()
    return page("agentRuntimes", [_summary(runtime, runtime.latest) for runtime in runtimes], data)


def list_versions(data: dict[str, Any]) -> seams.Response:
    """ListAgentRuntimeVersions.

    Args:
        data: the request.

    Returns:
        one page of them, the newest first.

    Raises:
        AgentCoreError: there is no such runtime.
    """
    runtime = runtime_of(data["agentRuntimeId"])
    return page("agentRuntimes", [_summary(runtime, version) for version in reversed(runtime.versions)], data)


def update(data: dict[str, Any]) -> seams.Response:
    """UpdateAgentRuntime: a new version, to which the endpoint DEFAULT leads from now on.

    Args:
        data: the request, checked against the model.

    Returns:
        the runtime that is being updated.

    Raises:
        AgentCoreError: there is no such runtime, something goes on with it, or the role cannot be used.
    """
    runtime = runtime_of(data["agentRuntimeId"])
    _settled(runtime)
    agentcore_roles.check(data["roleArn"], runtime.arn, data["agentRuntimeArtifact"])
    version = str(len(runtime.versions) + 1)
    runtime.versions[version] = _kept(data)
    runtime.life.begin("UPDATING")
    runtime.sessions.clear()  # the sessions of the former version end with it
    agentcore_endpoints.lead_default(runtime)
    return ok(
        {
            **_names(runtime, version),
            "createdAt": iso(runtime.life.created),
            "lastUpdatedAt": iso(runtime.life.updated),
            "status": runtime.life.status(),
        },
        ACCEPTED,
    )


def delete(data: dict[str, Any]) -> seams.Response:
    """DeleteAgentRuntime; its log groups stay.

    Args:
        data: the request.

    Returns:
        the runtime that is being deleted.

    Raises:
        AgentCoreError: there is no such runtime, or something goes on with it.
    """
    runtime = runtime_of(data["agentRuntimeId"])
    _settled(runtime)
    runtime.life.begin("DELETING")
    return ok({"status": "DELETING", "agentRuntimeId": runtime.id}, ACCEPTED)


def _settled(runtime: Runtime) -> None:
    status = runtime.life.status()
    if status != "READY":
        raise conflict(f"Agent '{runtime.id}' is {status} and cannot be changed now. Please try again later.")


def _kept(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in _OF_THE_REQUEST and value is not None}


def _names(runtime: Runtime, version: str) -> dict[str, Any]:
    return {
        "agentRuntimeArn": runtime.arn,
        "agentRuntimeId": runtime.id,
        "agentRuntimeVersion": version,
        "workloadIdentityDetails": {"workloadIdentityArn": agentcore_state.identity_arn(runtime.id)},
    }


def _summary(runtime: Runtime, version: str) -> dict[str, Any]:
    names = _names(runtime, version)
    del names["workloadIdentityDetails"]
    return {
        **names,
        "agentRuntimeName": runtime.name,
        "description": runtime.versions[version].get("description", ""),
        "lastUpdatedAt": iso(runtime.life.updated),
        "status": runtime.life.status(),
    }
