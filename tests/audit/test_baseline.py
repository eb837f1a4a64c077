"""What a baseline accepts, and what it refuses to be."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from bedrock_o11y.audit.baseline import Baseline
from bedrock_o11y.blueprint import Severity
from bedrock_o11y.errors import UsageError
from bedrock_o11y.report import Finding

if TYPE_CHECKING:
    from pathlib import Path

ROLE = "arn:aws:iam::123456789012:role/team/agent"
READS = Finding(
    "missing-grant", Severity.HIGH, "m", "w", "MISSING", ("xray:GetSamplingRules", "xray:GetSamplingTargets")
)
LOGS = Finding("wider-resource", Severity.MEDIUM, "m", "w", "EXCESS", ("logs:PutLogEvents",), resource="*")
TRUST = Finding("trust-source-arn", Severity.LOW, "m", "w", "WEAK_IF_ABSENT")
FINDINGS = (READS, LOGS, TRUST)
REASON = "The team moves the role this quarter."


def baseline(folder: Path, *entries: object, name: str = "baseline.json") -> Baseline:
    path = folder / name
    path.write_text(json.dumps({"accepted": list(entries)}))
    return Baseline.load(path)


def entry(**changes: object) -> dict[str, object]:
    return {"role": ROLE, "rule": "missing-grant", "reason": REASON, "expires": "2999-12-31"} | changes


@pytest.mark.parametrize(
    ("written", "accepted"),
    [
        ({}, READS),
        ({"role": "agent"}, READS),
        ({"role": "team/agent"}, None),
        ({"role": "another"}, None),
        ({"role": "*"}, None),
        ({"rule": "partial-grant"}, None),
        ({"action": "xray:GetSamplingRules, xray:GetSamplingTargets"}, READS),
        ({"action": ["XRAY:getsamplingrules", "xray:GetSamplingTargets", "xray:PutTraceSegments"]}, READS),
        ({"action": "xray:GetSamplingRules"}, None),
        ({"rule": "wider-resource", "action": "logs:PutLogEvents"}, LOGS),
        ({"rule": "trust-source-arn"}, TRUST),
        ({"rule": "trust-source-arn", "action": "sts:AssumeRole"}, None),
    ],
)
def test_role_rule_and_actions_say_which_finding_is_accepted(
    written: dict[str, object], accepted: Finding | None, tmp_path: Path
) -> None:
    remaining, taken = baseline(tmp_path, entry(**written)).split(ROLE, FINDINGS)
    assert [each.finding for each in taken] == ([accepted] if accepted else [])
    assert list(remaining) == [finding for finding in FINDINGS if finding is not accepted]


def test_a_fingerprint_accepts_its_finding_of_its_role_alone(tmp_path: Path) -> None:
    written = {"fingerprint": LOGS.fingerprint(ROLE), "reason": REASON, "expires": "2999-12-31"}
    found = baseline(tmp_path, written)
    assert found.split(ROLE + "2", FINDINGS) == (FINDINGS, ())
    assert len(found.unused) == 1
    remaining, (taken,) = found.split(ROLE, FINDINGS)
    assert remaining == (READS, TRUST)
    assert (taken.finding, taken.reason, taken.expires) == (LOGS, REASON, "2999-12-31")
    assert found.unused == ()


def test_an_entry_accepts_on_its_last_day_and_not_on_the_day_after(tmp_path: Path) -> None:
    found = baseline(tmp_path, entry(expires="2026-11-21"))
    found.today = date(2026, 11, 21)
    assert [each.finding for each in found.split(ROLE, FINDINGS)[1]] == [READS]
    assert found.expired == ()
    found.today += timedelta(days=1)
    assert found.split(ROLE, FINDINGS) == (FINDINGS, ())
    (said,) = found.expired
    assert "baseline.json: accepted[0] (missing-grant of arn:" in said
    assert "expired on 2026-11-21 and accepts nothing" in said
    assert found.unused == ()


def test_an_entry_in_force_wins_over_an_expired_one_and_the_last_day_is_shown(tmp_path: Path) -> None:
    later = "It is known and harmless here."
    found = baseline(
        tmp_path, entry(expires="2000-01-01"), entry(expires="2998-01-01"), entry(expires="2999-01-01", reason=later)
    )
    (taken,) = found.split(ROLE, FINDINGS)[1]
    assert (taken.reason, taken.expires) == (later, "2999-01-01")
    assert len(found.expired) == 1


def test_an_entry_that_meets_nothing_is_said(tmp_path: Path) -> None:
    found = baseline(tmp_path, entry(), entry(rule="phantom-action"))
    found.split(ROLE, FINDINGS)
    (said,) = found.unused
    assert "accepted[1] (phantom-action of arn:" in said
    assert "met no finding" in said


def test_without_entries_nothing_is_accepted() -> None:
    assert Baseline().split(ROLE, FINDINGS) == (FINDINGS, ())


def test_yaml_is_read_with_its_dates(tmp_path: Path) -> None:
    path = tmp_path / "baseline.yaml"
    path.write_text(
        "accepted:\n  - role: agent\n    rule: trust-source-arn\n    expires: 2999-03-31\n"
        "    reason: The gateway that needs it goes in March.\n  - {fingerprint: 0123456789abcdef0123456789abcdef, "
        "expires: '2999-03-31', reason: As agreed with security.}\n"
    )
    first, second = Baseline.load(path).entries
    assert first.expires == second.expires == date(2999, 3, 31)


def refused(folder: Path, text: str | bytes) -> str:
    path = folder / "b"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError) as caught:
        Baseline.load(path)
    line = str(caught.value)
    assert "\n" not in line
    return line.removeprefix(str(path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", ": it is not a baseline; expected a mapping with accepted:"),
        ("[]", ": it is not a baseline"),
        ("accepted:", ": it is not a baseline"),
        ("accepted: {}", ": it is not a baseline"),
        ("accepted: []\nmore: 1", ": unknown key 'more'"),
        ("accepted: [x", ":1: neither YAML nor JSON"),
        ('{"accepted": [', ":1: neither YAML nor JSON"),
        ("a: \x07", ": neither YAML nor JSON"),
        (b"\xff\xfe\x00", ": the baseline cannot be read: it is not UTF-8 text"),
        ("accepted: []\naccepted: []", ":2: neither YAML nor JSON: the key accepted stands twice"),
        ('{"accepted": [], "accepted": []}', ": the key 'accepted' stands twice"),
        ("[" * 5000, ": it is nested too deeply"),
        ("accepted: [x]", ": accepted[0]: 'x' is not allowed; expected a mapping"),
    ],
)
def test_a_file_that_is_no_baseline_is_one_line(text: str | bytes, said: str, tmp_path: Path) -> None:
    assert refused(tmp_path, text).startswith(said)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"until": "2999-12-31"}, ": unknown key 'until'"),
        ({"role": ""}, ": expected either fingerprint, or role and rule"),
        ({"rule": ""}, ": expected either fingerprint, or role and rule"),
        ({"role": "", "rule": "", "action": "a:B"}, ": expected either fingerprint, or role and rule"),
        ({"role": "", "rule": ""}, ": expected either fingerprint, or role and rule"),
        ({"fingerprint": "0" * 32}, ": expected either fingerprint, or role and rule"),
        ({"role": "", "rule": "", "fingerprint": "abc"}, ".fingerprint: 'abc' is not allowed; expected 32 hex"),
        ({"role": "", "rule": "", "fingerprint": 7}, ".fingerprint: 7 is not allowed; expected text"),
        ({"reason": ""}, ".reason: nothing is not allowed; expected a sentence"),
        ({"reason": "TODO"}, ".reason: 'TODO' is not allowed; expected a sentence"),
        ({"reason": ["a", "b"]}, ".reason: ['a', 'b'] is not allowed; expected text"),
        ({"expires": None}, ".expires: nothing is not allowed; expected the last day, such as"),
        ({"expires": "never"}, ".expires: 'never' is not allowed"),
        ({"expires": "2999-02-30"}, ".expires: '2999-02-30' is not allowed"),
        ({"expires": 29991231}, ".expires: 29991231 is not allowed"),
        ({"expires": "2999-12-31T00:00:00"}, ".expires: '2999-12-31T00:00:00' is not allowed"),
        ({"action": ""}, ".action: nothing is not allowed"),
        ({"action": []}, ".action: [] is not allowed"),
        ({"action": [7]}, ".action: [7] is not allowed"),
        ({"action": {"a": "b"}}, ".action: {'a': 'b'} is not allowed"),
        ({"rule": "x" * 300, "role": 1}, ".role: 1 is not allowed"),
    ],
)
def test_an_entry_must_say_what_why_and_until_when(changes: dict[str, object], said: str, tmp_path: Path) -> None:
    line = refused(tmp_path, json.dumps({"accepted": [entry(), entry(**changes)]}))
    assert line.startswith(f": accepted[1]{said}")


@pytest.mark.parametrize("day", ["2999-02-30", "2999-12-31T00:00:00Z", "soon"])
def test_what_yaml_takes_for_a_day_and_is_none_is_shown_as_it_stands(day: str, tmp_path: Path) -> None:
    text = f"accepted:\n  - {{role: agent, rule: x, reason: it is a test, expires: {day}}}"
    assert refused(tmp_path, text).startswith(f": accepted[0].expires: '{day}' is not allowed; expected the last day")


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the baseline cannot be read: No such file"):
        Baseline.load(tmp_path / "nowhere.yaml")
