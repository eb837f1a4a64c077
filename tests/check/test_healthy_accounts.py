"""An account in which everything is as it should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .conftest import ACCOUNT, REGION, RUNGS, fresh_sandbox

if TYPE_CHECKING:
    from .conftest import ByHand

pytestmark = pytest.mark.sandbox
sandbox = pytest.fixture(scope="module")(fresh_sandbox)


def test_without_a_call_the_delivery_is_unknown_and_not_passed(by_hand: ByHand) -> None:
    code, report = by_hand.check("--only", "delivery")
    assert [rung["state"] for rung in report["rungs"]] == ["UNKNOWN"]
    assert code == 3


@pytest.mark.parametrize("with_record", [True, False], ids=["record", "alone"])
def test_every_rung_of_a_healthy_account_passes(by_hand: ByHand, with_record: bool) -> None:
    if with_record:
        by_hand.remember()
    code, report = by_hand.check("--canary", "--yes")
    assert {rung["id"]: rung["state"] for rung in report["rungs"]} == dict.fromkeys(RUNGS, "PASS")
    assert code == 0
    assert report["account"] == ACCOUNT
    assert report["region"] == REGION


def test_without_a_canary_its_rung_does_not_apply(by_hand: ByHand) -> None:
    by_hand.call_model()
    code, report = by_hand.check()
    states = {rung["id"]: rung["state"] for rung in report["rungs"]}
    assert states == {**dict.fromkeys(RUNGS, "PASS"), "canary": "NOT_APPLICABLE"}
    assert code == 0
