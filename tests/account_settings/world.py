"""Two stacks, CloudFormation, somebody else, and an account that fails: what the histories are made of.

A Lambda function that died is run again with the same request, twice.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bedrock_o11y.account_settings import handler
from bedrock_o11y.account_settings.record import parameter_name
from tests.account_settings import cloudformation
from tests.account_settings.cloudformation import Operation, Properties, Request, Stack
from tests.account_settings.fake_aws import FakeAccount
from tests.account_settings.fake_calls import CHANGES, DELETE, GET, PUT, READ, STATUS, Crash, Fault

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.account_settings.cases import Case

LAMBDA_ATTEMPTS = 3


class Violation(AssertionError):
    """Something happened that must never happen."""


@dataclass(frozen=True)
class Plan:
    """What goes wrong at the n-th call of a request (to one operation, or to any), once or from then on."""

    at: int
    fault: Fault
    lasting: bool
    operation: str | None = None

    def strikes(self, operation: str, calls: Counter[str]) -> bool:
        if self.operation not in (None, operation):
            return False
        count = calls[self.operation] if self.operation else calls.total()
        return count == self.at + 1 or (self.lasting and count > self.at)


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 170_000


@dataclass(frozen=True)
class Interruption:
    """What happens in the middle of a request, before the n-th call or the first after it that is one of `before`.

    Never between the last look and the change: no API of the two offers to compare and set, and one call is the least.
    """

    at: int
    act: Callable[[], None]
    before: tuple[str, ...] = (GET, READ)


Interrupted = Interruption | None


class World:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.parameter = parameter_name(case.rules.name)
        self.account = FakeAccount(
            others=dict(case.others),
            source=case.source,
            fault=self.fault,
            before=self.before_change,
            after=self.after_change,
        )
        self.others = dict(case.others)
        asks_for = {"setting": case.setting or case.rules.name, "instance": case.instance}
        self.stacks = {name: Stack(name, case.rules.name, asks_for) for name in ("one", "two")}
        self.last_word: dict[str, Any] | None = None
        """What somebody else last made of the setting: the value that must never be lost."""
        self.once_set_by_somebody: list[dict[str, Any]] = []
        self.record_was_lost = False
        self.request_ids = itertools.count()
        self.now = 0.0
        self.plan: Plan | None = None
        self.interruption: Interrupted = None
        self.calls: Counter[str] = Counter()
        self.actor: tuple[Stack, Request] | None = None
        self.reads_fail = False
        self.not_asked_for: list[Any] = []
        """What the owner holds from a timer, from another stack, or because its own value could not be put back: a
        rollback leads from there to what the old properties ask for, which do not know of it."""
        self.relies: set[tuple[str, str]] = set()
        """Stack and logical id of those that were told that they share what another stack has set."""
        self.removed_by_somebody = False
        """Whether what a stack wrote was removed by somebody else, and no stack has asked for it anew."""
        self.disturbances = 0
        """How often something else than one operation after the other happened."""

    # The account fails.

    def fault(self, operation: str) -> Fault | None:
        self.calls[operation] += 1
        if self.interruption and self.calls.total() > self.interruption.at and operation in self.interruption.before:
            interrupt, self.interruption = self.interruption.act, None
            saved = self.actor, self.plan, self.calls, self.reads_fail
            self.plan = None
            interrupt()
            self.actor, self.plan, self.calls, self.reads_fail = saved
        if self.plan is None or not self.plan.strikes(operation, self.calls):
            return None
        fault = self.plan.fault
        if operation == STATUS and fault is Fault.DENIED:
            return None
        if self.plan.lasting and operation in (GET, READ):
            self.reads_fail = True
        return fault

    # What must never happen, at the moment of every change.

    def before_change(self, operation: str, value: Any) -> None:
        if operation not in CHANGES or self.actor is None:
            return
        stack, request = self.actor
        if request.mode == "guard":
            raise Violation(f"a guard changed something: {operation}")
        if self.reads_fail:
            raise Violation(f"{operation} after something could not be read, by {request}")
        if operation not in (PUT, DELETE):
            return
        self.check_nobody_relies(operation, stack, request)
        record = self.record()
        owner = (record or {}).get("owner")
        if not owner or owner["stackId"] != stack.stack_id:
            raise Violation(f"{operation} by {stack.name} although the record says {owner}")
        live = self.account.live
        if live is None:
            return
        ours = self.case.normalise(live) in (record["written"], record.get("writing"))
        remembered = request.kind != "Delete" and request.properties.policy in ("merge", "replace")
        if not ours and not (operation == PUT and remembered and record["remembered"] == live):
            raise Violation(f"{operation} over a value that is not ours: {live}")

    def check_nobody_relies(self, operation: str, stack: Stack, request: Request) -> None:
        """What is given back is not taken from a stack that shares it; a rollback may lead back to another value."""
        back = operation == PUT and self.account.stack_status[stack.stack_id] == "UPDATE_ROLLBACK_IN_PROGRESS"
        others = [name for name, _ in self.relies if name != stack.name]
        if request.kind == "Delete" and others and not back:
            raise Violation(f"{operation} by the delete of {stack.name}, and {others} rely on {self.account.live}")

    def after_change(self, operation: str) -> None:
        if operation in CHANGES:
            self.check_nothing_is_lost()
        if self.account.others != self.others:
            raise Violation(f"what belongs to others has become {self.account.others}")

    def is_kept(self, record: dict[str, Any] | None) -> bool:
        if self.last_word is None or self.account.live == self.last_word:
            return True
        while record is not None:
            if record["remembered"] == self.last_word:
                return True
            superseded = record.get("superseded")
            if superseded and superseded["found"] == self.last_word:
                return True
            record = superseded["record"] if superseded else None
        return False

    def check_nothing_is_lost(self) -> None:
        if not self.is_corrupt() and not self.is_kept(self.record()):
            raise Violation(f"lost: {self.last_word}; live: {self.account.live}; record: {self.record()}")

    def record(self) -> dict[str, Any] | None:
        stored = self.account.parameters.get(self.parameter)
        return json.loads(stored[0]) if stored and not self.is_corrupt() else None

    def is_corrupt(self) -> bool:
        return self.account.parameters.get(self.parameter, ("", 0))[0] == "{"

    # Somebody else.

    def somebody_writes(self, value: dict[str, Any] | None) -> None:
        if self.case.awaited and not self.account.log_group:
            return
        self.disturbances += 1
        self.removed_by_somebody |= value is None and self.account.live not in (None, self.last_word)
        self.account.log_group = True
        self.account.live = value
        self.account.revision += 1
        self.last_word = value
        self.relies.clear()
        if value is not None:
            self.once_set_by_somebody.append(value)

    def somebody_changes_what_stands_beside(self) -> None:
        """A tag of another key, or a statement of another Sid, comes or goes."""
        if self.case.others:
            self.disturbances += 1
            self.others = {} if self.others else dict(self.case.others)
            self.account.others = dict(self.others)
            self.account.revision += 1

    def aws_makes_the_log_group(self) -> None:
        self.disturbances += 1
        self.account.log_group = True

    def somebody_deletes_the_log_group(self) -> None:
        self.somebody_writes(None)
        self.account.log_group = False

    def somebody_loses_the_record(self) -> None:
        if self.account.parameters.pop(self.parameter, None):
            self.disturbances += 1
            self.record_was_lost = True
            self.relies.clear()
            if self.account.live != self.last_word:
                self.last_word = None

    def somebody_corrupts_the_record(self) -> None:
        if self.parameter in self.account.parameters and not self.is_corrupt():
            self.somebody_loses_the_record()
            self.account.parameters[self.parameter] = ("{", 1)

    # CloudFormation.

    def begin(self, stack: Stack, operation: Operation) -> None:
        stack.operation = operation
        stack.request = next(operation, None)
        if stack.request is None:
            stack.operation = None

    def advance(
        self, stack: Stack, plan: Plan | None = None, interruption: Interrupted = None, *, twice: bool = False
    ) -> None:
        if stack.operation is None or stack.request is None:
            return
        operation, request = stack.operation, stack.request
        others = any(other.operation for other in self.stacks.values() if other is not stack)
        self.disturbances += bool(plan or interruption or others or self.account.unusable_roles)
        stack.operation = None  # busy, so that an interruption does not enter it again
        success = self.deliver(stack, request, plan, interruption, twice=twice)
        stack.operation = operation
        try:
            stack.request = operation.send(success)
        except StopIteration:
            stack.operation = stack.request = None
        self.check_nothing_is_lost()

    def deliver(
        self, stack: Stack, request: Request, plan: Plan | None, interruption: Interrupted, *, twice: bool
    ) -> bool:
        event = cloudformation.event(stack, request, f"request-{next(self.request_ids)}")
        owner, live = (self.record() or {}).get("owner"), self.account.live
        if request.kind == "Delete" and request.mode == "manage":
            self.relies.discard((stack.name, request.logical_id))
        self.plan, self.interruption, self.calls = plan, interruption, Counter()
        success, outcome = None, ""
        for _ in range(LAMBDA_ATTEMPTS):
            self.actor, self.reads_fail = (stack, request), False
            handler._answers.clear()
            try:
                success, outcome = self.handle(event)
            except Crash:
                continue
            if not twice:
                break
            twice = False
        self.plan = self.interruption = self.actor = None
        self.reads_fail = False
        heir = (self.record() or {}).get("owner")
        # A delete that passes the setting on leaves the new owner with the value of another: of another stack, or of
        # its own, where what it had could not be put back.
        if request.kind == "Delete" and owner and heir and owner != heir and self.account.live == live:
            self.not_asked_for = [live]
        if outcome == "share" and request.mode == "manage":
            self.relies.add((stack.name, request.logical_id))
        if request.kind != "Step" and request.mode == "manage":
            self.removed_by_somebody = False
        if success is None and request.kind == "Create":
            stack.never_answered.add(request.logical_id)
        if request.mode == "guard" and request.kind == "Delete" and success is False:
            raise Violation("the delete of a guard failed")
        return bool(success)

    def ring(self, stack: Stack, logical_id: str, desired: dict[str, Any], plan: Plan | None) -> None:
        """The timer of a stack asks for a value, whatever else is going on."""
        self.disturbances += 1
        before = self.account.live, self.record()
        request = Request("Step", logical_id, Properties(desired, "refuse"))
        self.deliver(stack, request, plan, None, twice=False)
        if self.account.live != before[0]:
            self.not_asked_for = [self.account.live]
            if before[0] is None and self.removed_by_somebody:
                raise Violation("a timer brought back what somebody else removed")
        owner = (before[1] or {}).get("owner") or {}
        ours = owner.get("stackId") == stack.stack_id and owner.get("physicalResourceId", "").endswith(logical_id)
        if not ours and (self.account.live, self.record()) != before:
            raise Violation("a timer changed a setting that is not its own")
        self.check_nothing_is_lost()

    def handle(self, event: dict[str, Any]) -> tuple[bool, str]:
        surroundings = handler.Surroundings(
            connect=self.account.client, clock=lambda: self.now, sleep=self.sleep, log=lambda _line: None
        )
        answer = handler.handle(event, Context(), surroundings)
        if "Internal error" in answer.message:
            raise Violation(answer.message)
        return answer.success, answer.outcome

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def deploy(self, stack: Stack, logical_id: str, properties: Properties, *, fails_later: bool = False) -> Operation:
        before, undisturbed, old = self.state(), self.disturbances, stack.properties
        asked_for = self.asked_for(old) if self.account.live in self.not_asked_for else None
        memory = not self.is_corrupt() and self.record() is not None and before[0] is None
        status = self.account.stack_status
        rolled_back = yield from cloudformation.deploy(status, stack, logical_id, properties, fails_later=fails_later)
        # A memory that nobody owned is put back at the first chance, be it a rollback.
        if rolled_back and self.disturbances == undisturbed and not memory:
            self.check_rolled_back(before, self.state(), old, asked_for)

    def destroy(self, stack: Stack) -> Operation:
        yield from cloudformation.destroy(self.account.stack_status, stack)
        if stack.exists or self.is_corrupt():
            return
        record = self.record() or {}
        named = [record.get("owner"), *(sharer["owner"] for sharer in record.get("sharers", []))]
        if any(owner and owner["stackId"] == stack.stack_id for owner in named):
            raise Violation("a destroyed stack still owns the setting, or shares it")

    def state(self) -> tuple[Any, Any, bool]:
        """Whose the setting is, what it holds, and whether the owner has set it."""
        record = None if self.is_corrupt() else self.record()
        live = self.case.normalise(self.account.live) if self.account.live else None
        claimed = record is not None and live is not None and live in (record["written"], record.get("writing"))
        return (record and record["owner"], live, claimed)

    def asked_for(self, properties: Properties | None) -> dict[str, Any] | None:
        """What properties ask for of a setting that is theirs and that has its memory."""
        if properties is None:
            return None
        record = self.record() or {}
        found = None if record.get("inherited") else record.get("remembered")
        desired = self.case.normalise(properties.desired)
        merged = properties.policy == "merge" and found is not None
        return self.case.normalise(self.case.rules.merge(found, desired)) if merged else desired

    def check_rolled_back(self, before: Any, after: Any, old: Properties | None, asked_for: Any) -> None:
        """A rollback leads back, to the value and to its owner.

        Where somebody else had changed the value or lost the record, or where the owner held a value that it had not
        asked for, it leads to what the old properties ask for instead.
        """
        if asked_for is not None and after[:2] == (before[0], asked_for):
            return
        if before[:2] != after[:2] and (before[2] or old is None):
            raise Violation(f"a rollback led from {before} to {after}")
