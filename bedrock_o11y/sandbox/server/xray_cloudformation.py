"""`AWS::XRay::TransactionSearchConfig`, `AWS::XRay::ResourcePolicy`, `AWS::ApplicationSignals::Discovery`.

Sources: CloudFormation resource schemas (properties, identifiers, handlers); CloudWatch user guide, "Enable Transaction
Search" with CloudFormation: Transaction Search must be off before. Observed in public: where it is on, the creation
fails with AlreadyExists (aws-observability/application-signals-demo, issue 308). Also here: a template cannot make a
log group whose name is AWS's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import application_signals, xray_destination, xray_policies, xray_sampling, xray_state
from . import service_seams as seams
from .xray_answers import XRayError
from .xray_log_groups import is_reserved
from .xray_state import CLOUDWATCH_LOGS, DEFAULT_PERCENTAGE, XRAY

if TYPE_CHECKING:
    from collections.abc import Callable

    Properties = dict[str, Any]
    Created = tuple[str, dict[str, Any]]

SEARCH = "AWS::XRay::TransactionSearchConfig"
POLICY = "AWS::XRay::ResourcePolicy"
DISCOVERY = "AWS::ApplicationSignals::Discovery"
_LOG_GROUP = "AWS::Logs::LogGroup"
_INDEXING = "IndexingPercentage"


def _by_account() -> Created:
    return seams.account_id(), {"AccountId": seams.account_id()}


def _asked(call: Callable[[Any], Any], request: Any) -> None:
    try:
        call(request)
    except XRayError as error:
        raise ValueError(f"{error} (Service: XRay, Status Code: {error.response[0]}, {error.code})") from None


def _already_there(resource_type: str, identifier: str) -> ValueError:
    return ValueError(
        f"Resource of type '{resource_type}' with identifier '{identifier}' already exists. "
        "(HandlerErrorCode: AlreadyExists)"
    )


def _percentage(properties: Properties) -> Any:
    value = properties.get(_INDEXING)
    # Values of a template arrive as text where they come from parameters.
    return float(value) if isinstance(value, str) else value


def _create_search(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    if xray_state.current().destination == CLOUDWATCH_LOGS:
        raise _already_there(SEARCH, seams.account_id())
    former = xray_state.current().percentage
    if _INDEXING in properties:
        _asked(xray_sampling.set_percentage, _percentage(properties))
    application_signals.start_discovery()
    try:
        _asked(xray_destination.update_destination, {"Destination": CLOUDWATCH_LOGS})
    except ValueError:
        xray_sampling.set_percentage(former)
        raise
    return _by_account()


def _update_search(_physical_id: str, _former: Properties, properties: Properties, _stack_name: str) -> Created:
    wanted = _percentage(properties) if _INDEXING in properties else DEFAULT_PERCENTAGE
    _asked(xray_sampling.set_percentage, wanted)
    return _by_account()


def _delete_search(_physical_id: str, _properties: Properties) -> None:
    if xray_state.current().destination == CLOUDWATCH_LOGS:
        _asked(xray_destination.update_destination, {"Destination": XRAY})
    _asked(xray_sampling.set_percentage, DEFAULT_PERCENTAGE)


def _create_policy(_logical_id: str, properties: Properties, _stack_name: str) -> Created:
    name = str(properties.get("PolicyName"))
    if name in xray_state.current().policies:
        raise _already_there(POLICY, name)
    _asked(xray_policies.put_policy, _policy(properties))
    return name, {}


def _update_policy(physical_id: str, _former: Properties, properties: Properties, stack_name: str) -> Created:
    if properties.get("PolicyName") != physical_id:
        # The name is the identifier, so another name is another resource, made before the former is deleted.
        created = _create_policy("", properties, stack_name)
        _delete_policy(physical_id, {})
        return created
    _asked(xray_policies.put_policy, _policy(properties))
    return physical_id, {}


def _delete_policy(physical_id: str, _properties: Properties) -> None:
    if physical_id in xray_state.current().policies:
        _asked(xray_policies.delete_policy, {"PolicyName": physical_id})


def _policy(properties: Properties) -> Properties:
    return {member: properties.get(member) for member in ("PolicyName", "PolicyDocument")}


def _create_discovery(_logical_id: str, _properties: Properties, _stack_name: str) -> Created:
    application_signals.start_discovery()
    return _by_account()


def _keep_discovery(physical_id: str, *_details: Any) -> Created:
    return physical_id, {"AccountId": physical_id}


def _delete_discovery(_physical_id: str, _properties: Properties) -> None:
    """The service-linked role stays: the delete handler of the type only reads."""


def _not_reserved(original: Callable[..., Created], properties_at: int) -> Callable[..., Created]:
    def provision(*arguments: Any) -> Created:
        if is_reserved(arguments[properties_at].get("LogGroupName")):
            raise ValueError(
                "Log groups starting with AWS/ are reserved for AWS."
                " (Service: CloudWatchLogs, Status Code: 400, InvalidParameterException)"
            )
        return original(*arguments)

    return provision


def install() -> None:
    """Register the types, and guard the names of log groups."""
    handlers = seams.get("cfn.handlers")
    handlers[SEARCH] = {"create": _create_search, "update": _update_search, "delete": _delete_search}
    handlers[POLICY] = {"create": _create_policy, "update": _update_policy, "delete": _delete_policy}
    handlers[DISCOVERY] = {"create": _create_discovery, "update": _keep_discovery, "delete": _delete_discovery}
    group = handlers[_LOG_GROUP]
    handlers[_LOG_GROUP] = {
        **group,
        "create": _not_reserved(group["create"], 1),
        "update": _not_reserved(group["update"], 2),
    }
