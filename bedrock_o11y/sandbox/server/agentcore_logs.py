"""The log group of an agent, as its execution role reaches it.

Sources: AgentCore developer guide, "Add observability to your agentic resources" (names of log group and streams; since
2026-07-20 the stream `spans`, for which the role needs `logs:PutResourcePolicy`) and "Permissions for AgentCore
Runtime"; CloudWatch user guide, "OTLP endpoints" (who sends logs needs PutLogEvents, DescribeLogGroups and
DescribeLogStreams).

Not published, therefore decided here: the log group and the empty stream `otel-rt-logs` are made at the first
invocation; the output of the agent is forwarded by something that looks for the log group first; where a policy lets
X-Ray in already, the role needs the permission to put it all the same.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import service_seams as seams
from .agentcore_environment import RECORDS_STREAM, SPANS_STREAM
from .logs_answers import arn_of
from .service_principal import role_allows
from .xray_log_groups import SERVICE as XRAY
from .xray_log_groups import may_write

if TYPE_CHECKING:
    from .agentcore_calls import Answer, Caller

GROUP_PREFIX = "/aws/bedrock-agentcore/runtimes/"
_THERE = "ResourceAlreadyExistsException"
_JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class AgentLogs:
    """The log group of one endpoint of an agent.

    Attributes:
        caller: the agent at work.
        group: name of the log group.
    """

    caller: Caller
    group: str

    async def prepare(self) -> None:
        """Make the log group and the stream of the log records, unless they are there or the role may not."""
        await self.caller.logs("CreateLogGroup", {"logGroupName": self.group})
        await self._make(RECORDS_STREAM)

    async def forward(self, stream: str, lines: list[str]) -> str:
        """Forward the output of the agent.

        Args:
            stream: of this session's microVM.
            lines: that it printed.

        Returns:
            what went wrong, or an empty text.
        """
        problem = await self._missing()
        if problem:
            return problem
        now = int(time.time() * 1000)
        events = [{"timestamp": now, "message": line} for line in lines]
        return (
            await self._make(stream)
            or (
                await self.caller.logs(
                    "PutLogEvents", {"logGroupName": self.group, "logStreamName": stream, "logEvents": events}
                )
            ).refusal
        )

    async def export_records(self, request: dict[str, Any]) -> str:
        """Send log records as the telemetry library does.

        Args:
            request: an ExportLogsServiceRequest.

        Returns:
            what went wrong, or an empty text.
        """
        return (await self.caller.post("logs", "/v1/logs", request, _to(self.group, RECORDS_STREAM))).refusal

    async def export_spans(self, request: dict[str, Any], *, own_group: bool) -> Answer:
        """Send spans as the telemetry library does.

        Args:
            request: an ExportTraceServiceRequest.
            own_group: to the stream `spans` of this log group; else to `aws/spans`.

        Returns:
            what X-Ray answered.
        """
        headers = _to(self.group, SPANS_STREAM) if own_group else _JSON
        return await self.caller.post("xray", "/v1/traces", request, headers)

    async def let_spans_in(self) -> str:
        """Put the policy by which X-Ray may write to this log group, and make the stream.

        Returns:
            what went wrong, or an empty text.
        """
        session = self.caller.session
        arn = arn_of(self.group)
        if may_write(self.group, SPANS_STREAM):
            if not role_allows(session.role, session.name, "logs:PutResourcePolicy", arn):
                return f"{session.role['Arn']} may not logs:PutResourcePolicy on {arn}"
        else:
            answer = await self.caller.logs("PutResourcePolicy", self._policy(arn))
            if not answer.is_ok:
                return answer.problem
        return await self._make(SPANS_STREAM)

    def _policy(self, arn: str) -> dict[str, Any]:
        region, account = arn.split(":")[3:5]
        statement = {
            "Sid": "AgentSpans",
            "Effect": "Allow",
            "Principal": {"Service": XRAY},
            "Action": "logs:PutLogEvents",
            "Resource": f"{arn}:*",
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account},
                "ArnLike": {"aws:SourceArn": f"arn:aws:xray:{region}:{account}:*"},
            },
        }
        stored = seams.get("logs.group_policies").get(self.group)
        document = {"Version": "2012-10-17", "Statement": [*_statements(stored), statement]}
        request = {"resourceArn": arn, "policyDocument": json.dumps(document)}
        return {**request, "expectedRevisionId": stored["revisionId"]} if stored else request

    async def _missing(self) -> str:
        """Why the log group cannot be found, or an empty text."""
        found = await self.caller.logs("DescribeLogGroups", {"logGroupNamePrefix": self.group})
        if not found.is_ok:
            return found.problem
        names = {group["logGroupName"] for group in found.members.get("logGroups", [])}
        return "" if self.group in names else f"there is no log group {self.group}"

    async def _make(self, stream: str) -> str:
        answer = await self.caller.logs("CreateLogStream", {"logGroupName": self.group, "logStreamName": stream})
        return "" if answer.code == _THERE else answer.refusal


def _to(group: str, stream: str) -> dict[str, str]:
    return {**_JSON, "x-aws-log-group": group, "x-aws-log-stream": stream}


def _statements(stored: dict[str, Any] | None) -> list[Any]:
    found = json.loads(stored["policyDocument"]).get("Statement", []) if stored else []
    return found if isinstance(found, list) else [found]
