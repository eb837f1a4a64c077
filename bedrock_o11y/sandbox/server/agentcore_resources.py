"""Memories, gateways and workload identities of AgentCore, as far as other services name them by ARN.

Sources: API model of the control plane; for a memory's name that is taken, the SDK of AgentCore, which waits for a
ValidationException that says "already exists". A memory keeps nothing and a gateway leads nowhere: the data plane of
both is not there.
"""

from __future__ import annotations

import string
import time
from typing import TYPE_CHECKING, Any

from . import agentcore_state
from . import service_seams as seams
from .agentcore_answers import ACCEPTED, conflict, invalid, iso, not_found, ok, without_none
from .agentcore_pages import page
from .agentcore_state import Lifecycle, Resource

if TYPE_CHECKING:
    from collections.abc import Iterable

ACTIVE = "ACTIVE"
"""What a memory is when nothing goes on; everything else is `READY`."""

_LOWER = string.ascii_lowercase + string.digits
_NOT_KEPT = ("name", "clientToken", "tags", "memoryStrategies")


def create_memory(data: dict[str, Any]) -> seams.Response:
    """CreateMemory.

    Args:
        data: the request, checked against the model.

    Returns:
        the memory that is being created.

    Raises:
        AgentCoreError: the name is taken.
    """
    memories = agentcore_state.current().memories
    if _is_taken(data["name"], memories.values()):
        raise invalid(f"Memory with name {data['name']} already exists")
    memory = _made("memory", data, agentcore_state.new_id(data["name"]))
    memories[memory.id] = memory
    return ok({"memory": shown_memory(memory)}, ACCEPTED)


def get_memory(data: dict[str, Any]) -> seams.Response:
    """GetMemory.

    Args:
        data: the request.

    Returns:
        the memory.

    Raises:
        AgentCoreError: there is none.
    """
    return ok({"memory": shown_memory(found_memory(data["memoryId"]))})


def list_memories(data: dict[str, Any]) -> seams.Response:
    """ListMemories.

    Args:
        data: the request.

    Returns:
        one page of them.
    """
    members = ("arn", "id", "status", "createdAt", "updatedAt")
    listed = [shown_memory(memory) for memory in agentcore_state.current().memories.values()]
    return page("memories", [{name: memory[name] for name in members} for memory in listed], data)


def delete_memory(data: dict[str, Any]) -> seams.Response:
    """DeleteMemory.

    Args:
        data: the request.

    Returns:
        the memory that is being deleted.

    Raises:
        AgentCoreError: there is none.
    """
    memory = found_memory(data["memoryId"])
    memory.life.begin("DELETING")
    return ok({"memoryId": memory.id, "status": "DELETING"}, ACCEPTED)


def create_gateway(data: dict[str, Any]) -> seams.Response:
    """CreateGateway.

    Args:
        data: the request, checked against the model.

    Returns:
        the gateway that is being created.

    Raises:
        AgentCoreError: the name is taken.
    """
    account = agentcore_state.current()
    if _is_taken(data["name"], account.gateways.values()):
        raise conflict(f"A gateway with the name '{data['name']}' already exists.")
    gateway = _made("gateway", data, agentcore_state.new_id(data["name"].lower(), _LOWER))
    account.gateways[gateway.id] = gateway
    account.identities[gateway.id] = gateway.life.created
    return ok(shown_gateway(gateway), ACCEPTED)


def get_gateway(data: dict[str, Any]) -> seams.Response:
    """GetGateway.

    Args:
        data: the request.

    Returns:
        the gateway.

    Raises:
        AgentCoreError: there is none.
    """
    return ok(shown_gateway(found_gateway(data["gatewayIdentifier"])))


def list_gateways(data: dict[str, Any]) -> seams.Response:
    """ListGateways.

    Args:
        data: the request.

    Returns:
        one page of them.
    """
    members = ("gatewayId", "name", "status", "description", "createdAt", "updatedAt", "authorizerType", "protocolType")
    listed = [shown_gateway(gateway) for gateway in agentcore_state.current().gateways.values()]
    return page("items", [{name: item[name] for name in members if name in item} for item in listed], data)


def delete_gateway(data: dict[str, Any]) -> seams.Response:
    """DeleteGateway.

    Args:
        data: the request.

    Returns:
        the gateway that is being deleted.

    Raises:
        AgentCoreError: there is none.
    """
    gateway = found_gateway(data["gatewayIdentifier"])
    gateway.life.begin("DELETING")
    return ok({"gatewayId": gateway.id, "status": "DELETING"}, ACCEPTED)


def get_workload_identity(data: dict[str, Any]) -> seams.Response:
    """GetWorkloadIdentity.

    Args:
        data: the request.

    Returns:
        the identity that came with a runtime or gateway.

    Raises:
        AgentCoreError: there is none.
    """
    created = agentcore_state.current().identities.get(data["name"])
    if created is None:
        raise not_found(f"Workload identity '{data['name']}' was not found.")
    arn = agentcore_state.identity_arn(data["name"])
    return ok({"name": data["name"], "workloadIdentityArn": arn, "createdTime": created, "lastUpdatedTime": created})


def list_tags(data: dict[str, Any]) -> seams.Response:
    """ListTagsForResource of a runtime, memory or gateway.

    Args:
        data: the request.

    Returns:
        the tags that it was created with.

    Raises:
        AgentCoreError: there is no such resource.
    """
    account = agentcore_state.current()
    tags = {runtime.arn: runtime.tags for runtime in account.runtimes.values()}
    for store in (account.memories, account.gateways):
        tags |= {resource.arn: resource.tags for resource in store.values()}
    if data["resourceArn"] in tags:
        return ok({"tags": tags[data["resourceArn"]]})
    raise not_found(f"Resource '{data['resourceArn']}' was not found.")


def found_memory(identity: str) -> Resource:
    """A memory of the account.

    Args:
        identity: its id.

    Returns:
        the record itself.

    Raises:
        AgentCoreError: there is none.
    """
    memory = agentcore_state.current().memories.get(identity)
    if memory is None:
        raise not_found(f"Memory not found: {identity}")
    return memory


def found_gateway(identity: str) -> Resource:
    """A gateway of the account.

    Args:
        identity: its id.

    Returns:
        the record itself.

    Raises:
        AgentCoreError: there is none.
    """
    gateway = agentcore_state.current().gateways.get(identity)
    if gateway is None:
        raise not_found(f"Gateway not found: {identity}")
    return gateway


def shown_memory(memory: Resource) -> dict[str, Any]:
    """A memory as the API answers it.

    Args:
        memory: the record.

    Returns:
        the members; moments are seconds since the epoch.
    """
    return {
        **memory.given,
        "arn": memory.arn,
        "id": memory.id,
        "name": memory.name,
        "status": memory.life.status(ACTIVE),
        "createdAt": memory.life.created,
        "updatedAt": memory.life.updated,
        "strategies": [],
    }


def shown_gateway(gateway: Resource) -> dict[str, Any]:
    """A gateway as the API answers it.

    Args:
        gateway: the record.

    Returns:
        the members.
    """
    return {
        **gateway.given,
        "gatewayArn": gateway.arn,
        "gatewayId": gateway.id,
        "gatewayUrl": f"https://{gateway.id}.gateway.bedrock-agentcore.{seams.region()}.amazonaws.com/mcp",
        "name": gateway.name,
        "createdAt": iso(gateway.life.created),
        "updatedAt": iso(gateway.life.updated),
        "status": gateway.life.status(),
        "workloadIdentityDetails": {"workloadIdentityArn": agentcore_state.identity_arn(gateway.id)},
    }


def _is_taken(name: str, resources: Iterable[Resource]) -> bool:
    return any(resource.name == name for resource in resources)


def _made(kind: str, data: dict[str, Any], identity: str) -> Resource:
    if kind == "memory" and data.get("memoryStrategies"):
        raise invalid("The sandbox has no memory strategies: leave memoryStrategies out.")
    life = Lifecycle(created=time.time())
    life.begin("CREATING")
    given = without_none({name: value for name, value in data.items() if name not in _NOT_KEPT})
    arn = agentcore_state.arn(f"{kind}/{identity}")
    return Resource(data["name"], identity, arn, given, life, dict(data.get("tags") or {}))
