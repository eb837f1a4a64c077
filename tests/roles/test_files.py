# ruff: noqa: E501 (a table of cases reads better than a pile of them)
"""Files are recognised by what is in them, and what is wrong with one is said in one line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bedrock_o11y.errors import ExitCode, UsageError
from bedrock_o11y.roles import Role, UnreadRole
from bedrock_o11y.roles.files import open_source

POLICY = {"Version": "2012-10-17", "Statement": [{"Sid": "A", "Effect": "Allow", "Action": "logs:*", "Resource": "*"}]}
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
ROLE = {
    "RoleName": "a",
    "Arn": "arn:aws:iam::123456789012:role/a",
    "CreateDate": "2026-07-01T08:00:00+00:00",
    "AssumeRolePolicyDocument": TRUST,
    "Tags": [{"Key": "team", "Value": "x"}],
    "PermissionsBoundary": {
        "PermissionsBoundaryType": "Policy",
        "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/edge",
    },
}
DETAILS = {**ROLE, "RolePolicyList": [], "AttachedManagedPolicies": []}


def read(path, content):
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return list(open_source(path).roles())


@pytest.mark.parametrize(
    ("content", "name", "pointer"),
    [
        (POLICY, "agent", ""),
        ({"RoleName": "r", "PolicyName": "own", "PolicyDocument": POLICY}, "own", "/PolicyDocument"),
        ({"PolicyVersion": {"Document": POLICY, "VersionId": "v2"}}, "agent", "/PolicyVersion/Document"),
        ("\ufeff" + json.dumps(POLICY), "agent", ""),
    ],
)  # fmt: skip
@pytest.mark.parametrize("suffix", [".json", ".txt", ""])
def test_a_policy_alone_is_a_role_of_the_name_of_the_file(tmp_path, content, name, pointer, suffix):
    (role,) = read(tmp_path / f"agent{suffix}", content)
    assert (role.name, role.arn, role.trust, role.boundary, role.tags) == ("agent", "", None, None, None)
    (policy,) = role.policies
    assert (policy.name, policy.pointer, policy.statements[0].sid) == (name, pointer, "A")
    assert role.file == tmp_path / f"agent{suffix}"


def test_a_trust_policy_alone_says_nothing_of_the_permissions(tmp_path):
    (role,) = read(tmp_path / "agent.json", TRUST)
    assert role.trust.statements[0].principals[0].value == "bedrock.amazonaws.com"
    assert [policy.unknown for policy in role.policies] == ["the file is a trust policy and has no permissions"]


def test_a_role_as_the_aws_cli_prints_it_says_nothing_of_its_policies(tmp_path):
    (role,) = read(tmp_path / "a.json", {"Role": ROLE})
    assert (role.name, role.arn, role.tags) == ("a", ROLE["Arn"], {"team": "x"})
    assert str(role.created) == "2026-07-01"
    assert role.trust.pointer == "/Role/AssumeRolePolicyDocument"
    assert role.boundary.unknown == "the file does not contain arn:aws:iam::123456789012:policy/edge"
    assert "get-role does not print the policies" in role.policies[0].unknown


def test_a_role_whose_trust_policy_is_broken_is_unread(tmp_path):
    (role,) = read(tmp_path / "a.json", {"Role": {**ROLE, "AssumeRolePolicyDocument": {"Statement": 3}}})
    assert isinstance(role, UnreadRole)
    assert role.pointer.startswith("/Role/AssumeRolePolicyDocument")


@pytest.mark.parametrize(
    "content",
    [
        {"RoleDetailList": [DETAILS]},
        {"Policies": [], "RoleDetailList": [DETAILS]},
        {"Marker": "m", "RoleDetailList": [DETAILS]},
        [{"UserDetailList": [], "RoleDetailList": [DETAILS]}],
        [{"Marker": "m", "RoleDetailList": [DETAILS]}],
    ],
)
def test_a_dump_is_known_by_its_keys_in_any_order(tmp_path, content):
    (role,) = read(tmp_path / "saved", content)
    assert isinstance(role, Role)
    assert role.name == "a"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST}}}}),
        "Resources:\n  R:\n    Type: AWS::IAM::Role\n    Properties:\n      AssumeRolePolicyDocument:\n        Version: 2012-10-17\n        Statement:\n          - {Effect: Allow, Principal: {Service: !Sub 'bedrock.${AWS::URLSuffix}'}, Action: sts:AssumeRole}\n",
    ],
)
@pytest.mark.parametrize("suffix", [".json", ".yaml", ".yml", ".template", ""])
def test_a_template_is_json_or_yaml_whatever_it_is_called(tmp_path, text, suffix):
    (role,) = read(tmp_path / f"t{suffix}", text)
    assert (role.name, role.pointer) == ("R", "/Resources/R")


VALUES = {
    "address": "aws_iam_role.r",
    "mode": "managed",
    "type": "aws_iam_role",
    "name": "r",
    "values": {"name": "r", "assume_role_policy": json.dumps(TRUST)},
}


@pytest.mark.parametrize(
    "content",
    [
        {"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {"resources": [VALUES]}}},
        {"format_version": "1.0", "terraform_version": "1.11.4", "values": {"root_module": {"resources": [VALUES]}}},
        {"version": 4, "terraform_version": "1.11.4", "resources": [{**VALUES, "instances": [{"attributes": VALUES["values"]}]}]},
    ],
)  # fmt: skip
def test_a_plan_and_a_state_of_terraform_are_known_by_their_keys(tmp_path, content):
    (role,) = read(tmp_path / "show.json", content)
    assert role.name == "aws_iam_role.r"


EXPECTED = "expected an authorization-details dump (RoleDetailList), a policy (Statement), a role (Role), a CloudFormation template (Resources), a cdk.out folder, or what terraform show -json prints"


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"", "{path}: the file is empty; expected a dump, a policy, a template, a plan or a state"),
        (b" \n", "{path}: the file is empty; expected a dump"),
        (b'{"a": 1,}', "{path}:1:9: not JSON: expecting property name enclosed in double quotes; correct it there"),
        (b'{\n "Statement": [\n  {"Effect" "Allow"}', "{path}:3:13: not JSON: expecting ':' delimiter; correct it there"),
        (b'{"Statement": [{"Effect": "Al', "{path}:1:27: not JSON: unterminated string starting at; the file breaks off: save it again"),
        (b'{"Statement": [', "{path}:1:16: not JSON: expecting value; the file breaks off: save it again"),
        (b'{"Statement": []} {"Statement": []}', "{path}:1:19: not JSON: extra data; expected one JSON value in the file"),
        (b'{"Version": "2012-10-17", "Statement": [], "Statement": []}', "{path}:1: the key Statement stands twice in the file; expected it once"),
        (b'{"Statement": [\n{"Effect": "Allow",\n"Effect": "Deny"}]}', "{path}:2: the key Effect stands twice in /Statement/0; expected it once"),
        (b"\x00\x01\x02\xff\xfe", "{path}: it is not UTF-8 text; expected JSON or YAML"),
        (b"PK\x03\x04\x00\x00plan", "{path}: it is binary; expected JSON or YAML (terraform show -json reads a saved plan)"),
        (b"[1, 2]", "{path}: it is a list; " + EXPECTED),
        (b"3", "{path}: it is no object; " + EXPECTED),
        (b"{}", "{path}: its keys (none) are those of nothing that has roles; " + EXPECTED),
        (b'{"name": "x", "version": 3}', "{path}: its keys (name, version) are those of nothing that has roles; " + EXPECTED),
        (b"just words", "{path}: neither JSON nor YAML of a template; expected a dump, a policy, a template, a plan"),
        (b"a: [1\nb: 2", "{path}:2:"),
        (b"Resources:\n  A: {Type: x}\n  A: {Type: y}\n", "{path}:3:3: neither JSON nor YAML: the key A stands twice"),
        (b"Resources: !!python/object:os.system {}", "{path}:1:12: neither JSON nor YAML: could not determine a constructor"),
        (b'{"version": 3, "terraform_version": "0.11.0", "resources": []}', "{path}: a state file of version 3; expected 4: terraform show -json"),
        (b'{"Statement": [{"Effect": "Allow", "Actions": "*"}]}', "{path}: /Statement/0/Actions: the policy saved cannot be read: IAM knows no element of this name"),
        (b"[" * 100_000, "{path}: nested too deeply to be a policy"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_one_line(tmp_path, content, line):
    path = tmp_path / "saved.json"
    path.write_bytes(content)
    with pytest.raises(UsageError) as refusal:
        list(open_source(path).roles())
    assert str(refusal.value).startswith(line.format(path=path))
    assert "\n" not in str(refusal.value)
    assert refusal.value.exit_code is ExitCode.USAGE


def test_a_file_that_is_not_there_and_one_that_may_not_be_read_are_one_line(tmp_path, monkeypatch):
    with pytest.raises(UsageError, match=r"missing\.json: cannot be read: No such file or directory"):
        open_source(tmp_path / "missing.json")
    (tmp_path / "secret.json").write_text("{}")

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UsageError, match=r"secret\.json: cannot be read: Permission denied"):
        open_source(tmp_path / "secret.json")


def test_a_folder_without_a_manifest_is_one_line(tmp_path):
    with pytest.raises(UsageError, match=r"a folder without manifest\.json; expected a cdk\.out folder: run cdk synth"):
        open_source(tmp_path)


def test_a_small_json_file_needs_none_of_the_slow_libraries(tmp_path):
    (tmp_path / "policy.json").write_text(json.dumps(POLICY))
    program = (
        "import sys; from pathlib import Path; from bedrock_o11y.roles.files import open_source\n"
        f"list(open_source(Path({str(tmp_path / 'policy.json')!r})).roles())\n"
        "print({'boto3', 'botocore', 'pydantic', 'rich', 'yaml', 'ijson'} & set(sys.modules))"
    )
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert answer.stdout.strip() == "set()"


@pytest.mark.parametrize("name", ["- &{0} [{1}]", "- &{0} {{<<: [{1}]}}"])
def test_a_few_lines_of_yaml_that_stand_for_millions_of_values_are_refused_at_once(name, tmp_path):
    levels = [name.format(f"a{level + 1}", ", ".join([f"*a{level}"] * 9)) for level in range(9)]
    lines = ["Resources:", "- &a0 {x: y}", *levels]
    path = tmp_path / "template.yaml"
    path.write_text("\n".join(lines))
    with pytest.raises(UsageError, match=":1:1: neither JSON nor YAML: its anchors and aliases multiply"):
        open_source(path)


def test_deeply_nested_yaml_is_one_line(tmp_path):
    path = tmp_path / "template.yaml"
    path.write_text("Resources: " + "[" * 50_000)
    with pytest.raises(UsageError, match="nested too deeply to be a template"):
        open_source(path)
