"""The state machine: any order of deploys, destroys, faults and interference by somebody else."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from bedrock_o11y.account_settings.policy import Policy
from tests.account_settings.cases import LOGGING, Case
from tests.account_settings.cloudformation import Properties, Stack
from tests.account_settings.fake_calls import DROP, GET, OPERATIONS, READ, SAVE, Fault
from tests.account_settings.settling import settle
from tests.account_settings.world import Interruption, Plan, World

FOREIGN_VALUES = 3
names = st.sampled_from(["one", "two"])
plans = st.one_of(
    st.builds(Plan, at=st.integers(0, 12), fault=st.sampled_from(Fault), lasting=st.booleans()),
    st.builds(
        Plan,
        at=st.integers(0, 2),
        fault=st.sampled_from(Fault),
        lasting=st.booleans(),
        operation=st.sampled_from(OPERATIONS),
    ),
    # The classic: the permission to read is missing, and a careless provider takes that for "there is nothing".
    st.just(Plan(0, Fault.DENIED, lasting=True, operation=GET)),
)
interruptions = st.tuples(st.integers(0, 10), st.integers(-3, FOREIGN_VALUES - 1))
requests = st.fixed_dictionaries(
    {},
    optional={"plan": plans, "interruption": interruptions, "twice": st.booleans()},
)
"""What happens to one request: usually little."""
courses = st.one_of(st.just([{}] * 8), st.lists(requests, min_size=1, max_size=8))
"""What happens to the next requests of an operation: all goes well, or it stops somewhere for a while."""


class Histories(RuleBasedStateMachine):
    case: Case = LOGGING

    def __init__(self) -> None:
        super().__init__()
        self.world = World(self.case)

    def stack(self, name: str) -> Stack:
        return self.world.stacks[name]

    @rule(
        name=names,
        logical_id=st.sampled_from("AB"),
        which=st.integers(0, 2),
        choice=st.integers(0, len(Policy) - 1),
        fails_later=st.booleans(),
        course=courses,
    )
    def deploy(
        self, name: str, logical_id: str, which: int, choice: int, fails_later: bool, course: list[dict[str, Any]]
    ) -> None:
        stack = self.stack(name)
        policies = self.case.rules.policies
        if stack.operation is None:
            if stack.must_be_destroyed:
                self.world.begin(stack, self.world.destroy(stack))
            else:
                properties = Properties(self.case.desired[name][which], policies[choice % len(policies)])
                self.world.begin(stack, self.world.deploy(stack, logical_id, properties, fails_later=fails_later))
        self.go(stack, course)

    @precondition(lambda self: any(s.exists and s.operation is None for s in self.world.stacks.values()))
    @rule(name=names, course=courses)
    def destroy(self, name: str, course: list[dict[str, Any]]) -> None:
        stack = self.stack(name)
        if stack.operation is None and stack.exists:
            self.world.begin(stack, self.world.destroy(stack))
            self.go(stack, course)

    def go(self, stack: Stack, course: list[dict[str, Any]]) -> None:
        for request in course:
            interruption = self.interrupting(stack, request.get("interruption"))
            self.world.advance(stack, request.get("plan"), interruption, twice=request.get("twice", False))

    def interrupting(self, stack: Stack, interruption: tuple[int, int] | None) -> Interruption | None:
        if interruption is None:
            return None
        at, who = interruption
        if who == -2:
            other = self.stack("two" if stack.name == "one" else "one")
            return Interruption(at, lambda: self.world.advance(other))
        if who == -3:
            return Interruption(at, self.world.somebody_changes_what_stands_beside)
        value = self.case.foreign[who] if who >= 0 else None
        return Interruption(at, lambda: self.world.somebody_writes(value), before=(GET, READ, SAVE, DROP))

    @rule(which=st.integers(0, FOREIGN_VALUES - 1))
    def somebody_writes(self, which: int) -> None:
        self.world.somebody_writes(self.case.foreign[which])

    @rule()
    def somebody_switches_it_off(self) -> None:
        self.world.somebody_writes(None)

    @precondition(lambda self: self.world.parameter not in self.world.account.parameters)
    @rule(name=names, which=st.integers(0, 2))
    def somebody_sets_what_a_stack_would(self, name: str, which: int) -> None:
        self.world.somebody_writes(self.case.desired[name][which])

    @precondition(lambda self: self.world.parameter in self.world.account.parameters)
    @rule(corrupt=st.booleans())
    def somebody_harms_the_record(self, corrupt: bool) -> None:
        if corrupt:
            self.world.somebody_corrupts_the_record()
        else:
            self.world.somebody_loses_the_record()

    @precondition(lambda self: any(s.properties for s in self.world.stacks.values()))
    @rule(name=names, which=st.integers(0, 2), logical_id=st.sampled_from("AB"), plan=st.none() | plans)
    def the_timer_rings(self, name: str, which: int, logical_id: str, plan: Plan | None) -> None:
        self.world.ring(self.stack(name), logical_id, self.case.desired[name][which], plan)

    @precondition(lambda self: self.case.others)
    @rule()
    def somebody_changes_what_stands_beside(self) -> None:
        self.world.somebody_changes_what_stands_beside()

    @precondition(lambda self: self.case.awaited)
    @rule()
    def the_log_group_comes_or_goes(self) -> None:
        if self.world.account.log_group:
            self.world.somebody_deletes_the_log_group()
        else:
            self.world.aws_makes_the_log_group()

    @rule(which=st.integers(0, 2), usable=st.booleans())
    def a_role_changes(self, which: int, usable: bool) -> None:
        role = self.case.roles[which % len(self.case.roles)]
        (self.world.account.unusable_roles.discard if usable else self.world.account.unusable_roles.add)(role)

    def teardown(self) -> None:
        settle(self.world)


class CalmHistories(Histories):
    """The same, but every operation comes to its end and no call fails: the ones in which a rollback must be exact."""

    def go(self, stack: Stack, course: list[dict[str, Any]]) -> None:
        for _ in range(len(course) + 8):
            self.world.advance(stack)


def playing(case: Case) -> type[Histories]:
    """The histories of one setting."""
    return type(f"Histories of {case.rules.name}", (Histories,), {"case": case})
