"""The settings that the histories are played with: what stacks ask for, and what somebody else may set."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bedrock_o11y.account_settings import (
    delivery_source,
    log_delivery,
    log_group_index,
    log_group_key,
    log_group_policy,
    log_group_retention,
    log_group_tag,
    model_invocation_logging,
    span_indexing,
    trace_destination,
)
from bedrock_o11y.account_settings.log_group import part_of
from bedrock_o11y.account_settings.vended_log import VendedLog
from tests.account_settings.fake_calls import LOG_TYPE, SENDER, SWITCHES
from tests.account_settings.fake_logs import SID, TAG

if TYPE_CHECKING:
    from bedrock_o11y.account_settings.setting import SettingRules

OFF = dict.fromkeys(SWITCHES, False)


@dataclass(frozen=True)
class Case:
    """One setting.

    Attributes:
        rules: its pure half.
        desired: what each of the two stacks asks for at one time or another; the last is the same for both.
        foreign: what somebody else may set.
        setting: its name in a request, where that is not the name of its record.
        instance: which one of a family.
        roles: those named in values, which may be unusable.
        awaited: whether the log group that it is about comes one day, and only AWS can make it.
        others: what stands beside the setting in the same place, and must never change.
        source: name of the delivery source that is there, for a setting that is about one of its deliveries.
    """

    rules: SettingRules
    desired: dict[str, list[dict[str, Any]]]
    foreign: list[dict[str, Any]]
    setting: str = ""
    instance: str | None = None
    roles: tuple[str, ...] = ("arn:aws:iam::123456789012:role/none",)
    awaited: bool = False
    others: dict[str, Any] = field(default_factory=dict)
    source: str | None = None

    def normalise(self, value: dict[str, Any]) -> dict[str, Any]:
        return self.rules.normalise(value)


def to_log_group(name: str) -> dict[str, Any]:
    role = f"arn:aws:iam::123456789012:role/{name}"
    return OFF | {"cloudWatchConfig": {"logGroupName": f"/{name}", "roleArn": role}, "textDataDeliveryEnabled": True}


def indexed(percentage: float) -> dict[str, Any]:
    return {span_indexing.PERCENTAGE: percentage}


TO_LOGS = {"Destination": trace_destination.CLOUDWATCH_LOGS}

LOGGING = Case(
    model_invocation_logging.RULES,
    {
        name: [to_log_group(name), {**to_log_group(name), "imageDataDeliveryEnabled": True}, to_log_group("shared")]
        for name in ("one", "two")
    },
    [
        OFF | {"s3Config": {"bucketName": "theirs"}, "textDataDeliveryEnabled": True},
        to_log_group("theirs"),
        {**to_log_group("theirs-too"), "s3Config": {"bucketName": "theirs-too", "keyPrefix": "logs"}},
    ],
    roles=tuple(f"arn:aws:iam::123456789012:role/{name}" for name in ("one", "two", "theirs")),
)
INDEXING = Case(
    span_indexing.RULES,
    {"one": [indexed(10.0), indexed(5.0), indexed(50.0)], "two": [indexed(20.0), indexed(2.0), indexed(50.0)]},
    [indexed(25.0), indexed(100.0), indexed(0.0)],
)
DESTINATION = Case(
    trace_destination.RULES,
    {"one": [TO_LOGS] * 3, "two": [TO_LOGS] * 3},
    # X-Ray knows two destinations, and the other one counts as nothing: these are what it may learn one day.
    [{"Destination": destination} for destination in ("Elsewhere", "Nowhere", "Everywhere")],
)
GROUP = "/aws/bedrock-agentcore/runtimes/mine-0123456789-DEFAULT"


def kept(days: int) -> dict[str, Any]:
    return {log_group_retention.DAYS: days}


def encrypted(name: str) -> dict[str, Any]:
    return {log_group_key.KEY: f"arn:aws:kms:us-east-1:123456789012:key/{name}"}


def indexing(*fields: str) -> dict[str, Any]:
    return {log_group_index.FIELDS: list(fields)}


def letting_in(service: str, action: str = "logs:PutLogEvents") -> dict[str, Any]:
    statement = {"Sid": SID, "Effect": "Allow", "Principal": {"Service": service}, "Action": action, "Resource": "*"}
    return {log_group_policy.STATEMENT: statement}


def tagged(value: str) -> dict[str, Any]:
    return {log_group_tag.VALUE: value}


RETENTION = Case(
    log_group_retention.rules_of(GROUP),
    {"one": [kept(30), kept(90), kept(365)], "two": [kept(60), kept(180), kept(365)]},
    [kept(7), kept(3653), kept(14)],
    log_group_retention.NAME,
    GROUP,
)
SPANS = replace(RETENTION, rules=log_group_retention.rules_of("aws/spans"), instance="aws/spans", awaited=True)
KEY = Case(
    log_group_key.rules_of(GROUP),
    {name: [encrypted(name), encrypted(f"{name}-next"), encrypted("shared")] for name in ("one", "two")},
    [encrypted("theirs"), encrypted("theirs-too"), encrypted("theirs-three")],
    log_group_key.NAME,
    GROUP,
)
INDEX = Case(
    log_group_index.rules_of(GROUP),
    {
        "one": [indexing("a"), indexing("b", "a"), indexing("s")],
        "two": [indexing("c"), indexing("d", "c"), indexing("s")],
    },
    [
        indexing("x", "a"),
        {**indexing("x"), "FieldsV2": {"a": {"type": "FACET"}, "y": {"type": "FIELD_INDEX"}}},
        indexing(*(f"x{number}" for number in range(log_group_index.MOST_FIELDS))),
    ],
    log_group_index.NAME,
    GROUP,
)
STATEMENT = Case(
    log_group_policy.rules_of(part_of(GROUP, SID)),
    {name: [letting_in(name), letting_in(name, "logs:CreateLogStream"), letting_in("both")] for name in ("one", "two")},
    [letting_in("theirs"), letting_in("theirs-too"), letting_in("theirs", "logs:CreateLogStream")],
    log_group_policy.NAME,
    part_of(GROUP, SID),
    others={"Theirs": letting_in("theirs")["Statement"] | {"Sid": "Theirs"}},
)
TAGGED = Case(
    log_group_tag.rules_of(part_of(GROUP, TAG)),
    {name: [tagged(name), tagged(f"{name}-next"), tagged("both")] for name in ("one", "two")},
    [tagged("theirs"), tagged(""), tagged("theirs-too")],
    log_group_tag.NAME,
    part_of(GROUP, TAG),
    others={"cost-center": "4711"},
)
LOG = VendedLog(SENDER, LOG_TYPE)


def called(name: str) -> dict[str, Any]:
    return {delivery_source.SOURCE_NAME: name}


SOURCE = Case(
    delivery_source.rules_of(LOG),
    {"one": [called("ours")] * 3, "two": [called("ours")] * 3},
    [called("console"), called("theirs"), called("by-hand")],
    delivery_source.NAME,
    LOG.instance(),
)


def delivered_to(name: str) -> dict[str, Any]:
    return {log_delivery.DESTINATION: f"arn:aws:logs:us-east-1:123456789012:delivery-destination:{name}"}


DELIVERY = Case(
    log_delivery.rules_of(LOG, "CWL"),
    {
        name: [delivered_to(f"o11y-{name}-{format}") for format in ("json", "plain")] + [delivered_to("o11y-shared")]
        for name in ("one", "two")
    },
    [delivered_to("console"), delivered_to("theirs"), delivered_to("o11y-by-hand")],
    log_delivery.NAME,
    LOG.instance("CWL"),
    source="console",
)
CASES = {
    case.rules.name: case
    for case in (
        LOGGING,
        INDEXING,
        DESTINATION,
        RETENTION,
        SPANS,
        KEY,
        INDEX,
        STATEMENT,
        TAGGED,
        SOURCE,
        DELIVERY,
    )
}
