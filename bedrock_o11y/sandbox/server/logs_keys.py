"""Customer managed keys of log groups: association, and what happens when CloudWatch Logs may no longer use the key.

Source: CloudWatch Logs user guide, "Encrypt log data in CloudWatch Logs using AWS KMS", and the API reference of
AssociateKmsKey. The key policy has to let ``logs.REGION.amazonaws.com`` use the key with the encryption context
``aws:logs:arn``. Of the documented actions Encrypt, Decrypt and GenerateDataKey are required here: they carry the
encryption context, DescribeKey does not, so the documented condition cannot grant it.

AWS needs up to five minutes until a change takes effect; here it takes effect at once. That a key which became
unusable stops ingestion with AccessDeniedException is inferred: the guide says only that data cannot be read.
"""

from __future__ import annotations

from typing import Any

from . import service_seams as seams
from .logs_answers import LogsError, arn_of, group_named, group_of, ok
from .service_principal import ServiceCall, resource_policy_allows

_ACTIONS = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")


def check_key(group_name: str, key_id: str) -> str:
    """Whether CloudWatch Logs may encrypt a log group with a key.

    Args:
        group_name: of the log group, which need not exist yet.
        key_id: key ARN; the API also takes an alias ARN.

    Returns:
        the key ARN.

    Raises:
        LogsError: the key is missing, disabled or asymmetric, or its policy does not name CloudWatch Logs.
    """
    key = seams.get("kms.resolve")(key_id)
    if key is None:
        raise LogsError("InvalidParameterException", f"The specified KMS Key {key_id} could not be found.")
    if key.get("KeyState") != "Enabled":
        raise LogsError("InvalidParameterException", f"The specified KMS Key {key_id} is not enabled.")
    if key.get("KeySpec", "SYMMETRIC_DEFAULT") != "SYMMETRIC_DEFAULT":
        raise LogsError("InvalidParameterException", "CloudWatch Logs supports only symmetric KMS keys.")
    if not is_usable(group_name, key):
        raise _not_allowed(group_name)
    return str(key["Arn"])


def is_usable(group_name: str, key: dict[str, Any]) -> bool:
    """Whether the key policy lets CloudWatch Logs use the key for the log group, now.

    Args:
        group_name: of the log group.
        key: MiniStack's record of the key.

    Returns:
        True when it may.
    """
    arn = arn_of(group_name)
    call = ServiceCall(f"logs.{seams.region()}.amazonaws.com", seams.account_id(), arn)
    keys = {"kms:EncryptionContext:aws:logs:arn": arn, "kms:EncryptionContextKeys": "aws:logs:arn"}
    policy = key.get("Policy")
    return key.get("KeyState") == "Enabled" and all(
        resource_policy_allows(policy, call, action, str(key["Arn"]), keys) for action in _ACTIONS
    )


def require_usable(group_name: str, key_ids: set[str]) -> None:
    """Refuse when CloudWatch Logs may not use one of the keys for the log group.

    Args:
        group_name: of the log group.
        key_ids: keys of the log group or of its stored events.

    Raises:
        LogsError: one of the keys is out of reach.
    """
    for key_id in key_ids:
        key = seams.get("kms.resolve")(key_id)
        if key is None or not is_usable(group_name, key):
            raise _not_allowed(group_name)


def associate(data: dict[str, Any]) -> seams.Response:
    """AssociateKmsKey with a log group; query results are not encrypted here and are refused."""
    name = _target(data)
    group_of(name)["kmsKeyId"] = check_key(name, str(data.get("kmsKeyId") or ""))
    return ok({})


def disassociate(data: dict[str, Any]) -> seams.Response:
    """DisassociateKmsKey: events that were ingested under the key still need it to be read."""
    group_of(_target(data))["kmsKeyId"] = None
    return ok({})


def _target(data: dict[str, Any]) -> str:
    named, resource = data.get("logGroupName"), data.get("resourceIdentifier")
    if bool(named) == bool(resource):
        raise LogsError("InvalidParameterException", "Specify either logGroupName or resourceIdentifier.")
    name = group_named(named or resource)
    if resource and ":log-group:" not in str(resource):
        raise LogsError("InvalidParameterException", "The sandbox does not encrypt query results.")
    group_of(name)
    return name


def _not_allowed(group_name: str) -> LogsError:
    return LogsError(
        "AccessDeniedException",
        f"The specified KMS key does not exist or is not allowed to be used with Arn '{arn_of(group_name)}'",
    )
