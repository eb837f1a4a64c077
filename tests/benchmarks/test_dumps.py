"""The generated account of the audit's benchmark is the same every time and has what the benchmark promises."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from benchmarks.dumps import write_dump
from benchmarks.dumps.our_roles import AGENTCORE, BEDROCK, LOGGING_MUTATIONS, RUNTIME_MUTATIONS

if TYPE_CHECKING:
    from pathlib import Path

ROLES = 1_000


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    path: Path = tmp_path_factory.mktemp("dump") / "dump.json"
    write_dump(path, ROLES)
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read


def services(role: dict[str, Any]) -> set[str]:
    return {
        each["Principal"]["Service"]
        for each in role["AssumeRolePolicyDocument"]["Statement"]
        if "Service" in each["Principal"]
    }


def ours(dump: dict[str, Any]) -> list[dict[str, Any]]:
    return [role for role in dump["RoleDetailList"] if services(role) & {AGENTCORE, BEDROCK}]


def documents(dump: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The default version of each managed policy."""
    return {
        policy["Arn"]: next(each["Document"] for each in policy["PolicyVersionList"] if each["IsDefaultVersion"])
        for policy in dump["Policies"]
    }


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        write_dump(tmp_path / name, 50, seed=seed)
    texts = {name: (tmp_path / name).read_bytes() for name in "abc"}
    assert texts["a"] == texts["b"] != texts["c"]


def test_a_thousand_roles_have_three_hundred_policies_and_no_name_twice(dump: dict[str, Any]) -> None:
    roles, policies = dump["RoleDetailList"], dump["Policies"]
    assert (len(roles), len(policies)) == (1_000, 300)
    assert len({role["Arn"] for role in roles}) == 1_000
    assert len({policy["Arn"] for policy in policies}) == 300


def test_the_roles_that_are_ours_come_in_the_share_that_is_asked_for(tmp_path: Path) -> None:
    write_dump(tmp_path / "third", 300, ours_every=3)
    assert len(ours(json.loads((tmp_path / "third").read_text(encoding="utf-8")))) == 100


def test_a_tenth_of_the_roles_are_ours_and_most_are_runtimes(dump: dict[str, Any]) -> None:
    assert len(ours(dump)) == ROLES / 10
    runtimes = [role for role in ours(dump) if AGENTCORE in services(role)]
    assert 0.7 < len(runtimes) / len(ours(dump)) < 0.95


def test_a_third_of_the_roles_have_managed_policies_and_half_of_those_a_boundary(dump: dict[str, Any]) -> None:
    for roles in (dump["RoleDetailList"], ours(dump)):
        managed = [role for role in roles if role["AttachedManagedPolicies"]]
        assert len(managed) == pytest.approx(len(roles) / 3, abs=6)
        assert len([role for role in managed if "PermissionsBoundary" in role]) == pytest.approx(
            len(managed) / 2, abs=6
        )


def test_every_policy_that_a_role_names_is_in_the_dump(dump: dict[str, Any]) -> None:
    known = documents(dump)
    for role in dump["RoleDetailList"]:
        for policy in role["AttachedManagedPolicies"]:
            assert known[policy["PolicyArn"]]
        if "PermissionsBoundary" in role:
            assert known[role["PermissionsBoundary"]["PermissionsBoundaryArn"]]


def test_there_are_denies_in_roles_and_in_managed_policies(dump: dict[str, Any]) -> None:
    inline = [policy["PolicyDocument"] for role in dump["RoleDetailList"] for policy in role["RolePolicyList"]]
    for policies in (inline, list(documents(dump).values())):
        with_deny = [each for each in policies if any(one["Effect"] == "Deny" for one in each["Statement"])]
        assert len(with_deny) > len(policies) / 20


def test_healthy_roles_stand_beside_roles_with_every_defect(dump: dict[str, Any]) -> None:
    runtimes = [role for role in ours(dump) if AGENTCORE in services(role)]
    shapes = {
        json.dumps([role["AssumeRolePolicyDocument"], role["RolePolicyList"][0]["PolicyDocument"]["Statement"]])
        .replace(role["RoleName"].rpartition("-")[2], "N")
        .replace("us-west-2", "us-east-1")
        .replace("eu-central-1", "us-east-1")
        .replace("ap-northeast-1", "us-east-1")
        for role in runtimes
    }
    assert len(shapes) > len(RUNTIME_MUTATIONS) + 1 > len(LOGGING_MUTATIONS)
