"""No history of deploys, faults and interference loses a value of somebody else, and all of them converge."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bedrock_o11y.account_settings import (
    converge,
    give_back,
    log_group_policy,
    model_invocation_logging,
    plan_of_values,
    reconcile,
)
from bedrock_o11y.account_settings.action import Action, DropRecord, RemoveValue, SaveRecord, WriteValue
from bedrock_o11y.account_settings.live import Absent, Present, Unreadable
from bedrock_o11y.account_settings.record import Record
from tests.account_settings.cases import CASES, DESTINATION, INDEXING, LOGGING, RETENTION, SPANS, STATEMENT
from tests.account_settings.histories import CalmHistories, Histories, playing
from tests.account_settings.world import Violation

if TYPE_CHECKING:
    from collections.abc import Callable

SETTINGS = settings(
    max_examples=300,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@pytest.mark.parametrize("setting", CASES)
def test_no_history_loses_a_value_of_somebody_else(setting: str) -> None:
    run_state_machine_as_test(playing(CASES[setting]), settings=SETTINGS)


@pytest.mark.long
@pytest.mark.parametrize("setting", CASES)
def test_thousands_of_histories_lose_no_value_of_somebody_else(setting: str) -> None:
    # The settings share their rules: those of the account, and one of a family, are played most.
    histories = 10_000 if CASES[setting] in (LOGGING, INDEXING, DESTINATION, RETENTION) else 2_000
    run_state_machine_as_test(
        playing(CASES[setting]), settings=settings(SETTINGS, max_examples=histories, stateful_step_count=40)
    )


Patch = Any
ours = reconcile._manage


def ignoring_the_owner(monkeypatch: Patch) -> None:
    def decide(event: Any, live: Any, record: Any, policy: Any) -> Action:
        if isinstance(record, Record) and record.owner:
            record = replace(record, owner=event.owner)
        return ours(event, live, record, policy)

    monkeypatch.setattr(reconcile, "_manage", decide)


def restoring_unconditionally(monkeypatch: Patch) -> None:
    original = give_back._undo

    def decide(event: Any, live: Any, record: Record | None) -> Action:
        if record is None or record.owner != event.owner or not isinstance(live, Present):
            return give_back.give_back(event, live, record)
        return original(event, live, record)

    monkeypatch.setattr(reconcile, "give_back", decide)


def taking_unreadable_for_absent(monkeypatch: Patch) -> None:
    read = model_invocation_logging.ModelInvocationLogging.read

    def lenient(self: Any) -> Any:
        live = read(self)
        return Absent() if isinstance(live, Unreadable) else live

    monkeypatch.setattr(model_invocation_logging.ModelInvocationLogging, "read", lenient)


def changing_steps(change: Callable[[tuple[Any, ...]], tuple[Any, ...]]) -> Callable[[Patch], None]:
    def apply(monkeypatch: Patch) -> None:
        def decide(*arguments: Any) -> Action:
            action = reconcile.reconcile(*arguments)
            return replace(action, steps=change(action.steps))

        monkeypatch.setattr(converge, "reconcile", decide)

    return apply


def forgetting(step: Any) -> Any:
    return SaveRecord(replace(step.record, remembered=None)) if isinstance(step, SaveRecord) else step


def not_looking_again(monkeypatch: Patch) -> None:
    def change(_self: Any, _over: Any, call: Any, **arguments: Any) -> None:
        call(**arguments)

    monkeypatch.setattr(model_invocation_logging.ModelInvocationLogging, "_while_live", change)


def adopting_what_is_equal(monkeypatch: Patch) -> None:
    def decide(event: Any, live: Any, mine: Any, desired: Any, policy: Any) -> Action:
        if live.value == desired:
            return reconcile._record_only(event, reconcile.Outcome.KEEP, replace(mine, written=desired), "ours now")
        return original(event, live, mine, desired, policy)

    original = reconcile._meet_foreign_value
    monkeypatch.setattr(reconcile, "_meet_foreign_value", decide)


def forgetting_the_former_owner(monkeypatch: Patch) -> None:
    monkeypatch.setattr(
        reconcile, "_take_over", lambda event, _live, record: replace(record, owner=event.owner, superseded=None)
    )


def never_writing_what_waited(monkeypatch: Patch) -> None:
    monkeypatch.setattr(plan_of_values, "_after_waiting", lambda *_arguments: Action(reconcile.Outcome.LEAVE, "later"))


def writing_no_statement_of_others_back(monkeypatch: Patch) -> None:
    monkeypatch.setattr(log_group_policy.LogGroupPolicy, "_others", lambda _self: [])


MISTAKES = {
    "ignoring the owner": ignoring_the_owner,
    "restoring unconditionally": restoring_unconditionally,
    "taking unreadable for absent": taking_unreadable_for_absent,
    "not remembering": changing_steps(lambda steps: tuple(forgetting(step) for step in steps)),
    "writing the value before the record": changing_steps(
        lambda steps: tuple(sorted(steps, key=lambda step: isinstance(step, SaveRecord)))
    ),
    "dropping the record first": changing_steps(
        lambda steps: tuple(sorted(steps, key=lambda step: not isinstance(step, DropRecord)))
    ),
    "removing instead of restoring": changing_steps(
        lambda steps: tuple(
            RemoveValue(step.over) if isinstance(step, WriteValue) and step.restoring else step for step in steps
        )
    ),
    "not looking again": not_looking_again,
    "owning what is equal": adopting_what_is_equal,
    "forgetting the former owner": forgetting_the_former_owner,
    "never writing what waited": never_writing_what_waited,
    "writing no statement of others back": writing_no_statement_of_others_back,
}
MACHINES = {
    # This one does no harm until a rollback, which can be judged only where nothing else happened.
    forgetting_the_former_owner: CalmHistories,
    never_writing_what_waited: playing(SPANS),
    writing_no_statement_of_others_back: playing(STATEMENT),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_the_histories_find_the_mistake_of(mistake: Callable[[Patch], None], monkeypatch: Patch) -> None:
    mistake(monkeypatch)
    machine = MACHINES.get(mistake, Histories)
    hunt = settings(
        SETTINGS,
        max_examples=20_000,
        phases=[Phase.generate],
        database=None,
        report_multiple_bugs=False,
        print_blob=False,
    )
    with pytest.raises((Violation, ExceptionGroup)) as found:
        run_state_machine_as_test(machine, settings=hunt)
    assert found.group_contains(Violation) if isinstance(found.value, ExceptionGroup) else True
