"""The decision table: every live state, every record, every policy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bedrock_o11y.account_settings.action import (
    Action,
    DropRecord,
    Event,
    Outcome,
    Phase,
    RemoveValue,
    SaveRecord,
    WriteValue,
)
from bedrock_o11y.account_settings.live import Absent, Live, Present, Unreadable
from bedrock_o11y.account_settings.model_invocation_logging import NAME, RULES, normalise
from bedrock_o11y.account_settings.policy import Policy
from bedrock_o11y.account_settings.reconcile import needs_live, needs_phase, reconcile
from bedrock_o11y.account_settings.record import (
    Answered,
    Basis,
    Corrupt,
    NoRecord,
    Owner,
    Record,
    Stored,
    Superseded,
)
from tests.account_settings.fake_calls import SWITCHES

ROLE = "arn:aws:iam::123456789012:role/{}"


OFF = dict.fromkeys(SWITCHES, False)


def to_log_group(name: str, **switches: bool) -> dict[str, Any]:
    return OFF | {"cloudWatchConfig": {"logGroupName": f"/{name}", "roleArn": ROLE.format(name)}} | switches


def present(raw: dict[str, Any]) -> Present:
    return Present(normalise(raw), raw)


STACK = "arn:aws:cloudformation:us-east-1:123456789012:stack/Logging/1"
US = Owner(STACK, f"bedrock-o11y:{NAME}:Setting")
SIBLING = Owner(STACK, f"bedrock-o11y:{NAME}:Renamed")
OTHERS = Owner("arn:aws:cloudformation:us-east-1:123456789012:stack/Other/1", f"bedrock-o11y:{NAME}:Setting")
OURS = normalise(to_log_group("ours", textDataDeliveryEnabled=True))
NEWER = normalise(to_log_group("ours", textDataDeliveryEnabled=True, imageDataDeliveryEnabled=True))
THEIRS = OFF | {"s3Config": {"bucketName": "theirs"}, "textDataDeliveryEnabled": False}
MERGED = normalise(OURS | {"s3Config": {"bucketName": "theirs"}, "textDataDeliveryEnabled": False})
DENIED = Unreadable("bedrock:Get is missing", "bedrock:Get")
WRITTEN = Record(NAME, US, written=OURS)
REPLACED = Record(NAME, US, written=OURS, remembered=THEIRS)
PENDING = Record(NAME, US, written=OURS, writing=NEWER)
ADOPTED = Record(NAME, US, written=normalise(THEIRS), remembered=THEIRS, basis=Basis.ADOPTED, adopted_for=OURS)
COMPLETED = Record(NAME, US, written=MERGED, remembered=THEIRS, basis=Basis.MERGED)
BEGUN = Record(NAME, US, writing=MERGED, remembered=THEIRS, basis=Basis.MERGED)
MEMORY = Record(NAME, None, remembered=THEIRS, unrestorable="its role is gone")

CREATE = Event("Create", RULES, US, OURS, "request-1", expects={"stackName": "Logging"})
UPDATE = replace(CREATE, kind="Update")
DELETE = Event("Delete", RULES, US, None, "request-1")


def changes(action: Action) -> list[Any]:
    """What an action does to the setting: values written, None for a removal."""
    return [
        normalise(step.value) if isinstance(step, WriteValue) else None
        for step in action.steps
        if isinstance(step, WriteValue | RemoveValue)
    ]


def last_record(action: Action) -> Record | None:
    saved = [step.record for step in action.steps if isinstance(step, SaveRecord)]
    return None if not saved or isinstance(action.steps[-1], DropRecord) else saved[-1]


SETTING_CASES = [
    # event, live, record, policy, outcome, changes, written, remembered
    ("nothing there", CREATE, Absent(), NoRecord(), "refuse", "write", [OURS], OURS, None),
    ("theirs, refuse", CREATE, present(THEIRS), NoRecord(), "refuse", "refuse", [], None, None),
    ("theirs, adopt", CREATE, present(THEIRS), NoRecord(), "adopt", "adopt", [], normalise(THEIRS), THEIRS),
    ("theirs, merge", CREATE, present(THEIRS), NoRecord(), "merge", "merge", [MERGED], MERGED, THEIRS),
    ("theirs, replace", CREATE, present(THEIRS), NoRecord(), "replace", "replace", [OURS], OURS, THEIRS),
    ("a memory without owner is taken along", CREATE, Absent(), MEMORY, "refuse", "write", [OURS], OURS, THEIRS),
    ("drift, refuse", UPDATE, present(THEIRS), WRITTEN, "refuse", "refuse", [], None, None),
    ("drift, replace", UPDATE, present(THEIRS), WRITTEN, "replace", "replace", [OURS], OURS, THEIRS),
    ("drift, adopt", UPDATE, present(THEIRS), WRITTEN, "adopt", "adopt", [], normalise(THEIRS), THEIRS),
    ("somebody switched it off", UPDATE, Absent(), WRITTEN, "refuse", "write", [OURS], OURS, None),
    ("somebody switched off what was adopted", UPDATE, Absent(), ADOPTED, "refuse", "write", [OURS], OURS, None),
    ("somebody switched off what was merged", UPDATE, Absent(), COMPLETED, "merge", "write", [MERGED], MERGED, THEIRS),
    ("theirs was gone before ours came", CREATE, Absent(), BEGUN, "merge", "write", [OURS], OURS, None),
    ("ours, unchanged", UPDATE, present(OURS), REPLACED, "refuse", "keep", [], OURS, THEIRS),
    ("an unfinished write, not landed", UPDATE, present(OURS), PENDING, "refuse", "keep", [], OURS, None),
    ("an unfinished write, landed", UPDATE, present(NEWER), PENDING, "refuse", "write", [OURS], OURS, None),
    ("adopted stays under refuse", UPDATE, present(THEIRS), ADOPTED, "refuse", "keep", [], normalise(THEIRS), THEIRS),
    ("adopted stays under adopt", UPDATE, present(THEIRS), ADOPTED, "adopt", "keep", [], normalise(THEIRS), THEIRS),
    ("adopted, then merge", UPDATE, present(THEIRS), ADOPTED, "merge", "write", [MERGED], MERGED, THEIRS),
    ("adopted, then replace", UPDATE, present(THEIRS), ADOPTED, "replace", "write", [OURS], OURS, THEIRS),
    ("merged stays merged under refuse", UPDATE, present(MERGED), COMPLETED, "refuse", "keep", [], MERGED, THEIRS),
    ("merged, then replace", UPDATE, present(MERGED), COMPLETED, "replace", "write", [OURS], OURS, THEIRS),
    ("replaced, then merge", UPDATE, present(OURS), REPLACED, "merge", "write", [MERGED], MERGED, THEIRS),
]


@pytest.mark.parametrize(
    ("event", "live", "record", "policy", "outcome", "changed", "written", "remembered"),
    [case[1:] for case in SETTING_CASES],
    ids=[case[0] for case in SETTING_CASES],
)
def test_create_and_update_follow_the_table(
    event: Event,
    live: Live,
    record: Stored,
    policy: str,
    outcome: str,
    changed: list[Any],
    written: Any,
    remembered: Any,
) -> None:
    action = reconcile(event, live, record, Policy(policy))
    assert action.outcome == outcome, action.message
    assert changes(action) == changed
    saved = last_record(action)
    assert (saved and saved.written, saved and saved.remembered) == (written, remembered)
    if saved:
        assert (saved.owner, saved.writing, saved.expects) == (US, None, event.expects)
        assert saved.answered == Answered("request-1", outcome, action.message)


DELETE_CASES = [
    ("nothing was there before", present(OURS), WRITTEN, "remove", [None], False),
    ("theirs was there before", present(OURS), REPLACED, "restore", [normalise(THEIRS)], False),
    ("an unfinished write, not landed", present(OURS), PENDING, "remove", [None], False),
    ("an unfinished write, landed", present(NEWER), PENDING, "remove", [None], False),
    ("adopted", present(THEIRS), ADOPTED, "restore", [], False),
    ("merged", present(MERGED), COMPLETED, "restore", [normalise(THEIRS)], False),
    ("somebody changed it", present(THEIRS), WRITTEN, "leave", [], False),
    ("somebody switched it off", Absent(), REPLACED, "leave", [], False),
    ("no record", present(OURS), NoRecord(), "leave", [], True),
    ("nobody's memory", present(OURS), MEMORY, "leave", [], True),
    ("another stack's", present(OURS), replace(WRITTEN, owner=OTHERS), "leave", [], True),
    ("not readable", DENIED, WRITTEN, "unreadable", [], True),
    ("record not readable", present(OURS), DENIED, "unreadable", [], True),
    ("record not understood", present(OURS), Corrupt("not JSON"), "refuse", [], True),
]


@pytest.mark.parametrize(
    ("live", "record", "outcome", "changed", "record_stays"),
    [case[1:] for case in DELETE_CASES],
    ids=[case[0] for case in DELETE_CASES],
)
def test_delete_gives_back_only_what_is_ours(
    live: Live, record: Stored, outcome: str, changed: list[Any], record_stays: bool
) -> None:
    action = reconcile(DELETE, live, record, Policy.REFUSE)
    assert action.outcome == outcome, action.message
    assert changes(action) == changed
    assert (DropRecord() not in action.steps) == record_stays


@pytest.mark.parametrize("event", [CREATE, UPDATE, DELETE], ids=lambda event: event.kind)
@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("mode", ["manage", "guard"])
@pytest.mark.parametrize("record", [NoRecord(), WRITTEN, REPLACED, PENDING, ADOPTED, MEMORY], ids=repr)
def test_what_could_not_be_read_is_never_written_or_deleted(
    event: Event, policy: Policy, mode: Any, record: Stored
) -> None:
    action = reconcile(replace(event, mode=mode, owner_stack="Logging"), DENIED, record, policy)
    assert changes(action) == []
    if event.kind != "Delete":
        assert action.outcome is Outcome.UNREADABLE
        assert "bedrock:Get" in action.message


@pytest.mark.parametrize("event", [CREATE, UPDATE], ids=lambda event: event.kind)
@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("live", [Absent(), present(OURS), present(THEIRS)], ids=["absent", "equal", "theirs"])
def test_a_setting_of_another_stack_is_always_refused_and_that_stack_named(
    event: Event, policy: Policy, live: Live
) -> None:
    action = reconcile(event, live, replace(REPLACED, owner=OTHERS), policy)
    assert (action.outcome, action.steps) == (Outcome.REFUSE, ())
    assert "the stack Other" in action.message
    assert OTHERS.stack_id in action.message


@pytest.mark.parametrize("policy", Policy)
def test_a_foreign_value_equal_to_ours_is_neither_written_nor_owned_nor_deleted(policy: Policy) -> None:
    for record in (NoRecord(), MEMORY, replace(WRITTEN, written=NEWER)):
        action = reconcile(CREATE, present(OURS), record, policy)
        assert (action.outcome, action.steps) == (Outcome.KEEP, ())
    assert reconcile(DELETE, present(OURS), NoRecord(), policy).steps == ()


def test_a_refusal_names_the_foreign_bucket_and_the_three_ways_on() -> None:
    message = reconcile(CREATE, present(THEIRS), NoRecord(), Policy.REFUSE).message
    for words in ("bucket theirs", "Nothing was changed", "invocation_logging.existing", "adopt", "merge", "replace"):
        assert words in message


def test_the_record_is_written_before_the_value_and_says_so() -> None:
    action = reconcile(replace(UPDATE, desired=NEWER), present(OURS), REPLACED, Policy.REPLACE)
    first, second, third = action.steps
    assert isinstance(first, SaveRecord)
    assert (first.record.written, first.record.writing, first.record.remembered) == (OURS, NEWER, THEIRS)
    assert second == WriteValue(NEWER, present(OURS))
    assert isinstance(third, SaveRecord)
    assert (third.record.written, third.record.writing, third.record.remembered) == (NEWER, None, THEIRS)


def test_a_crash_before_the_put_remembers_their_value_once_more() -> None:
    begun = reconcile(CREATE, present(THEIRS), NoRecord(), Policy.REPLACE).steps[0]
    assert isinstance(begun, SaveRecord)
    again = reconcile(CREATE, present(THEIRS), begun.record, Policy.REPLACE)
    assert changes(again) == [OURS]
    assert (last_record(again) or WRITTEN).remembered == THEIRS


def test_a_remembered_value_that_is_rejected_is_kept_in_the_record_and_ours_removed() -> None:
    action = reconcile(replace(DELETE, rejected="its role is gone"), present(OURS), REPLACED, Policy.REFUSE)
    first, second, third = action.steps
    assert isinstance(first, SaveRecord)
    assert (first.record.owner, first.record.unrestorable) == (US, "its role is gone")
    assert second == RemoveValue(present(OURS))
    assert isinstance(third, SaveRecord)
    assert (third.record.owner, third.record.written, third.record.remembered) == (None, None, THEIRS)
    assert "its role is gone" in action.message
    assert "bucket theirs" in action.message


def test_a_crash_after_that_removal_keeps_the_memory() -> None:
    given_up = replace(REPLACED, unrestorable="its role is gone")
    action = reconcile(DELETE, Absent(), given_up, Policy.REFUSE)
    saved = last_record(action)
    assert saved is not None
    assert (saved.owner, saved.remembered) == (None, THEIRS)


def test_a_memory_that_was_taken_along_outlives_a_create_that_failed() -> None:
    begun = reconcile(CREATE, Absent(), MEMORY, Policy.REFUSE).steps[0]
    assert isinstance(begun, SaveRecord)
    saved = last_record(reconcile(DELETE, Absent(), begun.record, Policy.REFUSE))
    assert saved is not None
    assert (saved.owner, saved.remembered) == (None, THEIRS)


@pytest.mark.parametrize(
    ("record", "way_there", "way_back"),
    [
        (replace(COMPLETED, adopted_for=None), Policy.REPLACE, Policy.REFUSE),
        (REPLACED, Policy.MERGE, Policy.REFUSE),
        (REPLACED, Policy.MERGE, Policy.ADOPT),
        (ADOPTED, Policy.REPLACE, Policy.REFUSE),
        (ADOPTED, Policy.MERGE, Policy.ADOPT),
    ],
)
def test_a_rollback_leads_back_to_the_value_of_before(record: Record, way_there: Policy, way_back: Policy) -> None:
    before = record.written or {}
    there = reconcile(UPDATE, present(before), record, way_there)
    changed, live = last_record(there), changes(there)[-1]
    assert changed is not None
    assert needs_phase(UPDATE, changed, way_back)
    back = reconcile(replace(UPDATE, phase=Phase.ROLLING_BACK), present(live), changed, way_back)
    assert changes(back) == [before]


def test_a_refused_rollback_leaves_everything_and_succeeds() -> None:
    for live, record in ((present(THEIRS), WRITTEN), (Absent(), replace(WRITTEN, owner=OTHERS))):
        assert not reconcile(UPDATE, live, record, Policy.REFUSE).succeeds
        action = reconcile(replace(UPDATE, phase=Phase.ROLLING_BACK), live, record, Policy.REFUSE)
        assert (action.outcome, action.steps) == (Outcome.LEAVE, ())


class TestLogicalIdChange:
    taken = replace(REPLACED, owner=SIBLING, superseded=Superseded(REPLACED, OURS))

    def test_the_new_resource_takes_over_and_keeps_the_former_owner(self) -> None:
        action = reconcile(replace(CREATE, owner=SIBLING), present(OURS), REPLACED, Policy.REFUSE)
        saved = last_record(action)
        assert changes(action) == []
        assert saved is not None
        assert (saved.owner, saved.superseded, saved.remembered) == (SIBLING, Superseded(REPLACED, OURS), THEIRS)

    def test_the_delete_of_the_former_owner_confirms_it(self) -> None:
        action = reconcile(DELETE, present(OURS), self.taken, Policy.REFUSE)
        assert action.outcome is Outcome.LEAVE
        assert action.steps == (SaveRecord(replace(self.taken, superseded=None)),)

    @pytest.mark.parametrize(
        ("live", "found", "changed"),
        [
            (NEWER, OURS, [OURS]),
            (NEWER, None, [None]),
            (NEWER, THEIRS, [normalise(THEIRS)]),
            (OURS, OURS, []),
            (THEIRS, OURS, []),
        ],
        ids=["ours before", "nothing before", "theirs before", "unchanged", "changed by somebody"],
    )
    def test_the_delete_of_the_new_owner_hands_back_what_it_found(
        self, live: dict[str, Any], found: dict[str, Any] | None, changed: list[Any]
    ) -> None:
        record = replace(self.taken, written=NEWER, writing=OURS, superseded=Superseded(REPLACED, found))
        action = reconcile(replace(DELETE, owner=SIBLING), present(live), record, Policy.REFUSE)
        assert changes(action) == changed
        assert replace(last_record(action) or WRITTEN, answered=None) == REPLACED

    def test_a_former_value_that_is_rejected_leaves_ours_with_the_former_owner(self) -> None:
        record = replace(self.taken, written=NEWER)
        event = replace(DELETE, owner=SIBLING, rejected="its role is gone")
        action = reconcile(event, present(NEWER), record, Policy.REFUSE)
        assert changes(action) == []
        assert last_record(action) == replace(REPLACED, written=NEWER)

    @pytest.mark.parametrize("owner", [US, SIBLING], ids=["former", "new"])
    def test_when_the_whole_stack_goes_either_gives_the_setting_back(self, owner: Owner) -> None:
        event = replace(DELETE, owner=owner, phase=Phase.DELETING)
        action = reconcile(event, present(OURS), self.taken, Policy.REFUSE)
        assert needs_live(event, self.taken)
        assert (changes(action), action.steps[-1]) == ([normalise(THEIRS)], DropRecord())

    def test_an_update_of_the_new_owner_settles_it(self) -> None:
        action = reconcile(replace(UPDATE, owner=SIBLING), present(OURS), self.taken, Policy.REFUSE)
        assert (last_record(action) or self.taken).superseded is None

    def test_an_update_of_the_former_owner_takes_the_setting_back(self) -> None:
        action = reconcile(UPDATE, present(OURS), self.taken, Policy.REFUSE)
        assert (last_record(action) or self.taken).owner == US

    def test_a_second_resource_of_the_same_stack_is_refused_its_update(self) -> None:
        action = reconcile(UPDATE, present(OURS), replace(WRITTEN, owner=SIBLING), Policy.REFUSE)
        assert action.outcome is Outcome.REFUSE
        assert SIBLING.physical_resource_id in action.message


GUARD_CASES = [
    ("nothing there", OURS, Absent(), NoRecord(), "refuse", True),
    ("theirs, refuse", OURS, present(THEIRS), NoRecord(), "refuse", False),
    ("theirs, anything", None, present(THEIRS), NoRecord(), "refuse", False),
    ("theirs, replace", OURS, present(THEIRS), NoRecord(), "replace", True),
    ("theirs, adopt, anything", None, present(THEIRS), NoRecord(), "adopt", True),
    ("ours", OURS, present(OURS), WRITTEN, "refuse", True),
    ("ours, anything", None, present(OURS), WRITTEN, "refuse", True),
    ("another stack's", OURS, present(OURS), replace(WRITTEN, owner=OTHERS), "replace", False),
    ("record not understood", OURS, Absent(), Corrupt("not JSON"), "replace", False),
    ("not readable", OURS, DENIED, NoRecord(), "replace", False),
]


@pytest.mark.parametrize("kind", ["Create", "Update"])
@pytest.mark.parametrize(
    ("desired", "live", "record", "policy", "passes"),
    [case[1:] for case in GUARD_CASES],
    ids=[case[0] for case in GUARD_CASES],
)
def test_the_guard_refuses_what_manage_would_and_does_nothing(
    kind: Any, desired: Any, live: Live, record: Stored, policy: str, passes: bool
) -> None:
    guard = Owner("arn:aws:cloudformation:us-east-1:123456789012:stack/Foundation/1", "guard")
    event = Event(kind, RULES, guard, desired, "request-1", mode="guard", owner_stack="Logging")
    action = reconcile(event, live, record, Policy(policy))
    assert (action.succeeds, action.steps) == (passes, ())


def test_the_delete_of_a_guard_needs_nothing_and_succeeds() -> None:
    event = replace(DELETE, mode="guard")
    for record in (NoRecord(), WRITTEN, DENIED, Corrupt("not JSON")):
        assert not needs_live(event, record)
        action = reconcile(event, DENIED, record, Policy.REFUSE)
        assert (action.succeeds, action.steps) == (True, ())
