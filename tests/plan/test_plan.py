"""What a deploy would change, judged over what was found."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from bedrock_o11y.account_settings.live import Absent, Live, Present, Unreadable
from bedrock_o11y.account_settings.model_invocation_logging import normalise
from bedrock_o11y.account_settings.record import NoRecord, Owner, Record, Stored
from bedrock_o11y.aws import Reading
from bedrock_o11y.errors import ExitCode
from bedrock_o11y.plan import Wanted, WantedAgents, WantedTracing
from bedrock_o11y.plan.agents import judge_agents
from bedrock_o11y.plan.collisions import judge_bucket, judge_log_group
from bedrock_o11y.plan.cost import expected_cost
from bedrock_o11y.plan.key import judge_key
from bedrock_o11y.plan.settings import Found, plan_logging_setting, plan_span_indexing, plan_trace_destination
from bedrock_o11y.plan.slots import LOGS, XRAY, judge_slots
from bedrock_o11y.report.plan import Bearing, PlanReport
from bedrock_o11y.report.plan_json import plan_json
from bedrock_o11y.report.plan_text import plan_text

if TYPE_CHECKING:
    from bedrock_o11y.report.plan import SettingPlan

STACK = "Obs-InvocationLogging"
FOREIGN = {
    "cloudWatchConfig": {"logGroupName": "/theirs", "roleArn": "arn:aws:iam::123456789012:role/Theirs"},
    "textDataDeliveryEnabled": True,
}


def wanted(**changes: Any) -> Wanted:
    values: dict[str, Any] = {
        "target": "Obs",
        "stacks": ("Obs-Foundation", STACK),
        "setting_stack": STACK,
        "policy": "refuse",
        "log_group": "/g",
        "log_group_exists": False,
        "bucket": "b",
        "bucket_exists": False,
        "key_arn": None,
    }
    return Wanted(**{**values, **changes})


def owned(stack: str) -> Record:
    owner = Owner(f"arn:aws:cloudformation:us-east-1:123456789012:stack/{stack}/1", "p")
    return Record("model-invocation-logging", owner, written=normalise(FOREIGN))


FOUND = Present(normalise(FOREIGN), FOREIGN)


@pytest.mark.parametrize(
    ("policy", "live", "record", "bearing", "outcome", "said"),
    [
        ("refuse", Absent(), NoRecord(), Bearing.CLEAR, "write", "switches it on"),
        ("refuse", FOUND, NoRecord(), Bearing.STOPS, "refuse", "/theirs"),
        ("adopt", FOUND, NoRecord(), Bearing.NOTICE, "adopt", "/theirs"),
        ("merge", FOUND, NoRecord(), Bearing.NOTICE, "merge", "/theirs"),
        ("replace", FOUND, NoRecord(), Bearing.NOTICE, "replace", "remembered"),
        ("refuse", FOUND, owned(STACK), Bearing.CLEAR, "keep", "brings it up to date"),
        ("replace", FOUND, owned("Other-InvocationLogging"), Bearing.STOPS, "refuse", "Other-InvocationLogging"),
        ("refuse", Unreadable("permission x:Y is missing", "x:Y"), NoRecord(), Bearing.UNKNOWN, "unreadable", "x:Y"),
        ("replace", FOUND, Unreadable("permission x:Y is missing", "x:Y"), Bearing.UNKNOWN, "unreadable", "x:Y"),
    ],
)
def test_a_setting_is_planned_as_the_deploy_would_decide(
    policy: str, live: Live, record: Stored, bearing: Bearing, outcome: str, said: str
) -> None:
    planned = plan_logging_setting(wanted(policy=policy), Found(live, record))
    assert planned is not None
    assert (planned.bearing, planned.outcome) == (bearing, outcome)
    assert said in planned.message


def test_a_refusal_names_the_three_ways_on() -> None:
    planned = plan_logging_setting(wanted(), Found(FOUND, NoRecord()))
    assert planned is not None
    assert all(way in planned.message for way in ("adopt", "merge", "replace", "Nothing was changed"))
    assert "since this stack last set it" not in planned.message


def test_a_setting_that_is_not_wanted_is_left_alone() -> None:
    assert plan_logging_setting(wanted(setting_stack=None), Found(FOUND, NoRecord())) is None


@pytest.mark.parametrize(
    ("must_exist", "found", "ours", "bearing", "said"),
    [
        (False, Reading.absent(), (), Bearing.CLEAR, "The name is free"),
        (False, Reading.present({"key": None}), ("/g", "b"), Bearing.CLEAR, "belongs to the stack"),
        (False, Reading.present({"key": None}), (), Bearing.NOTICE, "--import-existing-resources takes it over"),
        (False, Reading.unreadable("permission x:Y is missing", "x:Y"), (), Bearing.UNKNOWN, "x:Y"),
        (True, Reading.present({"key": None}), (), Bearing.CLEAR, "used as it is"),
        (True, Reading.absent(), (), Bearing.STOPS, "it does not exist"),
    ],
)
def test_a_name_that_is_taken_is_told(
    must_exist: bool, found: Reading, ours: tuple[str, ...], bearing: Bearing, said: str
) -> None:
    group = judge_log_group(wanted(log_group_exists=must_exist), found, ours)
    bucket = judge_bucket(wanted(bucket_exists=must_exist), found, ours)
    for collision in (group, bucket) if bearing is not Bearing.NOTICE else (bucket,):
        assert collision is not None
        assert collision.bearing is bearing
        assert said in collision.message


KEY = "arn:aws:kms:us-east-1:123456789012:key/theirs"


@pytest.mark.parametrize(
    ("key", "configured", "bearing", "said"),
    [
        (KEY, None, Bearing.STOPS, f"set encryption.key_arn to {KEY}"),
        (KEY, KEY.replace("theirs", "other"), Bearing.STOPS, f"set encryption.key_arn to {KEY}"),
        (KEY, KEY, Bearing.NOTICE, "takes it over"),
        (None, None, Bearing.STOPS, "no deploy of ours made it"),
        (None, KEY, Bearing.STOPS, "log_group.create to false"),
    ],
)
def test_a_log_group_is_taken_over_only_with_the_key_that_it_keeps(
    key: str | None, configured: str | None, bearing: Bearing, said: str
) -> None:
    collision = judge_log_group(wanted(key_arn=configured), Reading.present({"key": key}), ())
    assert collision is not None
    assert collision.bearing is bearing
    assert said in collision.message


@pytest.mark.parametrize(
    ("found", "bearing", "said"),
    [
        (Reading.present({"KeyState": "Enabled", "KeySpec": "SYMMETRIC_DEFAULT"}), Bearing.CLEAR, "used as it is"),
        (Reading.present({"KeyState": "PendingDeletion"}), Bearing.STOPS, "cancel-key-deletion"),
        (Reading.present({"KeyState": "Disabled"}), Bearing.STOPS, "enable-key"),
        (Reading.present({"KeyState": "Creating"}), Bearing.STOPS, "must be Enabled"),
        (Reading.present({"KeyState": "Enabled", "KeySpec": "RSA_2048"}), Bearing.STOPS, "symmetric keys only"),
        (Reading.absent(), Bearing.STOPS, "does not exist"),
        (Reading.unreadable("permission x:Y is missing", "x:Y"), Bearing.UNKNOWN, "x:Y"),
    ],
)
def test_a_key_that_cannot_be_used_stops_the_plan(found: Reading, bearing: Bearing, said: str) -> None:
    finding = judge_key(KEY, found)
    assert (finding.kind, finding.name, finding.bearing) == ("key", KEY, bearing)
    assert said in finding.message


def test_what_is_not_wanted_collides_with_nothing() -> None:
    assert judge_log_group(wanted(log_group=None), Reading.absent(), ()) is None
    assert judge_bucket(wanted(bucket=None), Reading.absent(), ()) is None


TEN = [f"policy-{number}" for number in range(10)]


@pytest.mark.parametrize(
    ("found", "makes", "used", "needed", "bearing"),
    [
        (Reading.present([]), (), 0, 0, Bearing.CLEAR),
        (Reading.present(TEN), (), 10, 0, Bearing.CLEAR),
        (Reading.present(TEN[:9]), ("ours",), 9, 1, Bearing.CLEAR),
        (Reading.present(TEN), ("ours",), 10, 1, Bearing.STOPS),
        (Reading.present([*TEN[:9], "ours"]), ("ours",), 10, 0, Bearing.CLEAR),
        (Reading.unreadable("denied"), (), None, 0, Bearing.CLEAR),
        (Reading.unreadable("denied"), ("ours",), None, 1, Bearing.UNKNOWN),
    ],
)
def test_slots_are_counted_against_the_limit(
    found: Reading, makes: tuple[str, ...], used: int | None, needed: int, bearing: Bearing
) -> None:
    slots = judge_slots(found, makes)
    assert (slots.used, slots.limit, slots.needed, slots.bearing) == (used, 10, needed, bearing)


def test_xray_has_room_for_five() -> None:
    full = judge_slots(Reading.present(TEN[:5]), ("ours",), XRAY)
    assert (full.used, full.limit, full.needed, full.bearing) == (5, 5, 1, Bearing.STOPS)
    assert "5 of 5 are used; this deploy needs 1. Free one: aws xray list-resource-policies" in full.message
    assert judge_slots(Reading.present(TEN[:5]), ("ours",), LOGS).bearing is Bearing.CLEAR
    assert judge_slots(Reading.present([*TEN[:4], "ours"]), ("ours",), XRAY).bearing is Bearing.CLEAR
    assert judge_slots(Reading.unreadable("denied"), ("ours",), XRAY).bearing is Bearing.UNKNOWN


def test_tracing_and_deliveries_want_policies() -> None:
    assert (wanted().logs_policies, wanted().trace_policies) == ((), ())
    both = replace(wanted(), tracing=TRACING, delivery_policy="Obs-Agents-LogDelivery")
    assert both.logs_policies == ("Obs-Tracing-TransactionSearch", "Obs-Agents-LogDelivery")
    assert both.trace_policies == ("Obs-Agents-LogDelivery",)


TRACING = WantedTracing("Obs-Tracing", "Obs-Tracing-TransactionSearch", 10.0, "leave")


@pytest.mark.parametrize(
    ("live", "bearing", "outcome"),
    [
        (Absent(), Bearing.CLEAR, "write"),
        (Present({"Destination": "CloudWatchLogs"}, {}), Bearing.CLEAR, "keep"),
        (Unreadable("xray:GetTraceSegmentDestination is missing", "x:Y"), Bearing.UNKNOWN, "unreadable"),
    ],
)
def test_transaction_search_that_is_on_is_in_nobodys_way(live: Live, bearing: Bearing, outcome: str) -> None:
    planned = plan_trace_destination(TRACING, Found(live, NoRecord()))
    assert planned is not None
    assert (planned.bearing, planned.outcome) == (bearing, outcome)


def test_a_plan_without_tracing_says_that_transaction_search_is_off_and_stops_nothing() -> None:
    planned = plan_trace_destination(None, Found(Absent(), NoRecord()))
    assert planned is not None
    assert planned.bearing is Bearing.NOTICE
    assert "tracing.enabled" in planned.message
    on: Live = Present({"Destination": "CloudWatchLogs"}, {})
    for live in (on, Unreadable("denied", "xray:GetTraceSegmentDestination")):
        assert plan_trace_destination(None, Found(live, NoRecord())) is None


@pytest.mark.parametrize(
    ("policy", "percentage", "bearing", "outcome"),
    [
        ("leave", None, Bearing.CLEAR, "write"),
        ("leave", 42.0, Bearing.NOTICE, "keep"),
        ("refuse", 42.0, Bearing.STOPS, "refuse"),
        ("replace", 42.0, Bearing.NOTICE, "replace"),
        ("refuse", 10.0, Bearing.CLEAR, "keep"),
    ],
)
def test_a_percentage_that_somebody_chose_is_planned_as_the_deploy_would_decide(
    policy: str, percentage: float | None, bearing: Bearing, outcome: str
) -> None:
    value = {"DesiredSamplingPercentage": percentage}
    live = Absent() if percentage is None else Present(value, value)
    planned = plan_span_indexing(replace(TRACING, indexing_policy=policy), Found(live, NoRecord()))
    assert (planned.bearing, planned.outcome) == (bearing, outcome)
    assert percentage in (None, 10.0) or "42 % of the traces are indexed" in planned.message


def test_the_key_is_the_only_fixed_cost() -> None:
    assert expected_cost(wanted()).monthly == 1.0
    assert expected_cost(wanted(key_arn="arn:aws:kms:us-east-1:123456789012:key/k")).monthly == 0
    assert all(price.source.startswith("https://aws.amazon.com/") for price in expected_cost(wanted()).usage)


def report(setting: SettingPlan | None = None) -> PlanReport:
    group = judge_log_group(wanted(), Reading.absent(), ())
    assert group is not None
    return PlanReport(
        account="123456789012",
        region="us-east-1",
        target="Obs",
        stacks=("Obs-Foundation", STACK),
        settings=(setting,) if setting else (),
        collisions=(group,),
        slots=judge_slots(Reading.present(TEN[:3])),
        trace_slots=judge_slots(Reading.present(TEN[:1]), room=XRAY),
        cost=expected_cost(wanted()),
    )


@pytest.mark.parametrize(
    ("live", "code", "closing"),
    [
        (Absent(), ExitCode.CLEAN, "Nothing is in the way of a deploy. Nothing was changed."),
        (FOUND, ExitCode.FAILED, "A deploy would stop. Nothing was changed."),
        (Unreadable("r", "x:Y"), ExitCode.UNKNOWN, "Not everything could be read, so a deploy may stop."),
    ],
)
def test_the_report_ends_with_what_it_means(live: Live, code: ExitCode, closing: str) -> None:
    result = report(plan_logging_setting(wanted(), Found(live, NoRecord())))
    assert result.exit_code() is code
    assert closing in plan_text(result).splitlines()[-1]


def test_json_keeps_its_contract() -> None:
    document = json.loads(plan_json(report(plan_logging_setting(wanted(), Found(Absent(), NoRecord())))))
    assert document["schema"] == {"name": "bedrock-o11y/plan", "version": 1}
    assert list(document) == [
        "schema",
        "account",
        "region",
        "target",
        "stacks",
        "settings",
        "collisions",
        "slots",
        "trace_slots",
        "cost",
    ]
    (setting,) = document["settings"]
    assert setting == {
        "setting": "model-invocation-logging",
        "title": "model invocation logging",
        "live": None,
        "owner": None,
        "policy": "refuse",
        "outcome": "write",
        "bearing": "clear",
        "message": "The deploy switches it on.",
    }
    assert document["slots"]["needed"] == 0
    assert document["cost"]["monthly"] == 1.0
    assert document["cost"]["fixed"][0]["what"] == "1 customer KMS key"


AGENTS = WantedAgents("Obs-Agents", log_groups=("/g",), existing=("/e",), resource_policy="Obs-Agents-SpansOfAgents")


@pytest.mark.parametrize(
    ("found", "bearing", "said"),
    [
        (Reading.absent(), Bearing.CLEAR, "The name is free"),
        (Reading.present({"stack": "Obs-Agents"}), Bearing.CLEAR, "belongs to the stack"),
        (Reading.present({"stack": "Other-Agents"}), Bearing.STOPS, "the stack Other-Agents made it"),
        (Reading.present({"stack": None}), Bearing.STOPS, "no deploy of ours made it"),
        (Reading.unreadable("permission x:Y is missing", "x:Y"), Bearing.UNKNOWN, "x:Y"),
    ],
)
def test_the_log_group_of_an_agent_is_ours_when_it_says_so(found: Reading, bearing: Bearing, said: str) -> None:
    made, used = judge_agents(AGENTS, {"/g": found, "/e": Reading.absent()})
    assert (made.name, made.bearing) == ("/g", bearing)
    assert said in made.message
    assert (used.name, used.bearing) == ("/e", Bearing.STOPS)
    assert "it does not exist" in used.message


def test_a_policy_for_log_groups_that_agents_have_takes_a_slot() -> None:
    tracing = WantedTracing("Obs-Tracing", "Obs-Tracing-TransactionSearch", 10, "leave")
    both = wanted(tracing=tracing, agents=AGENTS).logs_policies
    assert both == ("Obs-Tracing-TransactionSearch", "Obs-Agents-SpansOfAgents")
    assert wanted(agents=replace(AGENTS, resource_policy=None)).logs_policies == ()
    assert judge_slots(Reading.present([f"p{number}" for number in range(9)]), both).bearing is Bearing.STOPS
