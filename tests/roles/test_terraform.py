# ruff: noqa: E501 (a table of cases reads better than a pile of them)
"""Terraform: a real plan (terraform/main.tf), states, and what is known only after apply."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from bedrock_o11y.errors import UsageError
from bedrock_o11y.iam import Effect, readable
from bedrock_o11y.roles import Role, UnreadRole
from bedrock_o11y.roles.files import open_source
from bedrock_o11y.roles.locate import locate

PLAN = Path(__file__).parent / "terraform" / "plan.json"
LATER = "data.aws_iam_policy_document.logs.statement[0].resources[1] (known after apply)"
TRACES = [("traces", "")]
AWS_READ = "the plan does not contain arn:aws:iam::aws:policy/"


@pytest.fixture(scope="module")
def planned() -> dict[str, Role]:
    return {role.name: role for role in open_source(PLAN).roles()}


@pytest.mark.parametrize(
    ("address", "inline", "managed"),
    [
        (
            "aws_iam_role.agent",
            [("encoded", "aws_iam_role_policy.encoded.policy is known only after apply"), ("logs", "")],
            [("CloudWatchReadOnlyAccess", AWS_READ + "CloudWatchReadOnlyAccess"), *TRACES],
        ),
        ("aws_iam_role.inline", [("known", ""), ("later", "")], TRACES),
        (
            'aws_iam_role.many["a"]',
            [("only-a", "")],
            [*TRACES, ("AWSXrayReadOnlyAccess", AWS_READ + "AWSXrayReadOnlyAccess")],
        ),
        ('aws_iam_role.many["b"]', [("only-b", "")], TRACES),
        ("module.agents[0].aws_iam_role.this", [("module.agents[0].aws_iam_role_policy.this", "")], []),
        ("module.agents[1].aws_iam_role.this", [("module.agents[1].aws_iam_role_policy.this", "")], TRACES),
        ("made-by-hand", [("other policies", "the rest of this role is not in the file")], TRACES),
    ],
)
def test_a_plan_joins_policies_to_roles_through_names_references_keys_and_modules(planned, address, inline, managed):
    role = planned[address]
    assert [(policy.name, policy.unknown) for policy in role.inline] == inline
    assert [(policy.name, policy.unknown) for policy in role.policies[len(inline) :]] == managed
    assert len(role.managed) == len(managed)


def test_all_roles_of_the_plan_are_there_and_what_cannot_be_joined_makes_it_partial():
    source = open_source(PLAN)
    assert len(list(source.roles())) == 7
    (said,) = source.reading.partial
    assert "aws_iam_policy_attachment.list: the roles to which it attaches a policy are known only after" in said


def test_a_document_known_after_apply_is_built_of_its_blocks(planned):
    write, deny = planned["aws_iam_role.agent"].policies[1].statements
    assert (write.sid, write.effect, write.actions) == (
        "Write",
        Effect.ALLOW,
        ("logs:CreateLogStream", "logs:PutLogEvents"),
    )
    assert [readable(one) for one in write.resources] == [
        "arn:aws:logs:us-east-1:123456789012:log-group:/x:*",
        f"<{LATER}>",
    ]
    assert (deny.effect, deny.not_actions, deny.actions) == (Effect.DENY, True, ("logs:*",))
    assert deny.resources == ("arn:aws:s3:::b/${aws:PrincipalTag/team}/*",)
    assert [str(condition) for condition in deny.conditions] == ["StringNotEquals aws:ResourceAccount 123456789012"]


def test_boundaries_are_found_or_not_known(planned):
    assert planned["aws_iam_role.agent"].boundary.unknown == (
        "the plan does not contain arn:aws:iam::123456789012:policy/edge"
    )
    boundary = planned["aws_iam_role.inline"].boundary
    assert (boundary.name, boundary.statements[0].actions) == ("boundary", ("xray:PutTraceSegments",))
    assert planned['aws_iam_role.many["a"]'].boundary is None


def test_trust_tags_and_places_come_from_the_plan(planned):
    role = planned["aws_iam_role.agent"]
    assert role.trust.statements[0].principals[0].value == "bedrock-agentcore.amazonaws.com"
    assert (role.tags, role.arn, role.file) == ({"team": "platform"}, "", PLAN)
    text = PLAN.read_text()
    shown = {
        role.pointer: '"address": "aws_iam_role.agent"',
        role.trust.pointer + "/Statement/0": "bedrock-agentcore.amazonaws.com",
        role.policies[1].pointer + role.policies[1].statements[1].pointer: '"sid": null',
    }
    for pointer, expected in shown.items():
        region = locate(text, pointer)
        assert expected in "\n".join(text.split("\n")[region.start_line - 1 : region.end_line])


def changed(tmp_path, change) -> tuple[dict[str, Role | UnreadRole], list[str]]:
    plan = copy.deepcopy(json.loads(PLAN.read_text()))
    change(plan)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(plan))
    source = open_source(path)
    return {role.name: role for role in source.roles()}, source.reading.partial


def configured(plan, address):
    return next(one for one in plan["configuration"]["root_module"]["resources"] if one["address"] == address)[
        "expressions"
    ]


def values(plan, address):
    return next(one for one in plan["planned_values"]["root_module"]["resources"] if one["address"] == address)[
        "values"
    ]


def marks(plan, address):
    return next(one for one in plan["resource_changes"] if one["address"] == address)["change"]["after_unknown"]


def test_a_reference_through_a_local_value_cannot_be_followed_and_makes_the_plan_partial(tmp_path):
    def change(plan):
        configured(plan, "aws_iam_role_policy.logs")["role"] = {"references": ["local.role"]}

    roles, partial = changed(tmp_path, change)
    assert "logs" not in [policy.name for policy in roles["aws_iam_role.agent"].policies]
    assert "aws_iam_role_policy.logs: the role to which it attaches a policy is known only after apply" in partial[0]


@pytest.mark.parametrize(
    "references",
    [
        ["local.text"],
        ["data.aws_iam_policy_document.logs.json", "data.aws_iam_policy_document.logs", "data.aws_iam_policy_document.trust.json"],
        ["data.aws_iam_policy_document.logs.id", "data.aws_iam_policy_document.logs"],
    ],
)  # fmt: skip
def test_a_text_that_is_not_one_document_for_certain_is_not_known(tmp_path, references):
    def change(plan):
        configured(plan, "aws_iam_role_policy.logs")["policy"] = {"references": references}

    roles, _ = changed(tmp_path, change)
    assert [policy.unknown for policy in roles["aws_iam_role.agent"].policies if policy.name == "logs"] == [
        "aws_iam_role_policy.logs.policy is known only after apply"
    ]


def test_where_one_of_several_roles_is_meant_each_may_have_the_policy(tmp_path):
    def change(plan):
        references = ["aws_iam_role.many"]
        configured(plan, "aws_iam_role_policy.logs")["role"] = {"references": references}

    roles, _ = changed(tmp_path, change)
    for key in "ab":
        (found,) = [one for one in roles[f'aws_iam_role.many["{key}"]'].policies if one.name == "logs"]
        assert found.unknown == "whether aws_iam_role_policy.logs attaches it here is known only after apply"


DATA = "data.aws_iam_policy_document.logs"


def _all_statements(plan):
    marks(plan, DATA)["statement"] = True


def _one_statement(plan):
    marks(plan, DATA)["statement"][1] = True


def _one_condition(plan):
    marks(plan, DATA)["statement"][1]["condition"] = True


def _one_effect(plan):
    marks(plan, DATA)["statement"][1]["effect"] = True


def _merged(plan):
    values(plan, DATA)["source_policy_documents"] = [None]


@pytest.mark.parametrize(
    ("change", "whole", "effects"),
    [
        (_all_statements, f"the statements of {DATA} are known only after apply", []),
        (_merged, f"{DATA} merges documents that are known only after apply", []),
        (_one_statement, "", [Effect.ALLOW, Effect.UNKNOWN]),
        (_one_condition, "", [Effect.ALLOW, Effect.UNKNOWN]),
        (_one_effect, "", [Effect.ALLOW, Effect.UNKNOWN]),
    ],
)
def test_a_part_of_a_block_that_is_not_known_is_unknown(tmp_path, change, whole, effects):
    roles, _ = changed(tmp_path, change)
    (policy,) = [one for one in roles["aws_iam_role.agent"].policies if one.name == "logs"]
    assert policy.unknown == whole
    assert [statement.effect for statement in policy.statements] == effects


def test_a_list_in_which_something_is_not_known_has_an_unknown_item(tmp_path):
    def change(plan):
        values(plan, DATA)["statement"][0]["actions"] = ["logs:PutLogEvents"]
        marks(plan, DATA)["statement"][0]["actions"] = [False, True]

    roles, _ = changed(tmp_path, change)
    actions = roles["aws_iam_role.agent"].policies[1].statements[0].actions
    assert [readable(one) for one in actions] == [
        "logs:PutLogEvents",
        f"<{DATA}.statement[0].actions (known after apply)>",
    ]


def test_a_policy_that_the_plan_takes_away_is_gone(tmp_path):
    gone = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}

    def change(plan):
        role = values(plan, "aws_iam_role.agent")
        role["inline_policy"] = [
            {"name": "gone", "policy": json.dumps(gone)},
            {"name": "stays", "policy": json.dumps(gone)},
        ]
        role["managed_policy_arns"] = ["arn:aws:iam::aws:policy/Gone", "arn:aws:iam::aws:policy/Stays"]
        unknown = marks(plan, "aws_iam_role.agent")
        unknown.pop("inline_policy", None)
        unknown.pop("managed_policy_arns", None)
        for kind, before in (
            ("aws_iam_role_policy", {"role": "agent", "name": "gone"}),
            ("aws_iam_role_policy_attachment", {"role": "agent", "policy_arn": "arn:aws:iam::aws:policy/Gone"}),
        ):
            plan["resource_changes"].append(
                {"address": f"{kind}.x", "type": kind, "change": {"actions": ["delete"], "before": before}}
            )

    roles, _ = changed(tmp_path, change)
    names = [policy.name for policy in roles["aws_iam_role.agent"].policies]
    assert "stays" in names
    assert "Stays" in names
    assert "gone" not in names
    assert "Gone" not in names


def test_managed_policies_of_a_role_that_are_not_known_are_one_unknown_policy(tmp_path):
    def change(plan):
        configured(plan, "aws_iam_role.inline")["managed_policy_arns"] = {"references": ["local.policies"]}

    roles, _ = changed(tmp_path, change)
    (found,) = roles["aws_iam_role.inline"].policies[2:]
    assert found.unknown == "aws_iam_role.inline.managed_policy_arns are known only after apply"


@pytest.mark.parametrize("marks", [{"errored": True}, {"complete": False}])
def test_a_plan_that_is_not_complete_is_partial(tmp_path, marks):
    _, partial = changed(tmp_path, lambda plan: plan.update(marks))
    assert "the plan is not complete" in partial[0]


def test_a_role_whose_policy_cannot_be_read_is_unread(tmp_path):
    def change(plan):
        values(plan, "aws_iam_role.agent")["assume_role_policy"] = "{"
        values(plan, "aws_iam_policy.traces")["policy"] = '{"Statement": [{}]}'

    roles, _ = changed(tmp_path, change)
    assert isinstance(roles["aws_iam_role.agent"], UnreadRole)
    assert roles["aws_iam_role.agent"].pointer.endswith("/values/assume_role_policy")
    assert isinstance(roles["aws_iam_policy.traces"], UnreadRole)
    assert "its text cannot be read" in roles["aws_iam_role.inline"].policies[-1].unknown


# States.

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def document(action):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


ARN = "arn:aws:iam::123456789012:policy/own"
ROLE = {
    "arn": "arn:aws:iam::123456789012:role/agent",
    "name": "agent",
    "create_date": "2026-02-01T00:00:00Z",
    "assume_role_policy": json.dumps(TRUST),
    "inline_policy": [{"name": "logs", "policy": document("old:*")}, {"name": "only-here", "policy": document("b:*")}],
    "managed_policy_arns": [ARN, "arn:aws:iam::aws:policy/X"],
    "permissions_boundary": ARN,
    "tags": None,
    "tags_all": {"team": "x"},
}
STATE = [
    ("managed", "aws_iam_role", "agent", None, ROLE),
    ("managed", "aws_iam_role_policy", "logs", None, {"name": "logs", "role": "agent", "policy": document("logs:*")}),
    ("managed", "aws_iam_policy", "own", None, {"name": "own", "arn": ARN, "policy": document("xray:*")}),
    ("managed", "aws_iam_role_policy_attachment", "own", None, {"role": "agent", "policy_arn": ARN}),
    ("data", "aws_iam_policy", "x", None, {"name": "X", "arn": "arn:aws:iam::aws:policy/X", "policy": document("ecr:*")}),
    ("managed", "aws_iam_role", "many", "a", {**ROLE, "name": "many", "inline_policy": [{"name": "", "policy": ""}],
                                             "managed_policy_arns": [], "permissions_boundary": ""}),
]  # fmt: skip


def shown_state():
    resources = [
        {
            "address": f"{'data.' if mode == 'data' else ''}{kind}.{name}" + (f'["{index}"]' if index else ""),
            "mode": mode,
            "type": kind,
            "name": name,
            **({"index": index} if index else {}),
            "values": values,
        }
        for mode, kind, name, index, values in STATE
    ]
    modules = [{"address": "module.m", "resources": resources[1:]}]
    return {"format_version": "1.0", "values": {"root_module": {"resources": resources[:1], "child_modules": modules}}}


def state_file():
    resources = [
        {
            **({} if number == 0 else {"module": "module.m"}),
            "mode": mode,
            "type": kind,
            "name": name,
            "instances": [
                {"attributes": values, **({"index_key": index} if index else {})},
                {"deposed": "00000000", "attributes": {}},
            ],
        }
        for number, (mode, kind, name, index, values) in enumerate(STATE)
    ]
    return {"version": 4, "terraform_version": "1.11.4", "resources": resources}


@pytest.mark.parametrize("state", [shown_state(), state_file()], ids=["show", "file"])
def test_a_state_has_each_policy_once_and_the_resource_before_the_copy(tmp_path, state):
    path = tmp_path / "state.json"
    path.write_text(json.dumps(state))
    source = open_source(path)
    role, other = source.roles()
    assert (role.name, role.arn, str(role.created), role.tags) == (
        "aws_iam_role.agent",
        ROLE["arn"],
        "2026-02-01",
        {"team": "x"},
    )
    assert [(policy.name, policy.statements[0].actions[0]) for policy in role.policies] == [
        ("logs", "logs:*"),
        ("only-here", "b:*"),
        ("own", "xray:*"),
        ("X", "ecr:*"),
    ]
    assert role.managed == (ARN, "arn:aws:iam::aws:policy/X")
    assert role.boundary.statements[0].actions == ("xray:*",)
    assert other.name.endswith('aws_iam_role.many["a"]')
    assert (other.policies, other.boundary) == ((), None)
    assert source.reading.partial == []


@pytest.mark.parametrize(
    "broken",
    [
        {"resource_changes": [{"address": "a"}]},
        {"planned_values": None, "resource_changes": []},
        {"planned_values": {}, "resource_changes": [{"address": "a"}]},
        {"terraform_version": "1.11.4", "values": None},
    ],
)
def test_a_plan_without_its_values_is_refused_and_not_clean(tmp_path, broken):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"terraform_version": "1.11.4", **broken}))
    with pytest.raises(UsageError, match=r"there is no (planned_)?values.* in it; expected what terraform show -json"):
        open_source(path)


@pytest.mark.parametrize("nothing", [{}, {"planned_values": {}}, {"planned_values": {"root_module": {}}}])
def test_a_plan_or_state_of_nothing_has_no_roles(tmp_path, nothing):
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"terraform_version": "1.11.4", **nothing}))
    assert list(open_source(path).roles()) == []
