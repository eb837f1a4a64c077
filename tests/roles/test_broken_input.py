"""Whatever stands in a file: roles, unread roles, or one line. Never a crash."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bedrock_o11y.errors import UsageError
from bedrock_o11y.roles import Role, UnreadRole
from bedrock_o11y.roles.files import open_source
from bedrock_o11y.roles.recognise import recognise

HERE = Path(__file__).parent
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:*"], "Resource": "*"}]}
TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": ["bedrock.amazonaws.com"]}, "Action": "sts:AssumeRole"}]
}
TEMPLATE = {
    "Parameters": {"P": {"Type": "String", "Default": "x"}},
    "Mappings": {"M": {"a": {"b": "c"}}},
    "Conditions": {"C": {"Fn::And": [{"Fn::Equals": [{"Ref": "P"}, "x"]}, {"Fn::Not": [{"Condition": "C"}]}]}},
    "Transform": ["AWS::Serverless-2016-10-31"],
    "Outputs": {"O": {"Value": {"Ref": "R"}, "Export": {"Name": "E"}}},
    "Resources": {
        "R": {
            "Type": "AWS::IAM::Role",
            "Condition": "C",
            "Properties": {
                "RoleName": {"Fn::Sub": ["${P}-${V}", {"V": {"Fn::FindInMap": ["M", "a", "b"]}}]},
                "Path": {"Fn::Join": ["", ["/", {"Fn::Select": [0, {"Fn::Split": ["-", "a-b"]}]}, "/"]]},
                "AssumeRolePolicyDocument": TRUST,
                "Policies": [{"Fn::If": ["C", {"PolicyName": "p", "PolicyDocument": ALLOW}, {"Ref": "AWS::NoValue"}]}],
                "ManagedPolicyArns": [{"Ref": "M"}, {"Fn::GetAtt": ["M", "PolicyArn"]}],
                "PermissionsBoundary": {"Ref": "M"},
                "Tags": [{"Key": "a", "Value": {"Ref": "P"}}],
            },
        },
        "M": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"Roles": [{"Ref": "R"}], "PolicyDocument": ALLOW}},
        "I": {"Type": "AWS::IAM::RolePolicy", "Properties": {"RoleName": {"Ref": "R"}, "PolicyDocument": ALLOW}},
        "F": {"Type": "AWS::Serverless::Function", "Properties": {}},
    },
}
DUMP = json.loads((HERE / "quiet-runtime-role.json").read_text())
DUMP["RoleDetailList"][0]["AttachedManagedPolicies"] = [{"PolicyName": "P", "PolicyArn": "arn:aws:iam::aws:policy/P"}]
DUMP["RoleDetailList"][0]["PermissionsBoundary"] = {"PermissionsBoundaryArn": "arn:aws:iam::aws:policy/P"}
DUMP["Policies"] = [
    {
        "PolicyName": "P",
        "Arn": "arn:aws:iam::aws:policy/P",
        "DefaultVersionId": "v1",
        "PolicyVersionList": [{"VersionId": "v1", "IsDefaultVersion": True, "Document": ALLOW}],
    }
]
FILES = {
    "dump": DUMP,
    "template": TEMPLATE,
    "plan": json.loads((HERE / "terraform" / "plan.json").read_text()),
    "policy": ALLOW,
    "trust": TRUST,
    "role": {"Role": DUMP["RoleDetailList"][0]},
}
JUNK = [
    *(None, True, 0, -1, 1.5, "", "x", "*", "%7B", "{", [], {}, [[]], [None], {"a": None}),
    *({"Ref": "P"}, {"Ref": []}, {"Fn::If": []}, {"Fn::If": ["C", 1, [2]]}, {"Fn::Sub": {}}, {"Fn::Join": [1]}),
    *({"Fn::Nothing": None}, {"Fn::GetAtt": ["R", "Arn"]}, {"references": ["var.x"]}),
]
junk = st.sampled_from(JUNK)


def places(value, path=()):
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield from places(child, (*path, key))


PLACES = {name: list(places(content))[1:] for name, content in FILES.items()}


@st.composite
def broken(draw, name):
    content = copy.deepcopy(FILES[name])
    for path in draw(st.lists(st.sampled_from(PLACES[name]), min_size=1, max_size=3)):
        target = content
        try:
            for key in path[:-1]:
                target = target[key]
            if draw(st.booleans()):
                target[path[-1]] = copy.deepcopy(draw(junk))
            else:
                del target[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue
    return content


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_with_junk_anywhere_gives_roles_or_one_line(tmp_path, name, data):
    path = tmp_path / "saved.json"
    path.write_text(json.dumps(data.draw(broken(name))))
    try:
        for role in open_source(path).roles():
            assert isinstance(role, (Role, UnreadRole))
            if isinstance(role, Role):
                assert recognise(role).why
    except UsageError as error:
        assert str(path) in str(error)
        assert "\n" not in str(error)


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_file_that_ends_anywhere_is_partial_or_one_line(tmp_path, name, data):
    path = tmp_path / "saved.json"
    text = json.dumps(FILES[name])
    path.write_text(text[: data.draw(st.integers(0, len(text) - 1))])
    try:
        source = open_source(path)
        list(source.roles())
        assert source.reading.partial
    except UsageError as error:
        assert str(path) in str(error)
        assert "\n" not in str(error)
