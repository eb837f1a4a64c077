"""IAM User Guide, "Grammar of the IAM JSON policy language"; what IAM refuses is refused, with its place."""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import quote

import pytest

from bedrock_o11y.iam import Condition, Effect, PolicyDocument, PolicyError, Principal, readable, unknown
from tests.iam.statements import allow, policy

PLAIN = policy(allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::b/*", {"Bool": {"aws:SecureTransport": True}}))
TEXT = json.dumps(PLAIN)


@pytest.mark.parametrize(
    "source",
    [
        PLAIN,
        TEXT,
        "\ufeff \n" + TEXT,
        quote(TEXT),
        quote(TEXT, safe=""),
        quote(quote(TEXT)),
        quote(quote(quote(TEXT))),
        "\n" + quote("\n" + TEXT),
    ],
    ids=["dict", "json", "byte order mark", "percent", "all percent", "twice", "three times", "with line breaks"],
)
def test_a_document_comes_in_every_form_that_iam_and_its_tools_write(source: Any) -> None:
    document = PolicyDocument.parse(source, name="p", pointer="/Policies/0")
    (statement,) = document.statements
    assert (document.version, document.name, document.pointer, document.unknown) == (
        *("2012-10-17", "p", "/Policies/0", ""),
    )
    assert statement.actions == ("s3:GetObject", "s3:PutObject")
    assert statement.resources == ("arn:aws:s3:::b/*",)
    assert statement.conditions == (Condition("Bool", "aws:SecureTransport", ("true",)),)
    assert statement.pointer == "/Statement/0"


def test_a_percent_sign_in_plain_json_is_text() -> None:
    document = PolicyDocument.parse(json.dumps(policy(allow("s3:*", "arn:aws:s3:::b/%2A"))))
    assert document.statements[0].resources == ("arn:aws:s3:::b/%2A",)


def test_a_version_that_is_not_there_is_the_old_one() -> None:
    assert PolicyDocument.parse(policy(allow("s3:*"), version=None)).version == "2008-10-17"


def test_one_statement_needs_no_list() -> None:
    (statement,) = PolicyDocument.parse({"Statement": allow("s3:*")}).statements
    assert (statement.index, statement.pointer, statement.label) == (0, "/Statement", "statement 1")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a", ("a",)),
        (["a", "b"], ("a", "b")),
        ([], ()),
        (True, ("true",)),
        (False, ("false",)),
        (3600, ("3600",)),
        (1.5, ("1.5",)),
        (["a", 1, False], ("a", "1", "false")),
    ],
)
def test_condition_values_may_be_text_numbers_and_booleans(written: Any, read: tuple[str, ...]) -> None:
    document = PolicyDocument.parse(policy(allow("s3:*", "*", {"StringLike": {"aws:x": written}})))
    assert document.statements[0].conditions == (Condition("StringLike", "aws:x", read),)


def test_empty_lists_and_blocks_say_nothing() -> None:
    assert PolicyDocument.parse({"Version": "2012-10-17", "Id": "x", "Statement": []}).statements == ()
    statement = PolicyDocument.parse(policy(allow([], []))).statements[0]
    assert (statement.actions, statement.resources, statement.conditions) == ((), (), ())


def test_negated_elements_are_marked() -> None:
    statement = PolicyDocument.parse(policy(allow(0, 0, NotAction="iam:*", NotResource=["a", "b"]))).statements[0]
    assert statement.not_actions
    assert statement.not_resources
    assert (statement.actions, statement.resources) == (("iam:*",), ("a", "b"))


@pytest.mark.parametrize(
    ("principal", "read"),
    [
        ("*", [Principal("*", "*")]),
        ({"AWS": "*"}, [Principal("AWS", "*")]),
        (
            {"Service": ["a.amazonaws.com", "b.amazonaws.com"]},
            [("Service", "a.amazonaws.com"), ("Service", "b.amazonaws.com")],
        ),
        ({"AWS": "123456789012", "Federated": "x"}, [("AWS", "123456789012"), ("Federated", "x")]),
    ],
)
def test_a_statement_with_a_principal_needs_no_resource(principal: Any, read: list[Any]) -> None:
    trust = {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}
    statement = PolicyDocument.parse(trust).statements[0]
    assert statement.principals == tuple(Principal(*one) if isinstance(one, tuple) else one for one in read)
    assert statement.resources == ()
    assert not statement.not_principals


def test_an_unknown_statement_is_a_statement_of_unknown_effect() -> None:
    known, hidden = PolicyDocument.parse(policy(allow("s3:*"), unknown("Extra"))).statements
    assert known.effect is Effect.ALLOW
    assert hidden.effect is Effect.UNKNOWN
    assert hidden.actions == hidden.resources == (unknown("Extra"),)
    assert hidden.conditions == ()


def test_a_document_that_is_one_unknown_text_is_not_known() -> None:
    document = PolicyDocument.parse(unknown("Policy.Document"))
    assert document.unknown == "the text of <Policy.Document> is not known"
    assert document.statements == ()


def test_unknown_pieces_stay_in_texts() -> None:
    arn = f"{unknown('Group.Arn')}:*"
    block = {"StringEquals": {f"aws:PrincipalTag/{unknown('Tag')}": unknown("Value")}}
    statement = PolicyDocument.parse(policy({**allow("s3:*", arn, block), "Effect": unknown("E")})).statements[0]
    assert readable(statement.resources[0]) == "<Group.Arn>:*"
    assert statement.effect is Effect.UNKNOWN
    assert str(statement.conditions[0]) == f"StringEquals aws:PrincipalTag/{unknown('Tag')} <Value>"


@pytest.mark.parametrize("condition", [unknown("C"), {unknown("C"): {}, "StringEquals": unknown("C")}])
def test_an_unknown_condition_is_a_condition_that_nobody_can_judge(condition: Any) -> None:
    found = PolicyDocument.parse(policy(allow("s3:*", "*", condition))).statements[0].conditions
    assert found == (Condition(unknown("C"), "", ()),)


@pytest.mark.parametrize(
    ("source", "pointer", "problem"),
    [
        ("", "", "not JSON: Expecting value at line 1, column 1"),
        ('{\n  "Statement": [,]\n}', "", "not JSON: Expecting value at line 2, column 17"),
        ('{"Statement": NaN}', "", "NaN"),
        ("[" * 100_000, "", "expected an object|nested too deeply"),
        ('{"a":' * 100_000, "", "nested too deeply"),
        (f'{{"Statement": {"9" * 5000}}}', "", "not JSON"),
        ("[]", "", "expected an object, found a list"),
        ('"text"', "", 'expected an object, found the text "text"'),
        (policy(), None, None),
        ({"Version": "2012-10-17"}, "", "no Statement"),
        ({"Version": "2012-10-18", "Statement": []}, "/Version", '2012-10-17 or 2008-10-17, found "2012-10-18"'),
        ({"Version": 1, "Statement": []}, "/Version", "found the number 1"),
        ({"version": "2012-10-17", "Statement": []}, "/version", "no element of this name"),
        ({"Statement": "x"}, "/Statement", 'expected an object, found the text "x"'),
        ({"Statement": [None]}, "/Statement/0", "expected an object, found null"),
        (policy(allow("s3:*"), allow("s3:*", Foo=1)), "/Statement/1/Foo", "no element of this name"),
        (policy({"Action": "s3:*", "Resource": "*"}), "/Statement/0", "no Effect"),
        (policy({**allow("s3:*"), "Effect": "allow"}), "/Statement/0/Effect", 'expected Allow or Deny, found "allow"'),
        (policy({"Effect": "Allow", "Resource": "*"}), "/Statement/0", "neither Action nor NotAction"),
        (policy({**allow("s3:*"), "NotAction": "a:b"}), "/Statement/0/NotAction", "both Action and NotAction"),
        (policy({**allow("s3:*"), "NotResource": "*"}), "/Statement/0/NotResource", "both Resource and NotResource"),
        (policy({"Effect": "Allow", "Action": "s3:*"}), "/Statement/0", "neither Resource nor NotResource"),
        (policy(allow(7)), "/Statement/0/Action", "expected text or a list of texts, found the number 7"),
        (policy(allow(["a:b", True])), "/Statement/0/Action/1", "expected text, found true"),
        (policy(allow("a:b", {"Ref": "B"})), "/Statement/0/Resource", "found an object"),
        (policy(allow("a:b", "*", Sid=3)), "/Statement/0/Sid", "expected text, found the number 3"),
        (policy(allow("a:b", "*", "x")), "/Statement/0/Condition", "expected an object"),
        (policy(allow("a:b", "*", {"Bool": "x"})), "/Statement/0/Condition/Bool", "expected an object"),
        (
            policy(allow("a:b", "*", {"StringLike": {"aws:PrincipalTag/a~b": ["x", None]}})),
            "/Statement/0/Condition/StringLike/aws:PrincipalTag~1a~0b/1",
            "found null",
        ),
        (policy(allow("a:b", "*", Principal="me")), "/Statement/0/Principal", 'expected "\\*" or an object'),
        (policy(allow("a:b", "*", Principal={"aws": "x"})), "/Statement/0/Principal/aws", "expected one of AWS"),
        (policy(allow("a:b", "*", Principal={"AWS": 1})), "/Statement/0/Principal/AWS", "found the number 1"),
        (
            policy(allow("a:b", "*", Principal="*", NotPrincipal="*")),
            "/Statement/0/NotPrincipal",
            "both Principal and NotPrincipal",
        ),
        ('{"Statement": [], "Statement": []}', "/Statement", "twice"),
        ('{"Statement": [{"Effect": "Allow", "Effect": "Deny"}]}', "/Statement/0/Effect", "twice"),
        (
            '{"Statement": [{}, {"Condition": {"Bool": {"a/b": true, "a/b": false}}}]}',
            "/Statement/1/Condition/Bool/a~1b",
            "twice",
        ),
    ],
)
def test_what_iam_refuses_is_refused_with_its_place(source: Any, pointer: str | None, problem: str | None) -> None:
    if problem is None:
        PolicyDocument.parse(source)
        return
    with pytest.raises(PolicyError, match=problem) as caught:
        PolicyDocument.parse(source)
    assert caught.value.pointer == pointer
    assert str(caught.value).startswith(f"{pointer or '/'}: ")


def test_a_text_encoded_too_often_is_refused_quickly() -> None:
    text = TEXT
    for _ in range(10):
        text = quote(text, safe="")
    started = time.perf_counter()
    with pytest.raises(PolicyError, match="not JSON"):
        PolicyDocument.parse(text)
    assert time.perf_counter() - started < 1


def test_documents_with_the_same_text_are_equal() -> None:
    assert PolicyDocument.parse(PLAIN) == PolicyDocument.parse(TEXT)
    assert hash(PolicyDocument.parse(PLAIN)) == hash(PolicyDocument.parse(TEXT))
