"""Sends the canary and follows it into the log."""

from __future__ import annotations

import json
import secrets
import string
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.aws import Reading, Status, look
from bedrock_o11y.aws.trouble import Kind, attempt
from bedrock_o11y.blueprint import invocation_logging as blueprint

from .canary_evidence import carries, redacted
from .readers.metrics import TIME_FORMAT, read_delivery

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bedrock_o11y.aws import Account

    from .evidence import Evidence

_NONCE_LETTERS: Final = 24
_MOST_CALLS: Final = 400
"""FilterLogEvents calls of one canary, whatever --wait says: the check's cost never grows with the log."""
_SKEW: Final = timedelta(minutes=1)
"""How much earlier than the answer's own time the search begins."""
_FIRST_PAUSE: Final = 0.2
_LONGEST_PAUSE: Final = 10.0
_SETTLING_PAUSES: Final = (1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Canary:
    """How to send and follow a canary.

    Attributes:
        model: id of the model, or ARN or id of an inference profile.
        wait: how many seconds to look for the record.
        show_bodies: whether prompt and answer stay in the evidence.
        progress: is told what happens, a short phrase at a time.
        sleep: waits; tests give their own.
        clock: seconds that only grow; tests give their own.
    """

    model: str = blueprint.CANARY_MODEL_ID
    wait: float = 300.0
    show_bodies: bool = False
    progress: Callable[[str], None] = field(default=lambda _phrase: None)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def of(cls, model: str | None, wait: float, *, show_bodies: bool, progress: Callable[[str], None]) -> Canary:
        """A canary as a command line asks for it; no model takes the default one."""
        return cls(model or blueprint.CANARY_MODEL_ID, wait, show_bodies, progress)


def send_and_follow(account: Account, seen: Evidence, log_group: str, canary: Canary) -> dict[str, Reading]:
    """Makes the call, waits for its record, and looks at the delivery metrics again.

    Args:
        account: where to call.
        seen: the evidence so far, with the fact ``delivery`` if it was looked at.
        log_group: name of the log group that records go to.
        canary: how.

    Returns:
        The facts ``canary`` and ``delivery``.

    Raises:
        CouldNotRunError: the credentials expired meanwhile.
    """
    started = canary.clock()
    # Letters only: digits could look like a card or a telephone number and be masked.
    nonce = "".join(secrets.choice(string.ascii_lowercase) for _ in range(_NONCE_LETTERS))
    sent_at = datetime.now(UTC)
    canary.progress(f"calling {canary.model}")
    call, server_time = _call(account, canary.model, nonce)
    fact: dict[str, Any] = {
        "asked": True,
        "model": canary.model,
        "nonce": nonce,
        "sent_at": sent_at.strftime(TIME_FORMAT),
        "call": call,
    }
    delivery = seen.fact("delivery")
    if call["answered"]:
        search = _Search(account, log_group, nonce, min(sent_at, server_time or sent_at))
        fact["log"], delivery = _follow(account, seen, search, canary)
    return {
        "canary": Reading(Status.PRESENT, fact, seconds=round(canary.clock() - started, 3)),
        "delivery": delivery,
    }


def _call(account: Account, model: str, nonce: str) -> tuple[dict[str, Any], datetime | None]:
    answer, trouble = attempt(
        "bedrock:InvokeModel",
        lambda: account.client("bedrock-runtime").converse(
            modelId=model,
            messages=[{"role": "user", "content": [{"text": blueprint.CANARY_PROMPT}]}],
            inferenceConfig={"maxTokens": blueprint.CANARY_MAX_TOKENS},
            requestMetadata={blueprint.CANARY_METADATA_KEY: nonce},
        ),
    )
    if trouble is not None:
        denied = trouble.kind is Kind.DENIED and "perform" in trouble.message
        action = trouble.action if denied else None
        reason = trouble.reason if denied else f"{trouble.code or 'no answer'}: {trouble.message}"
        return {"answered": False, "action": action, "reason": reason, "next": _advice(trouble.kind, action)}, None
    usage = answer.get("usage") or {}
    headers = answer["ResponseMetadata"].get("HTTPHeaders") or {}
    call = {
        "answered": True,
        "request_id": answer["ResponseMetadata"]["RequestId"],
        "input_tokens": usage.get("inputTokens"),
        "output_tokens": usage.get("outputTokens"),
    }
    return call, parsedate_to_datetime(headers["date"]) if headers.get("date") else None


def _advice(kind: Kind, action: str | None) -> str:
    if action:
        return f"Grant {action} on the model to the caller, or choose another model with --model."
    if kind is Kind.THROTTLED:
        return "Run again in a minute."
    return (
        "Choose a model that this account may use in this Region with --model: many Regions take the id of an "
        "inference profile only, for example with the prefix us., eu. or jp."
    )


@dataclass(slots=True)
class _Search:
    """Looks for one nonce in one stream, page after page; every call goes on where the last one stopped."""

    account: Account
    log_group: str
    nonce: str
    sent_at: datetime
    token: str | None = None
    calls: int = 0

    def once(self) -> Mapping[str, Any] | None:
        """One call of FilterLogEvents; gives the record when this page holds it."""
        self.calls += 1
        more = {"nextToken": self.token} if self.token else {}
        answer = self.account.client("logs").filter_log_events(
            logGroupName=self.log_group,
            logStreamNames=[blueprint.LOG_STREAM_NAME],
            startTime=int((self.sent_at - _SKEW).timestamp() * 1000),
            filterPattern=f'"{self.nonce}"',
            **more,
        )
        self.token = answer.get("nextToken")
        for event in answer.get("events", []):
            try:
                record = json.loads(event["message"])
            except ValueError:
                continue  # the permission-check line is no JSON
            if isinstance(record, dict) and carries(record, self.nonce):
                return record
        return None


def _follow(account: Account, seen: Evidence, search: _Search, canary: Canary) -> tuple[dict[str, Any], Reading]:
    started, pause, until = canary.clock(), _FIRST_PAUSE, canary.wait
    baseline = _failures(seen.fact("delivery"), search.sent_at)
    while True:
        # A stream that does not exist yet is an empty one: Bedrock creates it with the first record.
        page = look("logs:FilterLogEvents", search.once, absent=("ResourceNotFoundException",))
        waited = canary.clock() - started
        if page.is_unreadable:
            return _not_found(waited, canary, page), _metrics(account, seen)
        if page.is_present:
            record = page.value if canary.show_bodies else redacted(page.value)
            seen_at = datetime.now(UTC).strftime(TIME_FORMAT)
            found = {"found": True, "seen_at": seen_at, "delay_seconds": round(waited, 3), "record": record}
            return found, _metrics(account, seen)
        if search.token and waited < until and search.calls < _MOST_CALLS:
            continue
        if waited >= until or search.calls >= _MOST_CALLS:
            return _not_found(waited, canary, None), _settled(account, seen, search.sent_at, baseline, canary)
        canary.progress(f"waiting for the record, {waited:.0f} of {until:.0f} s")
        canary.sleep(min(pause, max(until - waited, 0.0)))
        pause = min(pause * 2, _LONGEST_PAUSE)
        if until == canary.wait and _grown(_metrics(account, seen), search.sent_at, baseline):
            # Bedrock counts a failed delivery; perhaps late, of an older call, so the record gets as long again.
            until = min(until, 2 * (canary.clock() - started) + 1)


def _settled(account: Account, seen: Evidence, since: datetime, baseline: float | None, canary: Canary) -> Reading:
    """The delivery metrics after a record that did not come; a failure is counted a little later than it happens."""
    reading = _metrics(account, seen)
    for pause in _SETTLING_PAUSES:
        if baseline is None or _grown(reading, since, baseline):
            break
        canary.sleep(pause)
        reading = _metrics(account, seen)
    return reading


def _grown(reading: Reading, since: datetime, baseline: float | None) -> bool:
    return baseline is not None and (_failures(reading, since) or 0) > baseline


def _not_found(waited: float, canary: Canary, page: Reading | None) -> dict[str, Any]:
    return {
        "found": False,
        "waited_seconds": round(waited, 3),
        "stopped_early": page is None and waited < canary.wait,
        "reason": page.reason if page else None,
        "action": page.action if page else None,
    }


def _metrics(account: Account, seen: Evidence) -> Reading:
    # What could not be read before the call cannot be read after it either.
    return read_delivery(account, seen) if seen.fact("delivery").is_present else seen.fact("delivery")


def _failures(reading: Reading, since: datetime) -> float | None:
    if not reading.is_present:
        return None
    minutes: Mapping[str, float] = reading.value["series"].get(blueprint.LOGS_DELIVERY_FAILURE) or {}
    first = since.strftime("%Y-%m-%dT%H:%M:00Z")
    return sum(count for minute, count in minutes.items() if minute >= first)
