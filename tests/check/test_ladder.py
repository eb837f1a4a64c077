"""How the states of the lower rungs bear on the higher ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bedrock_o11y.check.evidence import Evidence
from bedrock_o11y.check.ladder import LADDER, judge, rung, selected
from bedrock_o11y.report import State

from .typed_evidence import (
    ABSENT,
    ACCOUNT,
    OFF,
    canary,
    evidence,
    live,
    metrics,
    policies,
    role,
    statement,
)

NOBODY: dict[str, Any] = {"Version": "2012-10-17", "Statement": []}
EVERYBODY = statement("Allow", "sts:AssumeRole", Principal={"Service": "bedrock.amazonaws.com"})
del EVERYBODY["Statement"][0]["Resource"]


def test_a_canary_that_did_not_arrive_is_blocked_by_a_delivery_that_failed() -> None:
    log = {"found": False, "waited_seconds": 5, "reason": None, "action": None}
    results = judge(evidence(canary=canary(log=log), delivery=metrics(good={10: 1}, bad={30: 1})))
    states = {result.id: result.state for result in results if result.state is not State.PASS}
    assert states == {"delivery": State.FAIL, "canary": State.UNKNOWN}
    assert results[-1].blocked_by == "delivery"


@pytest.mark.parametrize(
    ("changes", "failing", "blocked"),
    [
        ({"configuration": ABSENT}, "configuration", {"configuration-as-expected", "delivery", "canary"}),
        ({"configuration": live(**OFF)}, "configuration-as-expected", {"delivery", "canary"}),
        ({"log_group": ABSENT}, "log-group", {"retention", "encryption", "masking", "delivery", "canary"}),
        ({"key_policy": {"Statement": []}}, "key-policy", {"delivery", "canary"}),
        ({"bucket": ABSENT}, "payload-bucket", {"delivery"}),
        ({"logging_role": role(trust=NOBODY)}, "logging-role-trust", {"delivery", "canary"}),
        (
            {"logging_role_policies": policies(statement("Allow", "s3:*"))},
            "logging-role-permissions",
            {"delivery", "canary"},
        ),
        ({"data_protection": ABSENT}, "masking", set()),
    ],
)
def test_what_rests_on_a_failed_rung_is_unknown_and_says_why(
    changes: dict[str, Any], failing: str, blocked: set[str]
) -> None:
    results = judge(evidence(**changes))
    assert [result.id for result in results if result.state is State.FAIL] == [failing]
    assert {result.id for result in results if result.blocked_by == failing} == blocked
    assert all(result.state is State.UNKNOWN for result in results if result.blocked_by)


def test_a_role_that_also_lets_others_in_fails_and_blocks_nothing() -> None:
    results = judge(evidence(logging_role=role(trust=EVERYBODY)))
    states = {result.id: result.state for result in results if result.state is not State.PASS}
    assert states == {"logging-role-trust": State.FAIL}


def test_everything_healthy_passes() -> None:
    assert {result.state for result in judge(evidence())} == {State.PASS}


def test_without_any_evidence_nothing_passes() -> None:
    nothing = Evidence(ACCOUNT, "us-east-1", "aws", "c", "t")
    assert {result.state for result in judge(nothing)} <= {State.UNKNOWN, State.NOT_APPLICABLE}


def test_only_one_rung_is_judged_with_the_rungs_below_it() -> None:
    (result,) = judge(evidence(log_group=ABSENT), selected(["masking"]))
    assert (result.id, result.state, result.blocked_by) == ("masking", State.UNKNOWN, "log-group")


def test_the_ladder_is_in_order_and_its_ids_are_the_contract() -> None:
    ids = [spec.id for spec in LADDER]
    assert ids == [
        "configuration",
        "configuration-as-expected",
        "log-group",
        "retention",
        "encryption",
        "key-policy",
        "masking",
        "payload-bucket",
        "logging-role-trust",
        "logging-role-permissions",
        "delivery",
        "canary",
    ]
    for spec in LADDER:
        assert all(ids.index(need) < ids.index(spec.id) for need in spec.needs)
        assert spec.sources
        assert rung(spec.id) is spec


@pytest.mark.parametrize("partition", ["aws-us-gov", "aws-cn"])
def test_other_partitions_are_judged_by_their_own_arns(partition: str) -> None:
    other = replace(evidence(), partition=partition)
    assert {each.id for each in judge(other) if each.state is State.FAIL} == {
        "key-policy",
        "payload-bucket",
        "logging-role-trust",
        "logging-role-permissions",
    }
