"""The stacks as they are deployed: snapshots, nag packs, a second linter, and ids that must never change."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App
from cfnlint.api import ManualArgs, lint

import app as entry
from bedrock_o11y.config import parse
from bedrock_o11y_constructs import acknowledgements

ROOT = Path(__file__).parents[2]
FLAGS = json.loads((ROOT / "cdk.json").read_text())["context"]

SCENARIOS = {
    "default": "targets: [{account: '123456789012', region: us-east-1}]",
    "environment-agnostic": "",
    "records-to-s3": """
targets: [{account: "123456789012", region: eu-west-1}]
invocation_logging: {cloudwatch: false, s3: true}
""",
    "everything-existing": """
targets: [{account: "123456789012", region: us-east-1}]
encryption: {key_arn: "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"}
invocation_logging: {existing: adopt, log_group: {create: false, name: /mine}, payloads: {bucket: my-bucket}}
""",
    "enterprise": """
targets:
  - {name: Production, account: "123456789012", region: us-gov-west-1}
tags: {team: platform}
permissions_boundary: arn:aws-us-gov:iam::123456789012:policy/boundary
role_path: /observability/
role_name_prefix: acme-
termination_protection: true
bootstrap_qualifier: acme
network: {vpc_id: vpc-0123abcd, subnet_ids: [subnet-0123abcd, subnet-4567abcd], security_group_ids: [sg-0123abcd]}
""",
    "turned-off": "invocation_logging: {enabled: false}",
    "tracing": """
targets: [{account: "123456789012", region: us-east-1}]
tracing: {enabled: true, indexing: {percentage: 20, later: [{after_days: 14, percentage: 2.5}], existing: refuse}}
""",
    "agents": """
targets: [{account: "123456789012", region: us-east-1}]
invocation_logging: {enabled: false}
tracing: {enabled: true}
agents:
  - name: support_agent
    repository: agents/support
    models: [us.amazon.nova-pro-v1:0, amazon.nova-micro-v1:0]
    memories: [arn:aws:bedrock-agentcore:us-east-1:123456789012:memory/support-Ab12345678]
    gateways: [arn:aws:bedrock-agentcore:us-east-1:123456789012:gateway/tools-ab12345678]
    runtime_arn: arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/support_agent-Ab12345678
  - {name: batch_agent, deployment: direct-code, created: 2026-01-15}
""",
    "hosted-agents": """
targets: [{account: "123456789012", region: eu-central-1}]
invocation_logging: {enabled: false}
agents:
  - {name: function, host: lambda, models: [eu.amazon.nova-micro-v1:0]}
  - {name: task, host: ecs, agent_id: task-7, unified_spans: false, log_retention_days: 30}
  - {name: machine, host: ec2, log_group: {name: /agents/machine, create: false}}
  - {name: pod, host: eks, log_stream: pod-logs}
  - {name: laptop, host: elsewhere}
  - {name: desk, host: elsewhere, role: "arn:aws:iam::123456789012:role/desk", log_group: {create: false}}
""",
    "tracing-in-a-vpc": """
invocation_logging: {enabled: false}
tracing: {enabled: true, indexing: {later: []}}
network: {vpc_id: vpc-0123abcd, subnet_ids: [subnet-0123abcd, subnet-4567abcd], security_group_ids: [sg-0123abcd]}
""",
}

STATEFUL = {
    ("Foundation", "AWS::KMS::Key"): ["LogsKeyFE4C4A83"],
    ("InvocationLogging", "AWS::Logs::LogGroup"): ["InvocationLoggingRecords6360A5FD"],
    ("InvocationLogging", "AWS::S3::Bucket"): ["InvocationLoggingPayloadsBE45A9AC"],
}


@pytest.fixture(scope="module")
def assemblies(tmp_path_factory):
    """Every scenario synthesised once, with both nag packs: a finding that is not acknowledged would raise."""
    patch = pytest.MonkeyPatch()
    patch.delenv("CDK_DEFAULT_ACCOUNT", raising=False)
    patch.delenv("CDK_DEFAULT_REGION", raising=False)
    synthesised = {}
    for name, text in SCENARIOS.items():
        built = entry.build(parse(text), App(context=FLAGS, outdir=str(tmp_path_factory.mktemp(name))))
        templates = {}
        for stage in built.synth().nested_assemblies:
            for stack in stage.nested_assembly.stacks:
                templates[stack.stack_name] = Path(stack.template_full_path)
        synthesised[name] = templates
    patch.undo()
    return synthesised


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_templates_are_as_they_were(assemblies, scenario, snapshot):
    for name, path in sorted(assemblies[scenario].items()):
        template = json.loads(path.read_text())
        for resource in template["Resources"].values():
            if resource["Type"] == "AWS::Lambda::Function":
                resource["Properties"]["Code"]["S3Key"] = "the sources of account_settings"
        assert template["Resources"] == snapshot(name=f"{scenario}-{name}")


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_cfn_lint_finds_nothing(assemblies, scenario):
    for name, path in assemblies[scenario].items():
        # Errors and warnings; what cfn-lint calls informational is style (Join or Sub), and CDK's, not ours.
        found = lint(path.read_text(), config=ManualArgs(ignore_checks=["I"]))
        assert not found, (name, [str(match) for match in found])


def test_logical_ids_of_what_holds_data_never_change(assemblies):
    """A new id would make CloudFormation create a second key, group or bucket and abandon the first."""
    for (stack, kind), ids in STATEFUL.items():
        template = json.loads(assemblies["default"][f"BedrockO11y-{stack}"].read_text())
        kept = [
            id
            for id, resource in template["Resources"].items()
            if resource["Type"] == kind and resource["DeletionPolicy"] != "Delete"
        ]
        assert [id[: len(want)] for id, want in zip(kept, ids, strict=True)] == ids


def test_only_what_holds_data_stays_after_a_destroy(assemblies):
    for path in assemblies["default"].values():
        for id, resource in json.loads(path.read_text())["Resources"].items():
            stays = resource.get("DeletionPolicy", "Delete") != "Delete"
            holds_data = resource["Type"] in {"AWS::KMS::Key", "AWS::S3::Bucket"} or (
                resource["Type"] == "AWS::Logs::LogGroup" and "Records" in id
            )
            assert stays == holds_data, id


def test_every_acknowledgement_answers_one_finding_and_every_finding_has_one(monkeypatch, tmp_path):
    """Synthesised without acknowledgements, the packs must find exactly what is acknowledged, where it is."""
    acknowledged = []

    class Recorder:
        @classmethod
        def of(cls, construct):
            recorder = cls()
            recorder.construct = construct
            return recorder

        def acknowledge(self, acknowledgement):
            acknowledged.append((self.construct.node.path, acknowledgement.id, acknowledgement.reason))

    monkeypatch.setattr(acknowledgements, "Validations", Recorder)
    built = entry.build(parse(SCENARIOS["default"]), App(context=FLAGS, outdir=str(tmp_path)))
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        built.synth()
    report = json.loads((tmp_path / "validation-report.json").read_text())
    found = {
        (construct["constructPath"], violation["ruleName"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    }
    assert {plugin["pluginName"] for plugin in report["pluginReports"]} == {"AwsSolutions", "NIST.800.53.R5"}
    answered = set()
    for path, rule, reason in acknowledged:
        matching = {(where, name) for where, name in found if name == rule and where in (path, f"{path}/Resource")}
        assert len(matching) == 1, f"{rule} on {path} answers {len(matching)} findings"
        assert path.count("/") >= 2, f"{path} is an app, a stage or a stack: it would silence everything below"
        assert reason.strip().endswith("."), reason
        assert len(reason.split()) >= 6, f"not a sentence: {reason}"
        answered |= matching
    assert answered == found


def test_every_wildcard_in_a_policy_has_a_reason_in_the_blueprint(assemblies):
    from bedrock_o11y.blueprint import account_setting, agent_elsewhere, agentcore_runtime, invocation_logging

    reasoned = {
        grant.sid
        for grant in (
            *account_setting.PROVIDER_GRANTS,
            *account_setting.PROVIDER_VPC_GRANTS,
            *(grant for grants in account_setting.GUARD_GRANTS.values() for grant in grants),
            account_setting.PASS_FOREIGN_ROLE_GRANT,
            *(grant for grants in account_setting.GRANTS.values() for grant in grants),
            *account_setting.CUSTODY_GRANTS,
            *invocation_logging.PAYLOAD_BUCKET_GRANTS,
            *agentcore_runtime.GRANTS,
            *agentcore_runtime.DENIES,
            *agent_elsewhere.GRANTS,
        )
        if grant.wildcard
    }
    for scenario in assemblies.values():
        for path in scenario.values():
            for resource in json.loads(path.read_text())["Resources"].values():
                if resource["Type"] not in {"AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"}:
                    continue
                for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                    if "*" in json.dumps([statement["Action"], statement["Resource"]]):
                        assert statement["Sid"] in reasoned, statement


def test_no_role_has_an_inline_policy_or_one_of_awss_own(assemblies):
    for scenario in assemblies.values():
        for path in scenario.values():
            for resource in json.loads(path.read_text())["Resources"].values():
                assert resource["Type"] != "AWS::IAM::Policy"
                if resource["Type"] == "AWS::IAM::Role":
                    assert not {"Policies", "ManagedPolicyArns"} & set(resource["Properties"])


def test_what_an_organisation_prescribes_reaches_every_role(assemblies):
    for path in assemblies["enterprise"].values():
        resources = json.loads(path.read_text())["Resources"].values()
        roles = [resource["Properties"] for resource in resources if resource["Type"] == "AWS::IAM::Role"]
        assert roles
        for role in roles:
            assert role["Path"] == "/observability/"
            assert role["RoleName"].startswith("acme-")
            assert len(role["RoleName"]) <= 64
            assert role["PermissionsBoundary"] == "arn:aws-us-gov:iam::123456789012:policy/boundary"
            assert {"Key": "team", "Value": "platform"} in role["Tags"]
        for resource in resources:
            if resource["Type"] == "AWS::Lambda::Function":
                assert resource["Properties"]["VpcConfig"] == {
                    "SecurityGroupIds": ["sg-0123abcd"],
                    "SubnetIds": ["subnet-0123abcd", "subnet-4567abcd"],
                }


def test_the_partition_is_never_written_by_hand(assemblies):
    text = "".join(path.read_text() for path in assemblies["enterprise"].values())
    assert "arn:aws:" not in text.replace("arn:aws:dataprotection", "")


def test_the_asset_is_the_same_on_every_machine(assemblies, tmp_path):
    """Only the sources count: not their times, not their modes, not what Python leaves beside them."""
    keys = {
        json.dumps(resource["Properties"]["Code"]["S3Key"])
        for scenario in assemblies.values()
        for path in scenario.values()
        for resource in json.loads(path.read_text())["Resources"].values()
        if resource["Type"] == "AWS::Lambda::Function"
    }
    assert len(keys) == 1


def test_the_asset_holds_the_provider_alone_under_its_package_path(assemblies):
    (folder,) = next(iter(assemblies["default"].values())).parent.parent.glob("asset.*")
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert path.relative_to(folder).parts[:2] == ("bedrock_o11y", "account_settings"), path
        assert path.suffix == ".py"
        assert path.stat().st_mode & 0o777 == 0o644, path


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("retention: 1", "retention: unknown key"),
        ("targets: [{region: nowhere}]", "targets[0].region: 'nowhere' is not allowed"),
    ],
)
def test_a_bad_configuration_stops_the_synth_with_one_line(tmp_path, text, line):
    (tmp_path / "bad.yaml").write_text(text)
    run = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "BEDROCK_O11Y_CONFIG": str(tmp_path / "bad.yaml")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert line in run.stderr
    assert len(run.stderr.splitlines()) == 1


def test_a_region_that_nobody_knows_is_a_warning(tmp_path):
    (tmp_path / "new.yaml").write_text("targets: [{region: us-mars-1}]\ninvocation_logging: {enabled: false}")
    run = subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        cwd=tmp_path,
        env={"PATH": "/usr/bin:/bin", "BEDROCK_O11Y_CONFIG": "new.yaml", "CDK_OUTDIR": str(tmp_path / "out")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "warning: the Region us-mars-1 is unknown" in run.stderr
