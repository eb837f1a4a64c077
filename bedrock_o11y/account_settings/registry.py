"""Every account setting there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import (
    delivery_source,
    log_delivery,
    log_group_index,
    log_group_key,
    log_group_policy,
    log_group_retention,
    log_group_tag,
    model_invocation_logging,
    span_indexing,
    trace_destination,
)
from .log_group import is_made_by_aws, split
from .vended_log import read_instance

if TYPE_CHECKING:
    from collections.abc import Callable

    from .calls import Calls
    from .setting import Setting, SettingRules


@dataclass(frozen=True, slots=True)
class Registration:
    """How to get at a setting.

    Attributes:
        rules: its pure half.
        connect: makes it from what makes the boto3 client of a service.
    """

    rules: SettingRules
    connect: Callable[[Callable[[str], Any], Calls], Setting]


SETTINGS: dict[str, Registration] = {
    registration.rules.name: registration
    for registration in (
        Registration(
            model_invocation_logging.RULES,
            lambda client, calls: model_invocation_logging.ModelInvocationLogging(client("bedrock"), calls),
        ),
        Registration(
            trace_destination.RULES,
            lambda client, calls: trace_destination.TraceDestination(
                client("xray"), client("application-signals"), calls
            ),
        ),
        Registration(span_indexing.RULES, lambda client, calls: span_indexing.SpanIndexing(client("xray"), calls)),
    )
}
"""Those that exist once for each account and Region, by name, as in the request."""


@dataclass(frozen=True, slots=True)
class Family:
    """A setting that exists once for each of something, such as a log group.

    Attributes:
        of: the registration of the one of an instance; None when the instance cannot be read.
        variables: what the grants of the blueprint call the parts of an instance, such as `LogGroupName`; None when
            they name none, so that an instance need not be known before the deploy.
        awaits: whether what an instance is about is made by AWS alone, and may come after the stack.
    """

    of: Callable[[str], Registration | None]
    variables: Callable[[str], dict[str, str]] | None = None
    awaits: Callable[[str], bool] = lambda _instance: False


def _of_log_groups(rules_of: Callable[[str], SettingRules], setting: Callable[..., Setting]) -> Family:
    """A family with one setting for each log group."""
    return _family(rules_of, lambda log_group, client, calls: setting(log_group, client, calls))


def _of_parts(rules_of: Callable[[str], SettingRules], setting: Callable[..., Setting]) -> Family:
    """A family with one setting for each of some part of each log group."""
    return _family(
        rules_of, lambda instance, client, calls: setting(split(instance)[0], client, calls, instance=instance)
    )


def _family(rules_of: Callable[[str], SettingRules], setting: Callable[[str, Any, Calls], Setting]) -> Family:
    return Family(
        of=lambda instance: Registration(
            rules_of(instance), lambda client, calls: setting(instance, client("logs"), calls)
        ),
        variables=lambda instance: {"LogGroupName": split(instance)[0]},
        awaits=is_made_by_aws,
    )


def _delivery_source(instance: str) -> Registration | None:
    read = read_instance(instance, 2)
    if read is None:
        return None
    log, _ = read
    return Registration(
        delivery_source.rules_of(log),
        lambda client, calls: delivery_source.DeliverySource(log, client("logs"), calls),
    )


def _log_delivery(instance: str) -> Registration | None:
    read = read_instance(instance, 3)
    if read is None:
        return None
    log, (kind,) = read
    return Registration(
        log_delivery.rules_of(log, kind),
        lambda client, calls: log_delivery.LogDelivery(log, kind, client("logs"), calls),
    )


FAMILIES: dict[str, Family] = {
    log_group_retention.NAME: _of_log_groups(log_group_retention.rules_of, log_group_retention.LogGroupRetention),
    log_group_key.NAME: _of_log_groups(log_group_key.rules_of, log_group_key.LogGroupKey),
    log_group_index.NAME: _of_log_groups(log_group_index.rules_of, log_group_index.LogGroupIndex),
    log_group_policy.NAME: _of_parts(log_group_policy.rules_of, log_group_policy.LogGroupPolicy),
    log_group_tag.NAME: _of_parts(log_group_tag.rules_of, log_group_tag.LogGroupTag),
    delivery_source.NAME: Family(_delivery_source),
    log_delivery.NAME: Family(_log_delivery),
}
"""The families by name, as in the request, which beside it names the instance."""


def find(name: str, instance: str | None) -> Registration | None:
    """The registration of a setting.

    Args:
        name: as in the request.
        instance: which one of a family, as in the request.

    Returns:
        None when there is no such setting, or it is one of a family and the request does not say which.
    """
    if instance:
        return FAMILIES[name].of(instance) if name in FAMILIES else None
    return SETTINGS.get(name)
