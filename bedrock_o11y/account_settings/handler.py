"""The Lambda function behind `Custom::BedrockO11yAccountSetting`.

It reads the request, has it carried out (`converge`), and answers CloudFormation itself, whatever happens: a request
that is never answered blocks its stack for an hour. The address of the answer and bodies of prompts appear in no log.

Calls it makes: for the setting, those that its module names; for the record, `ssm:GetParameter`, `ssm:PutParameter`,
`ssm:DeleteParameter`; before a refusal of an update, before a take-over is undone, and for a value that changes with
the age of the stack, `cloudformation:DescribeStacks`. A guard makes only the reading ones.
"""

from __future__ import annotations

import json
import signal
import threading
import time
from collections import OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import boto3
from botocore.config import Config

from .calls import Calls
from .converge import converge
from .failures import CallFailedError
from .plan_of_values import due
from .record_store import RecordStore
from .request import BadRequestError, Parsed, parse
from .response import Answer, body, send
from .setting import InvalidValueError
from .stack_phase import read_created, read_phase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_RESERVED_SECONDS = 30.0
"""Kept of the Lambda function's time, at most, for answering and for a call that was begun just before."""
_ALARM_SECONDS = 12.0
"""When this little is left, at most, a call that hangs is interrupted."""
_REMEMBERED_ANSWERS = 32
_SECONDS_OF_A_DAY = 86_400
_CLIENT_CONFIG = Config(connect_timeout=4, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 1})

_answers: OrderedDict[str, Answer] = OrderedDict()
"""The last answers of this execution environment by RequestId, for a request that Lambda delivers again."""


class _OutOfTimeError(BaseException):
    """The Lambda function is about to be ended. Not an Exception, so that no retry takes it for a failed call."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the handler reaches beyond itself.

    Attributes:
        connect: makes the boto3 client of a service.
        clock: seconds, monotonic.
        now: the time of day, by which the age of a stack is counted.
        sleep: waits that many seconds.
        log: takes one line for the log of the function.
    """

    connect: Callable[[str], Any]
    clock: Callable[[], float] = time.monotonic
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], None] = time.sleep
    log: Callable[[str], None] = print


def on_event(event: dict[str, Any], context: Any) -> dict[str, str]:
    """Answer one request of CloudFormation.

    Args:
        event: the request.
        context: of the Lambda function; asked how much time is left.

    Returns:
        Status and outcome, for whoever invokes the function by hand. CloudFormation reads neither. A request without an
        address for the answer comes from a timer (`Step`), and nobody waits for it.

    Raises:
        NotDeliveredError: CloudFormation could not be told; Lambda tries the request again.
    """
    surroundings = Surroundings(connect=lambda service: boto3.client(service, config=_CLIENT_CONFIG))
    answer = handle(event, context, surroundings)
    if event.get("RequestType") != "Step":
        send(event["ResponseURL"], body(event, answer))
    return {"Status": "SUCCESS" if answer.success else "FAILED", "Outcome": answer.outcome}


def handle(request: dict[str, Any], context: Any, surroundings: Surroundings) -> Answer:
    """Carry out one request and say how it went; never raises.

    Args:
        request: what CloudFormation sent.
        context: of the Lambda function.
        surroundings: clients, clock and sleep.

    Returns:
        The answer. A request with a RequestId that was answered before gets the same one.
    """
    request_id = str(request.get("RequestId", ""))
    answer = _answers.get(request_id)
    if answer is None:
        answer = _carry_out(request, context, surroundings)
        _answers[request_id] = answer
        while len(_answers) > _REMEMBERED_ANSWERS:
            _answers.popitem(last=False)
    line = {
        "requestId": request_id,
        "requestType": request.get("RequestType"),
        "stackId": request.get("StackId"),
        "logicalResourceId": request.get("LogicalResourceId"),
        "success": answer.success,
        "outcome": answer.outcome,
        "message": answer.message,
    }
    surroundings.log(json.dumps(line))
    return answer


def _carry_out(request: dict[str, Any], context: Any, surroundings: Surroundings) -> Answer:
    deleting = request.get("RequestType") == "Delete"
    identity = str(request.get("PhysicalResourceId") or "bedrock-o11y:unknown")
    try:
        parsed = parse(request)
    except (BadRequestError, KeyError) as error:
        # A resource whose request cannot be read was never made, so there is nothing to delete.
        message = f"The request of this custom resource cannot be read: {error}."
        return Answer(deleting, identity, "leave" if deleting else "failed", message)
    event = parsed.event
    # A delete is answered under the id CloudFormation asks with: it makes one up for a create that never answered.
    identity = identity if deleting and request.get("PhysicalResourceId") else event.owner.physical_resource_id
    seconds = context.get_remaining_time_in_millis() / 1000
    try:
        with _alarm(seconds - min(_ALARM_SECONDS, seconds / 5)):
            return _converged(parsed, identity, surroundings, seconds)
    except (CallFailedError, InvalidValueError) as error:
        return Answer(False, identity, "failed", str(error))
    except _OutOfTimeError:
        message = "The Lambda function ran out of time. Whatever was done is in the record; a repeated request goes on."
        return Answer(False, identity, "failed", message)
    except Exception as error:
        # CloudFormation must be answered, whatever happened.
        return Answer(False, identity, "failed", f"Internal error: {type(error).__name__}: {error}")


def _converged(parsed: Parsed, identity: str, surroundings: Surroundings, seconds: float) -> Answer:
    event = parsed.event
    calls = Calls(
        deadline=surroundings.clock() + seconds - min(_RESERVED_SECONDS, seconds / 3),
        patient_with_denials=event.kind == "Create",
        clock=surroundings.clock,
        sleep=surroundings.sleep,
    )
    if parsed.later and event.desired is not None and event.mode == "manage":
        created = read_created(surroundings.connect("cloudformation"), event.owner.stack_id, calls)
        age_days = (surroundings.now() - created).total_seconds() / _SECONDS_OF_A_DAY
        event = replace(event, desired=due(event.desired, parsed.later, age_days))
    setting = parsed.registration.connect(surroundings.connect, calls)
    store = RecordStore(surroundings.connect("ssm"), event.rules.name, calls)
    action = converge(
        event,
        parsed.policy,
        setting,
        store,
        lambda: read_phase(surroundings.connect("cloudformation"), event.owner.stack_id, calls),
    )
    return Answer(action.succeeds, identity, action.outcome.value, action.message)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Interrupt what runs inside after that many seconds, where signals can: on Lambda's main thread."""
    if threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_signal: int, _frame: Any) -> None:
        raise _OutOfTimeError

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.1))
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
