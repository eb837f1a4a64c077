"""Templates: roles with what the same template attaches, and what cannot be decided as unknown."""

from __future__ import annotations

import json

import pytest

from bedrock_o11y.errors import UsageError
from bedrock_o11y.iam import Effect, readable
from bedrock_o11y.roles import Role, UnreadRole
from bedrock_o11y.roles.files import open_source
from bedrock_o11y.roles.locate import Locator

TEMPLATE = """\
Parameters:
  Stage: {Type: String, Default: prod}
  Mine: {Type: String}
Conditions:
  Production: !Equals [!Ref Stage, prod]
  Undecided: !Equals [!Ref Mine, "yes"]
Resources:
  Group:
    Type: AWS::Logs::LogGroup
    Properties: {LogGroupName: !Sub "/agents/${Stage}"}
  Agent:
    Type: AWS::IAM::Role
    Properties:
      RoleName: agent
      Tags: [{Key: stage, Value: !Ref Stage}]
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: {Service: bedrock-agentcore.amazonaws.com}
            Action: sts:AssumeRole
            Condition: {StringEquals: {aws:SourceAccount: !Ref AWS::AccountId}}
      ManagedPolicyArns:
        - !Sub arn:${AWS::Partition}:iam::aws:policy/CloudWatchReadOnlyAccess
        - !Ref Traces
      PermissionsBoundary: !Ref Edge
      Policies:
        - PolicyName: !Sub "own-${Stage}"
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - !If [Production, !Ref AWS::NoValue, {Effect: Allow, Action: "*", Resource: "*"}]
              - Effect: Allow
                Action: [logs:CreateLogStream, logs:PutLogEvents]
                Resource: !GetAtt Group.Arn
              - !If
                - Production
                - {Effect: Allow, Action: xray:GetSamplingRules, Resource: "*"}
                - !Ref AWS::NoValue
              - !If [Undecided, {Effect: Deny, Action: "*", Resource: "*"}, !Ref AWS::NoValue]
        - !If [Production, !Ref AWS::NoValue, {PolicyName: never, PolicyDocument: {}}]
        - !If [Undecided, {PolicyName: maybe, PolicyDocument: {}}, !Ref AWS::NoValue]
  Traces:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Statement: {Effect: Allow, Action: xray:PutTraceSegments, Resource: "*"}
  Edge:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      ManagedPolicyName: edge
      PolicyDocument:
        Statement: [{Effect: Allow, Action: "logs:*", Resource: "*"}]
  Metrics:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: metrics
      Roles: [!Ref Agent]
      PolicyDocument:
        Statement: [{Effect: Allow, Action: cloudwatch:PutMetricData, Resource: "*"}]
  Images:
    Type: AWS::IAM::RolePolicy
    Properties:
      PolicyName: images
      RoleName: agent
      PolicyDocument:
        Statement: [{Effect: Allow, Action: ecr:BatchGetImage, Resource: "*"}]
  Perhaps:
    Type: AWS::IAM::Policy
    Condition: Undecided
    Properties:
      PolicyName: perhaps
      Roles: [!Ref Agent]
      PolicyDocument: {Statement: [{Effect: Deny, Action: "*", Resource: "*"}]}
  Never:
    Type: AWS::IAM::Policy
    Condition: NotProduction
    Properties: {PolicyName: never, Roles: [!Ref Agent], PolicyDocument: {Statement: []}}
"""
TEMPLATE = TEMPLATE.replace("  Undecided:", "  NotProduction: !Not [!Condition Production]\n  Undecided:", 1)


def read(tmp_path, content, name="template.yaml"):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    source = open_source(path)
    return list(source.roles()), source.reading.partial


def trust(service="bedrock.amazonaws.com"):
    return {"Statement": [{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}]}


def allow(*actions):
    return {"Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": "*"}]}


def role(**properties):
    return {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": trust(), **properties}}


def resources(**parts):
    return {"Resources": parts}


@pytest.fixture
def agent(tmp_path) -> Role:
    (found,), partial = read(tmp_path, TEMPLATE)
    assert partial == []
    return found


def test_a_role_has_everything_that_its_template_gives_it(agent):
    assert (agent.name, agent.arn, agent.pointer, agent.tags) == ("Agent", "", "/Resources/Agent", {"stage": "prod"})
    assert [(policy.name, policy.unknown) for policy in agent.inline] == [
        ("own-prod", ""),
        ("", "the policy at /Resources/Agent/Properties/Policies/2/Fn::If/1 depends on a condition that the template "
        "does not decide"),
        ("metrics", ""),
        ("perhaps", "the policy Perhaps depends on a condition that the template does not decide"),
        ("images", ""),
    ]  # fmt: skip
    assert [(policy.name, policy.unknown) for policy in agent.policies[-2:]] == [
        ("CloudWatchReadOnlyAccess", "the template does not contain "
        "arn:<AWS::Partition>:iam::aws:policy/CloudWatchReadOnlyAccess"),
        ("Traces", ""),
    ]  # fmt: skip
    assert agent.managed == (
        "arn:<AWS::Partition>:iam::aws:policy/CloudWatchReadOnlyAccess",
        "arn:<AWS::Partition>:iam::<AWS::AccountId>:policy/<Traces>",
    )
    assert (agent.boundary.name, agent.boundary.statements[0].actions) == ("boundary", ("logs:*",))
    assert readable(agent.trust.statements[0].conditions[0].values[0]) == "<AWS::AccountId>"


def test_statements_under_conditions_are_there_gone_or_unknown(agent):
    statements = agent.policies[0].statements
    assert [(one.effect, one.actions) for one in statements[:2]] == [
        (Effect.ALLOW, ("logs:CreateLogStream", "logs:PutLogEvents")),
        (Effect.ALLOW, ("xray:GetSamplingRules",)),
    ]
    assert [one.effect for one in statements[2:]] == [Effect.UNKNOWN]
    assert readable(statements[0].resources[0]) == (
        "arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:/agents/prod:*"
    )


def test_each_statement_points_at_its_own_lines(agent):
    locator, lines = Locator(TEMPLATE), TEMPLATE.splitlines()
    shown = [
        lines[locator.locate(agent.policies[0].pointer + statement.pointer).start_line - 1].strip()
        for statement in agent.policies[0].statements
    ]
    assert shown == [
        "- Effect: Allow",
        '- {Effect: Allow, Action: xray:GetSamplingRules, Resource: "*"}',
        '- !If [Undecided, {Effect: Deny, Action: "*", Resource: "*"}, !Ref AWS::NoValue]',
    ]
    region = locator.locate(agent.boundary.pointer)
    assert lines[region.start_line - 1].strip() == 'Statement: [{Effect: Allow, Action: "logs:*", Resource: "*"}]'


@pytest.mark.parametrize(
    ("properties", "actions"),
    [
        ({"Policies": [{"PolicyName": "p", "PolicyDocument": json.dumps(allow("s3:*"))}]}, [("s3:*",)]),
        ({"Policies": {"PolicyName": "p", "PolicyDocument": allow("s3:*")}}, [("s3:*",)]),
        (
            {"Policies": {"Fn::If": ["Yes", [{"PolicyName": "p", "PolicyDocument": allow("s3:*")}], []]}},
            [("s3:*",)],
        ),
        (
            {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Fn::If": ["No", {}, allow("a:b")]}}]},
            [("a:b",)],
        ),
        (
            {"Policies": [{"PolicyName": "p", "PolicyDocument": {"Statement": {"Fn::If": ["Yes", [], {}]}}}]},
            [],
        ),
    ],
)
def test_a_list_or_a_document_may_stand_under_a_decided_condition(tmp_path, properties, actions):
    conditions = {"Yes": {"Fn::Equals": ["a", "a"]}, "No": {"Fn::Equals": ["a", "b"]}}
    (found,), _ = read(tmp_path, {"Conditions": conditions, **resources(R=role(**properties))})
    assert [statement.actions for policy in found.policies for statement in policy.statements] == actions


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"Ref": "Given"}, "<Given> is not known"),
        ({"Fn::ImportValue": "Shared"}, "<Fn::ImportValue Shared> is not known"),
        ({"Fn::If": ["Undecided", allow("a:b"), allow("c:d")]}, "depends on a condition that the template does not"),
    ],
)
def test_a_document_that_the_template_does_not_hold_is_not_known(tmp_path, document, reason):
    conditions = {"Undecided": {"Fn::Equals": [{"Ref": "Given"}, "a"]}}
    content = {
        "Conditions": conditions,
        **resources(R=role(Policies=[{"PolicyName": "p", "PolicyDocument": document}])),
    }
    (found,), _ = read(tmp_path, content)
    assert reason in found.policies[0].unknown
    (found,), _ = read(tmp_path, {"Conditions": conditions, **resources(R=role(AssumeRolePolicyDocument=document))})
    assert reason in found.trust.unknown


def test_a_statement_of_a_list_that_is_not_known_is_unknown(tmp_path):
    document = {"Statement": [{"Ref": "Given"}, {"Effect": {"Ref": "Given"}, "Action": "a:b", "Resource": "*"}]}
    (found,), _ = read(tmp_path, resources(R=role(Policies=[{"PolicyName": "p", "PolicyDocument": document}])))
    assert [statement.effect for statement in found.policies[0].statements] == [Effect.UNKNOWN, Effect.UNKNOWN]
    assert found.policies[0].statements[1].actions == ("a:b",)


def test_policies_attached_under_an_undecided_condition_are_not_known(tmp_path):
    either = {"Fn::If": ["Undecided", {"Ref": "A"}, {"Ref": "B"}]}
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyName": "p", "Roles": [either], "PolicyDocument": allow("a:b")},
    }
    conditions = {"Undecided": {"Fn::Equals": [{"Ref": "Given"}, "a"]}}
    arns = [{"Fn::If": ["Undecided", "arn:aws:iam::aws:policy/X", {"Ref": "AWS::NoValue"}]}]
    content = {"Conditions": conditions, **resources(A=role(ManagedPolicyArns=arns), B=role(), P=policy)}
    (first, second), _ = read(tmp_path, content)
    assert [policy.unknown.split(" depends")[0] for policy in first.policies] == [
        "attaching P",
        "attaching arn:aws:iam::aws:policy/X",
    ]
    assert [policy.unknown.split(" depends")[0] for policy in second.policies] == ["attaching P"]


@pytest.mark.parametrize(
    ("name", "shown"),
    [("by-hand", "by-hand"), ({"Fn::ImportValue": "Role"}, "<Fn::ImportValue Role>"), ({"Ref": "Given"}, "<Given>")],
)
def test_a_role_of_another_place_is_shown_with_what_this_template_attaches(tmp_path, name, shown):
    policy = {
        "Type": "AWS::IAM::Policy",
        "Properties": {"PolicyName": "p", "Roles": [name], "PolicyDocument": allow("a:b")},
    }
    (found,), partial = read(tmp_path, resources(P=policy))
    assert (found.name, found.trust, partial) == (shown, None, [])
    assert [policy.unknown for policy in found.policies] == ["the rest of this role is not in the template", ""]


def test_a_broken_policy_makes_its_role_unread_and_a_broken_attached_one_is_told_once(tmp_path):
    broken = {"Statement": [{"Effect": "Allow", "Action": "a:b"}]}
    attached = {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"Roles": ["a", "b"], "PolicyDocument": broken}}
    roles, _ = read(
        tmp_path,
        resources(
            Own=role(Policies=[{"PolicyName": "p", "PolicyDocument": broken}]),
            A=role(RoleName="a"),
            B=role(RoleName="b"),
            P=attached,
        ),
    )
    own, first, second, told = roles
    assert isinstance(own, UnreadRole)
    assert own.pointer == "/Resources/Own/Properties/Policies/0/PolicyDocument/Statement/0"
    assert [one.policies[0].unknown.split(":")[0] for one in (first, second)] == ["its text cannot be read"] * 2
    assert isinstance(told, UnreadRole)
    assert (told.name, told.pointer) == ("P", "/Resources/P/Properties/PolicyDocument/Statement/0")


def test_a_role_without_a_trust_policy_is_unread(tmp_path):
    (found,), _ = read(tmp_path, resources(R={"Type": "AWS::IAM::Role", "Properties": {}}))
    assert isinstance(found, UnreadRole)
    assert "AssumeRolePolicyDocument is missing" in found.reason


def test_a_role_that_is_not_made_is_not_there(tmp_path):
    conditions = {"No": {"Fn::Equals": ["a", "b"]}, "Undecided": {"Fn::Equals": [{"Ref": "Given"}, "a"]}}
    content = {
        "Conditions": conditions,
        **resources(A={**role(), "Condition": "No"}, B={**role(), "Condition": "Undecided"}, C=role()),
    }
    roles, _ = read(tmp_path, content)
    assert [one.name for one in roles] == ["B", "C"]


def test_the_role_that_a_transform_writes_is_there_and_not_known(tmp_path):
    kind = "AWS::Serverless::Function"
    given = {"Type": kind, "Properties": {"Role": "arn:aws:iam::123456789012:role/x"}}
    functions = {"F": {"Type": kind, "Properties": {}}, "G": given}
    (found,), partial = read(tmp_path, {"Transform": "AWS::Serverless-2016-10-31", "Resources": functions})
    assert (found.name, partial) == ("FRole", [])
    assert found.trust.unknown == found.policies[0].unknown == "the transform AWS::Serverless writes it"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"Transform": ["MyMacro"], **resources(R=role())}, "the transform \"MyMacro\" may add roles"),
        ({"Transform": {"Name": "AWS::Include"}, **resources(R=role())}, "may add roles; audit the processed template"),
        (resources(R=role(), **{"Fn::ForEach::Agents": ["A", ["x"], {}]}), "Fn::ForEach::Agents is not expanded"),
        (resources(R=role(), M={"Type": "Our::Agent::Role::MODULE"}), "the module M may contain roles"),
        (resources(R=role(), N={"Type": "AWS::CloudFormation::Stack"}), "the template of the nested stack N is not"),
    ],
)  # fmt: skip
def test_what_may_hold_roles_and_cannot_be_read_makes_the_reading_partial(tmp_path, content, said):
    roles, partial = read(tmp_path, content)
    assert len(roles) == 1
    assert len(partial) == 1
    assert said in partial[0]


def test_values_that_lead_into_each_other_are_one_line(tmp_path):
    circle = {
        "Type": "AWS::IAM::Role",
        "Properties": {"Path": {"Fn::GetAtt": ["R", "Arn"]}, "AssumeRolePolicyDocument": trust()},
    }
    with pytest.raises(UsageError, match="its values refer to each other in a circle"):
        read(tmp_path, resources(R=circle))


# The folder of a CDK app.


@pytest.fixture
def assembly(tmp_path):
    def write(path, content):
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(json.dumps(content))

    out = tmp_path / "cdk.out"
    stack = {"type": "aws:cloudformation:stack", "environment": "aws://123456789012/cn-north-1"}
    nested = {"Type": "AWS::CloudFormation::Stack", "Metadata": {"aws:asset:path": "In.nested.template.json"}}
    write(
        out / "manifest.json",
        {
            "artifacts": {
                "Top": {**stack, "properties": {"templateFile": "Top.template.json"}},
                "Empty": {**stack, "properties": {"templateFile": "Empty.template.json"}},
                "Stage": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Stage"}},
                "Tree": {"type": "cdk:tree", "properties": {"file": "tree.json"}},
            }
        },
    )
    write(out / "Top.template.json", resources(A=role(), N=nested))
    write(out / "Empty.template.json", {})
    write(out / "In.nested.template.json", resources(B=role()))
    write(out / "Old.template.json", resources(Old=role()))
    agnostic = {
        **stack,
        "environment": "aws://unknown-account/unknown-region",
        "properties": {"templateFile": "C.template.json"},
    }
    write(out / "assembly-Stage/manifest.json", {"artifacts": {"C": agnostic}})
    write(out / "assembly-Stage/C.template.json", resources(C=role()))
    return out


def test_a_cdk_folder_has_the_roles_of_what_would_be_deployed(assembly):
    source = open_source(assembly)
    assert [(role.name, role.arn, role.file.name) for role in source.roles()] == [
        ("A", "arn:aws-cn:iam::123456789012:role/<A>", "Top.template.json"),
        ("B", "arn:aws-cn:iam::123456789012:role/<B>", "In.nested.template.json"),
        ("C", "", "C.template.json"),
    ]
    assert source.reading.partial == []


def test_a_nested_stack_whose_template_is_elsewhere_makes_it_partial(assembly):
    top = assembly / "Top.template.json"
    content = json.loads(top.read_text())
    del content["Resources"]["N"]["Metadata"]
    top.write_text(json.dumps(content))
    source = open_source(assembly)
    assert [role.name for role in source.roles()] == ["A", "C"]
    assert "the template of the nested stack N is not in it" in source.reading.partial[0]


def test_what_one_stack_exports_is_known_to_another_of_its_stage(assembly):
    def export(name, value):
        return {"Value": value, "Export": {"Name": name}}

    group = {"Type": "AWS::Logs::LogGroup"}
    outputs = {"A": export("Top:Group", {"Fn::GetAtt": ["G", "Arn"]}), "B": export("Top:Role", {"Ref": "A"})}
    (assembly / "Top.template.json").write_text(json.dumps({**resources(A=role(), G=group), "Outputs": outputs}))
    statement = {"Effect": "Allow", "Action": "logs:*", "Resource": {"Fn::ImportValue": "Top:Group"}}
    own = {"PolicyName": "p", "PolicyDocument": {"Statement": statement}}
    attached = {"Roles": [{"Fn::ImportValue": "Top:Role"}], "PolicyDocument": allow("a:b")}
    (assembly / "Empty.template.json").write_text(
        json.dumps(resources(R=role(Policies=[own]), P={"Type": "AWS::IAM::Policy", "Properties": attached}))
    )
    (assembly / "assembly-Stage/C.template.json").write_text(json.dumps(resources(C=role(Policies=[own]))))
    source = open_source(assembly)
    shown = {
        one.name: [readable(text) for policy in one.policies for each in policy.statements for text in each.resources]
        for one in source.roles()
    }
    assert shown == {
        "A": [],
        "R": ["arn:aws-cn:logs:cn-north-1:123456789012:log-group:<Top.G>:*"],
        "<Top.A>": ["*"],
        "C": ["<Fn::ImportValue Top:Group>"],
    }
    (said,) = source.reading.partial
    assert "it attaches a policy to the role <Top.A> of the stack Top, which is judged without it" in said


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("manifest.json", "[]", "manifest.json: there are no artifacts in it; run cdk synth again"),
        ("manifest.json", "{", "not JSON"),
        ("Top.template.json", None, "Top.template.json: cannot be read: No such file or directory"),
        ("assembly-Stage/manifest.json", None, "cannot be read: No such file or directory"),
    ],
)
def test_a_broken_cdk_folder_is_one_line(assembly, name, content, said):
    (assembly / name).unlink()
    if content is not None:
        (assembly / name).write_text(content)
    with pytest.raises(UsageError, match=said) as refusal:
        open_source(assembly)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        ({"Default": "a"}, ("Parameters of the template are taken at their defaults: P is a.",)),
        ({"Default": ""}, ("Parameters of the template are taken at their defaults: P is empty.",)),
        ({"Default": "a", "NoEcho": True}, ("Parameters of the template are taken at their defaults: P is secret.",)),
        ({}, ()),
    ],
)
def test_a_default_that_decides_a_deny_is_told(tmp_path, parameter, said):
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    document = {"Statement": [{"Fn::If": ["C", deny, {"Ref": "AWS::NoValue"}]}]}
    trust = {"Statement": [{"Effect": "Allow", "Principal": {"Service": "x"}, "Action": "sts:AssumeRole"}]}
    role = {"AssumeRolePolicyDocument": trust, "Policies": [{"PolicyName": "p", "PolicyDocument": document}]}
    template = {
        "Parameters": {"P": {"Type": "String", **parameter}, "Unused": {"Type": "String", "Default": "x"}},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "b"]}},
        "Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": role}},
    }
    path = tmp_path / "template.json"
    path.write_text(json.dumps(template))
    (read,) = open_source(path).roles()
    assert read.assumed == said
    assert [str(one.effect) for one in read.policies[0].statements] == ([] if said else ["Effect.UNKNOWN"])
