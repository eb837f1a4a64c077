"""A log group that outlives its stack, because it holds what people said and what models answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs

from bedrock_o11y.blueprint import invocation_logging as blueprint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms
    from constructs import Construct


def kept_log_group(
    scope: Construct,
    id: str,
    *,
    name: str,
    key: kms.IKey | None,
    retention_days: int,
    masked_identifiers: Sequence[str],
    masks: str,
) -> logs.LogGroup:
    """Create a log group that stays when its stack is destroyed, and not when its first deploy is rolled back.

    Args:
        scope: parent of the log group.
        id: id of the log group.
        name: its name.
        key: encrypts it; its policy must name CloudWatch Logs for this log group.
        retention_days: days until an event is deleted.
        masked_identifiers: managed data identifiers that are masked on reading; none masks nothing.
        masks: what is masked, a sentence of the data-protection policy.
    """
    identifiers = [logs.DataIdentifier(identifier) for identifier in masked_identifiers]
    log_group = logs.LogGroup(
        scope,
        id,
        log_group_name=name,
        encryption_key=key,
        data_protection_policy=logs.DataProtectionPolicy(
            name="bedrock-o11y", description=masks, identifiers=identifiers
        )
        if identifiers
        else None,
        removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    )
    keep_for_days(log_group, retention_days)
    return log_group


def refuse_unknown_retention(days: int) -> None:
    """Refuse a retention that CloudWatch Logs does not know.

    Args:
        days: the retention.

    Raises:
        ValueError: it is none of those that there are.
    """
    if days not in blueprint.RETENTION_VALUES:
        raise ValueError(
            f"CloudWatch Logs knows no retention of {days} days; expected one of "
            f"{', '.join(map(str, blueprint.RETENTION_VALUES))}"
        )


def resource_of(log_group: logs.LogGroup) -> logs.CfnLogGroup:
    """What CloudFormation makes of a log group.

    Args:
        log_group: a log group of this app.
    """
    resource = log_group.node.default_child
    assert isinstance(resource, logs.CfnLogGroup)  # noqa: S101 (tells the type checker what LogGroup is made of)
    return resource


def keep_for_days(log_group: logs.LogGroup, days: int) -> None:
    """Set the retention of a log group in days, as the blueprint counts it; the CDK only takes names of periods.

    Args:
        log_group: a log group of this app.
        days: one of the values that CloudWatch Logs accepts.
    """
    resource_of(log_group).retention_in_days = days
