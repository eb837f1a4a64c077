"""The metrics that AgentCore publishes of runtimes, in `AWS/Bedrock-AgentCore`.

Names: AgentCore developer guide, "Runtime metrics". Dimensions: those of the metric helpers of the AWS CDK
(aws-bedrockagentcore 2.275.0), by runtime and endpoint, and for Invocations and Sessions over all of them. Decided
here, because no page says it: an error is one data point when it happens and none when it does not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import service_seams as seams

if TYPE_CHECKING:
    from .agentcore_state import Endpoint, Runtime

NAMESPACE = "AWS/Bedrock-AgentCore"
OPERATION = "InvokeAgentRuntime"
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an invocation ended.

    Attributes:
        status: of the HTTP answer.
        milliseconds: from the request to the answer.
        is_new_session: the session began with it.
    """

    status: int
    milliseconds: float
    is_new_session: bool


def publish(runtime: Runtime, endpoint: Endpoint, outcome: Outcome) -> None:
    """Publish the metrics of one invocation.

    Args:
        runtime: that was invoked.
        endpoint: by which it was invoked.
        outcome: how it ended.
    """
    dimensions = {"Name": f"{runtime.name}::{endpoint.name}", "Operation": OPERATION, "Resource": runtime.arn}
    everything = {"AggregateOperation": OPERATION}
    counted = [("Invocations", dimensions), ("Invocations", everything)]
    if outcome.is_new_session:
        counted += [("SessionCount", dimensions), ("Sessions", everything)]
    if outcome.status >= _SERVER_ERROR:
        counted += [("SystemErrors", dimensions), ("TotalErrors", dimensions)]
    elif outcome.status // 100 == 4:
        counted += [("UserErrors", dimensions), ("TotalErrors", dimensions)]
    for name, by in counted:
        seams.get("cloudwatch.record")(NAMESPACE, name, 1, "Count", by)
    seams.get("cloudwatch.record")(NAMESPACE, "Latency", outcome.milliseconds, "Milliseconds", dimensions)
