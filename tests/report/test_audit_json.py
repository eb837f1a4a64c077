"""The audit for programs: JSON and its schema."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from bedrock_o11y.report.audit_json import audit_json

from .json_schema import problems
from .typed_audits import EVERYTHING, HOSTILE_AUDIT, QUIET, QUIET_ROLE, UNREAD_ROLE, audit

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "bedrock-o11y-audit.schema.json").read_text())


def document(report: Any = EVERYTHING, *, diff: bool = False) -> Any:
    return json.loads(audit_json(report, diff=diff))


@pytest.mark.parametrize("diff", [False, True])
@pytest.mark.parametrize("report", [EVERYTHING, HOSTILE_AUDIT, audit(), audit(QUIET_ROLE, fail_on=None)])
def test_json_is_what_its_schema_says(report: Any, diff: bool) -> None:
    answer = document(report, diff=diff)
    assert list(problems(answer, SCHEMA)) == []
    assert all(("diff" in role) is diff for role in answer["roles"])


@pytest.mark.parametrize(
    "change",
    [
        lambda answer: answer["schema"].update(version=2),
        lambda answer: answer.pop("summary"),
        lambda answer: answer.update(more=1),
        lambda answer: answer["roles"][0].pop("kind"),
        lambda answer: answer["roles"][2]["findings"][0].update(severity="bad"),
        lambda answer: answer["roles"][2]["findings"][0].update(fingerprint="0"),
        lambda answer: answer["roles"][2]["findings"][0].update(actions="a:B"),
        lambda answer: answer["roles"][4]["accepted"][0].update(expires="soon"),
        lambda answer: answer["summary"].update(others=-1),
        lambda answer: answer["summary"]["findings"].update(high=True),
    ],
)
def test_the_schema_refuses_another_shape(change: Any) -> None:
    answer = copy.deepcopy(document())
    change(answer)
    assert list(problems(answer, SCHEMA))


def test_json_keeps_its_contract() -> None:
    answer = document()
    assert answer["schema"] == {"name": "bedrock-o11y/audit", "version": 1}
    assert answer["data_date"] == "2026-09-26"
    assert answer["fail_on"] == "medium"
    summary = answer["summary"]
    assert summary["roles"] == {"judged": 4, "unread": 1}
    assert summary["findings"] == {"critical": 0, "high": 3, "medium": 2, "low": 0, "info": 1}
    assert (summary["others"], summary["failing"], summary["undecided"], summary["accepted"]) == (12, 4, 4, 1)
    assert [len(summary[key]) for key in ("partial", "expired", "unused")] == [1, 1, 1]
    quiet = next(role for role in answer["roles"] if role["arn"] == QUIET)
    assert (quiet["name"], quiet["kind"], quiet["state"]) == ("agent-runtime-role", "agentcore-runtime", "judged")
    assert (quiet["file"], quiet["pointer"]) == ("dumps/quiet role.json", "/RoleDetailList/0")
    assert quiet["findings"][2] == {
        "rule": "wider-resource",
        "severity": "medium",
        "verdict": "EXCESS",
        "message": "logs:PutLogEvents is allowed on more than the agent's own log groups.",
        "why": "A prompt that makes the agent write can forge the records of every other agent in the account.",
        "action": "logs:CreateLogStream, logs:PutLogEvents",
        "actions": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "resource": "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/*",
        "witness": "logs:PutLogEvents on "
        "arn:aws:logs:us-east-1:123456789012:log-group:/aws/bedrock-agentcore/x:log-stream:x",
        "statement": "runtime/CloudWatchLogs",
        "pointer": "/RoleDetailList/0/RolePolicyList/0/PolicyDocument/Statement/2",
        "need": "",
        "next": "Narrow the resource to log-group:/aws/bedrock-agentcore/runtimes/*.",
        "sources": [],
        "confidence": "",
        "fingerprint": QUIET_ROLE.findings[2].fingerprint(QUIET),
    }


def test_a_role_without_an_arn_has_its_name() -> None:
    named = audit(UNREAD_ROLE.__class__("aws_iam_role.agent", "", "", UNREAD_ROLE.state, unread=("x",)))
    (role,) = document(named)["roles"]
    assert (role["arn"], role["name"]) == ("", "aws_iam_role.agent")


def test_json_is_readable_in_any_terminal() -> None:
    text = audit_json(HOSTILE_AUDIT, diff=True)
    assert text.replace("\n", "").isprintable()
    text.encode()
