# ruff: noqa: E501 (a table of cases reads better than a pile of them)
"""The authorization-details dump: what becomes of each part, what is partial, and how little memory it takes."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest

from bedrock_o11y.errors import UsageError
from bedrock_o11y.iam import Effect
from bedrock_o11y.roles import OtherRole, Role, UnreadRole, Wanted, dump_file
from bedrock_o11y.roles.files import open_source
from bedrock_o11y.roles.locate import locate

QUIET = Path(__file__).with_name("quiet-runtime-role.json")
ACCOUNT = "arn:aws:iam::123456789012"


@pytest.fixture(autouse=True, params=["at once", "streamed"])
def _reading(request, monkeypatch):
    """A small dump is parsed at once, a large one streamed: both must give the same."""
    if request.param == "streamed" and "megabytes" not in request.node.name:
        monkeypatch.setattr(dump_file, "_SMALL", 0)


def policy(*actions, effect="Allow"):
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": list(actions), "Resource": "*"}]}


def trust(service="bedrock.amazonaws.com"):
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def role(name="a", **parts):
    return {
        "RoleName": name,
        "Arn": f"{ACCOUNT}:role/{name}",
        "CreateDate": "2025-10-20T00:00:00+00:00",
        "AssumeRolePolicyDocument": trust(),
        "RolePolicyList": [],
        "AttachedManagedPolicies": [],
        "Tags": [{"Key": "team", "Value": "platform"}],
        **parts,
    }


def managed(name, *documents, default=None):
    return {
        "PolicyName": name,
        "Arn": f"{ACCOUNT}:policy/{name}",
        "DefaultVersionId": f"v{default or len(documents)}",
        "PolicyVersionList": [
            {"VersionId": f"v{number}", "IsDefaultVersion": number == (default or len(documents)), "Document": document}
            for number, document in reversed(list(enumerate(documents, start=1)))
        ],
    }


def attach(*names):
    return [{"PolicyName": name, "PolicyArn": f"{ACCOUNT}:policy/{name}"} for name in names]


def dump(*roles, policies=(), **more):
    return {
        "UserDetailList": [],
        "GroupDetailList": [],
        "RoleDetailList": list(roles),
        "Policies": list(policies),
        **more,
    }


def read(tmp_path, content, name="dump.json"):
    path = tmp_path / name
    path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1))
    source = open_source(path)
    return list(source.roles()), source.reading.partial


def test_the_quiet_runtime_role_is_read_whole():
    (found,) = open_source(QUIET).roles()
    assert isinstance(found, Role)
    assert (found.name, found.arn) == ("agent-runtime-role", f"{ACCOUNT}:role/agent-runtime-role")
    assert (found.created, found.tags, found.boundary, found.managed) == (date(2025, 10, 20), {}, None, ())
    assert [document.name for document in found.policies] == ["runtime"]
    assert found.trust.name == "trust"
    text = QUIET.read_text()
    begin = [
        locate(text, found.policies[0].pointer + statement.pointer).start_line
        for statement in found.policies[0].statements
    ]
    assert [text.splitlines()[line] for line in begin] == [
        f'                "Sid": "{statement.sid}",' for statement in found.policies[0].statements
    ]


def test_only_the_default_version_of_a_managed_policy_counts_wherever_it_stands_in_the_file(tmp_path):
    content = dump(
        role(
            AttachedManagedPolicies=attach("P"),
            RolePolicyList=[{"PolicyName": "own", "PolicyDocument": policy("s3:*")}],
        ),
        policies=[managed("P", policy("xray:Get*"), policy("logs:*"), policy("ecr:*"), default=2)],
    )
    for first, second in (("RoleDetailList", "Policies"), ("Policies", "RoleDetailList")):
        ordered = {"UserDetailList": [], first: content[first], second: content[second]}
        (found,), partial = read(tmp_path, ordered)
        assert [statement.actions for document in found.policies for statement in document.statements] == [
            ("s3:*",),
            ("logs:*",),
        ]
        assert found.managed == (f"{ACCOUNT}:policy/P",)
        assert [document.name for document in found.inline] == ["own"]
        assert found.policies[1].pointer == "/Policies/0/PolicyVersionList/1/Document"
        assert partial == []


@pytest.mark.parametrize("behind", [True, False], ids=["behind the roles", "before them"])
def test_a_role_is_wanted_for_what_an_attached_policy_says_as_for_its_own(tmp_path, behind):
    said = policy("logs:PutLogEvents") | {"Id": "of-an-agentcore-log-group"}
    function = {"AssumeRolePolicyDocument": trust("lambda.amazonaws.com")}
    roles = (
        role("attached", **function, AttachedManagedPolicies=attach("Telemetry")),
        role("inline", **function, RolePolicyList=[{"PolicyName": "p", "PolicyDocument": said}]),
        role("other", **function, AttachedManagedPolicies=attach("Other")),
        role("former", **function, AttachedManagedPolicies=attach("Former")),
    )
    policies = (
        managed("Telemetry", said), managed("Other", policy("s3:GetObject")), managed("Former", said, policy("s3:GetObject")),
    )  # fmt: skip
    content = dump(*roles, policies=policies)
    path = tmp_path / "dump.json"
    path.write_text(json.dumps(content if behind else dict(reversed(content.items()))))
    source = open_source(path)
    source.reading.wanted = Wanted(trust=("bedrock",), policies=("agentcore",))
    found = {each.name: type(each) for each in source.roles()}
    assert found == {"attached": Role, "inline": Role, "other": OtherRole, "former": OtherRole}


def test_a_managed_policy_and_a_boundary_that_the_dump_lacks_are_not_known(tmp_path):
    (found,), _ = read(
        tmp_path,
        dump(
            role(
                AttachedManagedPolicies=[{"PolicyName": "X", "PolicyArn": "arn:aws:iam::aws:policy/X"}],
                PermissionsBoundary={
                    "PermissionsBoundaryType": "Policy",
                    "PermissionsBoundaryArn": f"{ACCOUNT}:policy/edge",
                },
            )
        ),
    )
    assert found.policies[0].unknown == "the dump does not contain arn:aws:iam::aws:policy/X"
    assert found.boundary.unknown == f"the dump does not contain {ACCOUNT}:policy/edge"


def test_a_boundary_in_the_dump_is_read_under_its_own_name(tmp_path):
    boundary = {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": f"{ACCOUNT}:policy/edge"}
    both = role(PermissionsBoundary=boundary, AttachedManagedPolicies=attach("edge"))
    (found,), _ = read(tmp_path, dump(both, policies=[managed("edge", policy("logs:*", effect="Deny"))]))
    assert (found.boundary.name, found.policies[0].name) == ("boundary", "edge")
    assert found.boundary.statements[0].effect is Effect.DENY


@pytest.mark.parametrize("encode", [json.dumps, lambda document: quote(json.dumps(document), safe="")])
def test_documents_may_be_text_also_percent_encoded(tmp_path, encode):
    content = dump(
        role(
            AssumeRolePolicyDocument=encode(trust()),
            RolePolicyList=[{"PolicyName": "own", "PolicyDocument": encode(policy("logs:*"))}],
            AttachedManagedPolicies=attach("P"),
        ),
        policies=[managed("P", encode(policy("xray:*")))],
    )
    (found,), _ = read(tmp_path, content)
    assert [statement.actions for document in found.policies for statement in document.statements] == [
        ("logs:*",),
        ("xray:*",),
    ]
    assert found.trust.statements[0].principals[0].value == "bedrock.amazonaws.com"


def test_equal_documents_share_their_statements_and_keep_their_own_name_and_place(tmp_path):
    own = {"PolicyName": "own", "PolicyDocument": policy("logs:*")}
    (first, second), _ = read(
        tmp_path, dump(role("a", RolePolicyList=[own]), role("b", RolePolicyList=[{**own, "PolicyName": "other"}]))
    )
    assert first.policies[0].statements is second.policies[0].statements
    assert [one.policies[0].name for one in (first, second)] == ["own", "other"]
    assert second.policies[0].pointer == "/RoleDetailList/1/RolePolicyList/0/PolicyDocument"


@pytest.mark.parametrize(
    ("broken", "reason", "pointer"),
    [
        (role(RolePolicyList=[{"PolicyName": "own", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Resource": "*"}]}}]), "own cannot be read: this statement has neither Action nor NotAction", "/RoleDetailList/1/RolePolicyList/0/PolicyDocument/Statement/0"),
        (role(RolePolicyList=[{"PolicyName": "own", "PolicyDocument": "%7B"}]), "the policy own cannot be read: not JSON", "/RoleDetailList/1/RolePolicyList/0/PolicyDocument"),
        (role(RolePolicyList=[{"PolicyName": "own", "PolicyDocument": [1]}]), "the policy own is [1]; expected a policy document", "/RoleDetailList/1/RolePolicyList/0/PolicyDocument"),
        (role(RolePolicyList=[{"PolicyName": "own"}]), "the policy own is null; expected a policy document", "/RoleDetailList/1/RolePolicyList/0/PolicyDocument"),
        (role(AssumeRolePolicyDocument={}), "the policy trust cannot be read", "/RoleDetailList/1/AssumeRolePolicyDocument"),
        ({key: value for key, value in role().items() if key != "AssumeRolePolicyDocument"}, "AssumeRolePolicyDocument is missing", "/RoleDetailList/1"),
        ({key: value for key, value in role().items() if key != "RolePolicyList"}, "RolePolicyList is missing", "/RoleDetailList/1"),
        (role(AttachedManagedPolicies={"a": 1}), "AttachedManagedPolicies is no list of objects", "/RoleDetailList/1/AttachedManagedPolicies"),
        (role(AttachedManagedPolicies=attach("Broken")), "the policy Broken cannot be read", "/Policies/0/PolicyVersionList/0/Document/Statement/0"),
        ("not a role", "the role is no object", "/RoleDetailList/1"),
    ],
)  # fmt: skip
def test_a_role_with_a_part_that_cannot_be_read_is_unread_and_its_neighbours_are_not(tmp_path, broken, reason, pointer):
    policies = [
        managed(
            "Broken", {"Version": "2012-10-17", "Statement": [{"Effect": "Perhaps", "Action": "*", "Resource": "*"}]}
        )
    ]
    (before, unread, after), partial = read(tmp_path, dump(role("a"), broken, role("c"), policies=policies))
    assert (before.name, after.name, partial) == ("a", "c", [])
    assert isinstance(unread, UnreadRole)
    assert reason in unread.reason
    assert str(tmp_path / "dump.json") in unread.reason
    assert unread.pointer.startswith(pointer)
    assert unread.file == tmp_path / "dump.json"


@pytest.mark.parametrize(
    ("where", "pointer"),
    [
        ('"Action"', "/RoleDetailList/0/AssumeRolePolicyDocument/Statement/0"),
        ('"Resource"', "/RoleDetailList/0/RolePolicyList/0/PolicyDocument/Statement/0"),
        ('"RolePolicyList"', "/RoleDetailList/0"),
    ],
)  # fmt: skip
def test_a_key_that_stands_twice_makes_the_role_unread(tmp_path, where, pointer):
    text = json.dumps(dump(role(RolePolicyList=[{"PolicyName": "own", "PolicyDocument": policy("s3:*")}]), role("b")))
    (unread, fine), _ = read(tmp_path, text.replace(where, f"{where}: [], {where}", 1))
    assert isinstance(unread, UnreadRole)
    assert unread.pointer == pointer
    assert f"the key {json.loads(where)} stands twice; expected it once" in unread.reason
    assert isinstance(fine, Role)


def test_a_key_that_stands_twice_in_a_managed_policy_makes_the_roles_that_have_it_unread(tmp_path):
    content = dump(role("a", AttachedManagedPolicies=attach("P")), role("b"), policies=[managed("P", policy("s3:*"))])
    text = json.dumps(content).replace(
        '"Effect": "Allow", "Action": ["s3:*"]', '"Effect": "Deny", "Effect": "Allow", "Action": ["s3:*"]'
    )
    (unread, fine), _ = read(tmp_path, text)
    assert "the key Effect stands twice" in unread.reason
    assert unread.pointer == "/Policies/0/PolicyVersionList/0/Document/Statement/0"
    assert isinstance(fine, Role)


@pytest.mark.parametrize("page", [lambda value: value, lambda value: [value]])
def test_a_byte_order_mark_is_no_part_of_a_dump(page, tmp_path):
    path = tmp_path / "dump.json"
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(page(dump(role("a")))).encode())
    assert [each.name for each in open_source(path).roles()] == ["a"]


def test_a_dump_that_breaks_off_gives_the_whole_roles_and_says_where_it_ends(tmp_path):
    whole = json.dumps(
        dump(
            role("a", AttachedManagedPolicies=attach("P")),
            role("b"),
            role("c"),
            policies=[managed("P", policy("s3:*"))],
        ),
        indent=1,
    )
    at = whole.index('"RoleName": "c"')
    roles, partial = read(tmp_path, whole[:at])
    assert [one.name for one in roles] == ["a", "b"]
    line, column = whole[:at].count("\n") + 1, at - whole.rfind("\n", 0, at)
    assert partial == [
        f"{tmp_path}/dump.json:{line}:{column}: the file breaks off, after the role b; roles behind it were not read; get the dump again"
    ]
    assert roles[0].policies[0].unknown == f"the dump breaks off and does not contain {ACCOUNT}:policy/P"


def test_a_dump_that_breaks_off_behind_the_roles_is_partial_too(tmp_path):
    whole = json.dumps(dump(role("a"), policies=[managed("P", policy("s3:*"))]))
    roles, partial = read(tmp_path, whole[:-20])
    assert [one.name for one in roles] == ["a"]
    assert "the file breaks off, after the role a" in partial[0]


@pytest.mark.parametrize("size", [0, 200_000])
def test_a_dump_that_is_no_json_in_the_middle_says_line_and_column(tmp_path, size):
    padded = role("a", Description="x" * size)
    text = json.dumps(dump(padded, role("b"), role("c")), indent=1).replace('"RoleName": "c"', '"RoleName"; "c"')
    roles, partial = read(tmp_path, text)
    at = text.index("; ")
    line, column = text[:at].count("\n") + 1, at - text.rfind("\n", 0, at)
    assert [one.name for one in roles] == ["a", "b"]
    assert partial[0].startswith(f"{tmp_path}/dump.json:{line}:{column}: not JSON, after the role b;")


@pytest.mark.parametrize("cut", [60, 120])
def test_a_dump_without_one_whole_role_is_refused(tmp_path, cut):
    with pytest.raises(UsageError, match=r"dump\.json:\d+:\d+: the file breaks off, before the first role was whole"):
        read(tmp_path, json.dumps(dump(role()))[:cut])


ODD = [
    b"NaN", b"1e999", b"-0", b"1.0", b"9" * 5000, b'"\\ud83d\\ude00"', b'"\\ud83d"', b'"\\udc00x"', b'"\xff"', b'"\x01"', b"tru", b"{}", b"[",
    b'{"a": 1, "a": 2}', b"[" * 150 + b"]" * 150, b"[" * 3000 + b"]" * 3000, b'{"a":' * 3000, b"[" * 100_000, b"", b"\x00", b'"' + "é".encode() + b'"', b'"\\u00e9"', b"null", b"// c",
]  # fmt: skip


def read_both(path, monkeypatch):
    answers = []
    for small in (0, 8 * 2**20):
        monkeypatch.setattr(dump_file, "_SMALL", small)
        try:
            source = open_source(path)
            answers.append(([repr(one) for one in source.roles()], source.reading.partial))
        except UsageError as error:
            answers.append(str(error))
    return answers


@pytest.mark.parametrize("odd", ODD, ids=lambda odd: repr(odd[:12]))
@pytest.mark.parametrize("place", ["description", "arn", "document", "between", "behind"])
def test_a_dump_that_is_parsed_at_once_gives_what_the_stream_gives(odd, place, tmp_path, monkeypatch):
    whole = json.dumps(
        dump(
            role("first", AttachedManagedPolicies=attach("P")),
            role(
                "odd",
                Description="description",
                Arn="arn",
                RolePolicyList=[{"PolicyName": "p", "PolicyDocument": "document"}],
            ),
            role("last"),
            policies=[managed("P", policy("s3:Get*"))],
            between="between",
        )
    )
    content = whole.encode() + odd if place == "behind" else whole.encode().replace(f'"{place}"'.encode(), odd)
    path = tmp_path / "dump.json"
    path.write_bytes(content)
    streamed, at_once = read_both(path, monkeypatch)
    assert streamed == at_once


def test_a_dump_cut_anywhere_gives_the_same_in_both_readings(tmp_path, monkeypatch):
    whole = json.dumps(
        dump(role("first"), role("last", AttachedManagedPolicies=attach("P")), policies=[managed("P", policy())])
    )
    path = tmp_path / "dump.json"
    for end in range(40, len(whole), 29):
        path.write_text(whole[:end])
        streamed, at_once = read_both(path, monkeypatch)
        assert streamed == at_once


@pytest.mark.parametrize(
    ("more", "partial"),
    [({"IsTruncated": True, "Marker": "x"}, True), ({"NextToken": "x"}, True), ({"IsTruncated": False}, False)],
)
def test_one_page_of_several_is_partial(tmp_path, more, partial):
    roles, said = read(tmp_path, dump(role(), **more))
    assert len(roles) == 1
    assert bool(said) is partial
    if partial:
        assert "it is one page of several" in said[0]


def test_a_list_of_pages_is_one_dump(tmp_path):
    pages = [
        dump(role("a", AttachedManagedPolicies=attach("P")), IsTruncated=True, Marker="x"),
        dump(role("b"), policies=[managed("P", policy("s3:*"))], IsTruncated=False),
    ]
    roles, partial = read(tmp_path, pages)
    assert [one.name for one in roles] == ["a", "b"]
    assert roles[0].policies[0].statements[0].actions == ("s3:*",)
    assert partial == []
    _, partial = read(tmp_path, pages[:1])
    assert "one page of several" in partial[0]


@pytest.mark.parametrize(
    "content",
    [
        {"Policies": [managed("P", policy("s3:*"))]},
        {"Policies": [], "RoleDetailList": {"a": 1}},
        [{"UserDetailList": []}],
    ],
)
def test_a_file_like_a_dump_but_without_a_list_of_roles_is_refused(tmp_path, content):
    with pytest.raises(UsageError, match="there is no RoleDetailList in it; expected what aws iam"):
        read(tmp_path, content)


def test_a_dump_of_an_account_without_roles_has_none(tmp_path):
    assert read(tmp_path, dump()) == ([], [])


def test_a_file_that_disappears_is_one_line(tmp_path):
    path = tmp_path / "dump.json"
    path.write_text(json.dumps(dump(role())))
    source = open_source(path)
    path.unlink()
    with pytest.raises(UsageError, match=r"dump\.json: cannot be read: No such file or directory"):
        list(source.roles())


def write_large(path, megabytes):
    """A dump whose roles and policies all differ, so that no cache of equal documents can hide what is kept."""
    line = 1_000
    number = 0
    with path.open("w") as file:
        file.write('{"RoleDetailList": [')
        while file.tell() < megabytes * 600_000:
            own = {"PolicyName": "own", "PolicyDocument": policy(*(f"s3:Get{number}x{n}" for n in range(line // 20)))}
            file.write(
                ("," if number else "")
                + json.dumps(role(f"r{number}", RolePolicyList=[own], AttachedManagedPolicies=attach(f"P{number}")))
            )
            number += 1
        file.write('], "Policies": [')
        count = number
        for number in range(count):
            documents = [policy(*(f"s3:Put{number}x{n}" for n in range(line // 50))) for _ in range(2)]
            file.write(("," if number else "") + json.dumps(managed(f"P{number}", *documents)))
        file.write("]}")
    return count


MEASURE = """
import sys
from pathlib import Path
from bedrock_o11y.roles.files import open_source
from tests.peak_memory import peak_bytes
count = known = 0
source = open_source(Path(sys.argv[1]))
for role in source.roles():
    count += 1
    known += not role.policies[1].unknown
print(count, known, source.reading.partial, peak_bytes() // 10**6)
"""


@pytest.mark.long
def test_two_hundred_megabytes_pass_in_bounded_memory(tmp_path):
    """Budget of the whole audit: 120 MB; reading leaves most of it to the judging."""
    path = tmp_path / "large.json"
    count = write_large(path, 200)
    assert path.stat().st_size > 180_000_000
    answer = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
    seen, known, partial, megabytes = answer.stdout.split()
    assert (int(seen), int(known), partial) == (count, count, "[]")
    assert int(megabytes) < 80


def test_memory_does_not_grow_with_the_number_of_roles(tmp_path):
    peaks = []
    for megabytes in (2, 20):
        path = tmp_path / f"{megabytes}.json"
        write_large(path, megabytes)
        answer = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
        peaks.append(int(answer.stdout.split()[-1]))
    assert peaks[1] < peaks[0] + 30
