"""Policies that real projects ship, re-typed to what matters, and exactly what the audit finds in each.

Each exhibit says where it was seen and what it shows; ``findings`` is the whole list, worst first. Nothing here was
checked against the projects' current state: a project may have repaired it since.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
import yaml

from bedrock_o11y.audit.audit import Options, run
from bedrock_o11y.roles.files import open_source

EXHIBITS = sorted((Path(__file__).parent / "exhibits").glob("*.yaml"))
OPTIONS = Options(agent_created=date(2026, 11, 21))


def exhibit(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def dump(shown, name):
    policies = [{"PolicyName": policy, "PolicyDocument": document} for policy, document in shown["policies"].items()]
    role = {
        "RoleName": name,
        "Arn": f"arn:aws:iam::123456789012:role/{name}",
        "Path": "/",
        "CreateDate": "2026-08-01T00:00:00Z",
        "AssumeRolePolicyDocument": shown["trust"],
        "RolePolicyList": policies,
        "AttachedManagedPolicies": [],
        "Tags": [],
    }
    return {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [role], "Policies": []}


def judged(path, tmp_path):
    file = tmp_path / "dump.json"
    file.write_text(json.dumps(dump(exhibit(path), path.stem)))
    report = run([open_source(file)], OPTIONS).report
    return report.roles


@pytest.mark.parametrize("path", EXHIBITS, ids=[path.stem for path in EXHIBITS])
def test_the_audit_finds_in_an_exhibit_exactly_what_is_written_beside_it(path, tmp_path):
    shown = exhibit(path)
    (role,) = judged(path, tmp_path)
    assert role.kind == shown["kind"]
    assert [f"{each.severity.value} {each.rule} {each.action}" for each in role.findings] == shown["findings"]


@pytest.mark.parametrize("path", EXHIBITS, ids=[path.stem for path in EXHIBITS])
def test_an_exhibit_says_where_it_was_seen_and_what_it_shows(path):
    shown = exhibit(path)
    assert shown["source"]
    assert shown["shows"].rstrip().endswith(".")
    assert not shown["title"].endswith(".")


def test_the_museum_has_every_kind_of_mistake_that_was_seen_in_public():
    rules = {finding.split()[1] for path in EXHIBITS for finding in exhibit(path)["findings"]}
    assert {
        "missing-grant",
        "never-matches",
        "phantom-action",
        "unrecognised-action",
        "trust-source-account",
        "trust-source-arn",
        "for-user-id",
        "wider-resource",
        "excess-action",
        "obsolete-grant",
        "disputed-grant",
    } <= rules
