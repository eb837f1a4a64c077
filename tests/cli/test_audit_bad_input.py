"""What the audit makes of input that is broken, hostile or cut: one clear line, the right exit code, no false pass."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from bedrock_o11y.cli import main
from bedrock_o11y.roles.account import AccountRoles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from bedrock_o11y.sandbox import Sandbox

PROGRAM = [sys.executable, "-c", "from bedrock_o11y.cli import main; raise SystemExit(main())"]
RUNTIME = ["--as", "agentcore-runtime"]
ALLOW_ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
FORMATS = ("text", "json", "sarif", "junit", "markdown")


def policy(*statements: Any, **elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **elements}


def trust(service: str = "bedrock-agentcore.amazonaws.com") -> dict[str, Any]:
    fence = {
        "StringEquals": {"aws:SourceAccount": "123456789012"},
        "ArnLike": {"aws:SourceArn": "arn:aws:bedrock-agentcore:us-east-1:123456789012:*"},
    }
    return policy(
        {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole", "Condition": fence}
    )


def role(name: str = "agent", **changes: Any) -> dict[str, Any]:
    """A role of a dump; a member that is set to None is left out."""
    whole = {
        "Path": "/",
        "RoleName": name,
        "Arn": f"arn:aws:iam::123456789012:role/{name}",
        "CreateDate": "2026-08-01T00:00:00Z",
        "AssumeRolePolicyDocument": trust(),
        "RolePolicyList": [{"PolicyName": "runtime", "PolicyDocument": policy(ALLOW_ALL)}],
        "AttachedManagedPolicies": [],
        "Tags": [],
    }
    return {key: value for key, value in {**whole, **changes}.items() if value is not None}


def dump(*roles: Any, policies: Any = (), **more: Any) -> dict[str, Any]:
    return {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": list(roles), "Policies": policies, **more}


def attached(arn: str = "arn:aws:iam::123456789012:policy/shared") -> dict[str, Any]:
    return {"AttachedManagedPolicies": [{"PolicyName": "shared", "PolicyArn": arn}], "RolePolicyList": []}


def shared(**changes: Any) -> dict[str, Any]:
    versions = [{"VersionId": "v1", "IsDefaultVersion": True, "Document": policy(ALLOW_ALL)}]
    arn = "arn:aws:iam::123456789012:policy/shared"
    return {"Arn": arn, "PolicyName": "shared", "DefaultVersionId": "v1", "PolicyVersionList": versions, **changes}


class Auditor:
    """The real command line, in this process, on files of one folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def write(self, content: Any, name: str = "input.json") -> Path:
        path = self.folder / name
        if not isinstance(content, (str, bytes)):
            content = json.dumps(content)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(self, *arguments: str | Path) -> tuple[int, str, str]:
        code = main(["audit", *map(str, arguments)])
        output = self._capsys.readouterr()
        return code, output.out, output.err

    def refused(self, *arguments: str | Path) -> str:
        """What is said when nothing could be audited: exactly one line, and nothing on stdout."""
        code, out, err = self.run(*arguments)
        assert (code, out) == (2, ""), err
        assert err.startswith("bedrock-o11y: ")
        assert err.count("\n") == 1
        assert "internal error" not in err
        return err

    def answer(self, content: Any, *arguments: str) -> tuple[int, dict[str, Any]]:
        code, out, err = self.run("--from", self.write(content), "--format", "json", *arguments)
        assert err == ""
        return code, json.loads(out)


@pytest.fixture
def auditor(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Auditor:
    return Auditor(tmp_path, capsys)


# --- A file that is nothing to audit --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the file is empty; expected a dump, a policy"),
        (b" \n\t\n", "the file is empty"),
        (b"hello world", "neither JSON nor YAML"),
        (b"{hello}", ":1:2: not JSON: expecting property name enclosed in double quotes; correct it there"),
        (b'{"Version": "2012-10-17", "Statement": [', "the file breaks off: save it again"),
        (b'{"Version": "2012-10-17", "Stat', "the file breaks off: save it again"),
        (b'{"Statement": []} {"Statement": []}', "not JSON: extra data; expected one JSON value in the file"),
        (bytes(range(128, 256)), "it is not UTF-8 text; expected JSON or YAML"),
        (json.dumps(dump(role())).encode("utf-16"), "it is not UTF-8 text"),
        (json.dumps(policy(ALLOW_ALL)).encode("utf-16-le"), "it is binary"),
        (json.dumps(policy(ALLOW_ALL)).encode() + b"\0", "it is binary"),
        (b"null", "it is no object; expected an authorization-details dump"),
        (b"42", "it is no object"),
        (b'"text"', "it is no object"),
        (b"[]", "it is a list"),
        (b"[1, {}]", "it is a list"),
        (b"{}", "its keys (none) are those of nothing that has roles; expected"),
        (b'{"Foo": 1, "Bar": 2}', "its keys (Foo, Bar) are those of nothing that has roles"),
        (b'{"Policies": [], "UserDetailList": []}', "there is no RoleDetailList in it; expected what aws iam"),
        (b'{"RoleDetailList": null}', "there is no RoleDetailList in it"),
        (b'{"RoleDetailList": {"Roles": []}}', "there is no RoleDetailList in it"),
        (b'{"RoleDetailList": [', ":1:21: the file breaks off, before the first role was whole; get the dump again"),
        (b'{"RoleDetailList": [\n{"RoleName": oops', ":2:14: not JSON, before the first role was whole"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
    ],
)
def test_a_file_that_is_nothing_to_audit_is_one_line_that_says_where(
    content: bytes, said: str, auditor: Auditor
) -> None:
    path = auditor.write(content)
    line = auditor.refused("--from", path, *RUNTIME)
    assert str(path) in line
    assert said in line


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Resources:\n\tR: x", ":2:1: neither JSON nor YAML"),
        ("Resources:\n  R: {Type: a}\n  R: {Type: b}\n", ":3:3: neither JSON nor YAML: the key R stands twice"),
        ("!!python/object/apply:os.system ['id']", ":1:1: neither JSON nor YAML: could not determine a constructor"),
        ("a: &a [*a]\n", ":1:1: neither JSON nor YAML: its anchors and aliases multiply to millions of values"),
    ],
)
def test_a_broken_template_is_one_line_that_says_where(text: str, said: str, auditor: Auditor) -> None:
    assert said in auditor.refused("--from", auditor.write(text, "template.yaml"))


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("nowhere.json", "nowhere.json: cannot be read: No such file or directory"),
        ("loop", "loop: cannot be read: Too many levels of symbolic links"),
        ("dangling", "dangling: cannot be read: No such file or directory"),
        ("folder", "folder: a folder without manifest.json; expected a cdk.out folder: run cdk synth, or name a file"),
        ("/proc/self/mem", "/proc/self/mem: cannot be read: Input/output error"),
        ("/dev/null", "/dev/null: the file is empty"),
    ],
)
def test_a_path_that_cannot_be_read_is_one_line(path: str, said: str, auditor: Auditor) -> None:
    (auditor.folder / "folder").mkdir()
    (auditor.folder / "folder" / "itself").symlink_to(auditor.folder / "folder")
    (auditor.folder / "loop").symlink_to(auditor.folder / "loop")
    (auditor.folder / "dangling").symlink_to("nowhere")
    assert said in auditor.refused("--from", auditor.folder / path)


def test_nothing_of_the_good_file_is_told_when_the_other_is_bad(auditor: Auditor) -> None:
    good = auditor.write(dump(role()), "good.json")
    assert "bad.json" in auditor.refused("--from", good, "--from", auditor.folder / "bad.json")


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ("nonsense", "manifest.json: neither JSON nor YAML"),
        (
            {"artifacts": {"S": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "no.json"}}}},
            "no.json: cannot be read",
        ),
        (
            {"artifacts": {"S": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}}},
            "nested too deeply",
        ),
    ],
)
def test_a_broken_cloud_assembly_is_one_line(manifest: Any, said: str, auditor: Auditor) -> None:
    auditor.write(manifest, "manifest.json")
    assert said in auditor.refused("--from", auditor.folder)


# --- A policy that IAM would not take -------------------------------------------------------------------------------


def conditioned(condition: str) -> str:
    return f'{{"Statement": {{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {condition}}}}}'


@pytest.mark.parametrize(
    ("document", "pointer", "said"),
    [
        (policy(Statements=[]), "/Statements", "IAM knows no element of this name here, only Id, Statement, Version"),
        (policy({**ALLOW_ALL, "Actions": "*"}), "/Statement/0/Actions", "IAM knows no element of this name here"),
        (policy(ALLOW_ALL, {"effect": "Deny"}), "/Statement/1/effect", "IAM knows no element of this name here"),
        (policy({**ALLOW_ALL, "Effect": "allow"}), "/Statement/0/Effect", 'expected Allow or Deny, found "allow"'),
        (policy(Version="2012-10-18"), "/Version", 'expected 2012-10-17 or 2008-10-17, found "2012-10-18"'),
        (policy(Version=20121017), "/Version", "found the number 20121017"),
        (policy("Deny"), "/Statement/0", 'expected an object, found the text "Deny"'),
        (policy({**ALLOW_ALL, "Action": 5}), "/Statement/0/Action", "expected text or a list of texts"),
        (policy({**ALLOW_ALL, "Action": ["a:b", True]}), "/Statement/0/Action/1", "expected text, found true"),
        (policy({**ALLOW_ALL, "Resource": None}), "/Statement/0/Resource", "found null"),
        (policy({**ALLOW_ALL, "Sid": 1}), "/Statement/0/Sid", "expected text, found the number 1"),
        (policy({**ALLOW_ALL, "NotAction": "*"}), "/Statement/0/NotAction", "both Action and NotAction"),
        (policy({"Effect": "Allow", "Resource": "*"}), "/Statement/0", "neither Action nor NotAction"),
        (policy({"Action": "*", "Resource": "*"}), "/Statement/0", "this statement has no Effect"),
        (conditioned("null"), "/Statement/Condition", "expected an object, found null"),
        (conditioned('{"Bool": []}'), "/Statement/Condition/Bool", "expected an object, found a list"),
        (conditioned('{"Bool": {"a:b": {}}}'), "/Statement/Condition/Bool/a:b", "found an object"),
        ('{"Statement": [],\n"Statement": []}', ":1: ", "the key Statement stands twice in the file; expected it once"),
        (
            '{"Statement": [{"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource": "*"}]}',
            ":1: ",
            "the key Effect stands twice in /Statement/0",
        ),
        (
            conditioned('{"Bool": {"a:b": true,\n"a:b": false}}'),
            "/Statement/Condition/Bool",
            "the key a:b stands twice",
        ),
    ],
)
def test_a_policy_that_iam_would_refuse_is_refused_with_its_place(
    document: Any, pointer: str, said: str, auditor: Auditor
) -> None:
    line = auditor.refused("--from", auditor.write(document), *RUNTIME)
    assert pointer in line
    assert said in line


# --- A dump with roles that cannot be read --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"AssumeRolePolicyDocument": None}, "AssumeRolePolicyDocument is missing; expected who may assume the role"),
        ({"AssumeRolePolicyDocument": 7}, "the policy trust is 7; expected a policy document or its text"),
        ({"AssumeRolePolicyDocument": ""}, "the policy trust cannot be read"),
        ({"AssumeRolePolicyDocument": {}}, "no Statement in this document"),
        ({"AssumeRolePolicyDocument": "%7B%22Statement"}, "the policy trust cannot be read: not JSON"),
        ({"AssumeRolePolicyDocument": '{"Statement": [], "Statement": []}'}, "stands here twice"),
        ({"RolePolicyList": None}, "RolePolicyList is missing; expected a list, which may be empty"),
        ({"RolePolicyList": "runtime"}, "RolePolicyList is no list of objects"),
        ({"RolePolicyList": [1]}, "RolePolicyList is no list of objects"),
        ({"RolePolicyList": [{"PolicyName": "p"}]}, "the policy p is null; expected a policy document"),
        ({"RolePolicyList": [{"PolicyName": "p", "PolicyDocument": policy(Rules=[])}]}, "no element of this name"),
        ({"AttachedManagedPolicies": None}, "AttachedManagedPolicies is missing"),
        ({"AttachedManagedPolicies": ["arn"]}, "AttachedManagedPolicies is no list of objects"),
    ],
)
def test_a_role_that_cannot_be_read_is_no_pass_and_says_where(
    changes: dict[str, Any], said: str, auditor: Auditor
) -> None:
    code, answer = auditor.answer(dump(role(**changes)), "--fail-on", "never")
    assert code == 3
    (judged,) = answer["roles"]
    assert (judged["state"], judged["findings"]) == ("unread", [])
    assert judged["pointer"].startswith("/RoleDetailList/0")
    (reason,) = judged["unread"]
    assert said in reason
    assert answer["summary"]["roles"] == {"judged": 0, "unread": 1}


@pytest.mark.parametrize("entry", [None, 1, "agent", []])
def test_an_entry_that_is_no_role_is_counted_as_unread(entry: Any, auditor: Auditor) -> None:
    code, answer = auditor.answer(dump(role("first"), entry, role("last")), "--fail-on", "never")
    assert code == 3
    assert [each["state"] for each in answer["roles"]] == ["judged", "unread", "judged"]
    assert "the role is no object" in answer["roles"][1]["unread"][0]


@pytest.mark.parametrize(
    "twice",
    ['"RoleName": "other", "RoleName":', '"Tags": [], "Tags": [], "RoleName":', '"Arn": "x", "RoleName":'],
)
def test_a_role_with_a_key_twice_is_not_read(twice: str, auditor: Auditor) -> None:
    code, answer = auditor.answer(json.dumps(dump(role())).replace('"RoleName":', twice), "--fail-on", "never")
    assert code == 3
    assert "stands twice; expected it once" in answer["roles"][0]["unread"][0]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_tells_of_a_role_that_was_not_read(form: str, auditor: Auditor) -> None:
    path = auditor.write(dump(role("broken", AssumeRolePolicyDocument=7)))
    code, out, err = auditor.run("--from", path, "--format", form, "--fail-on", "never")
    assert (code, err) == (3, "")
    assert "role/broken" in out
    assert "the policy trust is 7" in out
    assert auditor.run("--from", path, "--format", form, "--fail-on", "never", "--allow-unknown")[0] == 0


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ([], "the dump does not contain arn:aws:iam::123456789012:policy/shared"),
        (None, "the dump does not contain"),
        ([shared(DefaultVersionId=None, PolicyVersionList=[])], "the dump does not contain"),
        ([shared(DefaultVersionId="v2", PolicyVersionList=[{"VersionId": "v1", "Document": policy()}])], "does not"),
        ([shared(DefaultVersionId=None, PolicyVersionList=[{"IsDefaultVersion": "true", "Document": {}}])], "does not"),
    ],
)
def test_a_managed_policy_without_a_default_version_is_not_an_empty_one(
    policies: Any, said: str, auditor: Auditor
) -> None:
    code, answer = auditor.answer(dump(role(**attached()), policies=policies), "--fail-on", "never")
    assert code == 3
    (judged,) = answer["roles"]
    assert said in judged["unread"][0]
    needed = {each["verdict"] for each in judged["findings"] if each["need"] == "WriteOwnLogs"}
    assert needed == {"UNKNOWN"}


def test_a_boundary_that_the_dump_lacks_is_not_an_open_one(auditor: Auditor) -> None:
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::123456789012:policy/limit"}
    code, answer = auditor.answer(dump(role(PermissionsBoundary=boundary)), "--fail-on", "never")
    assert code == 3
    assert "the dump does not contain arn:aws:iam::123456789012:policy/limit" in answer["roles"][0]["unread"][0]


@pytest.mark.parametrize("times", [0, 1, 2, 3])
def test_a_percent_encoded_document_is_read_however_often_it_was_encoded(times: int, auditor: Auditor) -> None:
    text = json.dumps(policy({"Effect": "Deny", "Action": "logs:*", "Resource": "*"}))
    for _ in range(times):
        text = quote(text)
    inline = [{"PolicyName": "p", "PolicyDocument": policy(ALLOW_ALL)}, {"PolicyName": "q", "PolicyDocument": text}]
    code, answer = auditor.answer(dump(role(RolePolicyList=inline)))
    assert code == 1
    denied = {each["action"] for each in answer["roles"][0]["findings"] if each["rule"] == "denied-grant"}
    assert "logs:PutLogEvents" in denied


@pytest.mark.parametrize("text", [quote(json.dumps(policy(ALLOW_ALL)))[:-3] + "%ZZ", "%" * 200, "{" * 5000])
def test_a_document_whose_encoding_is_broken_is_not_read(text: str, auditor: Auditor) -> None:
    inline = [{"PolicyName": "p", "PolicyDocument": text}]
    code, answer = auditor.answer(dump(role(RolePolicyList=inline)), "--fail-on", "never")
    assert (code, answer["roles"][0]["state"]) == (3, "unread")


# --- A dump that is cut ---------------------------------------------------------------------------------------------


def roles_of(order: tuple[str, ...]) -> str:
    roles = [role(f"role-{number}", **(attached() if number % 2 else {})) for number in range(4)]
    whole = dump(*roles, policies=[shared()], IsTruncated=False)
    return json.dumps({key: whole[key] for key in order}, indent=1)


ORDERS = [
    ("RoleDetailList", "Policies", "IsTruncated"),
    ("Policies", "RoleDetailList"),
    ("UserDetailList", "GroupDetailList", "RoleDetailList", "Policies"),
]


def cut_everywhere(auditor: Auditor, order: tuple[str, ...], places: int) -> None:
    text = roles_of(order)
    assert auditor.answer(text, "--fail-on", "never")[0] == 0
    for end in random.Random(f"{order}{places}").sample(range(1, len(text) - 1), places):  # noqa: S311
        path = auditor.write(text[:end])
        code, out, err = auditor.run("--from", path, "--format", "json", "--fail-on", "never")
        assert code in (2, 3), f"cut at {end}: {text[max(0, end - 40) : end]!r}"
        if code == 2:
            assert out == ""
            assert err.count("\n") == 1
            continue
        (said,) = json.loads(out)["summary"]["partial"]
        assert "the file breaks off, after the role role-" in said
        assert "roles behind it were not read; get the dump again" in said


@pytest.mark.parametrize("order", ORDERS, ids=["roles first", "policies first", "as AWS prints it"])
def test_a_cut_dump_never_passes(order: tuple[str, ...], auditor: Auditor) -> None:
    cut_everywhere(auditor, order, 25)


@pytest.mark.long
@pytest.mark.parametrize("order", ORDERS, ids=["roles first", "policies first", "as AWS prints it"])
def test_a_dump_cut_at_a_thousand_places_never_passes(order: tuple[str, ...], auditor: Auditor) -> None:
    cut_everywhere(auditor, order, 1000)


@pytest.mark.parametrize("rest", ["garbage", "\0\0\0", '{"RoleDetailList": []}', "]"])
def test_what_stands_behind_the_end_of_a_dump_makes_it_partial(rest: str, auditor: Auditor) -> None:
    code, answer = auditor.answer(json.dumps(dump(role())) + rest, "--fail-on", "never")
    assert code == 3
    assert "not JSON" in answer["summary"]["partial"][0]


@pytest.mark.parametrize("marks", [{"IsTruncated": True, "Marker": "x"}, {"NextToken": "x"}])
def test_one_page_of_several_is_partial(marks: dict[str, Any], auditor: Auditor) -> None:
    code, answer = auditor.answer(dump(role(), **marks), "--fail-on", "never")
    assert code == 3
    assert "it is one page of several" in answer["summary"]["partial"][0]


def test_a_role_that_stands_twice_is_judged_wherever_it_stands(auditor: Auditor) -> None:
    """The two may differ, and it is not known which is the newer."""
    denied = [{"PolicyName": "p", "PolicyDocument": policy({**ALLOW_ALL, "Effect": "Deny"})}]
    _, answer = auditor.answer(dump(role(), role(RolePolicyList=denied)))
    first, second = ({each["rule"] for each in one["findings"]} for one in answer["roles"])
    assert "excess-action" in first
    assert "missing-grant" in second


# --- Names that are made to hurt ------------------------------------------------------------------------------------

HOSTILE = "a\x1b[31mR|x`<script>alert(1)</script>\r\n\t\u202e\ud800x]]>&\"'\\%s{0}${x}*_#"
RAW = {chr(code) for code in (*range(32), 0x7F, *range(0x80, 0xA0), 0x202E, 0x2028)} - {"\n"}


def hostile_dump() -> dict[str, Any]:
    trusted = trust()
    trusted["Statement"][0]["Principal"]["AWS"] = HOSTILE
    statements = [{**ALLOW_ALL, "Sid": HOSTILE}, {"Effect": "Deny", "Action": f"logs:{HOSTILE}", "Resource": HOSTILE}]
    return dump(
        role(
            HOSTILE,
            AssumeRolePolicyDocument=trusted,
            RolePolicyList=[{"PolicyName": HOSTILE, "PolicyDocument": policy(*statements)}],
            Tags=[{"Key": HOSTILE, "Value": HOSTILE}],
        ),
        role(f"second{HOSTILE}", AssumeRolePolicyDocument=HOSTILE),
    )


@pytest.mark.parametrize("form", FORMATS)
def test_no_name_of_a_file_reaches_a_terminal_a_page_or_a_parser_raw(form: str, auditor: Auditor) -> None:
    code, out, err = auditor.run("--from", auditor.write(hostile_dump()), "--format", form)
    assert (code, err) == (1, "")
    out.encode()
    assert RAW.isdisjoint(out)
    if form in ("json", "sarif"):
        json.loads(out)
    elif form == "junit":
        ElementTree.fromstring(out)  # noqa: S314  our own document
    elif form == "markdown":
        assert "<script>" not in out


@pytest.mark.parametrize("form", ["json", "terraform", "cdk", "cli"])
def test_no_name_of_a_file_reaches_a_patch_raw(form: str, auditor: Auditor) -> None:
    _, out, err = auditor.run("--from", auditor.write(hostile_dump()), "--patch", form)
    (out + err).encode()
    assert (RAW - {"\t"}).isdisjoint(out + err)
    if form == "json":
        json.loads(out)
    elif form == "cli":
        subprocess.run(["sh", "-n"], input=out, text=True, check=True)
    elif form == "cdk":
        compile(out, "patch", "exec")


# --- Options --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "it is not a policy document"),
        (b"nonsense", "it is not a policy document: /: not JSON"),
        (b"[]", "expected an object, found a list"),
        (b"{}", "no Statement in this document"),
        (b"\xff\xfe", "it is not UTF-8 text; expected a policy document as JSON"),
        (b"[" * 100_000, "nested too deeply"),
        (json.dumps(dump(role())).encode(), "it is not a policy document"),
        (b'{"Statement": [], "Statement": []}', "stands here twice"),
        (b'{"Statement": {"Effect": "Deny", "Action": "*"}}', "neither Resource nor NotResource"),
    ],
)
def test_an_scp_that_is_no_policy_is_one_line(content: bytes, said: str, auditor: Auditor) -> None:
    scp = auditor.write(content, "scp.json")
    line = auditor.refused("--from", auditor.write(dump(role())), "--scp", scp)
    assert f"--scp {scp}: " in line
    assert said in line


def entries(**changes: Any) -> str:
    entry = {"role": "agent", "rule": "excess-action", "reason": "As agreed in May.", "expires": "2999-12-31"}
    return json.dumps({"accepted": [{key: value for key, value in {**entry, **changes}.items() if value != "-"}]})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "it is not a baseline; expected a mapping with accepted:"),
        ("[]", "it is not a baseline"),
        ("accepted:", "it is not a baseline"),
        ("accepted: x", "it is not a baseline"),
        ("accepted: []\nmore: 1", "unknown key 'more'"),
        ("accepted: []\naccepted: []", "the key accepted stands twice"),
        ('{"accepted": [], "accepted": []}', "the key 'accepted' stands twice"),
        ("accepted: [", ":1: neither YAML nor JSON"),
        ("accepted:\n\t- x", ":2: neither YAML nor JSON"),
        ("accepted: []\0", "neither YAML nor JSON"),
        ("!!python/object:os.x {}", ":1: neither YAML nor JSON"),
        ("accepted: [x]", "accepted[0]: 'x' is not allowed; expected a mapping with the keys fingerprint, role"),
        ("accepted: &a [*a]", ":1: neither YAML nor JSON: its anchors and aliases multiply"),
        ("[" * 50_000, "nested too deeply"),
        (entries(until="x"), "accepted[0]: unknown key 'until'"),
        (entries(role=5), "accepted[0].role: 5 is not allowed; expected text"),
        (entries(role="-"), "expected either fingerprint, or role and rule"),
        (entries(fingerprint="0" * 32), "expected either fingerprint, or role and rule"),
        (entries(role="-", rule="-", fingerprint="xyz"), "'xyz' is not allowed; expected 32 hexadecimal digits"),
        (entries(reason="-"), "accepted[0].reason: nothing is not allowed; expected a sentence"),
        (entries(reason="ok"), "accepted[0].reason: 'ok' is not allowed; expected a sentence"),
        (entries(expires="-"), "accepted[0].expires: nothing is not allowed; expected the last day"),
        (entries(expires="soon"), "accepted[0].expires: 'soon' is not allowed"),
        (entries(expires=20271231), "accepted[0].expires: 20271231 is not allowed"),
        (entries(action=[]), "accepted[0].action: [] is not allowed; expected an action"),
        (entries(action=[5]), "accepted[0].action: [5] is not allowed"),
    ],
)
def test_a_broken_baseline_is_one_line(text: str, said: str, auditor: Auditor) -> None:
    baseline = auditor.write(text, "baseline.yaml")
    line = auditor.refused("--from", auditor.write(dump(role())), "--baseline", baseline)
    assert str(baseline) in line
    assert said in line


def test_an_expired_entry_accepts_nothing_and_says_so_in_every_format(auditor: Auditor) -> None:
    path, baseline = auditor.write(dump(role())), auditor.write(entries(expires="2020-12-31"), "baseline.json")
    for form in FORMATS:
        code, out, err = auditor.run("--from", path, "--baseline", baseline, "--format", form)
        assert (code, err) == (1, "")
        assert "expired on 2020-12-31" in " ".join(out.split())
    code, out, _ = auditor.run("--from", path, "--baseline", auditor.write(entries(), "baseline.json"))
    assert code == 0
    assert "accepted" in out


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--facts", "", "--facts: '' is not allowed; expected KEY=VALUE"),
        ("--facts", "aws:SourceVpc", "expected KEY=VALUE"),
        ("--facts", "agent=x", "there is no parameter 'agent'; expected a condition key, or one of Partition, Region"),
        ("--as", "nonsense", "there is no kind of role 'nonsense'; choose from invocation-logging"),
        ("--as", ":", "there is no kind of role ''"),
        ("--as", "agentcore-runtime:container:x", "has no variant 'container:x'; its variants: container, direct-code"),
        ("--agent-created", "yesterday", "--agent-created: 'yesterday' is not a day; expected something like"),
        ("--agent-created", "2026-13-01", "is not a day"),
        ("--agent-created", "2026-07-20T00:00", "is not a day"),
        ("--agent-created", "-1", "is not a day"),
        ("--region", "US-EAST-1", "'US-EAST-1' is not the name of a Region"),
        ("--region", "us-east-1\n", "is not the name of a Region"),
        ("--out", ".", "it is a folder; name a file"),
        ("--out", "nowhere/report", "the folder nowhere does not exist; create it first"),
    ],
)
def test_an_option_that_cannot_be_understood_is_one_line(option: str, value: str, said: str, auditor: Auditor) -> None:
    assert said in auditor.refused("--from", auditor.write(dump(role())), option, value)


# --- A live account -------------------------------------------------------------------------------------------------


@pytest.fixture
def account(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """This process is a caller of the sandbox, in which three runtimes live."""
    iam = sandbox.client("iam")
    names = [f"bad-input-{number}" for number in range(3)]
    for name in names:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust()).replace("123456789012", "0" * 12))
        iam.put_role_policy(RoleName=name, PolicyName="runtime", PolicyDocument=json.dumps(policy(ALLOW_ALL)))
    for key, value in sandbox.environment().items():
        monkeypatch.setenv(key, value)
    yield sandbox
    sandbox.faults.clear()
    for name in names:
        iam.delete_role_policy(RoleName=name, PolicyName="runtime")
        iam.delete_role(RoleName=name)


def test_a_role_that_does_not_exist_beside_one_that_does_is_no_pass(account: Sandbox, auditor: Auditor) -> None:
    code, out, _ = auditor.run("bad-input-0", "no-such-role", "--format", "json", "--fail-on", "never")
    assert code == 3
    (reason,) = [each["unread"][0] for each in json.loads(out)["roles"] if each["state"] == "unread"]
    assert "account 000000000000 has no role of this name; 'aws iam list-roles' prints those that exist" in reason


def test_a_listing_that_is_refused_on_the_way_is_partial_and_one_refused_at_once_could_not_run(
    account: Sandbox, auditor: Auditor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(AccountRoles.__init__.__kwdefaults__ or {}, "page_size", 1)
    codes: list[int] = []
    while not codes or codes[-1] != 0:
        account.faults.add("iam:GetAccountAuthorizationDetails", "deny", at=len(codes) + 1, times=1000)
        code, out, err = auditor.run("--all", "--format", "json", "--fail-on", "never")
        account.faults.clear()
        codes.append(code)
        if code == 3:
            (said,) = json.loads(out)["summary"]["partial"]
            assert "roles of account 000000000000 were read, then" in said
        elif code == 4:
            assert out == ""
            said = err
        if code:
            assert "grant iam:GetAccountAuthorizationDetails to the caller and run again" in said
    assert codes == sorted(codes, key=[4, 3, 0].index)
    assert codes.count(4) >= 2, "the policies are listed first, then the roles"
    assert codes.count(3) >= 2, "three roles and the administrator's are four pages"


@pytest.mark.parametrize(("kind", "chosen"), [("deny", "--all"), ("deny", "bad-input-0"), ("5xx", "--all")])
def test_what_may_not_be_read_at_all_could_not_run_or_is_no_pass(
    kind: str, chosen: str, account: Sandbox, auditor: Auditor
) -> None:
    for operation in ("GetAccountAuthorizationDetails", "GetRole"):
        account.faults.add(f"iam:{operation}", kind, times=1000)
    code, out, err = auditor.run(chosen, "--format", "json", "--fail-on", "never")
    if chosen == "--all":
        assert (code, out) == (4, "")
        assert "the roles of account 000000000000 cannot be listed" in err
    else:
        assert code == 3
        assert [each["state"] for each in json.loads(out)["roles"]] == ["unread"]


@pytest.mark.parametrize("operation", ["ListRolePolicies", "GetRolePolicy", "ListAttachedRolePolicies"])
def test_a_policy_that_may_not_be_read_is_no_empty_policy(operation: str, account: Sandbox, auditor: Auditor) -> None:
    account.faults.add(f"iam:{operation}", "deny", times=1000)
    code, out, _ = auditor.run("bad-input-0", "--format", "json", "--fail-on", "never")
    assert code == 3
    (judged,) = json.loads(out)["roles"]
    assert f"iam:{operation}" in " ".join(judged["unread"])


# --- Pipes, signals, memory -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_a_reader_that_has_gone_is_no_error(form: str, auditor: Auditor) -> None:
    path = auditor.write(dump(*(role(f"role-{number}") for number in range(50))))
    process = subprocess.Popen(
        [*PROGRAM, "audit", "--from", str(path), "--format", form], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    process.stdout.close()
    with process.stderr:
        assert process.stderr.read() == b""
    assert process.wait(30) == 1


def interrupted(process: subprocess.Popen[str]) -> None:
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err.strip()) == (130, "", "interrupted")


def test_ctrl_c_ends_the_reading_of_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = subprocess.Popen(
        [*PROGRAM, "audit", "--from", str(pipe)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with pipe.open("wb", buffering=0) as writer:  # it has opened the other end
        interrupted(process)
        del writer


@pytest.mark.parametrize("chosen", ["--all", "agent"])
def test_ctrl_c_ends_an_audit_although_the_endpoint_hangs(chosen: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{silent.getsockname()[1]}",
            "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_REGION": "us-east-1",
        }
        process = subprocess.Popen(
            [*PROGRAM, "audit", chosen],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        silent.settimeout(30)
        connection, _ = silent.accept()  # it is waiting for an answer now
        interrupted(process)
        connection.close()


LARGE = 200 * 2**20
MEASURED = [
    sys.executable,
    "-c",
    "import sys\n"
    "from bedrock_o11y.cli import main\n"
    "from tests.peak_memory import peak_bytes\n"
    "code = main()\n"
    "sys.stderr.write(str(peak_bytes()))\n"
    "raise SystemExit(code)\n",
    "audit",
]
"""The command line, and its peak memory in bytes as the last word on stderr."""


@pytest.fixture(scope="module")
def large_dump(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """200 MB of users and of other people's roles, and one role of ours at the very end."""
    path = tmp_path_factory.mktemp("large") / "dump.json"
    reads = policy(*({"Effect": "Allow", "Action": f"s3:{n}", "Resource": f"arn:aws:s3:::{n}"} for n in range(100)))
    user = json.dumps({"UserName": "u", "UserPolicyList": [{"PolicyName": "p", "PolicyDocument": reads}]})
    inline = [{"PolicyName": "p", "PolicyDocument": reads}]
    other = json.dumps(role("other", AssumeRolePolicyDocument=trust("lambda.amazonaws.com"), RolePolicyList=inline))
    with path.open("w") as file:
        for key, entry, size in (("UserDetailList", user, LARGE * 3 // 4), ("RoleDetailList", other, LARGE)):
            file.write(f'{"{" if key.startswith("User") else "],"}"{key}": [{entry}')
            while file.tell() < size:
                file.write(f",\n{entry}" * 100)
        file.write(f',{json.dumps(role("last"))}], "Policies": []}}')
    yield path
    path.unlink()


@pytest.mark.long
@pytest.mark.parametrize("form", ["text", "json", "junit", "markdown"])
def test_a_dump_of_200_megabytes_is_read_in_bounded_memory(form: str, large_dump: Path) -> None:
    command = [*MEASURED, "--from", str(large_dump), "--format", form]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "role/last" in run.stdout
    assert int(run.stderr) < 120 * 10**6


# --- Values, names and targets that nobody expects ------------------------------------------------------------------

LONG_NUMBER = "9" * 6000


def test_a_byte_order_mark_is_no_part_of_a_dump(auditor: Auditor) -> None:
    path = auditor.write(b"\xef\xbb\xbf" + json.dumps(dump(role())).encode())
    assert auditor.run("--from", path, "--fail-on", "never")[0] == 0


def test_a_number_too_long_for_python_is_one_line(auditor: Auditor) -> None:
    auditor.refused("--from", auditor.write(conditioned(f'{{"NumericEquals": {{"a:b": {LONG_NUMBER}}}}}')), *RUNTIME)
    baseline = auditor.write(f'{{"accepted": {LONG_NUMBER}}}', "baseline.json")
    auditor.refused("--from", auditor.write(dump(role())), "--baseline", baseline)


def test_a_file_name_that_is_too_long_is_one_line(auditor: Auditor) -> None:
    assert "File name too long" in auditor.refused("--from", "x" * 5000)


def test_a_trust_policy_is_no_scp(auditor: Auditor) -> None:
    scp = auditor.write(policy({"Effect": "Allow", "Principal": "*", "Action": "*"}), "scp.json")
    assert "Principal" in auditor.refused("--from", auditor.write(dump(role())), "--scp", scp)


@pytest.mark.parametrize("policies", [[shared(), shared(PolicyVersionList=[])], [shared(), shared()]])
def test_a_managed_policy_that_stands_twice_with_different_texts_is_not_known(
    policies: list[dict[str, Any]], auditor: Auditor
) -> None:
    denies = {"VersionId": "v1", "IsDefaultVersion": True, "Document": policy({**ALLOW_ALL, "Effect": "Deny"})}
    policies[0] = {**policies[0], "PolicyVersionList": [*policies[0]["PolicyVersionList"], denies]}
    code, _ = auditor.answer(dump(role(**attached()), policies=policies), "--fail-on", "never")
    assert code == 3


@pytest.mark.parametrize("arn", [5, ["a"], True])
def test_a_role_whose_arn_is_no_text_is_not_read(arn: Any, auditor: Auditor) -> None:
    code, answer = auditor.answer(dump(role(Arn=arn)), "--fail-on", "never")
    assert (code, answer["roles"][0]["state"]) == (3, "unread")


@pytest.mark.parametrize("option", ["--agent-created", "--as", "--region"])
def test_an_option_whose_variable_was_empty_is_not_overlooked(option: str, auditor: Auditor) -> None:
    auditor.refused("--from", auditor.write(dump(role())), option, "")


@pytest.mark.parametrize("fact", ["Account=x", "Region=moon", "Partition=zz", "Agent=my_agent"])
def test_a_parameter_that_no_arn_can_have_is_refused(fact: str, auditor: Auditor) -> None:
    auditor.refused("--from", auditor.write(dump(role())), "--facts", fact)


def test_a_manifest_of_nothing_is_no_cloud_assembly(auditor: Auditor) -> None:
    auditor.write({}, "manifest.json")
    auditor.refused("--from", auditor.folder)


def test_a_dump_out_of_a_pipe_is_read_or_refused_for_what_it_is(auditor: Auditor) -> None:
    command = 'from bedrock_o11y.cli import main; raise SystemExit(main(["audit", "--from", "/dev/stdin"]))'
    text = json.dumps(dump(role(AssumeRolePolicyDocument=trust("lambda.amazonaws.com"))))
    run = subprocess.run([sys.executable, "-c", command], input=text, capture_output=True, text=True, check=False)
    assert run.returncode == 0 or "pipe" in run.stderr


def test_a_report_is_written_into_a_pipe_and_does_not_replace_it(auditor: Auditor) -> None:
    pipe = auditor.folder / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        auditor.run("--from", auditor.write(dump(role())), "--out", pipe)
        assert pipe.is_fifo()
        assert os.read(reader, 1 << 20)
    finally:
        os.close(reader)


def test_a_report_that_is_written_again_can_still_be_read_by_others(auditor: Auditor) -> None:
    source, report = auditor.write(dump(role())), auditor.folder / "report"
    for _ in range(2):
        auditor.run("--from", source, "--out", report)
        assert report.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("target", ["/dev/full", "&-"])
def test_a_stdout_that_takes_nothing_is_one_line(target: str, auditor: Auditor) -> None:
    command = ["sh", "-c", f'"$@" >{target}', "sh", *PROGRAM, "audit", "--from", str(auditor.write(dump(role())))]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 4
    assert "cannot write" in run.stderr
    assert "internal error" not in run.stderr


@pytest.mark.long
def test_places_in_a_dump_of_200_megabytes_are_found_in_bounded_memory(large_dump: Path) -> None:
    run = subprocess.run(
        [*MEASURED, "--from", str(large_dump), "--format", "sarif"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 1
    assert int(run.stderr) < 120 * 10**6
