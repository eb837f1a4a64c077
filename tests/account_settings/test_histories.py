"""No history of deploys, faults and interference loses a value of somebody else, and all of them converge."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.account_settings.histories import Histories

SUPPRESSED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def test_no_history_loses_a_value_of_somebody_else() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(max_examples=300, stateful_step_count=25, deadline=None, suppress_health_check=SUPPRESSED),
    )


@pytest.mark.long
def test_ten_thousand_histories_lose_no_value_of_somebody_else() -> None:
    run_state_machine_as_test(
        Histories,
        settings=settings(max_examples=10_000, stateful_step_count=40, deadline=None, suppress_health_check=SUPPRESSED),
    )
