"""Two stacks ask for one setting: whoever goes, and whenever, the other keeps what it was told that it has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.account_settings import give_back, reconcile
from bedrock_o11y.account_settings.action import Event
from bedrock_o11y.account_settings.live import Present
from bedrock_o11y.account_settings.policy import Policy
from bedrock_o11y.account_settings.record import Owner, from_json, to_json
from tests.account_settings.cases import CASES, INDEXING, LOGGING, SPANS, Case
from tests.account_settings.cloudformation import Properties, Stack
from tests.account_settings.fake_calls import OPERATIONS
from tests.account_settings.world import Interruption, Violation, World

if TYPE_CHECKING:
    from collections.abc import Callable

SAME = 2
"""Which of the values asked for is the same for both stacks."""
CALLS_OF_A_REQUEST = 12
SHARED = [case for case in CASES.values() if case.rules.shared and not case.awaited]


def deployed(world: World, *names: str, policy: str = "refuse", which: int = SAME) -> None:
    for name in names:
        begun(world, name, policy=policy, which=which)
        finish(world, name)


def begun(world: World, name: str, *, policy: str = "refuse", which: int = SAME) -> None:
    stack = world.stacks[name]
    properties = Properties(world.case.desired[name][which], policy)
    world.begin(stack, world.deploy(stack, "A", properties, fails_later=False))


def destroyed(world: World, name: str) -> None:
    world.begin(world.stacks[name], world.destroy(world.stacks[name]))
    finish(world, name)


def finish(world: World, name: str) -> None:
    stack = world.stacks[name]
    while stack.operation:
        world.advance(stack)


def is_deployed(stack: Stack) -> bool:
    return stack.exists and stack.properties is not None and not stack.must_be_destroyed


@pytest.mark.parametrize("case", SHARED, ids=lambda case: case.setting or case.rules.name)
@pytest.mark.parametrize("first", ["one", "two"])
def test_the_setting_stays_until_the_last_of_them_goes(case: Case, first: str) -> None:
    world, last = World(case), "two" if first == "one" else "one"
    deployed(world, "one", "two")
    value = world.account.live
    assert value is not None
    destroyed(world, first)
    assert world.account.live == value
    destroyed(world, last)
    assert world.account.live is None
    assert world.record() is None


@pytest.mark.parametrize("first", ["one", "two"])
def test_what_stood_there_before_the_first_comes_back_with_the_last(first: str) -> None:
    world, last = World(INDEXING), "two" if first == "one" else "one"
    world.somebody_writes(INDEXING.foreign[0])
    deployed(world, "one", policy="replace")
    deployed(world, "two")
    destroyed(world, first)
    assert world.account.live == INDEXING.desired["one"][SAME]
    destroyed(world, last)
    assert world.account.live == INDEXING.foreign[0]


def test_a_setting_that_names_its_stack_is_not_shared() -> None:
    world = World(LOGGING)
    deployed(world, "one", "two", policy="merge")
    assert is_deployed(world.stacks["one"])
    assert not is_deployed(world.stacks["two"])


@pytest.mark.parametrize(
    ("policy", "content"), [("merge", True), ("adopt", True), ("refuse", False), ("replace", False)]
)
def test_another_value_is_shared_only_by_who_is_content_with_it(policy: str, content: bool) -> None:
    world = World(INDEXING)
    deployed(world, "one", which=0)
    deployed(world, "two", policy=policy, which=0)
    assert is_deployed(world.stacks["two"]) is content
    assert world.account.live == INDEXING.desired["one"][0]


def test_the_heir_manages_the_setting_as_it_asks_for() -> None:
    world = World(INDEXING)
    deployed(world, "one", which=0)
    deployed(world, "two", policy="merge", which=0)
    destroyed(world, "one")
    assert world.account.live == INDEXING.desired["one"][0], "nobody's deploy has asked for anything else"
    deployed(world, "two", policy="merge", which=1)
    assert world.account.live == INDEXING.desired["two"][1]


def test_a_record_keeps_those_who_share() -> None:
    world = World(INDEXING)
    deployed(world, "one", "two")
    (text, _) = world.account.parameters[world.parameter]
    record = from_json(text)
    assert [sharer.owner.stack_name for sharer in record.sharers] == ["two"]
    assert from_json(to_json(replace(record, leaving=True))) == replace(record, leaving=True)


@pytest.mark.parametrize(
    ("stack", "policy", "outcome"),
    [("two", "refuse", "share"), ("three", "refuse", "refuse"), ("three", "merge", "share"), ("one", "refuse", "keep")],
)
def test_a_guard_lets_through_who_manages_or_shares_the_setting(stack: str, policy: str, outcome: str) -> None:
    world = World(INDEXING)
    deployed(world, "one", "two")
    record = from_json(world.account.parameters[world.parameter][0])
    value = INDEXING.normalise(world.account.live or {})
    event = Event("Create", INDEXING.rules, Owner("", ""), None, "request", mode="guard", owner_stack=stack)
    assert reconcile.reconcile(event, Present(value, value), record, Policy(policy)).outcome == outcome


def one_goes_while_two_comes(at: int) -> World:
    """`one` is destroyed; before its n-th call the whole request of `two` is carried out."""
    world = World(INDEXING)
    deployed(world, "one")
    begun(world, "two")
    world.advance(world.stacks["two"])  # the guard
    world.begin(world.stacks["one"], world.destroy(world.stacks["one"]))
    comes = Interruption(at, lambda: world.advance(world.stacks["two"]), before=tuple(OPERATIONS))
    world.advance(world.stacks["one"], interruption=comes)
    finish(world, "one")
    finish(world, "two")
    return world


def two_comes_while_one_goes(at: int) -> World:
    """`two` is deployed; before its n-th call the whole delete of `one` is carried out."""
    world = World(INDEXING)
    deployed(world, "one")
    begun(world, "two")
    world.advance(world.stacks["two"])
    world.begin(world.stacks["one"], world.destroy(world.stacks["one"]))
    goes = Interruption(at, lambda: world.advance(world.stacks["one"]), before=tuple(OPERATIONS))
    world.advance(world.stacks["two"], interruption=goes)
    finish(world, "two")
    finish(world, "one")
    return world


MEETINGS = {"one goes while two comes": one_goes_while_two_comes, "two comes while one goes": two_comes_while_one_goes}


def check_met(world: World) -> None:
    one, two = world.stacks["one"], world.stacks["two"]
    assert not one.exists
    if is_deployed(two):
        assert world.account.live == INDEXING.desired["two"][SAME], "two was told that it is set"
    else:
        destroyed(world, "two")
        deployed(world, "two")
        assert is_deployed(two), "a retry converges"
    destroyed(world, "two")
    assert (world.account.live, world.record()) == (None, None)


@pytest.mark.parametrize("at", range(CALLS_OF_A_REQUEST))
@pytest.mark.parametrize("meet", MEETINGS.values(), ids=MEETINGS)
def test_a_stack_that_comes_while_the_owner_goes_is_not_told_a_lie(meet: Callable[[int], World], at: int) -> None:
    check_met(meet(at))


def not_closing(monkeypatch: Any) -> None:
    monkeypatch.setattr(give_back, "_closed", lambda _event, _record: ())


def joining_who_leaves(monkeypatch: Any) -> None:
    join = reconcile.join
    monkeypatch.setattr(
        reconcile, "join", lambda event, live, record, *rest: join(event, live, replace(record, leaving=False), *rest)
    )


def not_passing_on(monkeypatch: Any) -> None:
    monkeypatch.setattr(give_back, "pass_on", lambda _event, _record: None)


def keeping_what_overwrote(monkeypatch: Any) -> None:
    from bedrock_o11y.account_settings.record_store import RecordStore

    monkeypatch.setattr(RecordStore, "_undo", lambda *_arguments: None)


@pytest.mark.parametrize("mistake", [not_closing, joining_who_leaves, not_passing_on, keeping_what_overwrote])
def test_the_meetings_find_the_mistake_of(mistake: Callable[[Any], None], monkeypatch: Any) -> None:
    mistake(monkeypatch)
    found = 0
    for meet in MEETINGS.values():
        for at in range(CALLS_OF_A_REQUEST):
            try:
                check_met(meet(at))
            except (AssertionError, Violation):
                found += 1
    assert found


@pytest.mark.parametrize("first", ["one", "two"])
def test_two_stacks_wait_for_the_same_log_group_and_whoever_stays_has_its_own_value(first: str) -> None:
    world, last = World(SPANS), "two" if first == "one" else "one"
    deployed(world, "one", "two", policy="merge", which=0)
    assert all(is_deployed(stack) for stack in world.stacks.values())
    destroyed(world, first)
    world.aws_makes_the_log_group()
    world.ring(world.stacks[last], "A", SPANS.desired[last][0], None)
    assert world.account.live == SPANS.desired[last][0]
    destroyed(world, last)
    assert (world.account.live, world.account.parameters) == (None, {})


def test_a_log_group_that_came_between_two_deploys_is_no_obstacle_to_the_second() -> None:
    world = World(SPANS)
    deployed(world, "one", policy="merge", which=0)
    world.aws_makes_the_log_group()
    deployed(world, "two", policy="merge", which=0)
    assert is_deployed(world.stacks["two"])
    world.ring(world.stacks["one"], "A", SPANS.desired["one"][0], None)
    assert world.account.live == SPANS.desired["one"][0]


def test_a_value_that_another_stack_waits_for_is_not_taken_for_one_that_is_there() -> None:
    world = World(SPANS)
    deployed(world, "one", "two", policy="merge", which=0)
    world.ring(world.stacks["two"], "A", SPANS.desired["two"][0], None)
    world.aws_makes_the_log_group()
    world.ring(world.stacks["two"], "A", SPANS.desired["two"][0], None)
    assert world.account.live is None
    world.ring(world.stacks["one"], "A", SPANS.desired["one"][0], None)
    assert world.account.live == SPANS.desired["one"][0]
