"""Whatever a policy contains, the core answers it or refuses it in a line, and neither takes long."""

from __future__ import annotations

import functools
import json
import signal
import time
import urllib.parse
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.iam import (
    Need,
    PolicyDocument,
    PolicyError,
    Request,
    TrustVerdict,
    assess_trust,
    cover,
    decide,
    excess,
    includes,
)
from tests.iam.oracles.real_pairs import PAIRS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HANG_SECONDS = 60
TIMES_HONEST_WORK = 300
"""The unit is the judging of all hand-picked pairs of real policies, in processor time."""

ARN = "arn:aws:s3:::"
STARS = "*".join("abcdefghijklmnopqrstuvwxyzabcdefghijklmn")
SAME = "*a" * 40


def policy(resources: Any = "*", actions: Any = "s3:GetObject", **more: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": actions, "Resource": resources, **more}
    return {"Version": "2012-10-17", "Statement": [statement]}


def deny(resources: Any, actions: Any = "s3:GetObject", **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": actions, "Resource": resources, **more}


@pytest.fixture(autouse=True)
def nothing_hangs() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError(f"no answer within {HANG_SECONDS} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(HANG_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@functools.cache
def honest_work() -> float:
    """Processor seconds for work that nobody complains about."""
    started = time.process_time()
    for pair in PAIRS:
        includes(*pair.documents)
    return time.process_time() - started


def judged(question: Callable[[], Any]) -> Any:
    """The answer, which must not cost more than so many times honest work."""
    unit = honest_work()
    started = time.process_time()
    answer = question()
    spent = time.process_time() - started
    assert spent < TIMES_HONEST_WORK * unit, f"{spent / unit:.0f} x honest work"
    return answer


def wide_policy(filler: str, size: int = 6_144) -> dict[str, Any]:
    """A policy of that many characters, all of them wildcards with a little between."""
    resources: list[str] = []
    while len(json.dumps(policy(resources))) < size - 200:
        resources.append(ARN + filler.format(number=len(resources)) * 8)
    return policy(resources)


WILD = {
    "forty stars": policy(ARN + STARS),
    "forty stars on one letter": policy(ARN + SAME + "b"),
    "stars and question marks": policy(ARN + "*?" * 60),
    "question marks": policy(ARN + "?" * 500 + "*"),
    "many lengths": policy([ARN + "*" + "?" * length + "a" for length in range(60)]),
    "wildcards of a whole policy": wide_policy("*{number}?*"),
    "one letter in a whole policy": wide_policy("*a?"),
    "stars in the first fields": policy("a*r*n*:*:*s*3*:*:*:" + STARS),
    "a star in every field": policy("*:*:*:*:*:*" * 6),
    "only stars": policy("*" * 6_000),
    "actions of stars": policy("*", "s3:" + STARS),
    "actions of stars in every case": policy("*", [f"s3:*{a}*{b}*" for a in "aAbB" for b in "abcdABCD"]),
    "negated": {"Statement": [{"Effect": "Allow", "NotAction": "s3:" + STARS, "NotResource": ARN + STARS}]},
    "with a Deny": {"Statement": [*policy(ARN + STARS)["Statement"], deny(ARN + "*" + STARS[::-1])]},
}
TEXTS = [ARN + "a" * 2_000, ARN + "abcdefghijklmnopqrstuvwxyz" * 40, ARN + "a" * 500 + "b", ARN + "*" * 200, "*"]


@pytest.mark.parametrize("name", WILD)
def test_one_request_is_decided_whatever_the_pattern(name: str) -> None:
    for text in TEXTS:
        request = Request("arn:aws:iam::123456789012:role/r", "s3:GetObject", text)
        judged(lambda request=request: decide(request, identity=[WILD[name]], boundary=WILD[name]))


@pytest.mark.parametrize("name", WILD)
def test_a_need_is_judged_whatever_the_pattern(name: str) -> None:
    for resource in (ARN + "*", ARN + "a*b", ARN + STARS):
        need = Need("s3:GetObject", resource)
        coverage = judged(lambda need=need: cover(need, identity=[WILD[name]], boundary=WILD["forty stars"]))
        assert coverage.verdict


@pytest.mark.parametrize("name", WILD)
def test_a_policy_includes_itself_or_it_is_undecided_whatever_the_pattern(name: str) -> None:
    assert judged(lambda: includes(WILD[name], WILD[name])).holds is not False


@pytest.mark.long
@pytest.mark.parametrize("name", WILD)
@pytest.mark.parametrize("other", ["forty stars", "with a Deny", "one letter in a whole policy"])
def test_inclusion_and_excess_end_whatever_the_patterns(name: str, other: str) -> None:
    judged(lambda: includes(WILD[name], WILD[other]))
    judged(lambda: excess([WILD[name]], WILD[other], boundary=WILD["many lengths"]))


@pytest.mark.parametrize("operator", ["ArnLike", "StringLike", "StringNotLike", "ForAllValues:StringLike"])
def test_a_trust_policy_is_judged_whatever_the_pattern(operator: str) -> None:
    document = {
        "Statement": {
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {operator: {"aws:SourceArn": ["arn:aws:bedrock:*:*:" + STARS, "*" + SAME, "*?" * 50]}},
        }
    }
    arn = "arn:aws:bedrock:*:123456789012:*"
    answer = judged(lambda: assess_trust(document, "bedrock.amazonaws.com", "123456789012", arn))
    assert answer.verdict is not TrustVerdict.OK


KEYS = {f"aws:PrincipalTag/k{number}": [f"*{letter}*" for letter in "abcdefgh"] for number in range(40)}
CONDITIONS = {
    "many keys": {"StringLike": KEYS},
    "many values": {"StringLike": {"aws:PrincipalTag/k": [f"*{number}*" for number in range(1_000)]}},
    "stars": {"StringLike": {"aws:PrincipalTag/k": STARS}, "StringNotLike": {"aws:PrincipalTag/k": SAME}},
    "sets": {"ForAllValues:StringLike": KEYS, "ForAnyValue:StringNotLike": KEYS},
    "numbers": {"NumericLessThan": {"s3:max-keys": [str(10**power) for power in range(400)]}},
    "no numbers": {"NumericLessThan": {"s3:max-keys": ["9" * 5_000, "1e999999999", "nan", "-", ""]}},
    "dates": {"DateLessThan": {"aws:CurrentTime": ["0000-00-00", "9999999999999999999", "2026-11-21T25:61:61Z", "x"]}},
    "addresses": {"IpAddress": {"aws:SourceIp": ["0.0.0.0/0", "::/0", "1.2.3.4/99", "x", "1.2.3.4.5", ""]}},
    "binary": {"BinaryEquals": {"k": ["====", "\x00", "QmluYXJ5"]}},
    "variables": {"StringLike": {"aws:PrincipalTag/k": "${aws:PrincipalTag/k}" * 100}},
    "variables without end": {
        "StringLike": {"k": ["${", "${aws:x", "${${aws:x}}", "${aws:x, 'y}", "${}", "${*}${?}${$}"]}
    },
    "operators nobody knows": {"StringSomething": {"k": "v"}, "ForSome:StringLike": {"k": "v"}},
    "keys nobody knows": {"StringEquals": {"": "v", "a" * 10_000: "v", "aws:": "v"}},
}


@pytest.mark.parametrize("name", CONDITIONS)
def test_conditions_are_judged_whatever_they_say(name: str) -> None:
    conditional, plain = policy(Condition=CONDITIONS[name]), policy()
    request = Request("arn:aws:iam::123456789012:role/r", "s3:GetObject", ARN + "x", {"k": "v", "s3:max-keys": "5"})
    for document in (conditional, {"Statement": [*plain["Statement"], deny("*", Condition=CONDITIONS[name])]}):
        judged(lambda document=document: decide(request, identity=[document]))
        judged(lambda document=document: cover(Need("s3:GetObject", ARN + "*"), identity=[document]))
        judged(lambda document=document: excess([plain], document))
        assert judged(lambda document=document: includes(plain, document)).holds is not False


def nested(depth: int) -> str:
    return '{"Statement":' + "[" * depth + "]" * depth + "}"


def encoded(times: int) -> str:
    text = json.dumps(policy())
    for _ in range(times):
        text = urllib.parse.quote(text)
    return text


def many_statements(count: int) -> dict[str, Any]:
    return {
        "Statement": [
            {"Effect": "Allow", "Action": f"s3:Get{number}*", "Resource": f"{ARN}b{number}/*", "Sid": f"S{number}"}
            for number in range(count)
        ]
    }


LARGE = {
    "ten thousand statements": many_statements(10_000),
    "a Deny in every second of ten thousand": {
        "Statement": [
            {**each, "Effect": "Deny"} if place % 2 else each
            for place, each in enumerate(many_statements(10_000)["Statement"])
        ]
    },
    "ten thousand actions": policy("*", [f"s3:Get{number}" for number in range(10_000)]),
    "ten thousand resources": policy([f"{ARN}b{number}/*" for number in range(10_000)]),
    "a resource of a megabyte": policy(ARN + "x" * 1_000_000),
}


@pytest.mark.long
@pytest.mark.parametrize("name", LARGE)
def test_large_policies_are_read_and_judged(name: str) -> None:
    document = judged(lambda: PolicyDocument.parse(json.dumps(LARGE[name])))
    request = Request("arn:aws:iam::123456789012:role/r", "s3:Get77", ARN + "b77/x")
    judged(lambda: decide(request, identity=[document]))
    judged(lambda: cover(Need("s3:Get77", ARN + "b77/*"), identity=[document]))
    assert judged(lambda: includes(document, document)).holds is not False
    judged(lambda: excess([document], policy(ARN + "b77/*", "s3:Get*")))


REFUSED = {
    "nothing": "",
    "no JSON": "{",
    "a BOM alone": "\ufeff",
    "null": "null",
    "a list": "[]",
    "a number": "5",
    "a number of many digits": '{"Statement": ' + "9" * 10_000 + "}",
    "deep lists": nested(100_000),
    "deep objects": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "a deep condition": json.dumps(policy(Condition="here")).replace('"here"', '{"a":' * 5_000 + "1" + "}" * 5_000),
    "duplicate keys": '{"Statement": [], "Statement": []}',
    "duplicate keys inside": '{"Statement": [{"Effect": "Deny", "Effect": "Allow", "Action": "*", "Resource": "*"}]}',
    "an effect that is none": '{"Statement": [{"Effect": "allow", "Action": "*", "Resource": "*"}]}',
    "an unknown element": '{"Statement": [{"Effect": "Allow", "Actions": "*", "Resource": "*"}]}',
    "NUL": "\x00",
    "a raw NUL in a text": '{"Statement": [{"Effect": "Allow", "Action": "s3:\x00", "Resource": "*"}]}',
    "percent signs": "%" * 100_000,
    "half an escape": "%7B%2",
    "bytes that are no UTF-8": "%FF%FE%7B",
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_policy_is_refused_in_one_line(name: str) -> None:
    with pytest.raises(PolicyError) as refused:
        judged(lambda: PolicyDocument.parse(REFUSED[name]))
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 1_000


ODD = {
    "ten levels of percent-encoding": encoded(10),
    "a lone surrogate": json.dumps(policy(ARN + "\udfff*", "s3:Get\ud800")),
    "NUL as an escape": json.dumps(policy(ARN + "\x00*", "s3:Get\x00")),
    "the marks of unknown text": json.dumps(
        policy([ARN + "\ue000", ARN + "\ue001\ue000x", ARN + "\ue000\ue000\ue001"])
    ),
    "the marks of literal wildcards": json.dumps(policy(ARN + "\ue002\ue003*")),
    "not a number": json.dumps(policy(Condition={"NumericEquals": {"k": float("nan")}})),
    "letters beyond ASCII": json.dumps(policy(ARN + "ß*İ", "s3:GetİSS*")),
    "no statement": '{"Version": "2012-10-17", "Statement": []}',
    "empty texts": json.dumps(policy("", "")),
    "white space": json.dumps(policy(" " + ARN + "* ", " s3:GetObject ")),
}


@pytest.mark.parametrize("name", ODD)
def test_what_is_odd_is_refused_or_judged(name: str) -> None:
    try:
        document = judged(lambda: PolicyDocument.parse(ODD[name]))
    except PolicyError as refused:
        assert "\n" not in str(refused)
        return
    request = Request("arn:aws:iam::123456789012:role/r", "s3:GetObject", ARN + "x")
    judged(lambda: decide(request, identity=[document]))
    judged(lambda: cover(Need("s3:GetObject", ARN + "*"), identity=[document]))
    assert judged(lambda: includes(document, document)).holds is not False
    judged(lambda: excess([document], policy()))
