"""The audit in words: plain text, the table of a terminal, markdown, JUnit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.report import AuditReport, audit_as
from bedrock_o11y.report.audit_junit import audit_junit
from bedrock_o11y.report.audit_markdown import ROOM, audit_markdown
from bedrock_o11y.report.audit_table import audit_table
from bedrock_o11y.report.audit_text import audit_text

from .typed_audits import (
    ACCEPTED_ROLE,
    CLEAN_ROLE,
    EVERYTHING,
    HOSTILE_AUDIT,
    PART_READ,
    QUIET,
    QUIET_ROLE,
    TOKENS,
    UNDECIDED,
    UNREAD_ROLE,
    audit,
    missing,
)

if TYPE_CHECKING:
    from syrupy.assertion import SnapshotAssertion

PATCH = "bedrock-o11y audit --from 'dumps/quiet role.json' --patch json"


@pytest.mark.parametrize("diff", [False, True])
def test_plain_text_is_as_it_was(diff: bool, snapshot: SnapshotAssertion) -> None:
    assert audit_text(EVERYTHING, diff=diff, patch=PATCH) == snapshot


@pytest.mark.parametrize("width", [80, 100])
def test_the_table_of_a_terminal_is_as_it_was(width: int, snapshot: SnapshotAssertion) -> None:
    assert audit_table(EVERYTHING, width=width, colour=False, diff=width == 100, patch=PATCH) == snapshot


def test_markdown_is_as_it_was(snapshot: SnapshotAssertion) -> None:
    assert audit_markdown(EVERYTHING, patch=PATCH) == snapshot


@pytest.mark.parametrize(
    ("report", "verdict", "code"),
    [
        (audit(), "Nothing was judged: no role is one of ours. --as KIND judges a role as that kind.", 0),
        (audit(others=3), "Nothing was judged: no role is one of ours. --as KIND judges a role as that kind.", 0),
        (audit(CLEAN_ROLE), "All clear.", 0),
        (audit(ACCEPTED_ROLE), "All clear.", 0),
        (audit(replace(QUIET_ROLE, findings=(TOKENS,))), "Passed: nothing is medium or worse.", 0),
        (audit(QUIET_ROLE, fail_on=None), "Passed: --fail-on never.", 0),
        (audit(QUIET_ROLE, fail_on=Severity.CRITICAL), "Passed: nothing is critical.", 0),
        (audit(QUIET_ROLE), "Failed: 4 findings are medium or worse.", 1),
        (
            audit(QUIET_ROLE, UNREAD_ROLE),
            "Failed: 4 findings are medium or worse; 1 more could not be read or decided.",
            1,
        ),
        (audit(replace(QUIET_ROLE, findings=(missing("a:B"),))), "Failed: 1 finding is medium or worse.", 1),
        (audit(CLEAN_ROLE, UNREAD_ROLE), "Not everything could be read or decided (1), so this is no pass.", 3),
        (audit(PART_READ), "Not everything could be read or decided (2), so this is no pass.", 3),
        (audit(partial=("x",)), "Not everything could be read or decided (1), so this is no pass.", 3),
        (audit(PART_READ, fail_on=None), "Not everything could be read or decided (2), so this is no pass.", 3),
    ],
)
def test_every_form_for_people_says_what_the_exit_code_says(report: AuditReport, verdict: str, code: int) -> None:
    assert report.exit_code() == code
    assert audit_text(report).splitlines()[-1] == verdict
    assert audit_table(report, width=200, colour=False).splitlines()[-1] == verdict
    assert verdict.split(".")[0] in audit_markdown(report).splitlines()[0]


@pytest.mark.parametrize(
    ("report", "said"),
    [
        (
            audit(QUIET_ROLE, others=12),
            "1 role judged, 5 findings: 2 high, 2 medium, 1 info; 12 roles are none of ours;",
        ),
        (audit(CLEAN_ROLE, others=1), "1 role judged, no findings; 1 role is none of ours; action data of 2026-09-26."),
        (audit(UNREAD_ROLE, UNREAD_ROLE), "0 roles judged, no findings; 2 roles could not be judged;"),
        (audit(PART_READ), "1 role judged, no findings; 1 undecided; 1 role read in part;"),
        (audit(ACCEPTED_ROLE), "1 role judged, no findings; 1 finding accepted by the baseline;"),
    ],
)
def test_the_last_lines_count(report: AuditReport, said: str) -> None:
    assert said in " ".join(audit_text(report).split())
    assert said in " ".join(audit_table(report, width=100, colour=False).split())
    assert said in audit_markdown(report)


def test_the_command_of_the_patch_stands_there_when_there_is_something_to_patch() -> None:
    last = f"Next, the patch (as json, terraform, cdk or cli): {PATCH}"
    assert audit_text(audit(QUIET_ROLE), patch=PATCH).splitlines()[-1] == last
    assert audit_table(audit(QUIET_ROLE), width=60, colour=False, patch=PATCH).splitlines()[-1] == last
    for report in (audit(CLEAN_ROLE), audit(UNREAD_ROLE), audit(PART_READ), audit(ACCEPTED_ROLE)):
        assert PATCH not in audit_text(report, patch=PATCH)


def test_the_worst_role_comes_first_and_the_worst_finding_in_it() -> None:
    critical = replace(
        QUIET_ROLE, label="arn:aws:iam::123456789012:role/worst", findings=(missing("a:B", Severity.CRITICAL),)
    )
    shuffled = replace(QUIET_ROLE, findings=QUIET_ROLE.findings[::-1])
    lines = audit_text(audit(UNREAD_ROLE, PART_READ, shuffled, critical)).splitlines()
    assert [line.rpartition("/")[2] for line in lines if line.startswith("arn:")] == [
        "worst",
        "agent-runtime-role",
        "part",
        "broken",
    ]
    labels = [line.split()[0] for line in lines if line[:1].isupper() and line.split()[0].isupper()]
    assert labels == ["CRITICAL", "HIGH", "MEDIUM", "MEDIUM", "INFO", "UNREAD", "UNKNOWN", "UNREAD"]


@pytest.mark.parametrize(
    ("origins", "said"),
    [(("dumps/quiet role.json",), False), (("dumps",), True), (("dumps/quiet role.json", "more.json"), True)],
)
def test_a_role_names_its_file_where_the_head_does_not_tell(origins: tuple[str, ...], said: bool) -> None:
    report = audit(QUIET_ROLE, origins=origins)
    assert ("In dumps/quiet role.json." in audit_text(report)) is said
    assert ("In dumps/quiet role.json." in audit_table(report, width=100, colour=False)) is said
    assert ("In dumps/quiet role.json." in audit_markdown(report)) is said


def test_what_was_assumed_of_all_roles_is_said_once() -> None:
    other = replace(QUIET_ROLE, label=f"{QUIET}-2", assumed=("Its own.", QUIET_ROLE.assumed[1]))
    report = audit(QUIET_ROLE, other, UNREAD_ROLE)
    for shown in (audit_text(report), audit_table(report, width=200, colour=False), audit_markdown(report)):
        text = " ".join(shown.split())
        assert (
            text.count("Of every role judged: The agent counts as created today; --agent-created says otherwise") == 1
        )
        assert text.count("because a policy of it reads images") == text.count("Its own.") == 1
    assert audit_text(audit(QUIET_ROLE)).splitlines()[1] == ""


def test_findings_of_one_rule_and_one_reason_give_the_reason_once() -> None:
    text = audit_text(audit(QUIET_ROLE))
    assert text.count("Without the sampling rules") == 1
    assert "xray:GetSamplingRules is missing" in text
    assert "xray:GetSamplingTargets is missing" in text


def test_one_unread_policy_does_not_hide_the_findings_behind_what_it_leaves_open() -> None:
    open_ = [replace(UNDECIDED, message=f"Nobody knows about a:B{number}.", why=f"why {number}") for number in range(9)]
    text = audit_text(audit(replace(QUIET_ROLE, findings=(*open_, *QUIET_ROLE.findings))))
    assert text.index("INFO ") < text.index("UNKNOWN ")
    assert text.count("UNKNOWN ") == 1
    assert all(each.message in text for each in open_)
    assert "why 1" not in text
    assert "5 findings: 2 high, 2 medium, 1 info; 9 undecided;" in text


@pytest.mark.parametrize(("clean", "listed"), [(1, True), (20, True), (21, False)])
def test_clean_roles_have_a_line_each_until_there_are_many(clean: int, listed: bool) -> None:
    report = audit(*(replace(CLEAN_ROLE, label=f"arn:aws:iam::123456789012:role/{number}") for number in range(clean)))
    for text in (audit_text(report), audit_table(report, width=100, colour=False), audit_markdown(report)):
        assert ("role/0" in text) is listed
        assert listed or "21 roles" in text


def test_a_role_read_in_part_is_not_among_the_clean() -> None:
    text = audit_text(audit(replace(PART_READ, findings=())))
    assert "CLEAN" not in text
    assert "UNREAD    the policy Shared could not be read" in text


@pytest.mark.parametrize("colour", [True, False])
def test_the_table_is_coloured_only_when_colours_are_wanted(colour: bool) -> None:
    text = audit_table(EVERYTHING, width=100, colour=colour)
    assert ("\033[" in text) is colour
    assert "agent-runtime-role" in text


@pytest.mark.parametrize("width", [20, 60, 80, 100, 200])
def test_the_table_keeps_to_the_width_of_the_terminal(width: int) -> None:
    lines = audit_table(EVERYTHING, width=width, colour=False, diff=True).splitlines()
    assert max(len(line) for line in lines) <= max(width, 60)


def test_plain_text_never_breaks_a_name() -> None:
    text = audit_text(audit(QUIET_ROLE))
    for name in (QUIET, QUIET_ROLE.findings[2].resource, QUIET_ROLE.findings[2].witness.split()[-1]):
        assert name in text


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_a_hostile_policy_cannot_write_a_line_of_the_report(form: str) -> None:
    text = audit_as(form, HOSTILE_AUDIT, diff=True, out=Path("x"))
    assert text.replace("\n", "").isprintable()
    text.encode()
    hostile = audit(
        replace(CLEAN_ROLE, label="x\nCLEAN     arn:aws:iam::123456789012:role/evil"), partial=("a\nAll clear.",)
    )
    lines = audit_as(form, hostile, out=Path("x")).splitlines()
    assert not [line for line in lines if line.startswith(("CLEAN     arn", "All clear"))]


def test_a_terminal_gets_no_escape_sequence_of_a_policy() -> None:
    text = audit_table(HOSTILE_AUDIT, width=100, colour=False, diff=True)
    assert text.replace("\n", "").isprintable()


def test_markup_of_rich_in_a_name_is_text() -> None:
    text = audit_table(audit(replace(CLEAN_ROLE, label="[bold]x[/bold] :smile:")), width=100, colour=False)
    assert "[bold]x[/bold] :smile:" in text


# --- markdown ---------------------------------------------------------------------------------------------------------


def test_markdown_has_room_for_a_comment_and_says_what_it_leaves_out() -> None:
    many = [replace(QUIET_ROLE, label=f"{QUIET}-{number}") for number in range(200)]
    text = audit_markdown(audit(*many, *[CLEAN_ROLE] * 30, PART_READ))
    assert len(text) < ROOM + 500
    shown = text.count("#### ")
    assert f"**{201 - shown} more roles have findings for which there is no room" in text
    assert 20 < shown < 200
    assert "30 roles are clean." in text


def test_markdown_of_one_huge_role_still_fits() -> None:
    huge = replace(QUIET_ROLE, findings=tuple(missing(f"a:B{number}", why=str(number)) for number in range(2000)))
    text = audit_markdown(audit(huge))
    assert len(text) < ROOM + 500
    assert "1 more role has findings for which there is no room" in text


def test_markdown_folds_a_long_table() -> None:
    assert "<details>" not in audit_markdown(audit(QUIET_ROLE))
    long = replace(QUIET_ROLE, findings=tuple(missing("a:B", why=f"{number}") for number in range(11)))
    text = audit_markdown(audit(long))
    assert "<details><summary>11 findings</summary>\n\n| severity" in text
    assert text.count("<details>") == text.count("</details>") == 1


# --- JUnit ------------------------------------------------------------------------------------------------------------


def cases(report: AuditReport) -> dict[tuple[str, str], ElementTree.Element]:
    tree = ElementTree.fromstring(audit_junit(report))  # noqa: S314  our own document
    found = {(suite.get("name", ""), case.get("name", "")): case for suite in tree for case in suite.iter("testcase")}
    for node in (tree, *tree):
        below = list(node.iter("testcase"))
        assert node.get("tests") == str(len(below))
        for result in ("failure", "skipped"):
            counted = node.get("failures" if result == "failure" else "skipped")
            assert counted == str(sum(case.find(result) is not None for case in below))
    return found


def result(case: ElementTree.Element) -> str:
    return case[0].tag if len(case) else "passed"


def test_junit_has_a_case_for_each_role_and_rule() -> None:
    found = {key: result(case) for key, case in cases(EVERYTHING).items()}
    role = "arn:aws:iam::123456789012:role/"
    assert len(found) == 5 * 5 + 1
    assert {rule: found[QUIET, rule] for _, rule in list(found)[1:6]} == {
        "missing-grant": "failure",
        "unknown-grant": "passed",
        "wider-resource": "failure",
        "trust-source-arn": "failure",
        "phantom-action": "passed",
    }
    assert {value for (name, _), value in found.items() if name == f"{role}logging"} == {"passed"}
    assert {value for (name, _), value in found.items() if name == f"{role}broken"} == {"skipped"}
    # Of a role that was read in part, a rule without a finding proves nothing.
    assert {value for (name, _), value in found.items() if name == f"{role}part"} == {"skipped"}
    assert found[f"{role}known", "wider-resource"] == "system-out"
    assert found["what could not be read", "reading"] == "skipped"


def test_junit_skips_what_is_undecided_with_its_reason() -> None:
    case = cases(audit(replace(PART_READ, unread=())))[PART_READ.label, "unknown-grant"]
    skipped = case.find("skipped")
    assert skipped is not None
    assert (skipped.get("message") or "").startswith("UNKNOWN: It cannot be said whether logs:PutLogEvents")


def test_junit_fails_what_the_threshold_fails_and_shows_the_rest() -> None:
    below = cases(audit(QUIET_ROLE, fail_on=Severity.HIGH))[QUIET, "wider-resource"]
    assert result(below) == "system-out"
    assert "MEDIUM: logs:PutLogEvents" in (below.findtext("system-out") or "")
    both = cases(audit(replace(QUIET_ROLE, findings=(missing("a:B"), replace(UNDECIDED, rule="missing-grant")))))
    assert result(both[QUIET, "missing-grant"]) == "failure"
    several = cases(audit(QUIET_ROLE))[QUIET, "missing-grant"].find("failure")
    assert several is not None
    assert (several.get("message") or "").endswith("(and 1 more)")


def test_junit_survives_a_hostile_policy() -> None:
    found = cases(HOSTILE_AUDIT)
    assert len(found) == 6
    assert any("octocat" in name for name, _ in found)


@pytest.mark.parametrize(("number", "told"), [(3, 3), (4, 1), (15, 1)])
def test_many_findings_of_one_cause_are_told_once_with_all_their_actions(number: int, told: int) -> None:
    actions = [f"xray:Action{each}" for each in range(number)]
    findings = tuple(
        replace(
            QUIET_ROLE.findings[0],
            actions=(action,),
            need="Traces",
            message=f"{action} hangs on a condition.",
            statement="p/1",
            resource=f"arn:{action}",
            witness="",
        )
        for action in actions
    )
    text = audit_text(audit(replace(QUIET_ROLE, findings=findings)))
    assert text.count("hangs on a condition.") == told
    assert ("Likewise:" in text) is (told == 1)
    assert all(action in text for action in actions)


def test_findings_of_other_resources_are_each_told() -> None:
    findings = tuple(
        replace(QUIET_ROLE.findings[0], actions=("s3:*",), need="", message="s3:* is too much.", resource=f"arn:{each}")
        for each in range(5)
    )
    assert audit_text(audit(replace(QUIET_ROLE, findings=findings))).count("s3:* is too much.") == 5
