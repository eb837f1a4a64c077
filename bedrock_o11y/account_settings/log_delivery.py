"""The delivery of one type of log of one resource to one kind of destination: a log group, a bucket or X-Ray.

The value is the ARN of the destination. A delivery to a destination of ours is ours; a type of log that somebody else
delivers to the same kind of destination is not delivered twice, and their delivery stays theirs. Where both are there,
ours is the one that counts. AWS moves no delivery to another destination: ours is deleted then and made anew.

Sources: CloudWatch Logs API reference, CreateDelivery (a source may have several deliveries), DescribeDeliveries and
DeleteDelivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .another_look import while_live
from .failures import CallFailedError, Failure
from .instance import setting_name
from .live import Absent, Live, Present, Unreadable, Value
from .policy import Policy
from .setting import SettingRules
from .shape import input_shape, validate
from .vended_log import SEES_DELIVERIES, VendedLog, deliveries_of, is_ours, name_of

if TYPE_CHECKING:
    from .calls import Calls

NAME = "log-delivery"
DESTINATION, FIELDS = "deliveryDestinationArn", "recordFields"
_ID = "id"
_SOURCE_SECONDS = 20.0
"""How long a source that was made a moment ago may take to show; no page of AWS says."""
_CREATE, _DELETE = "logs:CreateDelivery", "logs:DeleteDelivery"
_KINDS = {"CWL": "a log group", "S3": "a bucket", "FH": "a Firehose stream", "XRAY": "X-Ray"}


def normalise(value: Value) -> Value:
    """The destination alone: the fields of a record are chosen when the delivery is made."""
    return {DESTINATION: value[DESTINATION]} if value.get(DESTINATION) else {}


def merge(found: Value, _desired: Value) -> Value:
    """A delivery cannot be completed: the one found stays."""
    return found


def describe(value: Value) -> str:
    """Say where it goes."""
    return f"delivered to {name_of(value[DESTINATION])}" if value.get(DESTINATION) else "not delivered"


def rules_of(log: VendedLog, kind: str) -> SettingRules:
    """The pure half of the setting of one type of log of one resource, and one kind of destination."""
    return SettingRules(
        name=setting_name(NAME, log.instance(kind)),
        title=f"the delivery of {log.log_type} of {log.resource_arn} to {_KINDS.get(kind, kind)}",
        option="agents[].runtime_arn",
        normalise=normalise,
        merge=merge,
        describe=describe,
        policies=(Policy.REFUSE, Policy.LEAVE),
        along=(FIELDS,),
    )


@dataclass(frozen=True, slots=True)
class LogDelivery:
    """The delivery of a type of log to a kind of destination, through boto3.

    Attributes:
        log: the type of log.
        kind: of the destination, such as `CWL`.
        client: a boto3 client for `logs`.
        calls: the patience of the request.
    """

    log: VendedLog
    kind: str
    client: Any
    calls: Calls

    @property
    def rules(self) -> SettingRules:
        """The pure half."""
        return rules_of(self.log, self.kind)

    def read(self) -> Live:
        """Read the delivery, ours before one of somebody else, with DescribeDeliverySources and DescribeDeliveries."""
        try:
            source = self._source()
            found = deliveries_of(source, self.client, self.calls) if source else []
        except CallFailedError as failed:
            return Unreadable(f"{self.rules.title} could not be read. {failed}", failed.action)
        same = [delivery for delivery in found if delivery.get("deliveryDestinationType") == self.kind]
        if not same:
            return Absent()
        first = min(same, key=lambda delivery: (not is_ours(delivery), str(delivery.get("id"))))
        return Present(normalise(first), {name: first[name] for name in (_ID, DESTINATION, FIELDS) if first.get(name)})

    def _source(self) -> str | None:
        source = self.log.source(self.client, self.calls)
        return str(source["name"]) if source else None

    def _existing_source(self) -> str:
        source = self._source()
        if source is None:
            message = f"{self.log.log_type} of {self.log.resource_arn} has no delivery source"
            raise CallFailedError(Failure.NOT_PROPAGATED, _CREATE, "NoDeliverySource", message)
        return source

    def write(self, value: Value, over: Live, *, propagation: float) -> None:
        """Make the delivery with CreateDelivery, from whatever source the type of log has.

        Args:
            value: the destination, and the fields of a record where not all are wanted.
            over: what must still be live, looked at again before every attempt; one of ours gives way.
            propagation: not needed here.

        Raises:
            CallFailedError: it was not made, or nobody knows. `Failure.CONFLICT`: somebody else was faster.
            InvalidValueError: the value does not fit the shape.
        """
        self.validate(value)
        if isinstance(over, Present):
            self.remove(over)
        source = self.calls.run(self._existing_source, _CREATE, propagation=_SOURCE_SECONDS)
        create, arguments = self.client.create_delivery, _arguments(value, source)
        try:
            self.calls.run(lambda: while_live(self, Absent(), SEES_DELIVERIES, create, **arguments), _CREATE)
        except CallFailedError as failed:
            if failed.failure is Failure.REJECTED and isinstance(self.read(), Present):
                raise CallFailedError(Failure.CONFLICT, _CREATE, failed.code, failed.message) from None
            raise

    def remove(self, over: Live) -> None:
        """Delete the delivery; source and destination stay, and one that is gone stays gone.

        Args:
            over: what must still be live, looked at again before every attempt.

        Raises:
            CallFailedError: it was not done, or nobody knows.
        """
        if not isinstance(over, Present):
            return
        delete, identifier = self.client.delete_delivery, over.raw[_ID]
        try:
            self.calls.run(lambda: while_live(self, over, SEES_DELIVERIES, delete, id=identifier), _DELETE)
        except CallFailedError as failed:
            if failed.code != "ResourceNotFoundException":
                raise

    def validate(self, value: Value) -> None:
        """Compare destination and fields with the shape that this botocore has for them.

        Raises:
            InvalidValueError: they are of the wrong type.
        """
        validate(input_shape(self.client, "CreateDelivery"), _arguments(value, "unknown"), self.rules.title)


def _arguments(value: Value, source: str) -> dict[str, Any]:
    # What was found and is put back has the id that it had, and gets another one.
    return {"deliverySourceName": source, **{name: member for name, member in value.items() if name != _ID}}
