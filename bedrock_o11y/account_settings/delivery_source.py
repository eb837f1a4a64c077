"""The delivery source of one type of log of one resource: AWS takes one, so one that is there already is used.

The name is the value: under ours it is ours, under any other name it was made by somebody else, in the console for
example, and stays theirs. A source has no other choice in it, and cannot be renamed. Its name is made of the resource
alone, so that several stacks may have it together.

Sources: CloudWatch Logs API reference, PutDeliverySource, DescribeDeliverySources and DeleteDeliverySource (a source
that a delivery has is not deleted); for the second source of a resource, terraform-provider-aws 40885.
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
from .vended_log import SEES_SOURCES, VendedLog, deliveries_of, is_ours, sources

if TYPE_CHECKING:
    from .calls import Calls

NAME = "delivery-source"
SOURCE_NAME = "name"
_IN_USE = "InUse"
_PUT, _DELETE = "logs:PutDeliverySource", "logs:DeleteDeliverySource"


def normalise(value: Value) -> Value:
    """The name alone."""
    return {SOURCE_NAME: value[SOURCE_NAME]} if value.get(SOURCE_NAME) else {}


def merge(found: Value, _desired: Value) -> Value:
    """A source cannot be completed: the one found stays."""
    return found


def describe(value: Value) -> str:
    """Say what the source is called."""
    return f"the source {value[SOURCE_NAME]}" if value.get(SOURCE_NAME) else "no source"


def rules_of(log: VendedLog) -> SettingRules:
    """The pure half of the setting of one type of log of one resource."""
    return SettingRules(
        name=setting_name(NAME, log.instance()),
        title=f"the delivery source of {log.log_type} of {log.resource_arn}",
        option="agents[].runtime_arn",
        normalise=normalise,
        merge=merge,
        describe=describe,
        shared=True,
        policies=(Policy.REFUSE, Policy.LEAVE),
    )


@dataclass(frozen=True, slots=True)
class DeliverySource:
    """The delivery source of a type of log, through boto3.

    Attributes:
        log: the type of log.
        client: a boto3 client for `logs`.
        calls: the patience of the request.
    """

    log: VendedLog
    client: Any
    calls: Calls

    @property
    def rules(self) -> SettingRules:
        """The pure half."""
        return rules_of(self.log)

    def read(self) -> Live:
        """Read the source with DescribeDeliverySources."""
        try:
            found = self.log.source(self.client, self.calls)
        except CallFailedError as failed:
            return Unreadable(f"{self.rules.title} could not be read. {failed}", failed.action)
        value = normalise(found or {})
        return Present(value, value) if value else Absent()

    def write(self, value: Value, over: Live, *, propagation: float) -> None:
        """Make the source with PutDeliverySource, which would change one of the same name instead.

        Args:
            value: the name.
            over: what must still be live, looked at again before every attempt.
            propagation: not needed here.

        Raises:
            CallFailedError: it was not made, or nobody knows. `Failure.CONFLICT`: somebody else was faster.
            InvalidValueError: the value does not fit the shape.
        """
        self.validate(value)
        self._refuse_name(value[SOURCE_NAME], over)
        put = self.client.put_delivery_source
        try:
            self.calls.run(lambda: while_live(self, over, SEES_SOURCES, put, **self._arguments(value)), _PUT)
        except CallFailedError as failed:
            if failed.code != "ConflictException" or failed.failure is not Failure.REJECTED:
                raise
            if isinstance(self.read(), Present):
                raise CallFailedError(Failure.CONFLICT, _PUT, failed.code, failed.message) from None
            raise

    def _refuse_name(self, name: str, over: Live) -> None:
        if isinstance(over, Present):
            why = f"it is called {over.value[SOURCE_NAME]}, and a source is not renamed"
        elif any(other.get("name") == name and not self.log.has(other) for other in sources(self.client, self.calls)):
            why = "another source has this name, and would be changed"
        else:
            return
        raise CallFailedError(Failure.REJECTED, _PUT, "NameTaken", f"{self.rules.title} cannot be {name}: {why}")

    def remove(self, over: Live) -> None:
        """Delete the source; one that is gone stays gone.

        Args:
            over: what must still be live, looked at again before every attempt.

        Raises:
            CallFailedError: it was not done, or nobody knows. `Failure.IN_USE`: somebody's delivery has it.
        """
        if not isinstance(over, Present):
            return
        name = over.value[SOURCE_NAME]
        try:
            self.calls.run(lambda: self._delete(name, over), _DELETE)
        except CallFailedError as failed:
            refused = failed.failure is Failure.REJECTED and failed.code == "ConflictException"
            if refused or failed.code == _IN_USE:
                raise CallFailedError(Failure.IN_USE, _DELETE, failed.code, failed.message) from None
            if failed.code != "ResourceNotFoundException":
                raise

    def _delete(self, name: str, over: Live) -> None:
        using = deliveries_of(name, self.client, self.calls)
        if using:
            # Ours are gone by now, and AWS may need a moment to say so.
            failure = Failure.BUSY if all(is_ours(delivery) for delivery in using) else Failure.IN_USE
            ids = ", ".join(sorted(str(delivery.get("id")) for delivery in using))
            raise CallFailedError(failure, _DELETE, _IN_USE, f"the deliveries {ids} have the source {name}")
        while_live(self, over, SEES_SOURCES, self.client.delete_delivery_source, name=name)

    def validate(self, value: Value) -> None:
        """Compare the name with the shape that this botocore has for it.

        Raises:
            InvalidValueError: it is of the wrong type.
        """
        validate(input_shape(self.client, "PutDeliverySource"), self._arguments(value), self.rules.title)

    def _arguments(self, value: Value) -> dict[str, Any]:
        return {**value, "resourceArn": self.log.resource_arn, "logType": self.log.log_type}
