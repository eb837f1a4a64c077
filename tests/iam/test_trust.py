"""Who can make a service assume a role.

Typed from the IAM User Guide, "The confused deputy problem" and "AWS global condition context keys" (aws:SourceAccount,
aws:SourceArn), and the AgentCore developer guide's trust policy. A sampled universe checks that no source is missed.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bedrock_o11y.iam.conditions import Context, World, holds
from bedrock_o11y.iam.document import Effect, PolicyDocument, Principal, unknown
from bedrock_o11y.iam.errors import PolicyError
from bedrock_o11y.iam.trust import TrustAssessment, TrustVerdict, assess_trust

OURS = "123456789012"
THEIRS = "111122223333"
SERVICE = "bedrock-agentcore.amazonaws.com"
EXPECTED = f"arn:aws:bedrock-agentcore:*:{OURS}:*"
HERE = f"arn:aws:bedrock-agentcore:us-east-1:{OURS}:*"

Json = dict[str, Any]


def allow(condition: Json | None = None, **elements: Any) -> Json:
    statement = {"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole", **elements}
    return statement if condition is None else {**statement, "Condition": condition}


def deny(condition: Json | None = None, **elements: Any) -> Json:
    return allow(condition, **{"Effect": "Deny", "Principal": "*", **elements})


def policy(*statements: Json | str, version: str = "2012-10-17") -> Json:
    return {"Version": version, "Statement": list(statements)}


def assess(*statements: Json | str, version: str = "2012-10-17", account: str = OURS) -> TrustAssessment:
    document = PolicyDocument.parse(policy(*statements, version=version), name="trust", pointer="/Role")
    return assess_trust(document, SERVICE, account, EXPECTED.replace(OURS, account))


ACCOUNT = {"StringEquals": {"aws:SourceAccount": OURS}}
ARN = {"ArnLike": {"aws:SourceArn": EXPECTED}}
PRESENT = {"Null": {"aws:SourceAccount": "false"}}

V = TrustVerdict

VERDICTS: dict[str, tuple[TrustVerdict, tuple[Json | str, ...]]] = {
    # What AWS recommends, and narrower.
    "both keys": (V.OK, (allow({**ACCOUNT, **ARN}),)),
    "account alone": (V.OK, (allow(ACCOUNT),)),
    "arn alone": (V.OK, (allow(ARN),)),
    "ArnEquals has wildcards": (V.OK, (allow({"ArnEquals": {"aws:SourceArn": EXPECTED}}),)),
    "one agent only": (V.OK, (allow({"ArnLike": {"aws:SourceArn": HERE.replace(":*", ":runtime/agent-*")}}),)),
    "one exact arn": (V.OK, (allow({"StringEquals": {"aws:SourceArn": HERE.replace("*", "runtime/a-1")}}),)),
    "keys in another case": (V.OK, (allow({"stringEquals": {"AWS:sourceACCOUNT": OURS}}),)),
    "any action of sts": (V.OK, (allow(ACCOUNT, Action="sts:*"),)),
    "action in another case": (V.OK, (allow(ACCOUNT, Action="STS:assumerole"),)),
    "everything but another action": (V.OK, (allow(ACCOUNT, Action=[], NotAction="sts:TagSession"),)),
    "several services": (V.OK, (allow(ACCOUNT, Principal={"Service": ["lambda.amazonaws.com", SERVICE]}),)),
    "the account of the role": (V.OK, (allow({"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}),)),
    "evaluation role of the guide": (
        V.OK,
        (allow({"StringEquals": {"aws:SourceAccount": OURS, "aws:ResourceAccount": OURS}, **ARN}),),
    ),
    "only called by services": (V.OK, (allow({**ACCOUNT, "Bool": {"aws:PrincipalIsAWSService": "true"}}),)),
    "two statements": (
        V.OK,
        (allow(ACCOUNT, Principal={"Service": "lambda.amazonaws.com"}), allow({**ACCOUNT, **ARN})),
    ),
    # The fence in a Deny. The key's absence makes the negated operator true, so it also bites then.
    "fence in a deny": (V.OK, (allow(), deny({"StringNotEquals": {"aws:SourceAccount": OURS}}))),
    "fence in a deny, if exists": (V.OK, (allow(), deny({"StringNotEqualsIfExists": {"aws:SourceAccount": OURS}}))),
    "fence of arns in a deny": (V.OK, (allow(), deny({"ArnNotLike": {"aws:SourceArn": EXPECTED}}))),
    "fence by service name": (
        V.OK,
        (allow(), deny({"StringNotEquals": {"aws:SourceAccount": OURS}}, Principal={"Service": SERVICE})),
    ),
    # Open to others.
    "no condition": (V.CONFUSED_DEPUTY, (allow(),)),
    "anybody": (V.CONFUSED_DEPUTY, (allow(Principal="*"),)),
    "anybody of AWS": (V.CONFUSED_DEPUTY, (allow(Principal={"AWS": "*"}),)),
    "everybody but one": (V.CONFUSED_DEPUTY, (allow(Principal={}, NotPrincipal={"AWS": f"arn:aws:iam::{OURS}:root"}),)),
    "another account too": (V.CONFUSED_DEPUTY, (allow({"StringEquals": {"aws:SourceAccount": [OURS, THEIRS]}}),)),
    "another account in a second statement": (
        V.CONFUSED_DEPUTY,
        (allow(ACCOUNT), allow({"StringEquals": {"aws:SourceAccount": THEIRS}})),
    ),
    "similar accounts": (V.CONFUSED_DEPUTY, (allow({"StringLike": {"aws:SourceAccount": "12345678901?"}}),)),
    "any account": (V.CONFUSED_DEPUTY, (allow({"StringLike": {"aws:SourceAccount": "*"}}),)),
    "any account's arn": (V.CONFUSED_DEPUTY, (allow({"ArnLike": {"aws:SourceArn": EXPECTED.replace(OURS, "*")}}),)),
    "account digits anywhere": (V.CONFUSED_DEPUTY, (allow({"StringLike": {"aws:SourceArn": f"*{OURS}*"}}),)),
    "a star that crosses the fields": (V.CONFUSED_DEPUTY, (allow({"StringLike": {"aws:SourceArn": EXPECTED}}),)),
    "the other's exact arn too": (
        V.CONFUSED_DEPUTY,
        (allow({"ArnLike": {"aws:SourceArn": [EXPECTED, HERE.replace(OURS, THEIRS)]}}),),
    ),
    "all but one account": (V.CONFUSED_DEPUTY, (allow({"StringNotEquals": {"aws:SourceAccount": THEIRS}}),)),
    "a deny of one account": (V.CONFUSED_DEPUTY, (allow(), deny({"StringEquals": {"aws:SourceAccount": THEIRS}}))),
    "a deny for somebody else": (
        V.CONFUSED_DEPUTY,
        (allow(), deny({"StringNotEquals": {"aws:SourceAccount": OURS}}, Principal={"Service": "x.amazonaws.com"})),
    ),
    "a deny of another action": (
        V.CONFUSED_DEPUTY,
        (allow(), deny({"StringNotEquals": {"aws:SourceAccount": OURS}}, Action="sts:TagSession")),
    ),
    "account pinned only if it is sent": (
        V.CONFUSED_DEPUTY,
        (
            allow(
                {
                    "StringEqualsIfExists": {"aws:SourceAccount": OURS},
                    "ArnLike": {"aws:SourceArn": EXPECTED.replace(OURS, "*")},
                }
            ),
        ),
    ),
    # A pattern without a star before the account cannot slip.
    "StringLike of one Region": (V.OK, (allow({"StringLike": {"aws:SourceArn": HERE}}),)),
    "StringLike and the account": (V.OK, (allow({"StringLike": {"aws:SourceArn": EXPECTED}, **ACCOUNT}),)),
    # Open when the service says nothing.
    "if exists": (V.WEAK_IF_ABSENT, (allow({"StringEqualsIfExists": {"aws:SourceAccount": OURS}}),)),
    "both if they exist": (
        V.WEAK_IF_ABSENT,
        (
            allow(
                {
                    "StringEqualsIfExists": {"aws:SourceAccount": OURS},
                    "ArnLikeIfExists": {"aws:SourceArn": EXPECTED},
                }
            ),
        ),
    ),
    "for all values": (V.WEAK_IF_ABSENT, (allow({"ForAllValues:StringEquals": {"aws:SourceAccount": OURS}}),)),
    "a deny where the key is sent": (
        V.WEAK_IF_ABSENT,
        (allow(), deny({"StringNotEquals": {"aws:SourceAccount": OURS}, **PRESENT})),
    ),
    "a deny for any value": (
        V.WEAK_IF_ABSENT,
        (allow(), deny({"ForAnyValue:StringNotEquals": {"aws:SourceAccount": OURS}})),
    ),
    "a second statement for absence": (
        V.WEAK_IF_ABSENT,
        (allow(ACCOUNT), allow({"Null": {"aws:SourceAccount": "true", "aws:SourceArn": "true"}})),
    ),
    # The service itself stays out.
    "another service": (V.BROKEN, (allow(ACCOUNT, Principal={"Service": "lambda.amazonaws.com"}),)),
    "another account": (V.BROKEN, (allow({"StringEquals": {"aws:SourceAccount": THEIRS}}),)),
    "a star as text": (V.BROKEN, (allow({"StringEquals": {"aws:SourceArn": EXPECTED}}),)),
    "another service's arn": (V.BROKEN, (allow({"ArnLike": {"aws:SourceArn": f"arn:aws:bedrock:*:{OURS}:*"}}),)),
    "an arn of few fields": (V.BROKEN, (allow({"ArnLike": {"aws:SourceArn": "arn:aws:bedrock-agentcore:*"}}),)),
    "another way to assume": (V.BROKEN, (allow(ACCOUNT, Action="sts:AssumeRoleWithWebIdentity"),)),
    "a deny of everything": (V.BROKEN, (allow(ACCOUNT), deny())),
    "a deny that asks for absence": (
        V.BROKEN,
        (allow(), deny({"StringLike": {"aws:SourceAccount": "*"}}), deny({"ArnLike": {"aws:SourceArn": EXPECTED}})),
    ),
    "conditions that exclude each other": (V.BROKEN, (allow({**ACCOUNT, "Null": {"aws:SourceAccount": "true"}}),)),
    "keys that differ": (
        V.BROKEN,
        (allow({**ACCOUNT, "ArnLike": {"aws:SourceArn": EXPECTED.replace(OURS, THEIRS)}}),),
    ),
    "a star as text beside the account": (
        V.BROKEN,
        (allow({"StringEquals": {"aws:SourceAccount": OURS, "aws:SourceArn": EXPECTED}}),),
    ),
    "nobody": (V.BROKEN, (deny(),)),
    # What is not known.
    "organisation": (V.UNKNOWN, (allow({"StringEquals": {"aws:SourceOrgID": "o-1"}}),)),
    "organisation and account": (
        V.UNKNOWN,
        (allow({"StringEquals": {"aws:SourceOrgID": "o-1", **ACCOUNT["StringEquals"]}}),),
    ),
    "misspelt key": (V.UNKNOWN, (allow({"StringEquals": {"aws:SourceAcount": OURS}}),)),
    "unknown account": (V.UNKNOWN, (allow({"StringEquals": {"aws:SourceAccount": unknown("Owner")}}),)),
    "unknown principal": (V.UNKNOWN, (allow(ACCOUNT, Principal={"Service": unknown("Service")}),)),
    "unknown action": (V.UNKNOWN, (allow(ACCOUNT, Action=unknown("Action")),)),
    "unknown statement": (V.UNKNOWN, (allow(ACCOUNT), unknown("Extra"))),
    "unknown fence": (V.UNKNOWN, (allow(), deny({"StringNotEquals": {"aws:SourceAccount": unknown("Owner")}}))),
    "unknown operator": (V.UNKNOWN, (allow({"StringMatches": {"aws:SourceAccount": OURS}}),)),
    "account as a number": (V.UNKNOWN, (allow({"NumericEquals": {"aws:SourceAccount": OURS}}),)),
    "a variable of the same key": (
        V.UNKNOWN,
        (allow({"ArnLike": {"aws:SourceArn": "arn:aws:bedrock-agentcore:*:${aws:SourceAccount}:*"}}),),
    ),
    # What is not known and does not matter.
    "a harmless organisation": (
        V.OK,
        (allow({**ACCOUNT}), allow({"StringEquals": {"aws:SourceOrgID": "o-1", **ACCOUNT["StringEquals"]}})),
    ),
    "open whatever the organisation": (
        V.CONFUSED_DEPUTY,
        (allow(), allow({"StringEquals": {"aws:SourceOrgID": "o-1"}})),
    ),
    "broken whatever the organisation": (
        V.BROKEN,
        (allow({"StringEquals": {"aws:SourceOrgID": "o-1", "aws:SourceAccount": THEIRS}}),),
    ),
    "an unknown narrower arn": (
        V.OK,
        (allow(ACCOUNT), allow({**ACCOUNT, "ArnLike": {"aws:SourceArn": f"{unknown('Agent')}*"}})),
    ),
}


def _fixed(statement: Json | str) -> Json | str:
    """Leaves out the elements that a case replaced by their negation."""
    if isinstance(statement, str):
        return statement
    without = {"NotAction": "Action", "NotPrincipal": "Principal"}
    return {k: v for k, v in statement.items() if k not in {without[n] for n in without if n in statement}}


@pytest.mark.parametrize(("verdict", "statements"), VERDICTS.values(), ids=VERDICTS)
def test_a_trust_policy_gets_its_verdict(verdict: TrustVerdict, statements: tuple[Json | str, ...]) -> None:
    found = assess(*map(_fixed, statements))
    assert found.verdict is verdict, found
    assert bool(found.reason) is (verdict in (V.UNKNOWN, V.BROKEN))
    assert (found.witness is None) is (verdict in (V.UNKNOWN, V.OK))


def test_variables_are_text_in_the_old_version() -> None:
    condition = {"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}
    assert assess(allow(condition), version="2008-10-17").verdict is V.BROKEN


REASONS = {
    "a star as text": (
        f"StringEquals compares aws:SourceArn with the text '{EXPECTED}'; a star is a star there, use ArnLike"
    ),
    "another account": f"StringEquals aws:SourceAccount {THEIRS} does not hold for this account, {OURS}",
    "another service": f"no statement lets {SERVICE} in; the policy names lambda.amazonaws.com",
    "another service's arn": (
        f"ArnLike aws:SourceArn arn:aws:bedrock:*:{OURS}:* holds for no ARN of the form {EXPECTED}"
    ),
    "another way to assume": ("statement 1 allows sts:AssumeRoleWithWebIdentity; a service needs sts:AssumeRole"),
    "an arn of few fields": (
        "ArnLike compares aws:SourceArn with 'arn:aws:bedrock-agentcore:*' field by field; "
        "an ARN has 6 fields and this has fewer, so it matches nothing"
    ),
    "a deny of everything": f"the Deny of statement 2 keeps {SERVICE} out: it has no condition",
    "conditions that exclude each other": (
        f"the conditions of statement 1 exclude each other: "
        f"StringEquals aws:SourceAccount {OURS} and Null aws:SourceAccount true"
    ),
    "nobody": f"no statement lets {SERVICE} in",
    "organisation": (
        f"whether {SERVICE} is let in for account 444455556666 rests on what is not known: "
        "StringEquals aws:SourceOrgID o-1"
    ),
    "organisation and account": (
        f"whether {SERVICE} is let in at all rests on what is not known: StringEquals aws:SourceOrgID o-1"
    ),
    "misspelt key": (
        f"whether {SERVICE} is let in for account 444455556666 rests on what is not known: "
        f"StringEquals aws:SourceAcount {OURS} (AWS documents no such key; it may be misspelt)"
    ),
    "unknown statement": (
        f"whether {SERVICE} is let in for account 444455556666 rests on what is not known: "
        "statement 2, whose text is not known"
    ),
}


@pytest.mark.parametrize(("case", "reason"), REASONS.items(), ids=REASONS)
def test_the_cause_is_named(case: str, reason: str) -> None:
    assert assess(*map(_fixed, VERDICTS[case][1])).reason == reason


STATEMENTS = {
    "both keys": "trust/statement 1",
    "two statements": "trust/statement 2",
    "another account in a second statement": "trust/statement 2",
    "a second statement for absence": "trust/statement 2",
    "another account": "trust/statement 1",
    "a deny of everything": "trust/statement 2",
    "another service": None,
}


@pytest.mark.parametrize(("case", "statement"), STATEMENTS.items(), ids=STATEMENTS)
def test_the_deciding_statement_is_named(case: str, statement: str | None) -> None:
    found = assess(*VERDICTS[case][1]).statement
    assert (None if found is None else str(found)) == statement


def test_the_statement_points_into_its_file() -> None:
    found = assess(*VERDICTS["two statements"][1]).statement
    assert found is not None
    assert found.pointer == "/Role/Statement/1"


WITNESSES: dict[str, Json] = {
    "no condition": {
        "aws:SourceAccount": "444455556666",
        "aws:SourceArn": "arn:aws:bedrock-agentcore:us-east-1:444455556666:example",
    },
    "another account too": {
        "aws:SourceAccount": THEIRS,
        "aws:SourceArn": f"arn:aws:bedrock-agentcore:us-east-1:{THEIRS}:example",
    },
    "account pinned only if it is sent": {"aws:SourceArn": "arn:aws:bedrock-agentcore:us-east-1:444455556666:example"},
    "account digits anywhere": {
        "aws:SourceAccount": "444455556666",
        "aws:SourceArn": f"arn:aws:bedrock-agentcore:us-east-1:444455556666:{OURS}",
    },
    "if exists": {},
    "another account": {
        "aws:SourceAccount": OURS,
        "aws:SourceArn": f"arn:aws:bedrock-agentcore:us-east-1:{OURS}:example",
    },
}


@pytest.mark.parametrize(("case", "context"), WITNESSES.items(), ids=WITNESSES)
def test_the_witness_is_a_source_as_one_meets_it(case: str, context: Json) -> None:
    witness = assess(*VERDICTS[case][1]).witness
    assert witness is not None
    assert (witness.action, witness.resource, witness.context) == ("sts:AssumeRole", "", context)


PINS: dict[str, tuple[bool, bool, bool]] = {
    # pins the account, pins the ARN, loose
    "both keys": (True, True, False),
    "account alone": (True, False, False),
    "arn alone": (False, True, False),
    "one exact arn": (False, True, False),
    "fence in a deny": (True, False, False),
    "fence of arns in a deny": (False, True, False),
    "if exists": (True, False, False),
    "no condition": (False, False, False),
    "any account's arn": (False, True, False),
    "another account too": (False, False, False),
    "StringLike of one Region": (False, True, True),
    "StringLike and the account": (True, True, True),
    "account digits anywhere": (False, True, True),
    "organisation and account": (True, False, False),
}


@pytest.mark.parametrize(("case", "pins"), PINS.items(), ids=PINS)
def test_what_is_pinned_is_said(case: str, pins: tuple[bool, bool, bool]) -> None:
    found = assess(*VERDICTS[case][1])
    assert (found.pins_account, found.pins_arn, found.loose_arn) == pins


ROOT = f"arn:aws:iam::{OURS}:root"
PROVIDER = f"arn:aws:iam::{OURS}:oidc-provider/token.example.com"


@pytest.mark.parametrize(
    ("statements", "others"),
    [
        ((allow(ACCOUNT),), []),
        (
            (allow(ACCOUNT, Principal={"Service": [SERVICE, "lambda.amazonaws.com"], "AWS": ROOT}),),
            [
                ("Service", "lambda.amazonaws.com", (f"StringEquals aws:SourceAccount {OURS}",)),
                ("AWS", ROOT, (f"StringEquals aws:SourceAccount {OURS}",)),
            ],
        ),
        ((allow(Principal="*"),), [("*", "*", ())]),
        (
            (
                allow(ACCOUNT),
                allow(
                    {"StringEquals": {"token.example.com:aud": "sts.amazonaws.com"}},
                    Principal={"Federated": PROVIDER},
                    Action="sts:AssumeRoleWithWebIdentity",
                ),
            ),
            [("Federated", PROVIDER, ("StringEquals token.example.com:aud sts.amazonaws.com",))],
        ),
        ((allow(ACCOUNT), allow(Principal={"AWS": ROOT}, Action="sts:TagSession")), []),
        ((allow(ACCOUNT), allow(Principal={"AWS": ROOT}), deny(Principal={"AWS": ROOT})), []),
        ((allow(ACCOUNT), allow(Principal={"AWS": ROOT}), deny(ACCOUNT, Principal={"AWS": ROOT})), [("AWS", ROOT, ())]),
    ],
)
def test_everybody_else_is_listed(statements: tuple[Json, ...], others: list[tuple[str, str, tuple[str, ...]]]) -> None:
    found = sorted(assess(*statements).others, key=lambda one: one.principal.kind)
    assert [(one.principal.kind, one.principal.value, one.conditions) for one in found] == sorted(others)


def test_everybody_but_somebody_is_anybody_under_a_condition() -> None:
    (other,) = assess(_fixed(allow(ACCOUNT, Principal={}, NotPrincipal={"AWS": ROOT}))).others
    assert other.principal == Principal("*", "*")
    assert other.conditions == (f"the principal is none of {ROOT}", f"StringEquals aws:SourceAccount {OURS}")


def test_a_policy_that_is_not_known_is_unknown_for_its_reason() -> None:
    found = assess_trust(PolicyDocument.not_known("the dump ends before it"), SERVICE, OURS, EXPECTED)
    assert (found.verdict, found.reason) == (V.UNKNOWN, "the dump ends before it")


def test_a_policy_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(PolicyError):
        assess_trust("{", SERVICE, OURS, EXPECTED)


OWNER = unknown("AWS::AccountId")


@pytest.mark.parametrize(
    ("condition", "account", "verdict"),
    [
        # The same name is the same account.
        ({"StringEquals": {"aws:SourceAccount": OWNER}}, OWNER, V.OK),
        ({"ArnLike": {"aws:SourceArn": EXPECTED.replace(OURS, OWNER)}}, OWNER, V.OK),
        ({"StringEquals": {"aws:SourceArn": EXPECTED.replace(OURS, OWNER)}}, OWNER, V.BROKEN),
        ({"StringEquals": {"aws:SourceAccount": unknown("Other")}}, OWNER, V.UNKNOWN),
        # A number may be it or not.
        ({"StringEquals": {"aws:SourceAccount": OURS}}, OWNER, V.UNKNOWN),
        ({"StringEquals": {"aws:SourceAccount": OURS}}, "", V.UNKNOWN),
        # Whichever it is.
        (None, OWNER, V.CONFUSED_DEPUTY),
        (None, "", V.CONFUSED_DEPUTY),
        ({"ArnLike": {"aws:SourceArn": "x"}}, "", V.BROKEN),
    ],
)
def test_an_account_that_is_not_known_may_still_have_a_name(
    condition: Json | None, account: str, verdict: TrustVerdict
) -> None:
    found = assess(allow(condition), account=account)
    assert found.verdict is verdict, found


PLACE = f"arn:{unknown('AWS::Partition')}:bedrock-agentcore:{unknown('AWS::Region')}:{OWNER}:*"


@pytest.mark.parametrize("account", [OURS, OWNER])
@pytest.mark.parametrize("source_arn", [EXPECTED, HERE, EXPECTED.replace("aws", unknown("AWS::Partition"))])
@pytest.mark.parametrize(
    ("condition", "verdict"),
    [
        ({"ArnLike": {"aws:SourceArn": PLACE}}, V.OK),
        ({"StringEquals": {"aws:SourceAccount": OWNER}, "ArnLike": {"aws:SourceArn": PLACE}}, V.OK),
        ({"StringEquals": {"aws:SourceArn": PLACE}}, V.BROKEN),
        ({"ArnLike": {"aws:SourceArn": PLACE.replace("AWS::Region", "Somewhere")}}, V.UNKNOWN),
    ],
)
def test_a_templates_own_account_region_and_partition_are_those_of_the_role(
    condition: Json, verdict: TrustVerdict, source_arn: str, account: str
) -> None:
    found = assess_trust(policy(allow(condition)), SERVICE, account, source_arn.replace(OURS, account))
    assert found.verdict is verdict, found


def test_a_stand_in_for_the_account_is_never_shown() -> None:
    found = assess(allow({"StringEquals": {"aws:SourceArn": EXPECTED.replace(OURS, OWNER)}}), account=OWNER)
    assert "<AWS::AccountId>" in found.reason
    assert found.witness is not None
    assert found.witness.context["aws:SourceAccount"] == "<AWS::AccountId>"


ACCOUNTS = [OURS, THEIRS, "444455556666", "000000000000", f"{OURS[:-2]}10"]
RESOURCES = ["runtime/a", OURS, f"{OURS}:x", "memory/b", f"x:{THEIRS}:y"]
SERVICES = ["bedrock-agentcore", "s3", "b"]
SAMPLED_ARNS = [
    f"arn:aws:{service}:{region}:{account}:{resource}"
    for service in SERVICES
    for region in ("us-east-1", "")
    for account in ACCOUNTS
    for resource in RESOURCES
]

ARN_VALUES = st.sampled_from(
    [
        *(EXPECTED, HERE, f"*{OURS}*", "*", f"arn:*:{OURS}:*", f"arn:aws:*:*:{THEIRS}:*", "arn:aws:s3:*:*:*"),
        *("arn:aws:bedrock-agentcore:*:*:runtime/*", f"arn:aws:bedrock-agentcore:us-east-1:{OURS}:runtime/a"),
        *(f"arn:aws:bedrock-agentcore:*:1*:*{OURS}", f"arn:aws:bedrock-agentcore:*:????????????:*{THEIRS}*"),
    ]
)
ACCOUNT_VALUES = st.sampled_from([OURS, THEIRS, "*", "1*", "12345678901?", "*3", "44445555666", unknown("Owner")])
SUFFIXES = st.sampled_from(["", "IfExists"])
QUANTIFIERS = st.sampled_from(["", "", "", "ForAllValues:", "ForAnyValue:"])


def blocks(operators: list[str], key: str, values: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, str, Any]]:
    names = st.builds(lambda q, name, suffix: q + name + suffix, QUANTIFIERS, st.sampled_from(operators), SUFFIXES)
    return st.tuples(names, st.just(key), st.lists(values, min_size=1, max_size=2))


CONDITIONS = st.lists(
    blocks(["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"], "aws:SourceAccount", ACCOUNT_VALUES)
    | blocks(["StringLike", "StringNotLike", "ArnLike", "ArnNotLike", "StringEquals"], "aws:SourceArn", ARN_VALUES)
    | st.tuples(
        st.just("Null"), st.sampled_from(["aws:SourceArn", "aws:SourceAccount"]), st.sampled_from([["true"], ["false"]])
    ),
    max_size=2,
).map(lambda found: {name: {key: values} for name, key, values in found})
POLICIES = st.lists(
    st.builds(
        lambda effect, found: allow(found or None, Effect=effect), st.sampled_from(["Allow", "Deny"]), CONDITIONS
    ),
    min_size=1,
    max_size=3,
)


def let_in(document: PolicyDocument, account: str | None, arn: str | None) -> tuple[bool, bool]:
    """Possibly and certainly, by the rules and nothing else: the other side of the comparison."""
    context = Context({"aws:SourceAccount": account, "aws:SourceArn": arn}, World.CLOSED)
    truths = [(one.effect, holds(one.conditions, context, variables=True)) for one in document.statements]
    denied = [truth for effect, truth in truths if effect is Effect.DENY]
    allowed = [truth for effect, truth in truths if effect is Effect.ALLOW]
    possible = any(truth is not False for truth in allowed) and not any(truth is True for truth in denied)
    certain = any(truth is True for truth in allowed) and all(truth is False for truth in denied)
    return possible, certain


def contradict(statements: list[Json]) -> None:
    """Compares the verdict with what the policy answers to every source of a sampled universe."""
    document = PolicyDocument.parse(policy(*statements))
    found = assess_trust(document, SERVICE, OURS, EXPECTED)
    full = [(arn.split(":")[4], arn) for arn in SAMPLED_ARNS]
    foreign = [let_in(document, account, arn) for account, arn in full if account != OURS]
    legitimate = [
        let_in(document, account, arn)
        for account, arn in full
        if account == OURS and arn.startswith("arn:aws:bedrock-agentcore:")
    ]
    nothing = let_in(document, None, None)
    if found.verdict is V.BROKEN:
        assert not any(possible for possible, _ in legitimate)
    if any(certain for _, certain in foreign):
        assert found.verdict in (V.CONFUSED_DEPUTY, V.BROKEN)
    if found.verdict in (V.OK, V.WEAK_IF_ABSENT):
        assert not any(possible for possible, _ in foreign)
    if found.verdict is V.OK:
        assert not nothing[0]
    if found.verdict is V.WEAK_IF_ABSENT:
        assert nothing[1]
    if found.witness is not None:
        keys = found.witness.context
        possible, certain = let_in(document, keys.get("aws:SourceAccount"), keys.get("aws:SourceArn"))
        assert (certain, possible) == ((False, False) if found.verdict is V.BROKEN else (True, True))


@given(POLICIES)
@settings(max_examples=150, deadline=None)
def test_no_source_of_a_sampled_universe_contradicts_the_verdict(statements: list[Json]) -> None:
    contradict(statements)


@pytest.mark.long
@given(POLICIES)
@settings(max_examples=5_000, deadline=None)
def test_no_source_of_a_sampled_universe_contradicts_the_verdict_of_many_policies(statements: list[Json]) -> None:
    contradict(statements)


@pytest.mark.parametrize(
    "statements",
    [
        [allow({"StringLike": {"aws:SourceArn": "*a" * 40 + "*"}})],
        [allow({"StringLike": {"aws:SourceArn": "*a?b*" * 800}})],
        [deny({"StringLike": {"aws:SourceArn": f"*{i}{'?' * 30}"}}) for i in range(10)] + [allow()],
        [allow({"ArnLike": {"aws:SourceArn": [HERE.replace(":*", f":runtime/a{i}-*") for i in range(50)]}, **ACCOUNT})],
        [allow({"StringLike": {"aws:SourceArn": EXPECTED + f"{i}*"}, **ACCOUNT}) for i in range(20)],
    ],
    ids=["forty stars", "four thousand characters", "ten denies", "fifty agents", "twenty statements"],
)
def test_no_policy_makes_it_slow(statements: list[Json]) -> None:
    started = time.process_time()
    found = assess(*statements)
    assert found.verdict is not V.BROKEN
    assert time.process_time() - started < 5
