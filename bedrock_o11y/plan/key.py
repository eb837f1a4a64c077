"""The existing key that the configuration names, and whether a log group can be encrypted with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.aws import look
from bedrock_o11y.report.plan import Bearing, Collision

if TYPE_CHECKING:
    from bedrock_o11y.aws import Account, Reading

_ENABLED: Final = "Enabled"
_SYMMETRIC: Final = "SYMMETRIC_DEFAULT"
_WAYS_ON: Final = {
    "PendingDeletion": "aws kms cancel-key-deletion and aws kms enable-key keep it",
    "PendingReplicaDeletion": "its replicas are being deleted first; aws kms cancel-key-deletion keeps it",
    "Disabled": "aws kms enable-key makes it usable again",
    "PendingImport": "it waits for its key material",
    "Unavailable": "its key store cannot be reached",
}


def look_for_key(account: Account, arn: str) -> Reading:
    """What KMS says of a key: its ``KeyMetadata``."""

    def call() -> Any:
        return account.client("kms").describe_key(KeyId=arn)["KeyMetadata"]

    return look("kms:DescribeKey", call, absent=("NotFoundException",))


def judge_key(arn: str, found: Reading) -> Collision:
    """What the state of the key means for the deploy.

    A log group cannot be made with a key that is not enabled, or not symmetric (CloudWatch Logs user guide, "Encrypt
    log data in CloudWatch Logs using AWS KMS"; KMS developer guide, "Key states of AWS KMS keys").

    Args:
        arn: of the key.
        found: its metadata.
    """
    if found.is_unreadable:
        return Collision("key", arn, Bearing.UNKNOWN, f"Whether it can be used could not be read: {found.reason}.")
    if found.is_absent:
        message = "The configuration uses it as an existing key, and it does not exist in this account and Region."
        return Collision("key", arn, Bearing.STOPS, message)
    state, spec = str(found.value.get("KeyState")), str(found.value.get("KeySpec", _SYMMETRIC))
    if spec != _SYMMETRIC:
        message = f"Its kind is {spec}; CloudWatch Logs takes symmetric keys only. Name another one."
        return Collision("key", arn, Bearing.STOPS, message)
    if state != _ENABLED:
        way_on = _WAYS_ON.get(state, "it must be Enabled")
        message = f"It is in state {state}, and no log group can be encrypted with it: {way_on}, or name another one."
        return Collision("key", arn, Bearing.STOPS, message)
    return Collision("key", arn, Bearing.CLEAR, "It is enabled and is used as it is.")
