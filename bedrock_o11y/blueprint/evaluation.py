"""The execution role of an online evaluation: reads the traces of agents, has a model judge them, writes the results.

The templates use no names but ``${Partition}``, ``${Region}`` and ``${Account}``.
"""

from __future__ import annotations

from typing import Final

from . import agentcore, sources
from .grant import Condition, Confidence, Grant, Severity
from .role_kind import RoleKind

LOG_GROUP_PREFIX: Final = "/aws/bedrock-agentcore/evaluations/"
"""Log groups of the results."""

_LOGS = "arn:${Partition}:logs:${Region}:${Account}:log-group:"
_RESULTS = _LOGS + LOG_GROUP_PREFIX + "*"
_NAMED_BY_SERVICE = "The log group carries the id of the evaluation, which is made after the role."

TRUST: Final = Grant(
    sid="TrustPolicyStatement",
    principals=(agentcore.SERVICE_PRINCIPAL,),
    actions=("sts:AssumeRole",),
    resources=(),
    conditions=(
        agentcore.SOURCE_ACCOUNT,
        Condition("StringEquals", "aws:ResourceAccount", ("${Account}",)),
        Condition(
            "ArnLike",
            "aws:SourceArn",
            (
                "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:evaluator/*",
                "arn:${Partition}:bedrock-agentcore:${Region}:${Account}:online-evaluation-config/*",
            ),
        ),
    ),
    purpose="AgentCore cannot become the evaluation's role, so nothing is evaluated.",
    severity=Severity.HIGH,
    sources=(sources.EVALUATION_PERMISSIONS, sources.CONFUSED_DEPUTY),
    wildcard="The ids of evaluators and configurations are made after the role.",
)

GRANTS: Final = (
    # Authorised on every log group with an empty log stream behind it, as real accounts report.
    Grant(
        sid="FindLogGroups",
        actions=("logs:DescribeLogGroups",),
        resources=("*",),
        asked=(_LOGS + ":log-stream:",),
        accepted=(_LOGS + "*",),
        purpose="The evaluation cannot find the log groups of the agents that it judges.",
        severity=Severity.HIGH,
        sources=(sources.EVALUATION_PERMISSIONS, sources.LOGS_ACTIONS),
        wildcard="This action has no resource types.",
    ),
    # A query is authorised on each of its log groups, with an empty log stream behind it, as denials of real accounts
    # show; the groups of some agents are enough.
    Grant(
        sid="ReadTraces",
        actions=("logs:StartQuery",),
        resources=("*",),
        asked=(_LOGS + "*:log-stream:",),
        accepted=(_LOGS + "*",),
        purpose="The evaluation cannot read the traces of the agents that it judges.",
        severity=Severity.HIGH,
        sources=(sources.EVALUATION_PERMISSIONS, sources.LOGS_ACTIONS),
        wildcard="Which agents are judged is set in the evaluation; since 2026-07-20 each has a log group of its own.",
        part_suffices=True,
    ),
    # The request names a query and no log group; the reference asks for a log group all the same.
    Grant(
        sid="ReadQueryResults",
        actions=("logs:GetQueryResults",),
        resources=("*",),
        asked=(_LOGS + ":log-stream:",),
        accepted=(_LOGS + "*",),
        purpose="The evaluation asks for the traces of the agents that it judges and may not read the answer.",
        severity=Severity.MEDIUM,
        sources=(sources.EVALUATION_PERMISSIONS, sources.LOGS_ACTIONS),
        wildcard="The request names no log group; the guide grants it on *.",
        confidence=Confidence.DISPUTED,
    ),
    Grant(
        sid="CreateResultsLogGroup",
        actions=("logs:CreateLogGroup",),
        resources=(_RESULTS,),
        asked=(_RESULTS + ":log-stream:",),
        purpose="The log group of the results is never created, so nobody sees a score.",
        severity=Severity.HIGH,
        sources=(sources.EVALUATION_PERMISSIONS, sources.LOGS_ACTIONS),
        wildcard=_NAMED_BY_SERVICE,
    ),
    Grant(
        sid="WriteResults",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resources=(_RESULTS,),
        asked=(_RESULTS + ":log-stream:*",),
        purpose="The results are not written, so nobody sees a score.",
        severity=Severity.HIGH,
        sources=(sources.EVALUATION_PERMISSIONS, sources.LOGS_ACTIONS),
        wildcard=_NAMED_BY_SERVICE,
    ),
    Grant(
        sid="IndexSpans",
        actions=("logs:DescribeIndexPolicies", "logs:PutIndexPolicy"),
        resources=(_LOGS + "aws/spans", _LOGS + "aws/spans:*"),
        accepted=("*",),
        purpose="The spans are not indexed by session, so the evaluation cannot put the spans of a session together.",
        severity=Severity.MEDIUM,
        sources=(sources.EVALUATION_PERMISSIONS, sources.LOGS_ACTIONS),
        wildcard="A log group is asked for with and without the closing colon and star, depending on the operation.",
        confidence=Confidence.DISPUTED,
    ),
    Grant(
        sid="CallJudge",
        actions=agentcore.MODEL_ACTIONS,
        resources=(
            "arn:${Partition}:bedrock:${Region}::foundation-model/*",
            "arn:${Partition}:bedrock:${Region}:${Account}:inference-profile/*",
        ),
        accepted=(agentcore.FOUNDATION_MODELS,),
        asked=("arn:${Partition}:bedrock:${Region}::foundation-model/*",),
        purpose="Custom evaluators cannot call the model that judges; built-in evaluators do not need it.",
        severity=Severity.LOW,
        sources=(sources.EVALUATION_PERMISSIONS, sources.BEDROCK_ACTIONS),
        wildcard="Which model judges is set in each evaluator; a cross-Region profile needs it in all its Regions.",
        part_suffices=True,
    ),
)

EVALUATION: Final = RoleKind(
    id="evaluation",
    title="AgentCore evaluation execution role",
    service=agentcore.SERVICE_PRINCIPAL,
    trust=TRUST,
    source_arns=(
        "arn:${Partition}:bedrock-agentcore:*:${Account}:evaluator/*",
        "arn:${Partition}:bedrock-agentcore:*:${Account}:online-evaluation-config/*",
    ),
    grants=GRANTS,
    hints=(
        "arn:*:bedrock-agentcore:*:*:evaluator/*",
        "arn:*:bedrock-agentcore:*:*:online-evaluation-config/*",
        "arn:*:logs:*:*:log-group:/aws/bedrock-agentcore/evaluations/*",
    ),
)
