"""Where X-Ray keeps the spans of this account and Region: in X-Ray, or in CloudWatch Logs (Transaction Search).

X-Ray is what every account begins with, so it counts as nothing: it is nobody's choice that could be lost, and giving
the setting back goes there. What is CloudWatch Logs already is left to whoever set it.

Sources: X-Ray API reference, UpdateTraceSegmentDestination and GetTraceSegmentDestination; CloudWatch user guide,
"Enable Transaction Search". The change takes about ten minutes (`PENDING`), which nothing here waits for. Setting what
is set already is an error (reported by the community), so it is read first and forgiven. X-Ray refuses the change until
a resource policy of CloudWatch Logs lets it write spans; that takes some seconds to hold, and is waited out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .another_look import while_live
from .failures import CallFailedError, Failure
from .live import Absent, Live, Present, Unreadable, Value
from .setting import SettingRules
from .shape import input_shape, validate

if TYPE_CHECKING:
    from .calls import Calls

NAME = "trace-destination"
CLOUDWATCH_LOGS = "CloudWatchLogs"
XRAY = "XRay"
_READ, _UPDATE, _DISCOVER = (
    "xray:GetTraceSegmentDestination",
    "xray:UpdateTraceSegmentDestination",
    "application-signals:StartDiscovery",
)
_ALREADY_SET = "already set"


def normalise(value: Value) -> Value:
    """The destination alone: whether it is in force yet (`Status`) is no part of what was chosen."""
    return {"Destination": value["Destination"]} if value.get("Destination") else {}


def merge(found: Value, _desired: Value) -> Value:
    """A destination cannot be completed: the one found stays."""
    return found


def describe(value: Value) -> str:
    """Say where spans go."""
    if value.get("Destination") == CLOUDWATCH_LOGS:
        return "spans go to CloudWatch Logs, Transaction Search is on"
    return f"spans go to {value.get('Destination', 'X-Ray')}"


RULES = SettingRules(
    name=NAME,
    title="the destination of trace segments",
    option="tracing.enabled",
    normalise=normalise,
    merge=merge,
    describe=describe,
    shared=True,
)


@dataclass(frozen=True, slots=True)
class TraceDestination:
    """The destination of this account and Region, through boto3.

    Attributes:
        client: a boto3 client for `xray`.
        discovery: a boto3 client for `application-signals`; needed only to write.
        calls: the patience of the request.
    """

    client: Any
    discovery: Any
    calls: Calls

    @property
    def rules(self) -> SettingRules:
        """The pure half."""
        return RULES

    def read(self) -> Live:
        """Read the destination with GetTraceSegmentDestination; one that is still pending counts as set."""
        try:
            answer = self.calls.run(self.client.get_trace_segment_destination, _READ)
        except CallFailedError as failed:
            return Unreadable(f"{RULES.title} could not be read. {failed}", failed.action)
        destination = answer.get("Destination")
        if destination == XRAY:
            return Absent()
        if not destination:
            return Unreadable(f"{RULES.title} could not be read: the answer names none.", _READ)
        value = normalise(answer)
        return Present(value, value)

    def write(self, value: Value, over: Live, *, propagation: float) -> None:
        """Have Application Signals discover services, which makes its service-linked role, then set the destination.

        Args:
            value: the destination.
            over: what must still be live, looked at again before every attempt.
            propagation: seconds to wait for the resource policy that lets X-Ray write spans.

        Raises:
            CallFailedError: it was not written, or nobody knows.
            InvalidValueError: the value does not fit the shape.
        """
        self.validate(value)
        if value.get("Destination") == CLOUDWATCH_LOGS:
            self.calls.run(self.discovery.start_discovery, _DISCOVER)
        self._update(value, over, propagation=propagation)

    def remove(self, over: Live) -> None:
        """Send spans to X-Ray again; what lies in CloudWatch Logs stays there.

        Args:
            over: what must still be live, looked at again before every attempt.

        Raises:
            CallFailedError: it was not done, or nobody knows.
        """
        self._update({"Destination": XRAY}, over, propagation=0.0)

    def _update(self, value: Value, over: Live, *, propagation: float) -> None:
        update = self.client.update_trace_segment_destination
        try:
            self.calls.run(lambda: while_live(self, over, _READ, update, **value), _UPDATE, propagation=propagation)
        except CallFailedError as failed:
            if failed.failure is Failure.REJECTED and _ALREADY_SET in failed.message:
                return
            raise

    def validate(self, value: Value) -> None:
        """Compare a destination with the shape that this botocore has for it.

        Raises:
            InvalidValueError: a member is unknown, missing or of the wrong type.
        """
        validate(input_shape(self.client, "UpdateTraceSegmentDestination"), value, RULES.title)
