"""How long a log group keeps its events."""

from __future__ import annotations

from aws_cdk import aws_logs as logs


def keep_for_days(log_group: logs.LogGroup, days: int) -> None:
    """Set the retention of a log group in days, as the blueprint counts it; the CDK only takes names of periods.

    Args:
        log_group: a log group of this app.
        days: one of the values that CloudWatch Logs accepts.
    """
    resource = log_group.node.default_child
    assert isinstance(resource, logs.CfnLogGroup)  # noqa: S101 (tells the type checker what LogGroup is made of)
    resource.retention_in_days = days
