"""The live configuration against what the last deploy wrote: somebody may have changed it by hand since."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bedrock_o11y.account_settings.model_invocation_logging import RULES
from bedrock_o11y.blueprint import sources
from bedrock_o11y.check.rung import Judgement, RungSpec, failed, passed, unknown, unreadable
from bedrock_o11y.check.subject import delivered_types, subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bedrock_o11y.check.evidence import Evidence


def judge(evidence: Evidence) -> Judgement:
    """PASS when the configuration is what the record says, or, without a record, when it delivers text."""
    live = evidence.fact("configuration")
    if live.is_unreadable:
        return unreadable("The configuration", live)
    if live.is_absent:
        return unknown("There is no configuration to compare.", blocked_by="configuration")
    record = evidence.fact("record")
    if record.is_unreadable:
        return unreadable("What the last deploy wrote", record)
    about = subject(evidence)
    if about.written is None:
        return _alone(live.value)
    drift = tuple(_differences(about.written, live.value))
    if drift:
        return failed(
            *(f"{sentence} (stack {about.stack})." for sentence in drift),
            next_step=f"Somebody changed the configuration after the deploy. Deploy stack {about.stack} again to put "
            "it back, or change bedrock-o11y.yaml to what is wanted and deploy.",
        )
    return passed(f"Every member is as stack {about.stack} wrote it.")


def _alone(live: Mapping[str, Any]) -> Judgement:
    note = "No record of a deploy says what to expect, so the configuration is judged alone."
    if "text" in delivered_types(live):
        return passed(note, "Text is delivered.")
    return failed(
        "textDataDeliveryEnabled is off: calls to text models leave no record.",
        note,
        next_step="Turn textDataDeliveryEnabled on with PutModelInvocationLoggingConfiguration, or deploy the "
        "InvocationLogging stack.",
    )


def _differences(written: Mapping[str, Any], live: Mapping[str, Any]) -> Iterator[str]:
    # The same normalisation as the deploy's: what it does not manage is no drift.
    expected, actual = dict(_members(RULES.normalise(dict(written)))), dict(_members(RULES.normalise(dict(live))))
    for member in sorted(expected.keys() | actual.keys()):
        wanted, found = expected.get(member), actual.get(member)
        if wanted != found:
            yield f"{member} is {_shown(found)}; the deploy wrote {_shown(wanted)}"


def _members(configuration: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in configuration.items():
        if isinstance(value, dict):
            yield from _members(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _shown(value: Any) -> str:
    return "not set" if value is None else json.dumps(value, ensure_ascii=False)


RUNG = RungSpec(
    id="configuration-as-expected",
    title="The configuration is as expected",
    why="A change by hand can turn off text delivery or send records elsewhere while everything looks configured.",
    reads=("configuration", "record"),
    how="With a record: every member that the deploy wrote must have the same value today; FAIL names the members that "
    "differ. Members that AWS adds to the API are ignored. Without a record the configuration is judged alone: text "
    "delivery must be on.",
    sources=(sources.INVOCATION_LOGGING,),
    judge=judge,
    needs=("configuration",),
)
