"""Put, Get and Delete of the model invocation logging configuration, with the checks that Bedrock makes at Put.

Put acts as the configured role and as the service principal: it writes a test line and test objects, and refuses the
configuration when it cannot. The messages are those seen by users (hashicorp/terraform-provider-aws waits on the first;
the second is quoted by several public projects and also stands for a denial at the bucket's KMS key).
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any

from . import service_seams as seams
from .bedrock_destinations import PERMISSION_CHECK_KEY, DeliveryRefusedError, write_to_bucket, write_to_log_group

PERMISSION_CHECK_LINE = "Permissions are correctly set for Amazon Bedrock logs."

_TOGGLES = tuple(f"{kind}DataDeliveryEnabled" for kind in ("text", "image", "embedding", "video", "audio"))
_ROLE_ARN = re.compile(r"arn:aws(-[^:]+)?:iam::([0-9]{12})?:role/.+")
_logger = logging.getLogger("bedrock-o11y.sandbox.bedrock")


class ShapeError(Exception):
    """A member of the request breaks the API model; the message is the one AWS gives."""


def put_configuration(body: bytes) -> seams.Response:
    """PutModelInvocationLoggingConfiguration: shape, then a real write to every destination, then replace."""
    try:
        config = normalised(json.loads(body or b"{}"))
    except (ShapeError, ValueError) as error:
        return validation_exception(str(error))
    refusal = _refusal(config)
    if refusal:
        return validation_exception(refusal)
    seams.get("bedrock.configurations")["config"] = config
    return 200, {"Content-Type": "application/json"}, b"{}"


def get_configuration() -> seams.Response:
    """GetModelInvocationLoggingConfiguration: ``loggingConfig`` is absent when nothing is configured."""
    config = current()
    answer = {} if config is None else {"loggingConfig": config}
    return 200, {"Content-Type": "application/json"}, json.dumps(answer).encode()


def current() -> dict[str, Any] | None:
    """The configuration of the account and Region of this request, or None."""
    config: dict[str, Any] | None = seams.get("bedrock.configurations").get("config")
    return config


def normalised(request: Any) -> dict[str, Any]:
    """The logging configuration as Get will answer it: checked against the API model, omitted toggles on.

    "Optional with a default value of true to match the API behavior observed from testing it"
    (hashicorp/terraform-provider-aws, pull request 41317) for text, image, embedding and video; audio by analogy.

    Raises:
        ShapeError: a member is missing, of the wrong type, too long or does not match its pattern.
    """
    given = _structure(request, "", required=("loggingConfig",))["loggingConfig"]
    where = "loggingConfig"
    given = _structure(given, where)
    config: dict[str, Any] = {}
    if given.get("cloudWatchConfig") is not None:
        config["cloudWatchConfig"] = _cloudwatch_config(given["cloudWatchConfig"], f"{where}.cloudWatchConfig")
    if given.get("s3Config") is not None:
        config["s3Config"] = _s3_config(given["s3Config"], f"{where}.s3Config")
    for toggle in _TOGGLES:
        value = given.get(toggle)
        if value is not None and not isinstance(value, bool):
            raise ShapeError(_message(value, f"{where}.{toggle}", "Member must be a boolean"))
        config[toggle] = True if value is None else value
    return config


def validation_exception(message: str) -> seams.Response:
    """A ``ValidationException`` of the REST-JSON protocol."""
    body = json.dumps({"message": message}).encode()
    return 400, {"Content-Type": "application/json", "x-amzn-ErrorType": "ValidationException"}, body


def _refusal(config: dict[str, Any]) -> str | None:
    cloudwatch = config.get("cloudWatchConfig")
    if cloudwatch is not None:
        try:
            write_to_log_group(cloudwatch, [PERMISSION_CHECK_LINE])
        except DeliveryRefusedError as error:
            _logger.info("logging configuration refused: %s", error)
            return (
                f"Failed to validate permissions for log group: {cloudwatch['logGroupName']}, with role: "
                f"{cloudwatch['roleArn']}. Verify the IAM role permissions are correct."
            )
    for bucket in ((cloudwatch or {}).get("largeDataDeliveryS3Config"), config.get("s3Config")):
        if bucket is None:
            continue
        try:
            write_to_bucket(bucket, PERMISSION_CHECK_KEY, b"", "application/octet-stream")
        except DeliveryRefusedError as error:
            _logger.info("logging configuration refused: %s", error)
            return (
                f"Failed to validate permissions for bucket: {bucket['bucketName']}. "
                "Verify the S3 bucket policy is correct."
            )
    return None


def _cloudwatch_config(value: Any, where: str) -> dict[str, Any]:
    value = _structure(value, where, required=("logGroupName", "roleArn"))
    config: dict[str, Any] = {
        "logGroupName": _text(value["logGroupName"], f"{where}.logGroupName", 1, 512),
        "roleArn": _text(value["roleArn"], f"{where}.roleArn", 0, 2048),
    }
    if not _ROLE_ARN.fullmatch(config["roleArn"]):
        pattern = f"Member must satisfy regular expression pattern: {_ROLE_ARN.pattern}"
        raise ShapeError(_message(config["roleArn"], f"{where}.roleArn", pattern))
    large = value.get("largeDataDeliveryS3Config")
    if large is not None:
        config["largeDataDeliveryS3Config"] = _s3_config(large, f"{where}.largeDataDeliveryS3Config")
    return config


def _s3_config(value: Any, where: str) -> dict[str, Any]:
    value = _structure(value, where, required=("bucketName",))
    config = {"bucketName": _text(value["bucketName"], f"{where}.bucketName", 3, 63)}
    if value.get("keyPrefix") is not None:
        config["keyPrefix"] = _text(value["keyPrefix"], f"{where}.keyPrefix", 0, 1024)
    return config


def _structure(value: Any, where: str, required: tuple[str, ...] = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ShapeError(_message(value, where or "request", "Member must be a structure"))
    for member in required:
        if value.get(member) is None:
            raise ShapeError(_message(None, f"{where}.{member}".lstrip("."), "Member must not be null"))
    return value


def _text(value: Any, where: str, shortest: int, longest: int) -> str:
    if not isinstance(value, str):
        raise ShapeError(_message(value, where, "Member must be a string"))
    if len(value) < shortest:
        limit = f"Member must have length greater than or equal to {shortest}"
        raise ShapeError(_message(value, where, limit))
    if len(value) > longest:
        raise ShapeError(_message(value, where, f"Member must have length less than or equal to {longest}"))
    return value


def _message(value: Any, where: str, constraint: str) -> str:
    shown = "null" if value is None else f"'{value}'"
    return f"1 validation error detected: Value {shown} at '{where}' failed to satisfy constraint: {constraint}"


def install() -> None:
    """Put the three operations in the place of MiniStack's, which store anything and check nothing."""
    seams.replace("bedrock.put_configuration", put_configuration)
    seams.replace("bedrock.get_configuration", get_configuration)
