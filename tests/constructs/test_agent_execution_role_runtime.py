"""AgentExecutionRole under the CDK's own Runtime, and before both nag packs."""

from __future__ import annotations

import json

import pytest
from aws_cdk import Validations
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from cdk_nag import AwsSolutionsChecks, NIST80053R5Checks
from cfnlint.api import ManualArgs, lint

from bedrock_o11y_constructs import AgentExecutionRole, acknowledgements
from tests.constructs.agent_stacks import (
    FLAGS,
    HERE,
    MODEL,
    above_info,
    audited,
    new_agent,
    new_stack,
    refused,
    resources,
    statements,
    synthesised,
)

# What the CDK's Runtime adds to a role, as far as it reaches further than one agent.
TOO_WIDE = ("runtimes/*", "workload-identity/*")


def image_of(stack, repository=None):
    repository = repository or ecr.Repository.from_repository_name(stack, "Images", "team/agent")
    return agentcore.AgentRuntimeArtifact.from_ecr_repository(repository, "v1")


def runtime_of(stack, role, artifact=None, **props):
    return agentcore.Runtime(
        stack,
        "Runtime",
        execution_role=role,
        agent_runtime_artifact=artifact or image_of(stack),
        **({"runtime_name": "my_agent"} | props),
    )


def runtime_in(template):
    (found,) = (one for one in template["Resources"].values() if one["Type"] == "AWS::BedrockAgentCore::Runtime")
    return found


@pytest.mark.parametrize("flags", [{}, FLAGS], ids=["no-flags", "all-flags"])
@pytest.mark.parametrize("environment", [None, HERE], ids=["agnostic", "concrete"])
@pytest.mark.parametrize("names_repository", [True, False], ids=["named", "from-runtime"])
def test_the_role_of_a_runtime_of_the_cdk_stays_least_privilege(names_repository, environment, flags, tmp_path):
    stack = new_stack(environment, context=flags, outdir=tmp_path)
    images = ecr.Repository(stack, "Images")
    agent = new_agent(stack, repository=images if names_repository else None)
    agent.grant_model(MODEL)
    runtime_of(stack, agent.role, image_of(stack, images))
    template = synthesised(stack)
    assert above_info(audited(tmp_path)) == []
    assert set(statements(template)) >= {"LetSpansIntoOwnLogGroup", "BedrockModelInvocation", "ECRImageAccess"}
    assert not any(text in json.dumps(template) for text in TOO_WIDE)
    assert resources(template, "AWS::IAM::Policy") == {}, "nothing was added beside"


def test_the_role_that_the_cdk_makes_by_itself_is_another_matter(tmp_path):
    """Or the test above would prove nothing: without ours, spans and models are missing and the rest is too wide."""
    stack = new_stack(outdir=tmp_path)
    runtime_of(stack, None)
    template = synthesised(stack)
    found = {(rule, action) for rule, _, actions, _ in above_info(audited(tmp_path)) for action in actions}
    assert ("missing-grant", "logs:PutResourcePolicy") in found
    assert ("missing-grant", "bedrock:InvokeModel") in found
    assert all(text in json.dumps(template) for text in TOO_WIDE)


def test_the_statements_that_the_cdk_adds_are_those_that_are_known():
    stack = new_stack()
    role = iam.Role(stack, "Role", assumed_by=iam.ServicePrincipal("bedrock-agentcore.amazonaws.com"))
    runtime_of(stack, role)
    sids = {
        statement.get("Sid")
        for policy in resources(synthesised(stack), "AWS::IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
    }
    assert sids - {None} == {
        "LogGroupAccess",
        "DescribeLogGroups",
        "LogStreamAccess",
        "XRayAccess",
        "CloudWatchMetrics",
        "GetAgentAccessToken",
    }


def test_the_runtime_waits_for_every_policy_of_its_role():
    stack = new_stack()
    agent = new_agent(stack)
    runtime_of(stack, agent.role)
    agent.grant_model(MODEL)
    s3.Bucket(stack, "Documents").grant_read(agent)
    template = synthesised(stack)
    policies = {*resources(template, "AWS::IAM::ManagedPolicy"), *resources(template, "AWS::IAM::Policy")}
    assert len(policies) == 3
    assert policies <= set(runtime_in(template)["DependsOn"])


def test_what_is_granted_to_the_runtime_reaches_its_role():
    stack = new_stack()
    s3.Bucket(stack, "Documents").grant_read(runtime_of(stack, new_agent(stack).role))
    (statement,) = statements(synthesised(stack), "AWS::IAM::Policy").values()
    assert "s3:GetObject*" in statement["Action"]


def test_an_image_that_the_cdk_builds_may_be_pulled_though_it_is_named_last(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    stack = new_stack()
    runtime_of(stack, new_agent(stack, repository=None).role, agentcore.AgentRuntimeArtifact.from_asset(str(tmp_path)))
    template = synthesised(stack)
    (repository,) = statements(template)["ECRImageAccess"]["Resource"]
    assert "container-assets" in json.dumps(repository)
    assert resources(template, "AWS::IAM::Policy") == {}
    assert set(resources(template, "AWS::IAM::ManagedPolicy")) <= set(runtime_in(template)["DependsOn"])


def test_images_of_two_repositories_may_be_pulled():
    stack = new_stack()
    agent = new_agent(stack, repository="team/old")
    runtime_of(stack, agent.role)
    found = [one for one in statements(synthesised(stack)).values() if "ecr:BatchGetImage" in one["Action"]]
    assert sorted(arn.rpartition("/")[2] for one in found for arn in one["Resource"]) == ["agent", "old"]


def test_a_right_to_pull_everything_is_nobodys_image():
    stack = new_stack()
    agent = new_agent(stack)
    agent.role.add_to_principal_policy(iam.PolicyStatement(actions=["ecr:BatchGetImage"], resources=["*"]))
    template = synthesised(stack)
    assert "*" not in statements(template)["ECRImageAccess"]["Resource"][0]
    assert statements(template, "AWS::IAM::Policy")[""]["Resource"] == ["*"]


def test_an_archive_of_code_is_read_as_the_cdk_has_it():
    stack = new_stack()
    location = s3.Location(bucket_name="code", object_key="agent.zip")
    artifact = agentcore.AgentRuntimeArtifact.from_s3(location, agentcore.AgentCoreRuntime.PYTHON_3_13, ["main.py"])
    runtime_of(stack, new_agent(stack, deployment="direct-code").role, artifact)
    template = synthesised(stack)
    (statement,) = statements(template, "AWS::IAM::Policy").values()
    assert all(action.startswith("s3:") for action in statement["Action"])
    assert "ECRTokenAccess" not in statements(template)


@pytest.mark.parametrize(("name", "called"), [("other", "other"), (None, "MineRuntime")])
def test_a_runtime_of_another_name_is_refused(name, called):
    stack = new_stack()
    runtime_of(stack, new_agent(stack).role, runtime_name=name)
    with refused() as lines:
        synthesised(stack)
    assert lines[0].startswith(
        "[Mine/Agent] agent_name is my_agent, and Mine/Runtime/Resource, which has this role, is"
    )
    assert f"called {called}" in lines[0]


def test_the_name_is_looked_at_for_an_existing_role_too():
    stack = new_stack()
    role = iam.Role.from_role_name(stack, "Role", "mine")
    AgentExecutionRole.from_existing(stack, "Agent", role, agent_name="my_agent", repository="team/agent")
    runtime_of(stack, role, runtime_name="other")
    with refused() as lines:
        synthesised(stack)
    assert "is called other" in lines[0]


def under_both_packs(outdir, *, context=FLAGS, environment=HERE):
    """A stack with everything that the construct can grant, under both nag packs."""
    stack = new_stack(environment, context=context, outdir=outdir)
    app = stack.node.root
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), NIST80053R5Checks(app))
    agent = new_agent(stack)
    for model in (MODEL, f"eu.{MODEL}", f"us.{MODEL}", "global.anthropic.claude-sonnet-4-5-20250929-v1:0"):
        agent.grant_model(model)
    agent.grant_memory(agentcore.Memory(stack, "Memory", memory_name="mine"), forget=True)
    agent.grant_gateway(f"arn:{stack.partition}:bedrock-agentcore:{stack.region}:{stack.account}:gateway/g-abcdef1234")
    runtime_of(stack, agent.role)
    existing = iam.Role.from_role_name(stack, "Existing", "existing")
    AgentExecutionRole.from_existing(
        stack, "Other", existing, agent_name="other", deployment="direct-code"
    ).grant_model(f"eu.{MODEL}")
    return stack


@pytest.mark.parametrize("flags", [{}, FLAGS], ids=["no-flags", "all-flags"])
@pytest.mark.parametrize("environment", [None, HERE], ids=["agnostic", "concrete"])
def test_both_nag_packs_are_content(environment, flags, tmp_path):
    synthesised(under_both_packs(tmp_path, context=flags, environment=environment))


@pytest.mark.parametrize("environment", [None, HERE], ids=["agnostic", "concrete"])
def test_cfn_lint_finds_nothing(environment, tmp_path):
    template = synthesised(under_both_packs(tmp_path, environment=environment))
    # Errors and warnings; that the CDK's Runtime depends on its role twice over is the CDK's own affair.
    found = lint(json.dumps(template), config=ManualArgs(ignore_checks=["I", "W3005"]))
    assert [str(match) for match in found] == []


@pytest.mark.parametrize("environment", [None, HERE], ids=["agnostic", "concrete"])
def test_every_acknowledgement_answers_one_finding_and_every_finding_has_one(environment, tmp_path, monkeypatch):
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
    stack = under_both_packs(tmp_path, environment=environment)
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        synthesised(stack)
    report = json.loads((tmp_path / "validation-report.json").read_text())
    found = {
        (construct["constructPath"], violation["ruleName"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    }
    assert {path.split("/")[1] for path, _ in found} == {"Agent", "Other"}
    assert len({(path, rule) for path, rule, _ in acknowledged}) == len(acknowledged)
    assert {(f"{path}/Resource", rule) for path, rule, _ in acknowledged} == found
    for path, rule, reason in acknowledged:
        assert path.count("/") >= 2, f"{path} would silence everything below"
        assert reason.endswith("."), f"{rule}: {reason}"
        assert len(reason.split()) >= 6, f"{rule}: {reason}"
