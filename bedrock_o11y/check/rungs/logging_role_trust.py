"""Who may take on the logging role: Bedrock, on behalf of this account, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import sources
from bedrock_o11y.check.rung import Judgement, RungSpec

if TYPE_CHECKING:
    from bedrock_o11y.check.evidence import Evidence


def judge(evidence: Evidence) -> Judgement:
    """PASS when the trust policy lets Bedrock in for this account and Region, and nobody else."""
    # Here, because it needs the whole policy core, which an explanation of the rung does not.
    from bedrock_o11y.check.logging_role_trust import judge_trust

    return judge_trust(evidence)


RUNG = RungSpec(
    id="logging-role-trust",
    title="Bedrock can take on the logging role, and nobody else can",
    why="A role that does not let Bedrock in writes no record; one that lets others in lends them its permissions.",
    reads=("configuration", "record", "logging_role"),
    how="The trust policy of the role that the configuration names is judged for every source that Bedrock can name, "
    "not for a sample: it must let bedrock.amazonaws.com in on behalf of this account and Region, and must let it in "
    "for no other account and not without a source. A Deny and every condition count. A policy that names a narrower "
    "source than the whole account and Region passes, because AWS does not publish which one Bedrock names. Anybody "
    "else who may assume the role makes the rung FAIL as well, without blocking the rungs above. UNKNOWN when the role "
    "may not be read, NOT_APPLICABLE when records go to S3 only.",
    sources=(sources.INVOCATION_LOGGING, sources.CONFUSED_DEPUTY),
    judge=judge,
)
