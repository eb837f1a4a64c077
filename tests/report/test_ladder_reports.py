from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest

from bedrock_o11y.errors import ExitCode
from bedrock_o11y.report import LadderReport, Rung, State
from bedrock_o11y.report.ladder_json import ladder_json
from bedrock_o11y.report.ladder_junit import ladder_junit
from bedrock_o11y.report.ladder_table import ladder_table
from bedrock_o11y.report.ladder_text import ladder_text


def report(*states: State) -> LadderReport:
    rungs = tuple(
        Rung(
            f"rung-{number}",
            f"Claim {number}",
            state,
            (f"Seen <{number}> & \x07heard.",),
            "Do this." if state is State.FAIL else None,
            "rung-0" if state is State.UNKNOWN else None,
            0.25,
        )
        for number, state in enumerate(states)
    )
    return LadderReport("123456789012", "us-east-1", "2026-11-21T04:00:00Z", "Judged alone.", rungs)


@pytest.mark.parametrize(
    ("states", "allowed", "expected"),
    [
        ((), False, ExitCode.CLEAN),
        ((State.PASS, State.NOT_APPLICABLE), False, ExitCode.CLEAN),
        ((State.PASS, State.UNKNOWN), False, ExitCode.UNKNOWN),
        ((State.PASS, State.UNKNOWN), True, ExitCode.CLEAN),
        ((State.FAIL, State.UNKNOWN), False, ExitCode.FAILED),
        ((State.FAIL, State.UNKNOWN), True, ExitCode.FAILED),
    ],
)
def test_the_exit_code_is_that_of_the_worst_state(states: tuple[State, ...], allowed: bool, expected: ExitCode) -> None:
    assert report(*states).exit_code(allow_unknown=allowed) is expected


def test_json_keeps_its_contract() -> None:
    document = json.loads(ladder_json(report(State.PASS, State.UNKNOWN)))
    assert document == {
        "schema": {"name": "bedrock-o11y/check", "version": 1},
        "account": "123456789012",
        "region": "us-east-1",
        "time": "2026-11-21T04:00:00Z",
        "basis": "Judged alone.",
        "summary": {"PASS": 1, "FAIL": 0, "UNKNOWN": 1, "NOT_APPLICABLE": 0},
        "rungs": [
            {
                "id": "rung-0",
                "title": "Claim 0",
                "state": "PASS",
                "blocked_by": None,
                "evidence": ["Seen <0> & \x07heard."],
                "next": None,
                "seconds": 0.25,
            },
            {
                "id": "rung-1",
                "title": "Claim 1",
                "state": "UNKNOWN",
                "blocked_by": "rung-0",
                "evidence": ["Seen <1> & \x07heard."],
                "next": None,
                "seconds": 0.25,
            },
        ],
    }


def test_junit_is_valid_and_what_could_not_be_judged_is_skipped_with_its_reason() -> None:
    suite = ElementTree.fromstring(ladder_junit(report(*State)))[0]  # noqa: S314  our own document
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped")) == ("4", "1", "2")
    cases = {case.get("name"): case for case in suite}
    assert cases["rung-1"].find("failure") is not None
    skipped = cases["rung-2"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "UNKNOWN (blocked by rung-0): Seen <2> & \N{REPLACEMENT CHARACTER}heard."
    assert cases["rung-3"].find("skipped") is not None
    assert "Next: Do this." in (cases["rung-1"].findtext("failure") or "")


def test_plain_text_has_no_escape_sequences_and_names_what_failed() -> None:
    text = ladder_text(report(State.PASS, State.FAIL))
    assert "\033" not in text
    assert "FAIL      rung-1: Claim 1" in text
    assert text.splitlines()[-1] == "Failed: rung-1. (1 PASS, 1 FAIL)"


def test_plain_text_never_breaks_a_name() -> None:
    arn = "arn:aws:iam::123456789012:role/" + "a-very-long-name-" * 10
    rung = Rung("r", "t", State.PASS, (f"Written as {arn} by Bedrock.",))
    assert arn in ladder_text(LadderReport("1", "r", "t", "b", (rung,)))


@pytest.mark.parametrize("colour", [True, False])
def test_the_table_of_a_terminal_is_coloured_only_when_colours_are_wanted(colour: bool) -> None:
    text = ladder_table(report(State.PASS, State.FAIL), width=100, colour=colour)
    assert ("\033[" in text) is colour
    assert "rung-1" in text
    assert "Do this." in text
