"""The proof: one model call, found again in the log, complete."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.blueprint import invocation_logging as blueprint
from bedrock_o11y.blueprint import sources
from bedrock_o11y.check.canary_evidence import arrived, bodies
from bedrock_o11y.check.rung import Judgement, RungSpec, failed, not_applicable, passed, unknown
from bedrock_o11y.report import State

from . import delivery

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bedrock_o11y.check.evidence import Evidence

_COUNTS: Final = (
    ("input.inputTokenCount", "input_tokens"),
    ("output.outputTokenCount", "output_tokens"),
)
_MASK: Final = "**"


def judge(evidence: Evidence) -> Judgement:
    """PASS when the record of the canary arrived, carries its nonce and is complete."""
    reading = evidence.fact("canary")
    if not reading.is_present:
        return not_applicable("No canary was sent; --canary sends one cheap model call and follows it into the log.")
    canary: Mapping[str, Any] = reading.value
    call = canary.get("call")
    if not call:
        return unknown(str(canary.get("reason") or "The canary was not sent."), blocked_by=canary.get("blocked_by"))
    if not call["answered"]:
        return unknown(
            f"The call of model {canary['model']} failed, which says nothing about logging: {call['reason']}.",
            next_step=call["next"],
        )
    if log := arrived(evidence):
        return _complete(evidence, canary, log)
    return _missing(evidence, canary)


def _missing(evidence: Evidence, canary: Mapping[str, Any]) -> Judgement:
    log = canary["log"]
    sent = f"The canary was answered (request {canary['call']['request_id']})"
    if log.get("reason"):
        grant = f"Grant {log['action']} to the caller, then run again." if log.get("action") else "Run again."
        return unknown(f"{sent}, but the log could not be searched: {log['reason']}.", next_step=grant)
    if log.get("found"):
        return failed(
            f"{sent}, and a record was found that does not carry its nonce.",
            next_step="Run again: this is the record of another call.",
        )
    waited = f"{log['waited_seconds']:.1f} s"
    if delivery.judge(evidence).state is State.FAIL:
        return unknown(
            f"{sent}, but its record did not arrive: after {waited} Bedrock reports failed deliveries.",
            blocked_by=delivery.RUNG.id,
        )
    return failed(
        f"{sent}, but its record did not arrive within {waited}, and Bedrock reports no failed delivery.",
        next_step="Run again with a longer --wait. If that fails too: calls through the bedrock-mantle endpoint are "
        "never logged; a bedrock-runtime call in this account and Region is.",
    )


def _complete(evidence: Evidence, canary: Mapping[str, Any], log: Mapping[str, Any]) -> Judgement:
    record: Mapping[str, Any] = log["record"]
    faults = tuple(_faults(evidence, canary, record))
    arrival = (
        f"The record of request {canary['call']['request_id']} was found {log['delay_seconds']:.2f} s after the answer."
    )
    shown = tuple(f"{name}: {json.dumps(body, ensure_ascii=False)}" for name, body in bodies(record).items())
    if faults:
        return failed(
            arrival,
            *faults,
            *shown,
            next_step="Records arrive but cannot be relied on: look at the record of this request in the log group.",
        )
    counts = f"{_at(record, 'input.inputTokenCount')} input and {_at(record, 'output.outputTokenCount')} output tokens"
    return passed(
        arrival,
        f"It carries the nonce and every documented field: {_at(record, 'operation')} of {canary['model']}, {counts}, "
        f"by {_at(record, 'identity.arn')}.",
        *shown,
    )


def _faults(evidence: Evidence, canary: Mapping[str, Any], record: Mapping[str, Any]) -> Iterator[str]:
    missing = [field for field in blueprint.RECORD_FIELDS if _at(record, field) in (None, "", {}, [])]
    if missing:
        yield f"The record lacks {', '.join(missing)}."
    expected = {
        "schemaType": blueprint.RECORD_SCHEMA_TYPE,
        "schemaVersion": blueprint.RECORD_SCHEMA_VERSION,
        "accountId": evidence.account,
        "region": evidence.region,
        "requestId": canary["call"]["request_id"],
        "identity.arn": evidence.caller,
    }
    for field, value in expected.items():
        found = _at(record, field)
        # A data-protection policy may mask any text of the record, an account id for instance.
        if found is not None and found != value and _MASK not in str(found):
            yield f"{field} is {found!r}; the call had {value!r}."
    for field, counted in _COUNTS:
        found, answered = _at(record, field), canary["call"].get(counted)
        if found is not None and (not isinstance(found, int) or isinstance(found, bool) or found <= 0):
            yield f"{field} is {found!r}; a count of at least 1 was expected."
        elif found is not None and answered is not None and found != answered:
            yield f"{field} is {found}; the answer of the model counted {answered}."


def _at(record: Mapping[str, Any], path: str) -> Any:
    value: Any = record
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


RUNG = RungSpec(
    id="canary",
    title="A model call is found again in the log",
    why="Everything below can look right while records do not arrive; only a record that arrived proves the flow.",
    reads=("configuration", "record", "delivery"),
    how="With --canary: one Converse call with a nonce in its request metadata. The log stream is searched for it from "
    "the moment of the call until --wait is over; the record is read again and its nonce compared, whatever the filter "
    "let through. It must have every documented field, the request id of the answer and the token counts of the "
    "answer. When it does not arrive and Bedrock reports failed deliveries, this rung is UNKNOWN, blocked by delivery; "
    "when Bedrock reports none, it FAILs. A call that the model refuses is UNKNOWN: it proves nothing about logging.",
    sources=(sources.INVOCATION_LOGGING,),
    judge=judge,
    needs=("configuration", "configuration-as-expected", "log-group", "key-policy", *delivery.LOGGING_ROLE),
    # Converse is authorised as InvokeModel (Service authorization reference, Amazon Bedrock).
    actions=("bedrock:InvokeModel", "logs:FilterLogEvents"),
)
