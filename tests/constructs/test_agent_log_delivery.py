"""AgentLogDelivery in anybody's own stack: right types, right names, one change at a time, one policy of each kind."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from aws_cdk import App, Environment, Stack, Validations
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks
from cfnlint.api import ManualArgs, lint

from bedrock_o11y_constructs import AgentLogDelivery

FLAGS = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"]
ENVIRONMENT = Environment(account="123456789012", region="us-east-1")
BASE = "arn:aws:bedrock-agentcore:us-east-1:123456789012:"
RUNTIME = f"{BASE}runtime/my_agent-AbCdEfGhIj"
ARNS = {
    "runtime": RUNTIME,
    "memory": f"{BASE}memory/my_memory-AbCdEfGhIj",
    "gateway": f"{BASE}gateway/my-gateway-abcdefghij",
    "code-interpreter": f"{BASE}code-interpreter-custom/my_tool-AbCdEfGhIj",
    "browser": f"{BASE}browser-custom/my_tool-AbCdEfGhIj",
    "workload-identity": f"{BASE}workload-identity-directory/default/workload-identity/my.agent",
    "knowledge-base": "arn:aws:bedrock:us-east-1:123456789012:knowledge-base/ABCDEFGHIJ",
}
LOGS_AND_TRACES = {"APPLICATION_LOGS", "TRACES"}
SENDS = {
    "runtime": LOGS_AND_TRACES | {"USAGE_LOGS"},
    "memory": LOGS_AND_TRACES,
    "gateway": LOGS_AND_TRACES,
    "code-interpreter": LOGS_AND_TRACES | {"USAGE_LOGS"},
    "browser": {"USAGE_LOGS", "TRACES"},
    "workload-identity": LOGS_AND_TRACES,
    "knowledge-base": LOGS_AND_TRACES,
}


def stack_of(environment=ENVIRONMENT, context=None):
    return Stack(App(context=context or FLAGS), "Mine", env=environment)


def template_with(resource=RUNTIME, **props):
    stack = stack_of()
    AgentLogDelivery(stack, "Delivery", resource=resource, **props)
    return Template.from_stack(stack)


def of(template, kind):
    """Resources of a type of CloudWatch Logs by logical id, with their properties."""
    return template.find_resources(f"AWS::Logs::{kind}")


def properties(template, kind):
    return [resource["Properties"] for resource in of(template, kind).values()]


def groups(template):
    """Log groups but that of the provider, which has no name."""
    return [group for group in properties(template, "LogGroup") if "LogGroupName" in group]


def asked(template, setting, attributes=None):
    """What is asked of the provider: requests by logical id, references to attributes that are not known as <id>."""
    found = {
        id: json.loads(resolved(resource["Properties"]["Request"], attributes or {}))
        for id, resource in template.find_resources("Custom::BedrockO11yAccountSetting").items()
    }
    return {id: request for id, request in found.items() if request["setting"] == setting}


def sources(template, attributes=None):
    """Name, resource and type of log of each source."""
    found = asked(template, "delivery-source", attributes).values()
    return [(request["desired"]["name"], *request["instance"].split("|")) for request in found]


def resolved(value, attributes):
    """A text of the template for a resource whose attributes are known."""
    if isinstance(value, str):
        return value
    ((function, argument),) = value.items()
    if function == "Fn::Join":
        return argument[0].join(resolved(part, attributes) for part in argument[1])
    if function == "Fn::Select":
        parts = resolved(argument[1], attributes)
        return parts[int(argument[0])] if len(parts) > int(argument[0]) else "<part>"
    if function == "Fn::Split":
        return resolved(argument[1], attributes).split(argument[0])
    if function == "Ref":
        return f"<{argument}>"
    assert function == "Fn::GetAtt"
    return attributes.get(argument[1], f"<{argument[0]}>")


def requests(template):
    """Everything that is asked of the provider, as text."""
    return json.dumps(
        [
            resource["Properties"]["Request"]
            for resource in template.find_resources("Custom::BedrockO11yAccountSetting").values()
        ]
    )


def statements(template, kind):
    """The statements of the one policy of a kind, intrinsics shown as <name>."""
    (policy,) = template.find_resources(f"AWS::{kind}::ResourcePolicy").values()
    document = policy["Properties"]["PolicyDocument"]
    parts = document["Fn::Join"][1] if isinstance(document, dict) else [document]
    return json.loads("".join(part if isinstance(part, str) else f"<{part['Ref']}>" for part in parts))["Statement"]


# --- What is delivered -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ARNS)
def test_a_resource_delivers_what_its_kind_sends(kind):
    template = template_with(ARNS[kind])
    found = sources(template)
    assert {log_type for _, _, log_type in found} == SENDS[kind]
    assert {arn for _, arn, _ in found} == {ARNS[kind]}
    assert {request["policy"] for request in asked(template, "delivery-source").values()} == {"leave"}
    types = {item["DeliveryDestinationType"]: item for item in properties(template, "DeliveryDestination")}
    assert set(types) == {"CWL", "XRAY"}
    assert "DestinationResourceArn" not in types["XRAY"]
    assert "OutputFormat" not in types["XRAY"]
    assert types["CWL"]["OutputFormat"] == "json"


@pytest.mark.parametrize("kind", ARNS)
def test_traces_go_to_xray_and_logs_to_the_log_group(kind):
    template = template_with(ARNS[kind])
    destinations = of(template, "DeliveryDestination")
    went = {}
    for request in asked(template, "log-delivery").values():
        arn, source, kind_of_destination = request["instance"].split("|")
        destination = destinations[request["desired"]["deliveryDestinationArn"].strip("<>")]
        went[source] = destination["Properties"]["DeliveryDestinationType"]
        assert (arn, kind_of_destination, request["policy"]) == (ARNS[kind], went[source], "leave")
    assert went == {log_type: "XRAY" if log_type == "TRACES" else "CWL" for log_type in SENDS[kind]}


def test_requests_and_answers_of_a_runtime_are_left_out_unless_asked_for():
    def fields(**props):
        found = asked(template_with(**props), "log-delivery").values()
        return [request["desired"]["recordFields"] for request in found if "recordFields" in request["desired"]]

    (chosen,) = fields()
    assert {"resource_arn", "event_timestamp", "session_id", "trace_id", "operation"} <= set(chosen)
    assert not {"request_payload", "response_payload", "body"} & set(chosen)
    assert fields(payloads=True) == []


def test_what_is_disputed_is_delivered_only_when_it_is_named():
    template = template_with(ARNS["browser"], log_types=["APPLICATION_LOGS"])
    assert [log_type for _, _, log_type in sources(template)] == ["APPLICATION_LOGS"]


def test_traces_alone_need_no_log_group():
    template = template_with(log_types=["TRACES"])
    assert groups(template) == []
    for kind in ("AWS::Logs::ResourcePolicy", "AWS::KMS::Key"):
        template.resource_count_is(kind, 0)
    template.resource_count_is("AWS::XRay::ResourcePolicy", 1)


# --- Where it goes -----------------------------------------------------------------------------------------------


def test_the_new_log_group_is_encrypted_masked_kept_and_has_a_retention():
    template = template_with()
    template.has_resource(
        "AWS::Logs::LogGroup",
        {
            "Properties": {
                "LogGroupName": "/aws/vendedlogs/bedrock-agentcore/runtime/my_agent-AbCdEfGhIj",
                "RetentionInDays": 90,
                "KmsKeyId": Match.any_value(),
                "DataProtectionPolicy": Match.any_value(),
            },
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
        },
    )
    key = json.dumps(template.find_resources("AWS::KMS::Key"))
    assert ":log-group:/aws/vendedlogs/bedrock-agentcore/runtime/my_agent-AbCdEfGhIj" in key
    assert "RetainExceptOnCreate" in key


def test_an_existing_log_group_is_used_as_it_is_and_let_in_by_its_name():
    stack = stack_of()
    group = logs.LogGroup.from_log_group_name(stack, "Group", "/mine")
    AgentLogDelivery(stack, "Delivery", resource=RUNTIME, log_group=group)
    template = Template.from_stack(stack)
    assert groups(template) == []
    template.resource_count_is("AWS::KMS::Key", 0)
    (statement,) = statements(template, "Logs")
    assert statement["Resource"] == ["arn:aws:logs:us-east-1:123456789012:log-group:/mine:log-stream:*"]


def test_a_log_group_of_the_same_stack_is_let_in_by_its_name_without_a_star_in_the_middle():
    stack = stack_of()
    AgentLogDelivery(stack, "Delivery", resource=RUNTIME, log_group=logs.LogGroup(stack, "Group"))
    document = json.dumps(Template.from_stack(stack).find_resources("AWS::Logs::ResourcePolicy"))
    assert ":log-stream:*" in document
    assert ":*:log-stream" not in document


def test_a_bucket_lets_delivery_write_and_no_log_group_is_made():
    stack = stack_of()
    key = kms.Key(stack, "Key")
    bucket = s3.Bucket(stack, "Bucket", encryption_key=key, encryption=s3.BucketEncryption.KMS)
    AgentLogDelivery(stack, "Delivery", resource=RUNTIME, bucket=bucket, output_format="parquet")
    template = Template.from_stack(stack)
    assert groups(template) == []
    (to_bucket,) = (item for item in of(template, "DeliveryDestination").values()
                    if item["Properties"]["DeliveryDestinationType"] == "S3")  # fmt: skip
    assert to_bucket["Properties"]["OutputFormat"] == "parquet"
    (policy,) = template.find_resources("AWS::S3::BucketPolicy")
    assert policy in to_bucket["DependsOn"]
    template.has_resource_properties(
        "AWS::S3::BucketPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {
                                "Action": "s3:PutObject",
                                "Principal": {"Service": "delivery.logs.amazonaws.com"},
                                "Condition": Match.object_like(
                                    {"StringEquals": Match.object_like({"s3:x-amz-acl": ["bucket-owner-full-control"]})}
                                ),
                            }
                        )
                    ]
                )
            }
        },
    )
    assert "EncryptVendedLogs" in json.dumps(template.find_resources("AWS::KMS::Key"))


def test_logs_can_go_to_a_log_group_and_a_bucket():
    stack = stack_of()
    bucket = s3.Bucket(stack, "Bucket")
    AgentLogDelivery(stack, "Delivery", resource=ARNS["memory"], bucket=bucket, log_group_name="/aws/vendedlogs/mine")
    template = Template.from_stack(stack)
    assert len(asked(template, "log-delivery")) == 3
    template.has_resource_properties("AWS::Logs::LogGroup", {"LogGroupName": "/aws/vendedlogs/mine"})
    (statement,) = statements(template, "Logs")
    assert statement["Resource"][0].endswith(":log-group:/aws/vendedlogs/mine:log-stream:*")


# --- Names -------------------------------------------------------------------------------------------------------


def names(template):
    return sorted(name for name, _, _ in sources(template))


@pytest.mark.parametrize("kind", ARNS)
def test_names_fit_and_are_made_of_the_id(kind):
    longest = {
        "runtime": "a" * 48 + "-AbCdEfGhIj", "memory": "a" * 48 + "-AbCdEfGhIj", "gateway": "a-" * 45 + "b-abcdefghij",
        "code-interpreter": "a" * 48 + "-AbCdEfGhIj", "browser": "a" * 48 + "-AbCdEfGhIj",
        "workload-identity": "a." * 127, "knowledge-base": "ABCDEFGHIJ",
    }[kind]  # fmt: skip
    stem = ARNS[kind].rpartition("/")[0]
    short, long = template_with(ARNS[kind]), template_with(f"{stem}/{longest}")
    for template in (short, long):
        for found in (names(template), [item["Name"] for item in properties(template, "DeliveryDestination")]):
            assert len(set(found)) == len(found)
            assert all(re.fullmatch(r"[\w-]{1,60}", name) for name in found), found


@pytest.mark.parametrize("kind", ["gateway", "workload-identity"])
def test_long_ids_that_begin_alike_have_names_of_their_own(kind):
    stem = ARNS[kind].rpartition("/")[0]
    one, other = (names(template_with(f"{stem}/{'a' * 80}{end}-abcdefghij")) for end in "xy")
    assert set(one).isdisjoint(other)


def test_a_source_has_the_same_name_wherever_it_stands_in_the_app():
    stack = Stack(App(context=FLAGS), "Another", env=ENVIRONMENT)
    AgentLogDelivery(stack, "Elsewhere", resource=RUNTIME)
    other = Template.from_stack(stack)
    assert names(other) == names(template_with())
    assert "runtime-AbCdEfGhIj-APPLICATION_LOGS" in names(other)


def runtime(stack, name="my_agent", **props):
    artifact = agentcore.AgentRuntimeArtifact.from_image_uri("123456789012.dkr.ecr.us-east-1.amazonaws.com/agent:1")
    return agentcore.Runtime(stack, "Runtime", runtime_name=name, agent_runtime_artifact=artifact, **props)


def made(stack, kind):
    """A construct of each kind, level 2 where there is one."""
    if kind == "runtime":
        return runtime(stack)
    if kind == "memory":
        return agentcore.Memory(stack, "Resource", memory_name="my_memory")
    if kind == "gateway":
        return agentcore.Gateway(stack, "Resource", gateway_name="my-gateway")
    if kind == "code-interpreter":
        return agentcore.CodeInterpreterCustom(stack, "Resource", code_interpreter_custom_name="my_tool")
    if kind == "browser":
        return agentcore.BrowserCustom(stack, "Resource", browser_custom_name="my_tool")
    if kind == "workload-identity":
        return agentcore.WorkloadIdentity(stack, "Resource", workload_identity_name="my_agent")
    return bedrock.CfnKnowledgeBase(
        stack, "Resource", name="kb", role_arn="arn:aws:iam::123456789012:role/kb",
        knowledge_base_configuration={"type": "VECTOR"},
    )  # fmt: skip


@pytest.mark.parametrize("kind", ARNS)
def test_a_construct_gets_the_names_that_its_arn_would_get(kind):
    stack = stack_of()
    AgentLogDelivery(stack, "Delivery", resource=made(stack, kind))
    template = Template.from_stack(stack)
    arn = ARNS[kind].replace("my.agent", "my_agent")
    (attribute,) = set(re.findall(r'"Fn::GetAtt": \["[A-Za-z0-9]+", "([A-Za-z]+Arn)"\]', requests(template)))
    assert set(sources(template, {attribute: arn})) == set(sources(template_with(arn)))
    assert set(asked(template, "log-delivery", {attribute: arn})) == set(asked(template, "log-delivery"))
    # The log group keeps its name when the resource is replaced, and can be adopted after a destroy.
    assert all(isinstance(group["LogGroupName"], str) for group in groups(template))


def test_a_replaced_runtime_has_a_source_of_another_name():
    stack = stack_of()
    AgentLogDelivery(stack, "Delivery", resource=made(stack, "runtime"))
    template = Template.from_stack(stack)
    ids = ("my_agent-AbCdEfGhIj", "my_agent-KlMnOpQrSt", "my_agent_new-AbCdEfGhIk")
    found = [{name for name, _, _ in sources(template, {"AgentRuntimeArn": f"{BASE}runtime/{id}"})} for id in ids]
    assert len(set.union(*found)) == 9


@pytest.mark.parametrize("level", [1, 2])
def test_constructs_of_both_levels_and_imported_ones_are_understood(level):
    stack = stack_of()
    if level == 1:
        resource = agentcore.CfnMemory(stack, "Memory", name="my_memory", event_expiry_duration=30)
    else:
        resource = agentcore.Runtime.from_agent_runtime_attributes(
            stack, "Runtime", agent_runtime_arn=RUNTIME, agent_runtime_id="my_agent-AbCdEfGhIj",
            agent_runtime_name="my_agent", agent_runtime_version="1", role_arn="arn:aws:iam::123456789012:role/agent",
        )  # fmt: skip
    AgentLogDelivery(stack, "Delivery", resource=resource)
    found = {log_type for _, _, log_type in sources(Template.from_stack(stack))}
    assert found == SENDS["memory" if level == 1 else "runtime"]


def test_another_format_or_log_group_gives_the_destination_another_name():
    def destination(**props):
        (found,) = (
            item["Name"]
            for item in properties(template_with(**props), "DeliveryDestination")
            if item["DeliveryDestinationType"] == "CWL"
        )
        return found

    assert len({destination(), destination(output_format="plain"), destination(log_group_name="/x")}) == 3
    assert destination() == destination(retention_days=7)
    assert destination() != destination(payloads=True)
    assert destination().startswith("o11y-")


# --- One at a time, one policy of each kind ----------------------------------------------------------------------


def test_deliveries_of_a_construct_are_created_one_after_the_other():
    stack = stack_of()
    bucket = s3.Bucket(stack, "Bucket")
    AgentLogDelivery(stack, "Delivery", resource=RUNTIME, bucket=bucket, log_group_name="/mine")
    template = Template.from_stack(stack)
    deliveries, made_before = asked(template, "log-delivery"), asked(template, "delivery-source")
    assert len(deliveries) == 5
    every = template.find_resources("Custom::BedrockO11yAccountSetting")
    follows = {id: [other for other in every[id]["DependsOn"] if other in deliveries] for id in deliveries}
    for id, request in deliveries.items():
        (source,) = set(every[id]["DependsOn"]) & set(made_before)
        assert request["instance"].startswith(made_before[source]["instance"])
    chain = [next(id for id, before in follows.items() if not before)]
    while len(chain) < 5:
        chain += [id for id, before in follows.items() if before == [chain[-1]]]
    assert set(chain) == set(deliveries)


def test_many_agents_of_a_stack_share_one_policy_of_each_kind_and_one_key():
    stack = stack_of()
    for index, arn in enumerate(ARNS.values()):
        AgentLogDelivery(stack, f"Delivery{index}", resource=arn)
    template = Template.from_stack(stack)
    for kind in ("AWS::Logs::ResourcePolicy", "AWS::XRay::ResourcePolicy", "AWS::KMS::Key"):
        template.resource_count_is(kind, 1)
    (statement,) = statements(template, "Logs")
    group = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/vendedlogs"
    assert statement["Resource"] == [f"{group}/bedrock-agentcore/*:log-stream:*", f"{group}/bedrock/*:log-stream:*"]
    (traces,) = statements(template, "XRay")
    assert traces["Principal"] == {"Service": ["delivery.logs.amazonaws.com"]}
    document = next(iter(template.find_resources("AWS::XRay::ResourcePolicy").values()))
    assert len(json.dumps(document)) < 5 * 1024


def test_destinations_wait_for_the_policy_that_lets_them_write():
    template = template_with()
    for destination in of(template, "DeliveryDestination").values():
        kind = "XRay" if destination["Properties"]["DeliveryDestinationType"] == "XRAY" else "Logs"
        (policy,) = template.find_resources(f"AWS::{kind}::ResourcePolicy")
        assert destination["DependsOn"] == [policy]


def test_policies_can_be_left_to_another_stack():
    template = template_with(manage_policies=False)
    template.resource_count_is("AWS::Logs::ResourcePolicy", 0)
    template.resource_count_is("AWS::XRay::ResourcePolicy", 0)


# --- What is refused ---------------------------------------------------------------------------------------------

REFUSED = [
    ({"resource": ARNS["memory"], "log_types": ["USAGE_LOGS"]},
     "a memory sends no USAGE_LOGS; expected APPLICATION_LOGS, TRACES"),
    ({"log_types": ["EVENT_LOGS"]}, "a runtime sends no EVENT_LOGS"),
    ({"log_types": []}, "no types of log"),
    ({"log_types": "TRACES"}, "no types of log"),
    ({"resource": f"{BASE}policy-engine/p-AbCdEfGhIj"}, "sends no logs"),
    ({"resource": f"{RUNTIME}/runtime-endpoint/DEFAULT"}, "sends no logs"),
    ({"resource": "my_agent"}, "my_agent is not an ARN"),
    ({"resource": RUNTIME.replace("123456789012", "000000000000")}, "is in account 000000000000; expected the stack's"),
    ({"resource": RUNTIME.replace("us-east-1", "eu-west-1")}, "is in Region eu-west-1; expected the stack's own"),
    ({"resource": RUNTIME.replace("arn:aws:", "arn:aws-cn:")}, "is in partition aws-cn; expected the stack's own, aws"),
    ({"resource": f"{BASE.replace('123456789012', 'aws')}browser/aws.browser.v1"}, "is in account aws"),
    ({"kind": "memory"}, "is the ARN of a runtime, not of a memory"),
    ({"kind": "agent"}, "no such kind of resource: agent; expected runtime, memory"),
    ({"log_types": ["TRACES"], "output_format": "parquet"}, "X-Ray takes no output format"),
    ({"output_format": "parquet"}, "a log group takes no output format parquet; expected json, plain"),
    ({"retention_days": 42}, "CloudWatch Logs knows no retention of 42 days"),
]  # fmt: skip


@pytest.mark.parametrize(("props", "message"), REFUSED)
def test_what_cannot_be_is_refused_in_one_line_with_the_path_of_the_construct(props, message):
    with pytest.raises(ValueError) as raised:
        template_with(**{"resource": RUNTIME} | props)
    assert str(raised.value).startswith("Mine/Delivery: ")
    assert message in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_bucket_takes_no_format_that_only_firehose_takes():
    stack = stack_of()
    with pytest.raises(ValueError, match="a bucket takes no output format raw; expected json, plain, w3c, parquet"):
        AgentLogDelivery(stack, "D", resource=RUNTIME, bucket=s3.Bucket(stack, "B"), output_format="raw")


def test_a_log_group_elsewhere_is_refused():
    stack = stack_of()
    arn = "arn:aws:logs:eu-west-1:123456789012:log-group:/mine"
    group = logs.LogGroup.from_log_group_arn(stack, "Group", arn)
    with pytest.raises(ValueError, match=r"Mine/D: .*is in Region eu-west-1; expected the stack's own, us-east-1"):
        AgentLogDelivery(stack, "D", resource=RUNTIME, log_group=group)
    own = logs.LogGroup.from_log_group_arn(stack, "Own", arn.replace("eu-west-1", "us-east-1"))
    with pytest.raises(ValueError, match="give log_group or log_group_name"):
        AgentLogDelivery(stack, "E", resource=RUNTIME, log_group=own, log_group_name="/other")
    AgentLogDelivery(stack, "F", resource=RUNTIME, log_group=own)


def test_a_construct_that_sends_nothing_is_refused():
    stack = stack_of()
    endpoint = agentcore.CfnRuntimeEndpoint(stack, "Endpoint", agent_runtime_id="x", name="y")
    with pytest.raises(ValueError, match="Mine/D: Mine/Endpoint sends no logs"):
        AgentLogDelivery(stack, "D", resource=endpoint)
    with pytest.raises(ValueError, match="Mine/E: Mine/Runtime is a runtime, not a memory"):
        AgentLogDelivery(stack, "E", resource=runtime(stack), kind="memory")


def test_an_arn_that_is_a_token_needs_its_kind():
    stack = stack_of()
    arn = agentcore.CfnMemory(stack, "Memory", name="m", event_expiry_duration=30).attr_memory_arn
    with pytest.raises(ValueError, match="the kind of the resource cannot be read from a token; give kind"):
        AgentLogDelivery(stack, "D", resource=arn)
    AgentLogDelivery(stack, "E", resource=arn, kind="memory")


def test_an_arn_with_the_stacks_own_account_and_region_is_understood():
    stack = Stack(App(context=FLAGS), "Mine")
    arn = stack.format_arn(service="bedrock-agentcore", resource="memory", resource_name="my_memory-AbCdEfGhIj")
    AgentLogDelivery(stack, "D", resource=arn)
    assert "memory-AbCdEfGhIj-TRACES" in names(Template.from_stack(stack))


def test_one_source_for_each_type_of_log_of_a_resource():
    stack = stack_of()
    AgentLogDelivery(stack, "One", resource=RUNTIME, log_types=["TRACES"])
    AgentLogDelivery(stack, "Two", resource=RUNTIME, log_types=["USAGE_LOGS"])
    with pytest.raises(ValueError, match="Mine/Three: Mine/Two delivers USAGE_LOGS of this resource already"):
        AgentLogDelivery(stack, "Three", resource=RUNTIME)


def test_what_the_runtime_of_the_cdk_delivers_itself_is_not_delivered_twice():
    stack = stack_of()
    traced = runtime(stack, tracing_enabled=True)
    with pytest.raises(ValueError, match="Mine/Runtime/TracesDeliverySource delivers TRACES of this resource already"):
        AgentLogDelivery(stack, "D", resource=traced)
    AgentLogDelivery(stack, "E", resource=traced, log_types=["APPLICATION_LOGS"])


def test_a_gateway_whose_name_is_too_long_for_a_source_is_refused():
    stack = stack_of()
    gateway = agentcore.CfnGateway(
        stack, "Gateway", name="a" * 48, role_arn="arn:aws:iam::123456789012:role/g", authorizer_type="NONE"
    )
    with pytest.raises(ValueError, match="is too long for a delivery source; expected at most 47 characters"):
        AgentLogDelivery(stack, "D", resource=gateway)


# --- Everywhere --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "context", [{"unrelated": True}, FLAGS, dict.fromkeys(FLAGS, False)], ids=["none", "all", "off"]
)
@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", None])
def test_it_synthesises_whatever_the_feature_flags_and_the_region(context, region):
    context = {key: value for key, value in context.items() if isinstance(value, bool)}
    environment = Environment(account="123456789012", region=region) if region else None
    stack = stack_of(environment, context)
    AgentLogDelivery(stack, "Delivery", resource=made(stack, "runtime"))
    assert requests(Template.from_stack(stack)).count("log-delivery") == 3


def everything(app):
    stack = Stack(app, "Mine", env=ENVIRONMENT)
    for kind in ARNS:
        AgentLogDelivery(stack, kind, resource=ARNS[kind])
    identity = agentcore.CfnWorkloadIdentity(stack, "Identity", name="my_agent")
    AgentLogDelivery(stack, "OfConstruct", resource=identity)
    return stack


def test_both_nag_packs_and_cfn_lint_find_nothing_but_a_careless_bucket_beside(tmp_path):
    app = App(context=FLAGS, outdir=str(tmp_path))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    s3.Bucket(everything(app), "Careless")
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        app.synth()
    report = json.loads((tmp_path / "validation-report.json").read_text())
    assert {plugin["pluginName"] for plugin in report["pluginReports"]} == {"AwsSolutions", "NIST.800.53.R5"}
    where = {
        construct["constructPath"]
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    }
    assert where == {"Mine/Careless/Resource"}
    found = lint((tmp_path / "Mine.template.json").read_text(), config=ManualArgs(ignore_checks=["I"]))
    assert not found, [str(match) for match in found]
