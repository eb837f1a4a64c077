"""Application Signals: the one operation that enabling Transaction Search needs.

Source: Application Signals API reference and model, StartDiscovery: it creates the service-linked role
`AWSServiceRoleForCloudWatchApplicationSignals` and may be called again. MiniStack gives a service-linked role a name
made from its service's; IAM's name for this one is put right here, also for CreateServiceLinkedRole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import service_seams as seams
from .authorization_model import routed
from .authorization_xray import LINKED_ROLE, LINKED_SERVICE, ROWS

if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[dict[str, Any]], seams.Response]

_JSON = {"Content-Type": "application/json"}
_CREATE = "CreateServiceLinkedRole"


async def handle(method: str, path: str, _headers: dict[str, str], _body: bytes, _query: Any) -> seams.Response:
    """One request to Application Signals.

    Args:
        method: of the request.
        path: of the request.

    Returns:
        its answer.
    """
    if routed("application-signals", method, path, {row.operation: row for row in ROWS}) is None:
        # Not reached by requests that were judged: an operation without a row is refused before.
        return 404, {**_JSON, "x-amzn-ErrorType": "UnknownOperationException"}, b"{}"
    start_discovery()
    return 200, dict(_JSON), b"{}"


def start_discovery() -> None:
    """StartDiscovery: the service-linked role is there afterwards."""
    if LINKED_ROLE not in seams.get("iam.roles"):
        seams.get("iam.handlers")[_CREATE]({"AWSServiceName": [LINKED_SERVICE]})


def _named_as_in_aws(original: Handler) -> Handler:
    def create(parameters: dict[str, Any]) -> seams.Response:
        service = parameters.get("AWSServiceName")
        if (service[0] if isinstance(service, list) else service) != LINKED_SERVICE:
            return original(parameters)
        roles = seams.get("iam.roles")
        if LINKED_ROLE in roles:
            message = f"Service role name {LINKED_ROLE} has been taken in this account, please try a different suffix."
            refusal: seams.Response = seams.get("iam.error")(400, "InvalidInput", message, ns="iam")
            return refusal
        before = set(roles)
        status, headers, body = original(parameters)
        for made in set(roles) - before:
            role = roles.pop(made)
            arn = str(role["Arn"]).removesuffix(made) + LINKED_ROLE
            roles[LINKED_ROLE] = {**role, "RoleName": LINKED_ROLE, "Arn": arn}
            body = body.replace(made.encode(), LINKED_ROLE.encode())
        return status, headers, body

    return create


def install() -> None:
    """Register the service, and the name of its role."""
    seams.get("router.patterns")["application-signals"] = {"host_patterns": [r"application-signals\."]}
    seams.get("app.handlers")["application-signals"] = handle
    handlers = seams.get("iam.handlers")
    handlers[_CREATE] = _named_as_in_aws(handlers[_CREATE])
