from __future__ import annotations

import json

import pytest

from bedrock_o11y.audit.audit import reaudit, run
from bedrock_o11y.audit.patch import patch, patch_as
from bedrock_o11y.roles.files import open_source

from .patching import TODAY, allow, document, told, trusting


def sub(text):
    return {"Fn::Sub": text}


HERE = "arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:"
WIDE = allow(
    ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
    sub(f"{HERE}/aws/bedrock-agentcore/*"),
    "Logs",
)
VARIABLE = allow("s3:GetObject", sub("arn:${AWS::Partition}:s3:::b/${!aws:PrincipalTag/team}/*"), "Own")
TRUST = trusting(Condition={"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}})


def template(*statements, trust=TRUST, **properties):
    return {
        "Resources": {
            "AgentRole": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "AssumeRolePolicyDocument": trust,
                    "Policies": [{"PolicyName": "runtime", "PolicyDocument": document(*statements)}],
                    **properties,
                },
            }
        }
    }


def audited(content, tmp_path, options=TODAY):
    file = tmp_path / "template.json"
    file.write_text(json.dumps(content))
    result = run([open_source(file)], options)
    found = {each for role in result.report.roles for each in told(role.findings)}
    return found, [patch(role, reaudit(role, options)) for role in result.roles]


def written(patches):
    return json.loads(patch_as("json", patches))["roles"][0]


def test_a_template_that_takes_its_patch_is_clean(tmp_path):
    content = template(WIDE, VARIABLE)
    found, patches = audited(content, tmp_path)
    assert {"wider-resource logs:PutLogEvents", "trust-source-arn sts:AssumeRole"} <= found
    answer = written(patches)
    properties = content["Resources"]["AgentRole"]["Properties"]
    properties["AssumeRolePolicyDocument"] = answer["trust"]
    properties["Policies"] = [
        {"PolicyName": answer["tighten"][0]["policy"], "PolicyDocument": answer["tighten"][0]["document"]},
        {"PolicyName": answer["add"]["policy_name"], "PolicyDocument": answer["add"]["document"]},
    ]
    assert audited(content, tmp_path)[0] == {"excess-action s3:GetObject"}


@pytest.mark.parametrize("form", ["json", "terraform", "cdk", "cli"])
def test_no_sample_value_is_ever_printed(form, tmp_path):
    _, patches = audited(template(WIDE, VARIABLE), tmp_path)
    text = patch_as(form, patches)
    assert patches[0].add is not None
    assert patches[0].tighten != ()
    assert patches[0].trust is not None
    for sample in ("444455556666", "us-east-1", "own-region-1", "role/sample", "\ue000"):
        assert sample not in text


def test_variables_of_iam_are_told_from_those_of_the_template(tmp_path):
    _, patches = audited(template(WIDE, VARIABLE), tmp_path)
    resource = written(patches)["tighten"][0]["document"]["Statement"][-1]["Resource"]
    assert resource == [sub("arn:${AWS::Partition}:s3:::b/${!aws:PrincipalTag/team}/*")]


def test_a_region_that_the_template_writes_itself_stays(tmp_path):
    fixed = {**WIDE, "Resource": sub(HERE.replace("${AWS::Region}", "us-east-1") + "/aws/bedrock-agentcore/*")}
    _, patches = audited(template(fixed), tmp_path)
    resources = [each["Resource"] for each in written(patches)["tighten"][0]["document"]["Statement"]]
    assert resources == [
        [sub("arn:${AWS::Partition}:logs:us-east-1:${AWS::AccountId}:log-group:/aws/bedrock-agentcore/runtimes/*")],
        [
            sub(
                "arn:${AWS::Partition}:logs:us-east-1:${AWS::AccountId}:log-group:/aws/bedrock-agentcore/runtimes/*"
                ":log-stream:*"
            )
        ],
    ]


def test_what_else_a_template_does_not_know_is_never_rewritten(tmp_path):
    content = template(WIDE, allow("s3:GetObject", {"Fn::ImportValue": "Bucket"}, "Own"))
    _, patches = audited(content, tmp_path)
    answer = written(patches)
    assert answer["tighten"] == []
    assert any("Bucket" in note and "runtime" in note for note in answer["notes"])
    assert answer["add"] is not None
    assert "444455556666" not in json.dumps(answer)


def test_a_template_without_pseudo_parameters_is_patched_as_it_is_written(tmp_path):
    literal = {**WIDE, "Resource": "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/bedrock-agentcore/*"}
    _, patches = audited(template(literal), tmp_path)
    assert "Fn::Sub" not in json.dumps(written(patches)["tighten"])
