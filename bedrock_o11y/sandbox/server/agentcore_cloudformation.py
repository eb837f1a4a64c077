"""`AWS::BedrockAgentCore::Runtime`, `RuntimeEndpoint`, `Memory` and `Gateway`.

Sources: CloudFormation resource schemas as the AWS CDK 2.275.0 has them (properties, attributes; Ref is the primary
identifier: the id of the runtime, the ARN of endpoint and memory, the id of the gateway). A new name makes a new
resource, as the schemas have the names create-only. CloudFormation waits until what it made is ready.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from . import agentcore_endpoints, agentcore_resources, agentcore_runtimes, agentcore_shapes, agentcore_state
from . import service_seams as seams
from .agentcore_answers import AgentCoreError
from .authorization_agentcore import DEFAULT_ENDPOINT

if TYPE_CHECKING:
    from collections.abc import Callable

    from .agentcore_state import Lifecycle

    Properties = dict[str, Any]
    Created = tuple[str, dict[str, Any]]

RUNTIME, ENDPOINT, MEMORY, GATEWAY = (
    f"AWS::BedrockAgentCore::{name}" for name in ("Runtime", "RuntimeEndpoint", "Memory", "Gateway")
)
_IDENTITY = {
    RUNTIME: ("AgentRuntimeName",),
    ENDPOINT: ("AgentRuntimeId", "Name"),
    MEMORY: ("Name", "EncryptionKeyArn"),
    GATEWAY: ("Name",),
}
"""Create-only properties by type."""

_AS_GIVEN = ("EnvironmentVariables", "Tags")
_NUMBERS = ("eventExpiryDuration", "idleRuntimeSessionTimeout", "maxLifetime")


def members_of(properties: Properties) -> dict[str, Any]:
    """The members of the API that properties of a template stand for.

    Args:
        properties: resolved.

    Returns:
        the same with names that begin in lower case; the keys of variables and tags as they are.
    """
    members: dict[str, Any] = {}
    for name, value in properties.items():
        member = name[:1].lower() + name[1:]
        members[member] = value if name in _AS_GIVEN else _lower(value)
        # Values that come from parameters arrive as text.
        if member in _NUMBERS and isinstance(members[member], str) and members[member].isdecimal():
            members[member] = int(members[member])
    protocol = members.get("protocolConfiguration")
    if isinstance(protocol, str):
        # A plain text in the schema of the runtime, a structure in the API.
        members["protocolConfiguration"] = {"serverProtocol": protocol}
    return members


def _lower(value: Any) -> Any:
    if isinstance(value, dict):
        return members_of(value)
    return [_lower(item) for item in value] if isinstance(value, list) else value


def _asked(operation: str, call: Callable[[dict[str, Any]], seams.Response], members: dict[str, Any]) -> Any:
    agentcore_shapes.check(operation, members)
    return json.loads(call(members)[2])


def _settled(life: Lifecycle) -> None:
    life.until = 0.0


# --- Runtimes ----------------------------------------------------------------------------------------------------


def _create_runtime(properties: Properties) -> Created:
    answer = _asked("CreateAgentRuntime", agentcore_runtimes.create, members_of(properties))
    return _runtime(answer["agentRuntimeId"])


def _update_runtime(physical_id: str, properties: Properties) -> Created:
    members = {
        name: value for name, value in members_of(properties).items() if name not in ("agentRuntimeName", "tags")
    }
    _asked("UpdateAgentRuntime", agentcore_runtimes.update, {**members, "agentRuntimeId": physical_id})
    agentcore_state.runtime_of(physical_id).tags = dict(properties.get("Tags") or {})
    return _runtime(physical_id)


def _delete_runtime(physical_id: str) -> None:
    runtime = agentcore_state.current().runtimes.get(physical_id)
    if runtime is not None:
        _settled(runtime.life)
        agentcore_runtimes.delete({"agentRuntimeId": physical_id})
        _settled(runtime.life)


def _runtime(identity: str) -> Created:
    runtime = agentcore_state.runtime_of(identity)
    _settled(runtime.life)
    _settled(runtime.endpoints[DEFAULT_ENDPOINT].life)
    shown = json.loads(agentcore_runtimes.get({"agentRuntimeId": identity})[2])
    names = ("agentRuntimeArn", "agentRuntimeId", "agentRuntimeVersion", "createdAt", "lastUpdatedAt", "status")
    attributes = _attributes(shown, names)
    identity_arn = shown["workloadIdentityDetails"]["workloadIdentityArn"]
    return identity, {**attributes, "WorkloadIdentityDetails.WorkloadIdentityArn": identity_arn}


# --- Endpoints ---------------------------------------------------------------------------------------------------


def _create_endpoint(properties: Properties) -> Created:
    members = members_of(properties)
    answer = _asked("CreateAgentRuntimeEndpoint", agentcore_endpoints.create, members)
    return _endpoint(answer["agentRuntimeEndpointArn"])


def _update_endpoint(physical_id: str, properties: Properties) -> Created:
    members = {"agentRuntimeVersion": None, **members_of(properties), **_endpoint_names(physical_id)}
    _asked("UpdateAgentRuntimeEndpoint", agentcore_endpoints.update, members)
    return _endpoint(physical_id)


def _delete_endpoint(physical_id: str) -> None:
    names = _endpoint_names(physical_id)
    runtime = agentcore_state.current().runtimes.get(names["agentRuntimeId"])
    endpoint = runtime.endpoints.get(names["endpointName"]) if runtime else None
    if endpoint is not None:
        agentcore_endpoints.delete(names)
        _settled(endpoint.life)


def _endpoint(arn: str) -> Created:
    names = _endpoint_names(arn)
    _settled(agentcore_state.runtime_of(names["agentRuntimeId"]).endpoints[names["endpointName"]].life)
    shown = json.loads(agentcore_endpoints.get(names)[2])
    attributes = ("agentRuntimeArn", "agentRuntimeEndpointArn", "createdAt", "id", "lastUpdatedAt", "liveVersion",
                  "status", "targetVersion")  # fmt: skip
    return arn, _attributes(shown, attributes)


def _endpoint_names(arn: str) -> dict[str, str]:
    runtime, _, endpoint = arn.partition(":runtime/")[2].partition("/runtime-endpoint/")
    return {"agentRuntimeId": runtime, "endpointName": endpoint}


# --- Memories and gateways ---------------------------------------------------------------------------------------


def _create_memory(properties: Properties) -> Created:
    answer = _asked("CreateMemory", agentcore_resources.create_memory, members_of(properties))
    return _memory(answer["memory"]["id"])


def _update_memory(physical_id: str, properties: Properties) -> Created:
    identity = physical_id.rpartition("/")[2]
    _change("CreateMemory", agentcore_resources.found_memory(identity), properties)
    return _memory(identity)


def _delete_memory(physical_id: str) -> None:
    memory = agentcore_state.current().memories.get(physical_id.rpartition("/")[2])
    if memory is not None:
        memory.life.begin("DELETING")
        _settled(memory.life)


def _memory(identity: str) -> Created:
    memory = agentcore_resources.found_memory(identity)
    _settled(memory.life)
    attributes = _attributes(agentcore_resources.shown_memory(memory), ("status",))
    return memory.arn, {**attributes, "MemoryArn": memory.arn, "MemoryId": memory.id}


def _create_gateway(properties: Properties) -> Created:
    answer = _asked("CreateGateway", agentcore_resources.create_gateway, members_of(properties))
    return _gateway(answer["gatewayId"])


def _update_gateway(physical_id: str, properties: Properties) -> Created:
    _change("CreateGateway", agentcore_resources.found_gateway(physical_id), properties)
    return _gateway(physical_id)


def _delete_gateway(physical_id: str) -> None:
    gateway = agentcore_state.current().gateways.get(physical_id)
    if gateway is not None:
        gateway.life.begin("DELETING")
        _settled(gateway.life)


def _gateway(identity: str) -> Created:
    gateway = agentcore_resources.found_gateway(identity)
    _settled(gateway.life)
    shown = agentcore_resources.shown_gateway(gateway)
    attributes = _attributes(shown, ("gatewayArn", "gatewayUrl", "createdAt", "status", "updatedAt"))
    identity_arn = shown["workloadIdentityDetails"]["workloadIdentityArn"]
    return identity, {
        **attributes,
        "GatewayIdentifier": identity,
        "WorkloadIdentityDetails.WorkloadIdentityArn": identity_arn,
    }


def _change(operation: str, resource: agentcore_state.Resource, properties: Properties) -> None:
    members = members_of(properties)
    agentcore_shapes.check(operation, members)
    resource.tags = dict(members.pop("tags", None) or {})
    resource.given = {name: value for name, value in members.items() if name != "name"}
    resource.life.begin("UPDATING")


# --- Registration ------------------------------------------------------------------------------------------------


def _attributes(shown: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name[0].upper() + name[1:]: shown[name] for name in names}


def _told(handler: Callable[..., Any], *arguments: Any) -> Any:
    """A handler whose refusals read as CloudFormation reports them."""
    try:
        return handler(*arguments)
    except AgentCoreError as error:
        codes = {"ConflictException": "AlreadyExists", "ResourceNotFoundException": "NotFound"}
        code = codes.get(error.code, "InvalidRequest")
        raise ValueError(f'Resource handler returned message: "{error}" (HandlerErrorCode: {code})') from None


def _handlers(
    resource_type: str,
    create: Callable[[Properties], Created],
    update: Callable[[str, Properties], Created],
    delete: Callable[[str], None],
) -> dict[str, Any]:
    def provision(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
        created: Created = _told(create, properties)
        return created

    def change(physical_id: str, former: Properties, properties: Properties, _stack_name: str) -> Created:
        is_another = any(former.get(name) != properties.get(name) for name in _IDENTITY[resource_type])
        changed: Created = _told(create, properties) if is_another else _told(update, physical_id, properties)
        return changed

    def remove(physical_id: str, _properties: Properties) -> None:
        _told(delete, physical_id)

    return {"create": provision, "update": change, "delete": remove}


def install() -> None:
    """Register the types."""
    handlers = seams.get("cfn.handlers")
    handlers[RUNTIME] = _handlers(RUNTIME, _create_runtime, _update_runtime, _delete_runtime)
    handlers[ENDPOINT] = _handlers(ENDPOINT, _create_endpoint, _update_endpoint, _delete_endpoint)
    handlers[MEMORY] = _handlers(MEMORY, _create_memory, _update_memory, _delete_memory)
    handlers[GATEWAY] = _handlers(GATEWAY, _create_gateway, _update_gateway, _delete_gateway)
