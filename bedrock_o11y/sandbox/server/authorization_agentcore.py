"""The rows of Amazon Bedrock AgentCore, and how its requests are read for them.

Resource types and condition keys: service authorisation reference. Data plane and control plane have one prefix.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import authorization_memories, seams
from .authorization_model import Confidence, Need, Request, Row, no_keys
from .authorization_resources import everything, passed_to, role

if TYPE_CHECKING:
    from .authorization_model import Keys, Resources

REFERENCE = "Service Authorization Reference, Amazon Bedrock AgentCore"
PASSING = 'IAM user guide, "Granting a user permissions to pass a role to an AWS service"'
PERMISSIONS = 'AgentCore developer guide, "Permissions for AgentCore Runtime"'
PREFIX = "bedrock-agentcore"
PRINCIPAL = "bedrock-agentcore.amazonaws.com"
SERVICES = {PREFIX: PREFIX}
"""By MiniStack's name, the prefix of their actions."""

DEFAULT_ENDPOINT = "DEFAULT"
INVOCATION = re.compile(r"/runtimes/(?P<runtime>.+)/invocations/?")
"""The path of InvokeAgentRuntime, decoded; the runtime is named by ARN or id."""

_RUNTIME, _ENDPOINT = "/runtimes/(?P<runtime>[^/]+)", "/runtime-endpoints/(?P<endpoint>[^/]+)"
_USER_HEADER = "x-amzn-bedrock-agentcore-runtime-user-id"


def runtime(request: Request) -> list[str]:
    """The runtime that a request names by ARN or id.

    Args:
        request: with `runtime` in its path.

    Returns:
        its ARN.
    """
    named = request.path.get("runtime", "")
    if named.startswith("arn:"):
        return [named]
    return [request.arn(PREFIX, f"runtime/{named}", account=request.text("accountId") or None)]


def endpoint(request: Request) -> list[str]:
    """The endpoint that a request names in its path or as qualifier.

    Args:
        request: the request.

    Returns:
        its ARN.
    """
    name = request.path.get("endpoint") or request.text("qualifier") or DEFAULT_ENDPOINT
    return [f"{runtime(request)[0]}/runtime-endpoint/{name}"]


def _user_endpoint(request: Request) -> list[str]:
    return endpoint(request) if request.headers.get(_USER_HEADER) else []


def _user_runtime(request: Request) -> list[str]:
    return runtime(request) if request.headers.get(_USER_HEADER) else []


def _identified(kind: str) -> Resources:
    def resources(request: Request) -> list[str]:
        return [request.arn(PREFIX, f"{kind}/{request.path.get('id', '')}")]

    return resources


def _directory(request: Request) -> list[str]:
    return [request.arn(PREFIX, "workload-identity-directory/default")]


def _identity(request: Request) -> list[str]:
    return [f"{_directory(request)[0]}/workload-identity/{request.text('name') or '*'}"]


def _network(request: Request) -> dict[str, str | list[str]]:
    """Condition keys of creating and updating a runtime."""
    found: dict[str, str | list[str]] = {}
    network = request.parameters.get("networkConfiguration")
    vpc = network.get("networkModeConfig") if isinstance(network, dict) else None
    for name in ("securityGroups", "subnets"):
        listed = vpc.get(name) if isinstance(vpc, dict) else None
        if isinstance(listed, list) and listed:
            found[f"{PREFIX}:{name}"] = [str(item) for item in listed]
    return found


def _kms_key(request: Request) -> dict[str, str | list[str]]:
    arn = request.text("encryptionKeyArn")
    return {f"{PREFIX}:KmsKeyArn": arn} if arn else {}


def _log_group_policy(request: Request) -> list[str]:
    return [request.text("resourceArn").removesuffix(":*") or "*"]


_PASSED = passed_to(PRINCIPAL)


def _row(
    operation: str,
    method: str,
    path: str,
    *resources: Resources,
    keys: Keys = no_keys,
    passes: str = "",
    more: Any = (),
) -> Row:
    name = f"{PREFIX}:{operation}"
    passing = (Need("iam:PassRole", role(passes), _PASSED, optional=passes != "roleArn"),) if passes else ()
    needs = tuple(Need(name, resource, keys) for resource in resources or (everything,))
    source = f"{REFERENCE}; {PASSING}" if passes else REFERENCE
    return Row(name, (*needs, *more, *passing), source, route=(method, re.compile(path)))


_FOR_USER = f"{PREFIX}:InvokeAgentRuntimeForUser"

ROWS: tuple[Row, ...] = (
    # The most specific path first: the id in the others could hold anything but a slash.
    _row("InvokeAgentRuntime", "POST", INVOCATION.pattern, runtime, endpoint, more=(
        Need(_FOR_USER, _user_runtime, optional=True),
        Need(_FOR_USER, _user_endpoint, optional=True),
    )),
    _row("CreateAgentRuntime", "PUT", "/runtimes/?", keys=_network, passes="roleArn"),
    _row("ListAgentRuntimes", "POST", "/runtimes/?"),
    _row("GetAgentRuntime", "GET", f"{_RUNTIME}/?", runtime),
    _row("UpdateAgentRuntime", "PUT", f"{_RUNTIME}/?", runtime, keys=_network, passes="roleArn"),
    _row("DeleteAgentRuntime", "DELETE", f"{_RUNTIME}/?", runtime),
    _row("ListAgentRuntimeVersions", "POST", f"{_RUNTIME}/versions/?"),
    _row("CreateAgentRuntimeEndpoint", "PUT", f"{_RUNTIME}/runtime-endpoints/?", runtime),
    _row("ListAgentRuntimeEndpoints", "POST", f"{_RUNTIME}/runtime-endpoints/?"),
    _row("GetAgentRuntimeEndpoint", "GET", f"{_RUNTIME}{_ENDPOINT}/?", runtime, endpoint),
    _row("UpdateAgentRuntimeEndpoint", "PUT", f"{_RUNTIME}{_ENDPOINT}/?", runtime, endpoint),
    _row("DeleteAgentRuntimeEndpoint", "DELETE", f"{_RUNTIME}{_ENDPOINT}/?", runtime, endpoint),
    _row("CreateMemory", "POST", "/memories/create", keys=_kms_key, passes="memoryExecutionRoleArn"),
    _row("GetMemory", "GET", "/memories/(?P<id>[^/]+)/details", _identified("memory")),
    _row("ListMemories", "POST", "/memories/?"),
    _row("DeleteMemory", "DELETE", "/memories/(?P<id>[^/]+)/delete", _identified("memory")),
    *authorization_memories.ROWS,
    _row("CreateGateway", "POST", "/gateways/?", passes="roleArn"),
    _row("GetGateway", "GET", "/gateways/(?P<id>[^/]+)/?", _identified("gateway")),
    _row("ListGateways", "GET", "/gateways/?"),
    _row("DeleteGateway", "DELETE", "/gateways/(?P<id>[^/]+)/?", _identified("gateway")),
    _row("GetWorkloadIdentity", "POST", "/identities/GetWorkloadIdentity", _directory, _identity),
    _row("ListTagsForResource", "GET", "/tags/(?P<resourceArn>.+)",
         lambda request: [request.path.get("resourceArn", "")]),
    Row("logs:PutResourcePolicy", (Need("logs:PutResourcePolicy", _log_group_policy),),
        f"{PERMISSIONS}; CloudWatch Logs API reference, PutResourcePolicy", Confidence.UNCONFIRMED,
        note="The reference knows no resource for it; the execution role of the guide grants it on the log group, so a"
        " policy of one log group is judged on that group and a policy of the account on everything."),
)  # fmt: skip
"""Every operation of AgentCore that the sandbox knows, and PutResourcePolicy in place of the row of the logs."""


def install() -> None:
    """Read a request for its judgement the way the handler reads it, and ask for endpoints by the table alone."""
    address = "core.iam_actions:extract_iam_action"
    judge = seams.get(address)

    def extract_iam_action(
        service: str, method: str, path: str, headers: dict[str, str], body: bytes, query_params: dict[str, Any]
    ) -> str | None:
        if service in SERVICES:
            # The payload of an agent says nothing about the request; everything else is JSON, whatever it claims.
            body = b"" if INVOCATION.fullmatch(path) else body
            headers = {**headers, "content-type": "application/json"}
        action: str | None = judge(service, method, path, headers, body, query_params)
        return action

    seams.replace(address, extract_iam_action)
    # MiniStack asks again about an endpoint, by a text that is no ARN when the runtime is named by its id.
    seams.replace("core.iam_actions:agentcore_endpoint_arn", lambda _path, _query: None)
