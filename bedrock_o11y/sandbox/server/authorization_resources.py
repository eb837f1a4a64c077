"""The resource ARNs and condition keys of requests, by service."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .authorization_model import Keys, Request, Resources


def everything(_request: Request) -> list[str]:
    """For an operation without resource type: only `Resource: "*"` grants it.

    Returns:
        `*`.
    """
    return ["*"]


# --- CloudWatch Logs ---------------------------------------------------------------------------------------------


def log_groups(request: Request) -> list[str]:
    """The log groups a request names, as CloudWatch Logs judges them: with `:log-stream:` and no stream.

    `log-group:NAME:*` matches it and the bare `log-group:NAME` does not, as the CloudWatch Logs user guide says
    ("Overview of managing access permissions": the version with the trailing `:*` in IAM policies for all actions but
    tagging). Error messages of AWS show the form: PutRetentionPolicy and DescribeLogGroups on
    `log-group:NAME:log-stream:`.

    Args:
        request: the request.

    Returns:
        one ARN for each log group, or the one without a name when the request names none.
    """
    named = request.texts("logGroupIdentifiers", "logGroupNames", "logGroupArnList")
    one = request.text("logGroupName", "logGroupIdentifier")
    identifiers = ([one] if one else []) + named
    return [f"{_log_group(request, item)}:log-stream:" for item in identifiers or [""]]


def log_stream(request: Request) -> list[str]:
    """The log stream a request names.

    Args:
        request: the request.

    Returns:
        its ARN.
    """
    group = _log_group(request, request.text("logGroupName", "logGroupIdentifier"))
    return [f"{group}:log-stream:{request.text('logStreamName')}"]


def tagged(request: Request) -> list[str]:
    """The resource whose tags a request is about, by its own ARN (a log group without the trailing `:*`).

    Args:
        request: the request.

    Returns:
        the ARN as given.
    """
    arn = request.text("resourceArn", "resourceARN", "ResourceARN")
    return [arn] if arn else []


def named(kind: str, *names: str) -> Resources:
    """A resource of CloudWatch Logs whose ARN is `arn:…:logs:…:KIND:NAME`.

    Args:
        kind: for example `delivery-source`.
        names: the parameters that may carry the name.

    Returns:
        what gives the ARN.
    """

    def resources(request: Request) -> list[str]:
        name = request.text(*names)
        return [name if name.startswith("arn:") else request.arn("logs", f"{kind}:{name}")]

    return resources


def _log_group(request: Request, identifier: str) -> str:
    if identifier.startswith("arn:"):
        return identifier.removesuffix(":*")
    return request.arn("logs", f"log-group:{identifier}")


# --- CloudWatch --------------------------------------------------------------------------------------------------


def alarms(request: Request) -> list[str]:
    """The alarms a request names.

    Args:
        request: the request.

    Returns:
        one ARN for each, or `alarm:*` when it names none.
    """
    one = request.text("AlarmName")
    names = ([one] if one else []) + request.texts("AlarmNames")
    return [request.arn("cloudwatch", f"alarm:{name}") for name in names or ["*"]]


def dashboards(request: Request) -> list[str]:
    """The dashboards a request names; they belong to no Region.

    Args:
        request: the request.

    Returns:
        one ARN for each.
    """
    one = request.text("DashboardName")
    names = ([one] if one else []) + request.texts("DashboardNames")
    return [request.arn("cloudwatch", f"dashboard/{name}", region="") for name in names]


def metric_namespace(request: Request) -> dict[str, str | list[str]]:
    """The condition key of PutMetricData.

    Args:
        request: the request.

    Returns:
        `cloudwatch:namespace`, or nothing when the request could not be read.
    """
    namespace = request.text("Namespace")
    return {"cloudwatch:namespace": namespace} if namespace else {}


def alarm_actions(request: Request) -> dict[str, str | list[str]]:
    """The condition key of PutMetricAlarm.

    Args:
        request: the request.

    Returns:
        `cloudwatch:AlarmActions` with every action of the alarm.
    """
    actions = request.texts("AlarmActions", "OKActions", "InsufficientDataActions")
    return {"cloudwatch:AlarmActions": actions} if actions else {}


# --- Lambda and Systems Manager ----------------------------------------------------------------------------------


def new_function(request: Request) -> list[str]:
    """The function that CreateFunction creates.

    Args:
        request: the request.

    Returns:
        its ARN.
    """
    return [request.arn("lambda", f"function:{request.text('FunctionName')}")]


def ssm_parameters(request: Request) -> list[str]:
    """The parameters a request names, or the path it asks for.

    Args:
        request: the request.

    Returns:
        one ARN for each.
    """
    names = [*request.texts("Names"), *(one for one in (request.text("Name"), request.text("Path")) if one)]
    # A version is asked for as name:version, and belongs to the parameter.
    return [request.arn("ssm", f"parameter/{name.removeprefix('/').partition(':')[0]}") for name in names]


# --- Passing a role ----------------------------------------------------------------------------------------------


def role(*names: str) -> Resources:
    """The role a request passes to a service.

    Args:
        names: the parameters that may carry its ARN; dots lead into nested members.

    Returns:
        what gives the ARN, or nothing when no role is passed.
    """

    def resources(request: Request) -> list[str]:
        found: list[str] = []
        for name in names:
            value: object = request.parameters
            for part in name.split("."):
                value = value.get(part) if hasattr(value, "get") else None
            if isinstance(value, str) and value:
                found.append(value)
        return found

    return resources


def passed_to(service: str) -> Keys:
    """The condition key of iam:PassRole.

    Args:
        service: the service's principal.

    Returns:
        what gives `iam:PassedToService`.
    """

    def keys(_request: Request) -> dict[str, str | list[str]]:
        return {"iam:PassedToService": service}

    return keys
