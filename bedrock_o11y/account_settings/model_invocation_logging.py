"""Model invocation logging of Amazon Bedrock: one configuration per account and Region, and Put replaces all of it.

Source: Bedrock API reference, PutModelInvocationLoggingConfiguration and LoggingConfig; user guide, "Monitor model
invocation using CloudWatch Logs and Amazon S3". CloudFormation has no resource for it.
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
    from collections.abc import Callable

    from .calls import Calls

NAME = "model-invocation-logging"
_OPERATION = "ModelInvocationLoggingConfiguration"
_DELIVERY_SWITCHES = (
    "textDataDeliveryEnabled",
    "imageDataDeliveryEnabled",
    "embeddingDataDeliveryEnabled",
    "videoDataDeliveryEnabled",
    "audioDataDeliveryEnabled",
)


def normalise(value: Value) -> Value:
    """Keep the members that we manage, so that equal configurations compare equal.

    Members that the API may gain later are left out: they are no drift. A switch that is not there is on, as the API
    takes it, and an empty key prefix is none.

    Source for the switches: the Terraform AWS provider, whose default of true matches the behaviour observed.
    """
    result: Value = {name: value.get(name) is not False for name in _DELIVERY_SWITCHES}
    log_group = value.get("cloudWatchConfig")
    if log_group:
        result["cloudWatchConfig"] = _log_group(log_group)
    if value.get("s3Config"):
        result["s3Config"] = _bucket(value["s3Config"])
    return result


def _log_group(destination: Value) -> Value:
    result: Value = {name: destination[name] for name in ("logGroupName", "roleArn") if destination.get(name)}
    if destination.get("largeDataDeliveryS3Config"):
        result["largeDataDeliveryS3Config"] = _bucket(destination["largeDataDeliveryS3Config"])
    return result


def _bucket(destination: Value) -> Value:
    return {name: destination[name] for name in ("bucketName", "keyPrefix") if destination.get(name)}


def merge(found: Value, desired: Value) -> Value:
    """Complete a configuration with the destinations and switches it lacks.

    A destination is taken as a whole: somebody else's log group is never combined with our role, nor their bucket with
    our key prefix. A switch counts as lacking only when the configuration found does not mention it.
    """
    result = {**desired, **{name: member for name, member in found.items() if member is not None}}
    theirs, ours = found.get("cloudWatchConfig"), desired.get("cloudWatchConfig")
    large = "largeDataDeliveryS3Config"
    if theirs and ours and ours.get(large) and not theirs.get(large):
        # Large bodies are delivered by the service under the bucket's own policy, not by the role of the log group.
        result["cloudWatchConfig"] = {**theirs, large: ours[large]}
    return result


def describe(value: Value) -> str:
    """Name the log group, role and buckets of a configuration."""
    log_group = value.get("cloudWatchConfig") or {}
    large = log_group.get("largeDataDeliveryS3Config") or {}
    names = [
        ("log group", log_group.get("logGroupName")),
        ("role", log_group.get("roleArn")),
        ("bucket for large bodies", large.get("bucketName")),
        ("bucket", (value.get("s3Config") or {}).get("bucketName")),
    ]
    return ", ".join(f"{kind} {name}" for kind, name in names if name) or "no destination"


RULES = SettingRules(
    name=NAME,
    title="model invocation logging",
    option="invocation_logging.existing",
    normalise=normalise,
    merge=merge,
    describe=describe,
)


@dataclass(frozen=True, slots=True)
class ModelInvocationLogging:
    """The configuration of this account and Region, through boto3.

    Attributes:
        client: a boto3 client for `bedrock`.
        calls: the patience of the request.
    """

    client: Any
    calls: Calls

    @property
    def rules(self) -> SettingRules:
        """The pure half."""
        return RULES

    def read(self) -> Live:
        """Read the configuration with GetModelInvocationLoggingConfiguration.

        The answer has no `loggingConfig` when logging is off. Nothing else counts as off, an error least of all.
        """
        try:
            answer = self.calls.run(self.client.get_model_invocation_logging_configuration, f"bedrock:Get{_OPERATION}")
        except CallFailedError as failed:
            return Unreadable(f"{RULES.title} could not be read. {failed}", failed.action)
        value = answer.get("loggingConfig")
        return Present(normalise(value), value) if value else Absent()

    def write(self, value: Value, over: Live, *, propagation: float) -> None:
        """Write the configuration with PutModelInvocationLoggingConfiguration.

        Bedrock tries the destination before it answers, as the role: right after the role was made this fails with
        "Failed to validate permissions". That is waited out.

        Args:
            value: the configuration.
            over: what must still be live, looked at again before every attempt.
            propagation: seconds to wait for the role.

        Raises:
            CallFailedError: it was not written, or nobody knows.
            InvalidValueError: the value does not fit the shape.
        """
        # A switch that is on and that this botocore does not know is left out: the API takes it to be on.
        members = self._shape().members["loggingConfig"].members
        value = {name: member for name, member in value.items() if name in members or member is not True}
        self.validate(value)
        action = f"bedrock:Put{_OPERATION}"
        put = self.client.put_model_invocation_logging_configuration
        try:
            self.calls.run(
                lambda: self._while_live(over, put, loggingConfig=value),
                action,
                propagation=propagation,
            )
        except CallFailedError as failed:
            if failed.failure is Failure.NOT_PROPAGATED:
                raise CallFailedError(failed.failure, failed.action, failed.code, _next_step(value, failed)) from None
            raise

    def remove(self, over: Live) -> None:
        """Switch logging off with DeleteModelInvocationLoggingConfiguration.

        Args:
            over: what must still be live, looked at again before every attempt.

        Raises:
            CallFailedError: it was not done, or nobody knows.
        """
        delete = self.client.delete_model_invocation_logging_configuration
        self.calls.run(lambda: self._while_live(over, delete), f"bedrock:Delete{_OPERATION}")

    def _while_live(self, over: Live, change: Callable[..., Any], **arguments: Value) -> None:
        while_live(self, over, f"bedrock:Get{_OPERATION}", change, **arguments)

    def validate(self, value: Value) -> None:
        """Compare a configuration with the shape that this botocore has for it.

        Raises:
            InvalidValueError: a member is unknown, missing or of the wrong type.
        """
        validate(self._shape(), {"loggingConfig": value}, RULES.title)

    def _shape(self) -> Any:
        return input_shape(self.client, f"Put{_OPERATION}")


def _next_step(value: Value, failed: CallFailedError) -> str:
    log_group = value.get("cloudWatchConfig") or {}
    role = log_group.get("roleArn", "none")
    return (
        f"{failed.message} Waiting did not help. Role: {role}; log group: {log_group.get('logGroupName', 'none')}. "
        "Either the role's trust or permissions policy does not let Bedrock write there, or the log group is missing. "
        "Next step: check the role with bedrock-o11y check"
    )
