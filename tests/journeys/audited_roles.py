"""Roles for the audit and for the account: the blueprint's own, and each changed in one way that changes an answer.

What the audit must answer to each is typed by hand: a change that changes nothing fails.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.audit.audit import kind_and_variant
from bedrock_o11y.blueprint import policy_document
from bedrock_o11y.blueprint.names import payload_bucket_name
from bedrock_o11y.iam import Verdict
from bedrock_o11y.rules.needs import needed
from tests.journeys.policy_changes import Document, changed, deny, policy, statement, without

if TYPE_CHECKING:
    from collections.abc import Mapping

ACCOUNT: Final = "000000000000"
VALUES: Final = {
    "Partition": "aws",
    "Region": "us-east-1",
    "Account": ACCOUNT,
    "Agent": "night_owl-*",
    "Repository": "night_owl",
    "LogGroupName": "/records/of/models",
    "BucketName": payload_bucket_name("NightOwl", ACCOUNT, "us-east-1"),
    "RecordName": "/night-owl/record",
    "ModelId": "amazon.nova-micro-v1:0",
}
RUNTIME: Final = "agentcore-runtime:container"
FACTS: Final = {name: VALUES[name] for name in ("Agent", "Repository")}

GRANTED, MISSING, DENIED = Verdict.GRANTED, Verdict.MISSING, Verdict.DENIED
PARTIAL, BLOCKED, CONDITIONAL = Verdict.PARTIAL, Verdict.BLOCKED_BY_BOUNDARY, Verdict.CONDITIONAL

GROUPS: Final = ("logs:CreateLogGroup", "logs:DescribeLogStreams")
STREAMS: Final = ("logs:CreateLogStream", "logs:PutLogEvents")
MODELS: Final = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
IMAGES: Final = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
TRACES: Final = (
    "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
)  # fmt: skip
TOKENS: Final = ("bedrock-agentcore:GetWorkloadAccessToken", "bedrock-agentcore:GetWorkloadAccessTokenForJWT")
LISTS: Final = ("logs:DescribeLogGroups",)
SPANS: Final = ("logs:PutResourcePolicy",)
METRICS: Final = ("cloudwatch:PutMetricData",)
LOGIN: Final = ("ecr:GetAuthorizationToken",)

_LOGS: Final = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:"
OWN: Final = f"{_LOGS}/aws/bedrock-agentcore/runtimes/night_owl-"
STREAM: Final = f"{_LOGS}{VALUES['LogGroupName']}:log-stream:aws/bedrock/modelinvocations"
_NAMESPACE: Final = {"StringEquals": {"cloudwatch:namespace": "bedrock-agentcore"}}


@dataclass(frozen=True)
class AuditedRole:
    """A role, and what the audit must say about it.

    Attributes:
        id: its name in the account.
        kind: as ``--as`` takes it.
        policies: its inline policies.
        answers: the verdict by action; of an action that is not here it is GRANTED.
        boundary: its permissions boundary.
        managed: a managed policy that it has attached.
        tags: of the role.
        facts: what ``--facts`` tells.
        region: what ``--region`` tells; None for nothing.
    """

    id: str
    kind: str
    policies: tuple[Document, ...]
    answers: Mapping[str, Verdict] = field(default_factory=dict)
    boundary: Document | None = None
    managed: Document | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=lambda: FACTS)
    region: str | None = "us-east-1"

    def __str__(self) -> str:
        return self.id


def blueprint(kind: str) -> Document:
    """The policy that a kind of role cannot do without, and no more."""
    return policy_document(needed(*kind_and_variant(kind)), VALUES)


def quiet_runtime() -> Document:
    """The policy of the fixture, in the account of the sandbox."""
    fixture = Path(__file__).parents[1] / "roles" / "quiet-runtime-role.json"
    text = fixture.read_text(encoding="utf-8").replace("123456789012", ACCOUNT)
    (policy,) = json.loads(text)["RoleDetailList"][0]["RolePolicyList"]
    document: Document = policy["PolicyDocument"]
    return document


def answers(verdict: Verdict, *groups: tuple[str, ...]) -> dict[str, Verdict]:
    return {action: verdict for group in groups for action in group}


RUNTIME_POLICY: Final = blueprint(RUNTIME)
LOGGING_POLICY: Final = blueprint("invocation-logging")
EVALUATION_POLICY: Final = blueprint("evaluation")
MEMORY_POLICY: Final = blueprint("agentcore-memory")
EVERYTHING: Final = statement("Allow", "*")


def runtime(id: str, *policies: Document, says: Mapping[str, Verdict], **more: Any) -> AuditedRole:
    """The blueprint's runtime role with further policies."""
    return AuditedRole(id, RUNTIME, (RUNTIME_POLICY, *policies), says, **more)


def runtime_with(id: str, sid: str, says: Mapping[str, Verdict], *, tags: Any = None, **members: Any) -> AuditedRole:
    """The blueprint's runtime role with one statement changed."""
    return AuditedRole(id, RUNTIME, (changed(RUNTIME_POLICY, sid, **members),), says, tags=tags or {})


def owls(operator: str) -> Document:
    return {operator: {"aws:PrincipalTag/team": "owls"}}


_WHOLE: Final = (
    AuditedRole("blueprint-runtime", RUNTIME, (RUNTIME_POLICY,)),
    AuditedRole("blueprint-code", "agentcore-runtime:direct-code", (blueprint("agentcore-runtime:direct-code"),)),
    AuditedRole("blueprint-logging", "invocation-logging", (LOGGING_POLICY,)),
    AuditedRole("blueprint-evaluation", "evaluation", (EVALUATION_POLICY,)),
    AuditedRole("blueprint-memory", "agentcore-memory", (MEMORY_POLICY,)),
    AuditedRole("blueprint-reader", "observability-reader", (blueprint("observability-reader"),), facts=VALUES),
    AuditedRole(
        "quiet", RUNTIME, (quiet_runtime(),),
        answers(MISSING, LISTS, SPANS, TRACES[2:], TOKENS), facts={}, region=None,
    ),
    AuditedRole("nothing-known", RUNTIME, (RUNTIME_POLICY,), facts={}, region=None),
    AuditedRole("attached", RUNTIME, (), managed=RUNTIME_POLICY),
    AuditedRole("empty", RUNTIME, (policy(statement("Allow", "iam:GetUser")),), answers(
        MISSING, GROUPS, STREAMS, LISTS, SPANS, TRACES, METRICS, IMAGES, LOGIN, TOKENS, MODELS)),
    AuditedRole("everything", RUNTIME, (policy(EVERYTHING),)),
    AuditedRole("all-but-iam", RUNTIME, (policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}),)),
)  # fmt: skip

_DENIES: Final = (
    runtime("deny-events", deny("logs:PutLogEvents"), says={"logs:PutLogEvents": DENIED}),
    runtime("deny-one-group", deny("logs:*", [f"{OWN}SECRET", f"{OWN}SECRET:*"]),
            says=answers(PARTIAL, GROUPS, STREAMS, SPANS)),
    runtime("deny-bare-group", deny("logs:*", f"{OWN}SECRET"), says=answers(PARTIAL, SPANS)),
    runtime("deny-one-stream", deny("logs:PutLogEvents", f"{OWN}*:log-stream:otel-rt-logs"),
            says={"logs:PutLogEvents": PARTIAL}),
    runtime("deny-not-action", policy({"Effect": "Deny", "NotAction": ["logs:*", "ecr:*"], "Resource": "*"}),
            says=answers(DENIED, TRACES, METRICS, TOKENS, MODELS)),
    runtime("deny-not-resource", policy({"Effect": "Deny", "Action": "*", "NotResource": f"{OWN}*"}),
            says=answers(DENIED, LISTS, TRACES, METRICS, IMAGES, LOGIN, TOKENS, MODELS)),
    runtime("deny-somebody-elses", deny("logs:*", f"{_LOGS}/aws/lambda/*"), says={}),
    runtime("deny-repository", deny("ecr:Batch*", f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/night_owl"),
            says={"ecr:BatchGetImage": DENIED}),
    runtime("deny-all-but-own-groups", deny("logs:CreateLogStream", "*") | {
        "Statement": [{"Effect": "Deny", "Action": "logs:CreateLogStream", "NotResource": f"{OWN}DEFAULT:*"}]},
            says={"logs:CreateLogStream": PARTIAL}),
    runtime("deny-plain-transport", deny("*", Condition={"Bool": {"aws:SecureTransport": "false"}}), says={}),
    runtime("deny-not-owls-tagged", deny("*", Condition=owls("StringNotEquals")), says={}, tags={"team": "owls"}),
    runtime("deny-not-owls-untagged", deny("logs:*", Condition=owls("StringNotEquals")),
            says=answers(DENIED, GROUPS, STREAMS, LISTS, SPANS)),
    runtime("deny-not-owls-if-exists", deny("logs:*", Condition=owls("StringNotEqualsIfExists")),
            says=answers(DENIED, GROUPS, STREAMS, LISTS, SPANS)),
    runtime("deny-foxes-untagged", deny("*", Condition={"StringEquals": {"aws:PrincipalTag/team": "foxes"}}), says={}),
    runtime("deny-untagged", deny("logs:*", Condition={"Null": {"aws:PrincipalTag/team": "true"}}),
            says=answers(DENIED, GROUPS, STREAMS, LISTS, SPANS)),
    runtime("deny-elsewhere", deny("*", Condition={"StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}), says={}),
    runtime("deny-here", deny("logs:*", Condition={"StringLike": {"aws:RequestedRegion": ["us-*", "eu-*"]}}),
            says=answers(DENIED, GROUPS, STREAMS, LISTS, SPANS)),
    runtime("deny-on-behalf", deny("*", Condition={"Bool": {"aws:ViaAWSService": "true"}}), says={}),
)  # fmt: skip

_BOUNDARIES: Final = (
    runtime("boundary-without-logs", boundary=policy({"Effect": "Allow", "NotAction": "logs:*", "Resource": "*"}),
            says=answers(BLOCKED, GROUPS, STREAMS, LISTS, SPANS)),
    runtime("boundary-denies-metrics", boundary=policy(EVERYTHING, statement("Deny", "cloudwatch:*")),
            says=answers(BLOCKED, METRICS)),
    runtime("boundary-without-a-stream", boundary=policy(
        EVERYTHING, statement("Deny", "logs:PutLogEvents", f"{OWN}*:log-stream:otel-*")),
            says={"logs:PutLogEvents": PARTIAL}),
    runtime("boundary-is-enough", boundary=RUNTIME_POLICY, says={}),
    AuditedRole("boundary-alone", RUNTIME, (policy(statement("Allow", "iam:GetUser")),), answers(
        MISSING, GROUPS, STREAMS, LISTS, SPANS, TRACES, METRICS, IMAGES, LOGIN, TOKENS, MODELS),
        boundary=RUNTIME_POLICY),
    runtime("boundary-of-tagged", boundary=policy(statement("Allow", "*", Condition=owls("StringEquals"))),
            says={}, tags={"team": "owls"}),
    runtime("boundary-of-untagged", boundary=policy(
        statement("Allow", "*", Condition=owls("StringEquals")),
        {"Effect": "Allow", "NotAction": "bedrock:*", "Resource": "*"}), says=answers(BLOCKED, MODELS)),
)  # fmt: skip

_RESOURCES: Final = (
    AuditedRole("named-group", RUNTIME, (changed(
        RUNTIME_POLICY, "WriteOwnLogs", Resource=f"{OWN}DEFAULT"),), answers(MISSING, STREAMS),
        facts={**FACTS, "Agent": "night_owl-DEFAULT"}),
    AuditedRole("named-group-star", RUNTIME, (changed(
        RUNTIME_POLICY, "WriteOwnLogs", Resource=f"{OWN}DEFAULT:*"),), {},
        facts={**FACTS, "Agent": "night_owl-DEFAULT"}),
    AuditedRole("named-group-to-create", RUNTIME, (changed(
        RUNTIME_POLICY, "CreateOwnLogGroup", Resource=f"{OWN}DEFAULT"),), answers(MISSING, GROUPS),
        facts={**FACTS, "Agent": "night_owl-DEFAULT"}),
    AuditedRole("doubled-star", RUNTIME, (changed(
        RUNTIME_POLICY, "WriteOwnLogs", Resource=f"{OWN}*:*:log-stream:*"),), answers(MISSING, STREAMS), facts={}),
    AuditedRole("doubled-star-of-an-agent", RUNTIME, (changed(
        RUNTIME_POLICY, "WriteOwnLogs", Resource=f"{OWN}*:*:log-stream:*"),), answers(MISSING, STREAMS)),
    runtime_with("wrong-prefix", "WriteOwnLogs", answers(MISSING, STREAMS),
                 Resource=f"{_LOGS}/aws/bedrock-agentcore/runtime/night_owl-*"),
    runtime_with("wrong-case", "WriteOwnLogs", answers(MISSING, STREAMS), Resource=OWN.replace("owl", "Owl") + "*"),
    runtime_with("other-account", "WriteOwnLogs", answers(MISSING, STREAMS),
                 Resource=f"{OWN}*".replace(ACCOUNT, "111122223333")),
    runtime_with("other-region", "WriteOwnLogs", answers(MISSING, STREAMS),
                 Resource=f"{OWN}*".replace("us-east-1", "us-east-2")),
    runtime_with("any-region", "WriteOwnLogs", {}, Resource=f"{OWN}*".replace("us-east-1", "*")),
    runtime_with("some-regions", "WriteOwnLogs", {}, Resource=f"{OWN}*".replace("us-east-1", "us-????-1")),
    runtime_with("one-group", "WriteOwnLogs", answers(PARTIAL, STREAMS), Resource=f"{OWN}DEFAULT:*"),
    runtime_with("one-stream", "WriteOwnLogs", answers(PARTIAL, STREAMS), Resource=f"{OWN}*:log-stream:otel-rt-logs"),
    runtime_with("union", "WriteOwnLogs", {},
                 Resource=[f"{OWN}*:log-stream:o*", f"{OWN}*:log-stream:", f"{OWN}?*:*"]),
    runtime_with("union-with-a-gap", "WriteOwnLogs", answers(PARTIAL, STREAMS),
                 Resource=[f"{OWN}*:log-stream:?", f"{OWN}*:log-stream:???*"]),
    runtime_with("not-resource", "WriteOwnLogs", {}, Resource=None, NotResource=f"{_LOGS}/aws/lambda/*"),
    runtime_with("not-resource-own", "WriteOwnLogs", answers(MISSING, STREAMS), Resource=None, NotResource=f"{OWN}*"),
    runtime_with("list-on-one-group", "FindLogGroups", answers(MISSING, LISTS), Resource=f"{OWN}DEFAULT:*"),
    runtime_with("list-on-everything", "FindLogGroups", {}, Resource="*"),
    runtime_with("spans-on-everything", "LetSpansIntoOwnLogGroup", {}, Resource="*"),
    runtime_with("metrics-on-an-arn", "PublishMetrics", answers(MISSING, METRICS),
                 Resource=f"arn:aws:cloudwatch:us-east-1:{ACCOUNT}:*"),
    runtime_with("login-on-a-repository", "ECRTokenAccess", answers(MISSING, LOGIN),
                 Resource=f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/*"),
    runtime_with("other-repository", "ECRImageAccess", answers(MISSING, IMAGES),
                 Resource=f"arn:aws:ecr:us-east-1:{ACCOUNT}:repository/day_owl"),
    runtime_with("one-model", "BedrockModelInvocation", {},
                 Resource="arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"),
    AuditedRole("one-model-from-somewhere", RUNTIME, (changed(
        RUNTIME_POLICY, "BedrockModelInvocation", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}},
        Resource="arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"),), answers(CONDITIONAL, MODELS)),
    AuditedRole("profiles-alone", RUNTIME, (changed(
        RUNTIME_POLICY, "BedrockModelInvocation",
        Resource=f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/*"),), answers(MISSING, MODELS)),
    runtime_with("one-model-by-account", "BedrockModelInvocation", answers(MISSING, MODELS),
                 Resource=f"arn:aws:bedrock:us-east-1:{ACCOUNT}:foundation-model/amazon.nova-micro-v1:0"
                 .replace(ACCOUNT, "111122223333")),
    AuditedRole("found-elsewhere", RUNTIME, (json.loads(
        json.dumps(RUNTIME_POLICY).replace("us-east-1", "eu-central-1")),), facts={}, region=None),
    AuditedRole("incomplete-arn", RUNTIME, (policy(
        statement("Allow", "logs:*", "arn:aws:logs:us-east-1"), *without(
            RUNTIME_POLICY, "CreateOwnLogGroup", "WriteOwnLogs", "FindLogGroups")["Statement"]),)),
)  # fmt: skip

_ACTIONS: Final = (
    runtime_with("no-events", "WriteOwnLogs", {"logs:PutLogEvents": MISSING}, Action="logs:CreateLogStream"),
    runtime_with("shouted", "WriteOwnLogs", {}, Action=["LOGS:PUTLOGEVENTS", "Logs:createlogstream"]),
    runtime_with("patterns", "WriteOwnLogs", {}, Action=["logs:Put*", "logs:*LogStream"]),
    runtime_with("question-marks", "WriteOwnLogs", {"logs:PutLogEvents": MISSING},
                 Action=["logs:CreateLogStrea?", "logs:PutLogEvents?"]),
    runtime_with("not-action", "WriteOwnLogs", {"logs:PutLogEvents": MISSING},
                 Action=None, NotAction=["logs:Put*"], Resource="*"),
    runtime_with("no-stream", "BedrockModelInvocation", {"bedrock:InvokeModelWithResponseStream": MISSING},
                 Action="bedrock:InvokeModel"),
    runtime_with("converse", "BedrockModelInvocation", answers(MISSING, MODELS),
                 Action=["bedrock:Converse", "bedrock:ConverseStream"]),
)  # fmt: skip

_CONDITIONS: Final = (
    runtime_with("other-namespace", "PublishMetrics", answers(MISSING, METRICS),
                 Condition={"StringEquals": {"cloudwatch:namespace": "night-owl"}}),
    runtime_with("namespace-pattern", "PublishMetrics", {},
                 Condition={"StringLike": {"cloudwatch:namespace": "bedrock-*"}}),
    runtime_with("namespace-literal-star", "PublishMetrics", answers(MISSING, METRICS),
                 Condition={"StringEquals": {"cloudwatch:namespace": "bedrock-*"}}),
    runtime_with("no-namespace", "PublishMetrics", {}, Condition=None),
    runtime_with("namespace-key-case", "PublishMetrics", {},
                 Condition={"stringequals": {"CloudWatch:Namespace": ["other", "bedrock-agentcore"]}}),
    runtime_with("namespace-and-tag", "PublishMetrics", answers(MISSING, METRICS),
                 Condition={**_NAMESPACE, "StringLike": {"aws:PrincipalTag/team": "*"}}),
    runtime_with("owls-tagged", "WriteOwnLogs", {}, Condition=owls("StringEquals"), tags={"Team": "owls"}),
    runtime_with("owls-untagged", "WriteOwnLogs", answers(MISSING, STREAMS), Condition=owls("StringEquals")),
    runtime_with("owls-foxes", "WriteOwnLogs", answers(MISSING, STREAMS), Condition=owls("StringEquals"),
                 tags={"team": "foxes"}),
    runtime_with("owls-if-exists", "WriteOwnLogs", {}, Condition=owls("StringEqualsIfExists")),
    runtime_with("any-of-none", "WriteOwnLogs", answers(MISSING, STREAMS),
                 Condition=owls("ForAnyValue:StringEquals")),
    runtime_with("all-of-none", "WriteOwnLogs", {}, Condition=owls("ForAllValues:StringEquals")),
    runtime_with("tagged-at-all", "WriteOwnLogs", {}, Condition={"Null": {"aws:PrincipalTag/team": "false"}},
                 tags={"team": "foxes"}),
    runtime_with("misspelt-key", "WriteOwnLogs", answers(CONDITIONAL, STREAMS),
                 Condition={"StringEquals": {"aws:PrincipleTag/team": "owls"}}, tags={"team": "owls"}),
    runtime_with("own-arn", "WriteOwnLogs", {}, Condition={"ArnEquals": {
        "aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/own-arn"}}),
    runtime_with("session-arn", "WriteOwnLogs", answers(MISSING, STREAMS), Condition={"ArnLike": {
        "aws:PrincipalArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/session-arn/*"}}),
    runtime_with("own-account", "WriteOwnLogs", {}, Condition={"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}),
    runtime_with("own-resources", "WriteOwnLogs", {}, Condition={"StringEquals": {"aws:ResourceAccount": ACCOUNT}}),
    runtime_with("others-resources", "WriteOwnLogs", answers(MISSING, STREAMS),
                 Condition={"StringNotEquals": {"aws:ResourceAccount": ACCOUNT}}),
    runtime_with("in-europe", "WriteOwnLogs", answers(MISSING, STREAMS),
                 Condition={"StringLike": {"aws:RequestedRegion": "eu-*"}}),
    runtime_with("in-america", "WriteOwnLogs", {}, Condition={"StringLike": {"aws:RequestedRegion": "us-*"}}),
    runtime_with("secure", "WriteOwnLogs", {}, Condition={"Bool": {"aws:SecureTransport": True}}),
    runtime_with("itself", "WriteOwnLogs", {}, Condition={"Bool": {"aws:ViaAWSService": "false"}}),
    runtime_with("no-service", "WriteOwnLogs", {}, Condition={"Bool": {"aws:PrincipalIsAWSService": "false"}}),
    runtime_with("a-role", "WriteOwnLogs", {}, Condition={"StringEquals": {"aws:PrincipalType": "AssumedRole"}}),
    runtime_with("from-somewhere", "WriteOwnLogs", answers(CONDITIONAL, STREAMS),
                 Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
    AuditedRole("from-here", RUNTIME, (changed(RUNTIME_POLICY, "WriteOwnLogs", Condition={
        "IpAddress": {"aws:SourceIp": "127.0.0.0/8"}}),), {}, facts={**FACTS, "aws:SourceIp": "127.0.0.1"}),
    AuditedRole("from-elsewhere", RUNTIME, (changed(RUNTIME_POLICY, "WriteOwnLogs", Condition={
        "IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),), answers(MISSING, STREAMS),
        facts={**FACTS, "aws:SourceIp": "127.0.0.1"}),
)  # fmt: skip

_OTHER_KINDS: Final = (
    AuditedRole("logging-other-stream", "invocation-logging", (changed(
        LOGGING_POLICY, "WriteInvocationRecords", Resource=f"{STREAM}-2"),), answers(MISSING, STREAMS)),
    AuditedRole("logging-bare-group", "invocation-logging", (changed(
        LOGGING_POLICY, "WriteInvocationRecords", Resource=STREAM.partition(":log-stream:")[0]),),
        answers(MISSING, STREAMS), facts={"LogGroupName": VALUES["LogGroupName"]}),
    AuditedRole("logging-doubled-star", "invocation-logging", (changed(
        LOGGING_POLICY, "WriteInvocationRecords", Resource=STREAM.replace(":log-stream:", ":*:log-stream:")),),
        answers(MISSING, STREAMS)),
    AuditedRole("logging-boundary", "invocation-logging", (LOGGING_POLICY,), answers(BLOCKED, STREAMS),
        boundary=policy(statement("Allow", "*", f"{_LOGS}/aws/*"))),
    AuditedRole("logging-deny-other-stream", "invocation-logging", (
        LOGGING_POLICY, deny("logs:*", f"{STREAM}-2"))),
    AuditedRole("logging-half", "invocation-logging", (changed(
        LOGGING_POLICY, "WriteInvocationRecords", Action="logs:PutLogEvents"),), {"logs:CreateLogStream": MISSING}),
    AuditedRole("evaluation-some-agents", "evaluation", (changed(
        EVALUATION_POLICY, "ReadTraces", Resource=f"{OWN}*"),)),
    AuditedRole("evaluation-no-agent", "evaluation", (changed(
        EVALUATION_POLICY, "ReadTraces", Resource=f"{OWN}DEFAULT"),), {"logs:StartQuery": MISSING}),
    AuditedRole("evaluation-results-of-some-agents", "evaluation", (changed(
        EVALUATION_POLICY, "ReadQueryResults", Resource=f"{OWN}*"),), {"logs:GetQueryResults": MISSING}),
    AuditedRole("evaluation-bare-results", "evaluation", (changed(
        EVALUATION_POLICY, "CreateResultsLogGroup", Resource=f"{_LOGS}/aws/bedrock-agentcore/evaluations/results"),),
        {"logs:CreateLogGroup": MISSING}),
    AuditedRole("evaluation-one-result", "evaluation", (changed(
        EVALUATION_POLICY, "WriteResults", Resource=f"{_LOGS}/aws/bedrock-agentcore/evaluations/results:*"),),
        answers(PARTIAL, STREAMS)),
    AuditedRole("evaluation-index-everything", "evaluation", (changed(
        EVALUATION_POLICY, "IndexSpans", Resource="*"),)),
    AuditedRole("evaluation-deny-judge", "evaluation", (
        EVALUATION_POLICY, deny("bedrock:Invoke*")), answers(DENIED, MODELS)),
    AuditedRole("memory-others-models", "agentcore-memory", (changed(
        MEMORY_POLICY, "BedrockInvokeModel", Condition={
            "StringEquals": {"aws:ResourceAccount": "111122223333"}}),), answers(MISSING, MODELS)),
)  # fmt: skip

ROLES: Final = (*_WHOLE, *_DENIES, *_BOUNDARIES, *_RESOURCES, *_ACTIONS, *_CONDITIONS, *_OTHER_KINDS)
"""Every role, each with a name of its own."""
