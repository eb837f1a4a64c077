"""Whether the logging role may write to the one stream of invocation records: its policies, boundary and denials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import sources
from bedrock_o11y.check.rung import Judgement, RungSpec

if TYPE_CHECKING:
    from bedrock_o11y.check.evidence import Evidence


def judge(evidence: Evidence) -> Judgement:
    """PASS when every action that Bedrock needs on the stream is granted."""
    # Here, because it needs the whole policy core, which an explanation of the rung does not.
    from bedrock_o11y.check.logging_role_permissions import judge_permissions

    return judge_permissions(evidence)


RUNG = RungSpec(
    id="logging-role-permissions",
    title="The logging role may write to the log stream",
    why="Bedrock writes as this role: what the role may not do, nobody is told about, and the record is gone.",
    reads=("configuration", "record", "logging_role", "logging_role_policies"),
    how="Every action that Bedrock needs on the one log stream is looked for in the inline and attached policies of "
    "the role; a Deny and the permissions boundary count, conditions are judged by what is known of such a session. "
    "A condition that cannot be judged, or a policy that may not be read, makes the rung UNKNOWN. Service control "
    "policies and resource policies of the log group are not looked at. NOT_APPLICABLE when records go to S3 only.",
    sources=(sources.INVOCATION_LOGGING, sources.LOGS_ACTIONS),
    judge=judge,
)
