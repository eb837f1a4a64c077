"""The audit for code scanning: what the SARIF 2.1.0 schema requires, checked by hand."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.blueprint import Severity
from bedrock_o11y.report.audit_sarif import audit_sarif

from .typed_audits import EVERYTHING, HOSTILE_AUDIT, QUIET, QUIET_ROLE, RULES, TRUST, WIDER, audit, missing

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Place:
    start_line: int
    start_column: int
    end_line: int
    end_column: int


def run_of(report: Any, **more: Any) -> Any:
    log = json.loads(audit_sarif(report, **more))
    assert log["version"] == "2.1.0"
    assert log["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = log["runs"]
    check_run(run)
    return run


def check_run(run: Any) -> None:
    """Required members, value sets and cross-references of the schema (SARIF 3.14, 3.19, 3.20, 3.27, 3.49)."""
    driver = run["tool"]["driver"]
    assert driver["name"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert len(set(ids)) == len(ids)
    for rule in driver["rules"]:
        assert rule["shortDescription"]["text"]
        assert rule["fullDescription"]["text"]
        assert rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error")
        assert re.match("https://", rule.get("helpUri", "https://"))
        assert 0 <= float(rule["properties"]["security-severity"]) <= 10
    for invocation in run["invocations"]:
        assert isinstance(invocation["executionSuccessful"], bool)
        for notification in invocation["toolExecutionNotifications"]:
            assert notification["message"]["text"]
            assert notification["level"] in ("none", "note", "warning", "error")
    assert run["columnKind"] in ("utf16CodeUnits", "unicodeCodePoints")
    for result in run["results"]:
        assert result["message"]["text"]
        assert result["kind"] in ("fail", "open")
        assert result["level"] in ("none", "note", "warning", "error")
        assert (result["kind"] == "fail") is (result["level"] != "none")
        if "ruleIndex" in result:
            assert ids[result["ruleIndex"]] == result["ruleId"]
        assert all(isinstance(value, str) and value for value in result["partialFingerprints"].values())
        for suppression in result.get("suppressions", []):
            assert suppression["kind"] in ("inSource", "external")
            assert suppression["status"] in ("accepted", "underReview", "rejected")
        for location in result["locations"]:
            assert location["logicalLocations"][0]["fullyQualifiedName"]
            if "physicalLocation" in location:
                check_place(location["physicalLocation"])


def check_place(place: Any) -> None:
    uri = place["artifactLocation"]["uri"]
    assert re.fullmatch(r"[A-Za-z0-9._~:/%!$&'()*+,;=@-]+", uri), uri
    assert not uri.startswith("/")
    if region := place.get("region"):
        assert min(region.values()) >= 1
        assert (region["endLine"], region["endColumn"]) >= (region["startLine"], region["startColumn"])


@pytest.mark.parametrize("report", [EVERYTHING, HOSTILE_AUDIT, audit(), audit(QUIET_ROLE, rules=())])
def test_sarif_has_what_the_schema_requires(report: Any) -> None:
    run = run_of(report, locate=lambda _path, _pointer: Place(1, 2, 3, 4))
    assert len(run["results"]) == sum(len(role.findings) + len(role.accepted) for role in report.roles)


def test_every_rule_is_listed_whether_or_not_it_found_something() -> None:
    rules = run_of(audit())["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in RULES]


@pytest.mark.parametrize(
    ("severity", "level"),
    list(zip(Severity, ("error", "error", "warning", "note", "note"), strict=True)),
)
def test_the_level_follows_the_severity(severity: Severity, level: str) -> None:
    role = QUIET_ROLE.__class__(QUIET, "k", "K", QUIET_ROLE.state, findings=(missing("a:B", severity),))
    (result,) = run_of(audit(role))["results"]
    assert (result["level"], result["properties"]["severity"]) == (level, severity.value)
    assert result["partialFingerprints"] == {"bedrockO11y/v1": role.findings[0].fingerprint(QUIET)}
    assert "physicalLocation" not in result["locations"][0]  # the role of a live account is in no file


def test_a_statement_has_its_region_and_what_is_absent_that_of_the_role(tmp_path: Path) -> None:
    asked: list[tuple[Path, str]] = []

    def locate(path: Path, pointer: str) -> Place:
        asked.append((path, pointer))
        return Place(5, 6, 7, 8)

    results = run_of(audit(QUIET_ROLE), locate=locate)["results"]
    assert {pointer for _, pointer in asked} == {"/RoleDetailList/0", WIDER.pointer, TRUST.pointer}
    place = results[2]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "dumps/quiet%20role.json", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 5, "startColumn": 6, "endLine": 7, "endColumn": 8}
    outside = run_of(audit(QUIET_ROLE), base=tmp_path)["results"][0]["locations"][0]["physicalLocation"]
    assert outside["artifactLocation"]["uri"].startswith("file:///")
    assert "region" not in outside


def test_what_could_not_be_read_or_decided_makes_the_run_unsuccessful() -> None:
    (invocation,) = run_of(EVERYTHING)["invocations"]
    assert invocation["executionSuccessful"] is False
    levels = [each["level"] for each in invocation["toolExecutionNotifications"]]
    assert levels == ["error"] * 4 + ["warning", "note"]
    (whole,) = run_of(audit(QUIET_ROLE))["invocations"]
    assert whole == {"executionSuccessful": True, "toolExecutionNotifications": []}


def test_an_accepted_finding_is_suppressed_with_its_reason() -> None:
    suppressed = [each for each in run_of(EVERYTHING)["results"] if "suppressions" in each]
    (result,) = suppressed
    assert result["suppressions"] == [
        {
            "kind": "external",
            "status": "accepted",
            "justification": "The team moves the role this quarter. (accepted until 2999-12-31)",
        }
    ]


def test_a_hostile_policy_makes_no_link_in_a_message() -> None:
    run = run_of(HOSTILE_AUDIT)
    messages = [result["message"]["text"] for result in run["results"]]
    messages += [each["message"]["text"] for each in run["invocations"][0]["toolExecutionNotifications"]]
    assert all("octocat" in message and "](" not in message for message in messages[:2])
    assert not [message for message in messages if "](" in message]


def test_sarif_is_readable_in_any_terminal() -> None:
    text = audit_sarif(HOSTILE_AUDIT)
    assert text.replace("\n", "").isprintable()
    text.encode()
