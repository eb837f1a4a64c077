"""The marks of a role beside its blueprint."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from bedrock_o11y.audit.diff import diff
from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.roles import Role
from bedrock_o11y.roles.files import open_source
from bedrock_o11y.rules import Subject, Terms

QUIET = Path(__file__).parents[1] / "roles" / "quiet-runtime-role.json"


def test_a_line_that_reads_the_same_on_both_sides_is_the_same_whatever_else_is_too_much(tmp_path: Path) -> None:
    dump = json.loads(QUIET.read_text())
    everything = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    dump["RoleDetailList"][0]["RolePolicyList"].append({"PolicyName": "all", "PolicyDocument": everything})
    path = tmp_path / "dump.json"
    path.write_text(json.dumps(dump))
    (role,) = open_source(path).roles()
    assert isinstance(role, Role)
    lines = diff(Subject(role, ROLE_KINDS["agentcore-runtime"], "container", Terms(date(2026, 9, 26))))
    same = {line.recommended: line.mark for line in lines if line.recommended == line.actual}
    assert "xray:PutTraceSegments on *" in same
    assert set(same.values()) == {"="}
    assert any(line.mark == "+" and "on" in line.actual for line in lines)
