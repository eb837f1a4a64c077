"""The parts that extend MiniStack from outside, in the order in which they are installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def installers() -> list[Callable[[], None]]:
    """The `install` functions, in order.

    The modules are imported here and not at the top, because MiniStack reads its environment when it is imported.

    Returns:
        one function for each part; each is called once, before the server answers.
    """
    from . import (
        agentcore_cloudformation,
        agentcore_handlers,
        application_signals,
        authentication,
        authorization,
        authorization_agentcore,
        authorization_xray,
        bedrock_configuration,
        bedrock_invocations,
        bedrock_model,
        bedrock_stream,
        cloudformation_buckets,
        cloudformation_custom_resources,
        cloudformation_deletes,
        cloudformation_deliveries,
        cloudformation_existing,
        cloudformation_log_groups,
        cloudformation_log_streams,
        cloudformation_telemetry_rules,
        faults,
        iam_details,
        iam_evaluation,
        logs_handlers,
        metrics_bedrock,
        otlp_logs,
        s3_managed_key,
        xray_cloudformation,
        xray_handlers,
    )

    # The services come first: what they register, the machine authorises and injects faults into.
    services: list[Callable[[], None]] = [
        bedrock_configuration.install,
        bedrock_model.install,
        bedrock_stream.install,
        metrics_bedrock.install,
        logs_handlers.install,
        iam_details.install,
        iam_evaluation.install,
        cloudformation_log_groups.install,
        cloudformation_log_streams.install,
        cloudformation_deliveries.install,
        cloudformation_existing.install,
        cloudformation_buckets.install,
        cloudformation_custom_resources.install,
        cloudformation_deletes.install,
        cloudformation_telemetry_rules.install,
        s3_managed_key.install,
        # After the corrections of CloudWatch Logs, IAM and log groups in templates, around which they go.
        xray_handlers.install,
        otlp_logs.install,
        application_signals.install,
        xray_cloudformation.install,
        agentcore_handlers.install,
        agentcore_cloudformation.install,
    ]
    machine: list[Callable[[], None]] = [
        authentication.install,
        authorization.install,
        authorization_xray.install,
        authorization_agentcore.install,
        faults.install,
    ]
    # Around the faults, so that a throttled model call is seen as one.
    observers: list[Callable[[], None]] = [bedrock_invocations.install]
    return services + machine + observers
