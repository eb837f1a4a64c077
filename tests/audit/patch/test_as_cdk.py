from __future__ import annotations

import ast
import json
import keyword
from dataclasses import replace

import pytest

from bedrock_o11y.audit.patch import RolePatch, patch_as

from .typed_patches import ADDITION, ALL, FROM_TEMPLATE, MANAGED, NOTHING, ORDINARY, RUNTIME, TRUST, nasty, role


@pytest.mark.parametrize(
    "patches", [ALL, (nasty(),), (nasty("2008-10-17"),), (NOTHING,), ()], ids=["ordinary", "hostile", "old", "no", "0"]
)
def test_python_can_read_it(patches):
    ast.parse(patch_as("cdk", patches))


@pytest.mark.parametrize("name", [*keyword.kwlist[:5], "lambda", "scope", "self", "1", "-", "iam"])
def test_any_role_name_becomes_a_variable(name):
    ast.parse(patch_as("cdk", [RolePatch(role(name), RUNTIME, add=ADDITION, trust=TRUST)]))


def test_nothing_is_imported_that_is_not_used():
    assert "import aws_cdk as cdk" not in patch_as("cdk", [ORDINARY])
    assert "import" not in patch_as("cdk", [NOTHING])


def test_the_proposal_is_a_construct_of_its_own():
    text = patch_as("cdk", [ORDINARY])
    assert text.index("class Additions(Construct)") < text.index("class Tightening(Construct)")


def test_a_policy_whose_name_nothing_tells_belongs_where_it_is_made():
    text = patch_as("cdk", [replace(ORDINARY, tighten=(replace(ORDINARY.tighten[0], name="<Default.Name>"),))])
    assert "class Tightening" not in text
    assert "# Proposal: tighten the policy <Default.Name>, where your own constructs make it:" in text
    assert "POLICY_OF_AGENT_RUNTIME_ROLE_1 = {" in text
    ast.parse(text)


def test_a_policy_of_a_template_is_not_made_a_second_time():
    text = patch_as("cdk", [FROM_TEMPLATE])
    assert "class Tightening" not in text
    assert "POLICY_OF_AGENTROLE1A2B3C_1 = {" in text
    assert 'f"arn:{cdk.Aws.PARTITION}:logs:' in text
    ast.parse(text)


def flat(statements):
    """Statements as CDK and CloudFormation write them: a list of one element may be the element."""
    return [json.loads(json.dumps(statement), object_hook=_unlisted) for statement in statements]


def by_text(values):
    return sorted(json.dumps(value, sort_keys=True) for value in values)


def _unlisted(value):
    return {key: each[0] if isinstance(each, list) and len(each) == 1 else each for key, each in value.items()}


def test_what_it_synthesises_is_what_was_meant():
    import aws_cdk as cdk
    from aws_cdk import aws_iam as iam
    from aws_cdk.assertions import Template

    patches = [ORDINARY, MANAGED, FROM_TEMPLATE, nasty("2012-10-17"), nasty("2008-10-17")]
    module = {}
    exec(compile(patch_as("cdk", patches), "patch.py", "exec"), module)  # noqa: S102 - the answer under test
    stack = cdk.Stack(cdk.App(context={"@aws-cdk/aws-iam:minimizePolicies": True}), "Patches")
    handed_in = {"agentrole1a2b3c": iam.Role.from_role_name(stack, "Own", "own")}
    module["Additions"](stack, "Additions", **handed_in)
    module["Tightening"](stack, "Tightening")
    template = Template.from_stack(stack).to_json()
    policies = {"AWS::IAM::Policy": [], "AWS::IAM::ManagedPolicy": []}
    for resource in template["Resources"].values():
        policies[resource["Type"]].append(resource["Properties"])
    managed = policies["AWS::IAM::ManagedPolicy"]
    assert [flat(each["PolicyDocument"]["Statement"]) for each in managed] == [flat(MANAGED.add.document["Statement"])]
    assert [each["Roles"] for each in managed] == [["Agent+=,.@-_1"]]
    found = [
        (each["PolicyName"], each["PolicyDocument"]["Version"], flat(each["PolicyDocument"]["Statement"]))
        for each in policies["AWS::IAM::Policy"]
        if each["Roles"] != ["own"]
    ]
    meant = [
        (each.name, document["Version"], flat(document["Statement"]))
        for patch in (ORDINARY, patches[3], patches[4])
        for each in (patch.add, *patch.tighten)
        for document in [each.document if each is patch.add else each.after]
    ]
    assert by_text(found) == by_text(meant)
    (of_template,) = [each for each in policies["AWS::IAM::Policy"] if each["Roles"] == ["own"]]
    resource = of_template["PolicyDocument"]["Statement"][0]["Resource"]
    assert resource == {
        "Fn::Join": [
            "",
            [
                *("arn:", {"Ref": "AWS::Partition"}, ":logs:", {"Ref": "AWS::Region"}, ":", {"Ref": "AWS::AccountId"}),
                ":log-group:x${aws:userid}*",
            ],
        ]
    }
    assert module["TRUST_OF_AGENT_RUNTIME_ROLE"] == TRUST.after
    assert iam.PolicyDocument.from_json(TRUST.after).statement_count == 2
