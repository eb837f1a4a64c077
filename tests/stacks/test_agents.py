"""The stack of agents: what the audit says of its roles, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App

import app as entry
from bedrock_o11y.cli import main
from bedrock_o11y.cli.plan_target import wanted
from bedrock_o11y.config import parse
from bedrock_o11y.errors import UsageError

FLAGS = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"]
SETTINGS = """
targets: [{account: "123456789012", region: us-east-1}]
invocation_logging: {enabled: false}
agents:
  - name: support_agent
    repository: agents/support
    models: [us.amazon.nova-pro-v1:0]
    memories: [arn:aws:bedrock-agentcore:us-east-1:123456789012:memory/support-Ab12345678]
    runtime_arn: arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/support_agent-Ab12345678
  - {name: batch_agent, deployment: direct-code, models: [amazon.nova-micro-v1:0]}
"""


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("agents")
    entry.build(parse(SETTINGS), App(context=FLAGS, outdir=str(out))).synth()
    return out


def test_the_audit_finds_nothing_in_the_roles_of_agents(assembly: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (nested,) = assembly.glob("assembly-*")
    code = main(["audit", "--from", str(nested), "--format", "json", "--fail-on", "low", "--quiet"])
    answer = json.loads(capsys.readouterr().out)
    judged = {role["name"]: role for role in answer["roles"]}
    assert len([role for role in judged.values() if role["kind"] == "agentcore-runtime"]) == 2
    above_info = [
        (role["name"], finding["rule"], finding["actions"])
        for role in judged.values()
        for finding in role["findings"]
        if finding["severity"] != "info"
    ]
    assert above_info == []
    assert code == 0


def asked(assembly: Path, setting: str) -> list[dict[str, Any]]:
    """What the stack of agents asks of the provider about a setting; references in the text stand as <id>."""
    (path,) = assembly.glob("assembly-*/*Agents*.template.json")
    found = []
    for resource in json.loads(path.read_text())["Resources"].values():
        if resource["Type"] == "Custom::BedrockO11yAccountSetting":
            text = resource["Properties"]["Request"]
            parts = [text] if isinstance(text, str) else text["Fn::Join"][1]
            found.append(json.loads("".join(part if isinstance(part, str) else "<id>" for part in parts)))
    return [request for request in found if request["setting"] == setting]


def test_the_logs_of_an_agent_that_exists_are_delivered(assembly: Path) -> None:
    arn = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/support_agent-Ab12345678"
    sources = {tuple(request["instance"].split("|")) for request in asked(assembly, "delivery-source")}
    assert sources == {(arn, "APPLICATION_LOGS"), (arn, "USAGE_LOGS"), (arn, "TRACES")}
    deliveries = {tuple(request["instance"].split("|")[1:]) for request in asked(assembly, "log-delivery")}
    assert deliveries == {("APPLICATION_LOGS", "CWL"), ("USAGE_LOGS", "CWL"), ("TRACES", "XRAY")}


def test_the_policies_of_deliveries_have_the_name_that_the_plan_counts(assembly: Path) -> None:
    (path,) = assembly.glob("assembly-*/*Agents*.template.json")
    planned = wanted(parse(SETTINGS).targets[0], "123456789012", "us-east-1").delivery_policy
    names = [
        resource["Properties"]["PolicyName"]
        for resource in json.loads(path.read_text())["Resources"].values()
        if resource["Type"] in ("AWS::Logs::ResourcePolicy", "AWS::XRay::ResourcePolicy")
    ]
    assert names == [planned, planned]


def text_of(value: Any) -> str:
    """A text of a template, with the names of what it refers to in place of tokens."""
    if isinstance(value, str):
        return value
    if "Fn::Join" in value:
        return "".join(text_of(part) for part in value["Fn::Join"][1])
    return str(next(iter(value.values())))


def requests_of(assembly: Path, stack: str) -> list[dict[str, Any]]:
    """What the account settings of a stack ask for, in the order in which they are made."""
    (path,) = assembly.glob(f"assembly-*/*{stack}*.template.json")
    resources = json.loads(path.read_text())["Resources"]
    settings = {id: each for id, each in resources.items() if each["Type"] == "Custom::BedrockO11yAccountSetting"}
    earlier = {id: sum(other in each["DependsOn"] for other in settings) for id, each in settings.items()}
    ordered = sorted(settings, key=lambda id: earlier[id])
    return [json.loads(text_of(settings[id]["Properties"]["Request"])) for id in ordered]


def test_the_log_group_of_an_agent_that_exists_is_kept(assembly: Path) -> None:
    group = "/aws/bedrock-agentcore/runtimes/support_agent-Ab12345678-DEFAULT"
    asked = {each["setting"]: each for each in requests_of(assembly, "Agents") if "log-group" in each["setting"]}
    assert {name: request["policy"] for name, request in asked.items()} == {
        "log-group-retention": "leave",
        "log-group-key": "leave",
        "log-group-index": "merge",
        "log-group-policy": "merge",
    }
    assert {name: request["instance"] for name, request in asked.items()} == {
        "log-group-retention": group,
        "log-group-key": group,
        "log-group-index": group,
        "log-group-policy": f"{group}:LetXRayWriteAgentSpans",
    }
    assert asked["log-group-retention"]["desired"] == {"retentionInDays": 365}
    assert "LogsKey" in asked["log-group-key"]["desired"]["kmsKeyId"]
    assert "attributes.session.id" in asked["log-group-index"]["desired"]["Fields"]
    # Typed by hand from the guide of Transaction Search, for the agent's own log group.
    assert asked["log-group-policy"]["desired"]["Statement"] == {
        "Sid": "LetXRayWriteAgentSpans",
        "Effect": "Allow",
        "Principal": {"Service": ["xray.amazonaws.com"]},
        "Action": ["logs:PutLogEvents"],
        "Resource": [f"arn:aws:logs:us-east-1:123456789012:log-group:{group}:*"],
        "Condition": {
            "ArnLike": {"aws:SourceArn": ["arn:aws:xray:us-east-1:123456789012:*"]},
            "StringEquals": {"aws:SourceAccount": ["123456789012"]},
        },
    }


def synthesised(folder: Path, settings: str) -> Path:
    entry.build(parse(settings), App(context=FLAGS, outdir=str(folder))).synth()
    return folder


def test_every_endpoint_has_its_settings_and_a_role_never_exceeds_ten_policies(tmp_path: Path) -> None:
    agents = "".join(
        f"\n  - {{name: agent_{number}, deployment: direct-code, endpoints: [DEFAULT, live], runtime_arn: "
        f"'arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/agent_{number}-Ab12345{number:03}'}}"
        for number in range(12)
    )
    folder = synthesised(
        tmp_path, f"{SETTINGS.partition('agents:')[0]}tags: {{team: one, cost: two}}\nagents:{agents}\n"
    )
    asked = [each for each in requests_of(folder, "Agents") if "log-group" in each["setting"]]
    assert len({request["instance"].partition(":")[0] for request in asked}) == 24
    assert len(asked) == 24 * 6
    tags = {
        request["instance"].partition(":")[2]: request["desired"] for request in asked if "tag" in request["setting"]
    }
    assert tags == {"team": {"value": "one"}, "cost": {"value": "two"}}
    (path,) = folder.glob("assembly-*/*Agents*.template.json")
    resources = json.loads(path.read_text())["Resources"]
    policies = [each for each in resources.values() if each["Type"] == "AWS::IAM::ManagedPolicy"]
    provider = [each for each in policies if "AccountSettingsProvider" in json.dumps(each["Properties"]["Roles"])]
    assert len(provider) <= 4
    assert all(len(json.dumps(each["Properties"]["PolicyDocument"])) < 6144 for each in provider)


def test_what_is_switched_off_is_not_asked_for(tmp_path: Path) -> None:
    off = "log_encryption: false\n    log_index: []\n    log_retention_days: 30\n    runtime_arn"
    folder = synthesised(tmp_path, SETTINGS.replace("runtime_arn", off))
    asked = [request["setting"] for request in requests_of(folder, "Agents") if "log-group" in request["setting"]]
    assert asked == ["log-group-retention", "log-group-policy"]


def test_what_holds_for_the_spans_of_every_application_is_not_chosen_by_default(tmp_path: Path) -> None:
    folder = synthesised(tmp_path, "invocation_logging: {enabled: false}\ntracing: {enabled: true}")
    asked = [request["setting"] for request in requests_of(folder, "Tracing") if "instance" in request]
    assert asked == ["log-group-index"], (
        "a retention would delete what is older, and a key would be needed from then on"
    )


def test_the_log_group_of_the_spans_is_kept_once_it_is_there(tmp_path: Path) -> None:
    spans = "spans: {retention_days: 365, encryption: true}"
    folder = synthesised(tmp_path, f"invocation_logging: {{enabled: false}}\ntracing: {{enabled: true, {spans}}}")
    asked = [request for request in requests_of(folder, "Tracing") if "instance" in request]
    assert {request["setting"]: request["instance"] for request in asked} == {
        "log-group-retention": "aws/spans",
        "log-group-key": "aws/spans",
        "log-group-index": "aws/spans",
    }
    (path,) = folder.glob("assembly-*/*Tracing*.template.json")
    resources = json.loads(path.read_text())["Resources"].values()
    rules = [each["Properties"]["Targets"] for each in resources if each["Type"] == "AWS::Events::Rule"]
    timed = "".join(text_of(target["InputTransformer"]["InputTemplate"]) for targets in rules for target in targets)
    assert len(rules) == 4
    assert all(request["setting"] in timed for request in asked)


HOSTED = """
targets: [{account: "123456789012", region: us-east-1}]
invocation_logging: {enabled: false}
agents:
  - {name: function, host: lambda, models: [amazon.nova-micro-v1:0]}
  - {name: task, host: ecs, agent_id: task-7, unified_spans: false, log_retention_days: 30}
  - {name: machine, host: ec2, log_group: {name: /agents/machine, create: false}}
  - {name: pod, host: eks, log_stream: pod-logs}
  - {name: laptop, host: elsewhere}
"""


@pytest.fixture(scope="module")
def hosted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("hosted")
    entry.build(parse(HOSTED), App(context=FLAGS, outdir=str(out))).synth()
    return out


def resources_of(assembly: Path, kind: str) -> list[dict[str, Any]]:
    (path,) = assembly.glob("assembly-*/*Agents*.template.json")
    found = json.loads(path.read_text())["Resources"].values()
    return [each["Properties"] for each in found if each["Type"] == kind]


def test_the_audit_finds_nothing_in_the_roles_of_agents_hosted_elsewhere(
    hosted: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (nested,) = hosted.glob("assembly-*")
    code = main(["audit", "--from", str(nested), "--format", "json", "--fail-on", "info", "--quiet"])
    answer = json.loads(capsys.readouterr().out)
    judged = [(role["kind"], role["findings"]) for role in answer["roles"]]
    assert judged == [("agent-elsewhere", [])] * 4
    assert code == 0


def test_an_agent_hosted_elsewhere_has_log_group_and_streams_before_it_starts(hosted: Path) -> None:
    groups = {each["LogGroupName"]: each for each in resources_of(hosted, "AWS::Logs::LogGroup")}
    prefix = "/aws/bedrock-agentcore/runtimes/"
    assert {f"{prefix}{name}" for name in ("function", "task-7", "pod", "laptop")} == set(groups)
    streams = {(each["LogGroupName"], each["LogStreamName"]) for each in resources_of(hosted, "AWS::Logs::LogStream")}
    assert streams == {
        (f"{prefix}{name}", stream)
        for name, streams in {
            "function": ("runtime-logs", "spans"), "task-7": ("runtime-logs",),
            "pod": ("pod-logs", "spans"), "laptop": ("runtime-logs", "spans"),
        }.items()
        for stream in streams
    }  # fmt: skip
    assert groups[f"{prefix}task-7"]["RetentionInDays"] == 30
    assert [name for name, each in groups.items() if "ResourcePolicyDocument" not in each] == [f"{prefix}task-7"]
    assert all(each["KmsKeyId"] for each in groups.values())
    (policy,) = resources_of(hosted, "AWS::Logs::ResourcePolicy")
    assert "/agents/machine:*" in policy["PolicyDocument"]
    assert "runtimes" not in policy["PolicyDocument"]
    assert len(resources_of(hosted, "AWS::IAM::InstanceProfile")) == 1
    assert len(resources_of(hosted, "AWS::IAM::Role")) == 4, "none for the laptop"


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("agents: [{name: mine, host: moon}]", "expected runtime, lambda, ecs, ec2, eks, elsewhere"),
        ("agents: [{name: 1st, host: ecs}]", "a letter, then at most 62"),
        ("agents: [{name: mine, host: ecs, repository: a/b}]", "unknown key"),
        ("agents: [{name: mine, host: ecs, agent_id: a/b}]", "letters, digits, hyphens and underscores"),
        ("agents: [{name: mine, host: ecs, role: mine}]", "the ARN of a role"),
        ("agents: [{name: mine, host: ecs, log_stream: 'a:b'}]", "ASCII without spaces"),
        ("agents: [{name: mine, host: ecs, log_stream: spans}]", "another log stream"),
        ("agents: [{name: mine, host: ecs, log_group: {name: 'a b'}}]", "1 to 512 of letters"),
        ("agents: [{name: mine, host: ecs, log_retention_days: 8}]", "expected one of"),
        ("agents: [{name: mine, host: elsewhere, models: [a.b]}]", "expected role"),
        ("agents: [{name: mine, host: ecs}, {name: Mine, host: lambda}]", "twice"),
        ("agents: [{name: a, host: ecs}, {name: b, host: ecs, agent_id: a}]", "a log group of its own for b"),
        ("agents: [{name: a, host: ecs, log_group: {name: /aws/bedrock/model-invocations}}]", "the invocation records"),
        (
            "agents: [{name: a, host: ecs, agent_id: b-Ab12345678-DEFAULT}, {name: b, repository: a/b, runtime_arn: "
            "'arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/b-Ab12345678'}]",
            "b-Ab12345678-DEFAULT is that of agent a",
        ),
    ],
)
def test_an_agent_hosted_elsewhere_that_none_can_be_is_refused(settings: str, said: str) -> None:
    with pytest.raises(UsageError, match="agents") as refused:
        parse(settings)
    assert said in str(refused.value)
    assert "(hosted)" not in str(refused.value), "no word of ours"
    assert "\n" not in str(refused.value)


AT = "arn:aws:bedrock-agentcore"


@pytest.mark.parametrize(
    ("region", "agent", "said"),
    [
        ("us-east-1", f"memories: ['{AT}:us-east-1:000000000000:memory/m-Ab12345678']", "expected 123456789012"),
        ("us-east-1", f"memories: ['{AT}:eu-west-1:123456789012:memory/m-Ab12345678']", "expected us-east-1"),
        ("us-east-1", f"gateways: ['{AT}:eu-west-1:123456789012:gateway/g-ab12345678']", "expected us-east-1"),
        ("us-east-1", f"gateways: ['{AT}:us-east-1:123456789012:memory/m-Ab12345678']", "of another kind"),
        ("us-west-1", f"memories: ['{AT}:us-west-1:123456789012:memory/m-Ab12345678']", "Memory is not listed"),
        ("ca-west-1", f"gateways: ['{AT}:ca-west-1:123456789012:gateway/g-ab12345678']", "Gateway is not listed"),
        ("us-east-1", "role: 'arn:aws:iam::000000000000:role/mine'", "has the account 000000000000"),
    ],
)
def test_what_is_elsewhere_or_nowhere_is_refused_at_synth(region: str, agent: str, said: str, tmp_path: Path) -> None:
    text = f'targets: [{{account: "123456789012", region: {region}}}]\nagents: [{{name: a, host: ecs, {agent}}}]'
    with pytest.raises((ValueError, RuntimeError)) as refused:
        entry.build(parse(text), App(context=FLAGS, outdir=str(tmp_path))).synth()
    assert said in str(refused.value)


def test_rules_carry_no_payloads_on_the_word_of_an_agent_hosted_elsewhere(tmp_path: Path) -> None:
    text = HOSTED.replace("agents:", "agents_telemetry: rules\nagents:")
    entry.build(parse(text), App(context=FLAGS, outdir=str(tmp_path))).synth()
    rules = resources_of(tmp_path, "AWS::ObservabilityAdmin::TelemetryRule")
    assert rules
    assert "APPLICATION_LOGS" not in json.dumps(rules)


@pytest.mark.parametrize("region", ["ap-east-2", "mx-central-1"])
def test_transaction_search_is_refused_where_it_is_not_listed(region: str, tmp_path: Path) -> None:
    text = f'targets: [{{account: "123456789012", region: {region}}}]\ntracing: {{enabled: true}}'
    with pytest.raises((ValueError, RuntimeError), match=f"Search.* is not listed for the Region {region}"):
        entry.build(parse(text), App(context=FLAGS, outdir=str(tmp_path))).synth()
    allowed = App(context={**FLAGS, "bedrock-o11y:allow-unlisted-regions": True}, outdir=str(tmp_path / "allowed"))
    assert entry.build(parse(text), allowed).synth()


@pytest.mark.parametrize(
    ("agent", "said"),
    [
        ("{name: 1st, repository: a/b}", "a letter, then at most 47"),
        ("{name: mine}", "repository"),
        ("{name: mine, deployment: direct-code, repository: a/b}", "no repository"),
        ("{name: mine, repository: 123456789012.dkr.ecr/a:b}", "ECR repository"),
        ("{name: mine, repository: a/b, memories: [mem]}", "ARNs of AgentCore"),
        ("{name: mine, repository: a/b, runtime_arn: mine}", "the ARN of a runtime"),
        ("{name: mine, repository: a/b, created: yesterday}", "created"),
        ("{name: mine, repository: a/b}, {name: Mine, repository: a/b}", "twice"),
        ("{name: mine, repository: a/b, model: x}", "unknown key"),
        ("{name: mine, repository: a/b, log_retention_days: 8}", "expected one of"),
        ("{name: mine, repository: a/b, endpoints: [1st]}", "names of endpoints"),
        ("{name: mine, repository: a/b, endpoints: [DEFAULT, DEFAULT]}", "each endpoint once"),
        ("{name: mine, repository: a/b, endpoints: []}", "endpoints"),
        ("{name: mine, repository: a/b, log_index: [a, a]}", "at most 20 fields, each once"),
    ],
)
def test_an_agent_that_none_can_be_is_refused(agent: str, said: str) -> None:
    with pytest.raises(UsageError, match="agents") as refused:
        parse(f"agents: [{agent}]")
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_rules_switch_everything_on_and_then_nothing_is_delivered_one_by_one(tmp_path: Path) -> None:
    settings = SETTINGS + "agents_telemetry: rules\n"
    entry.build(parse(settings), App(context=FLAGS, outdir=str(tmp_path))).synth()
    (path,) = tmp_path.glob("assembly-*/*Agents*.template.json")
    resources = json.loads(path.read_text())["Resources"].values()
    rules = [each["Properties"]["Rule"] for each in resources if each["Type"].endswith("::TelemetryRule")]
    assert {rule["TelemetryType"] for rule in rules} == {"Logs"}, "tracing is not enabled"
    types = [rule["DestinationConfiguration"]["LogDeliveryParameters"]["LogTypes"] for rule in rules]
    assert types == [["USAGE_LOGS"]] * 3, "not every agent delivers payloads"
    assert asked(tmp_path, "log-delivery") == asked(tmp_path, "delivery-source") == []
    assert len(asked(tmp_path, "log-group-retention")) == 1
    assert wanted(parse(settings).targets[0], "123456789012", "us-east-1").delivery_policy is None


def test_rules_without_agents_are_refused() -> None:
    with pytest.raises(UsageError, match="expected agents, with which the rules are deployed"):
        parse("agents_telemetry: rules")
