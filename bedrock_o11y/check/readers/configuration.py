"""Reads the account setting and the record that a deploy of ours keeps of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bedrock_o11y.account_settings.record import CorruptRecordError, from_json
from bedrock_o11y.aws import Reading, Status, look
from bedrock_o11y.blueprint import account_setting

if TYPE_CHECKING:
    from bedrock_o11y.aws import Account
    from bedrock_o11y.check.evidence import Evidence

RECORD_NAME = account_setting.RECORD_NAME_PREFIX + account_setting.MODEL_INVOCATION_LOGGING


def read_configuration(account: Account, _seen: Evidence) -> Reading:
    """The live configuration of model invocation logging; absent when logging is off."""

    def call() -> Any:
        answer = account.client("bedrock").get_model_invocation_logging_configuration()
        configuration = answer.get("loggingConfig") or {}
        # A configuration without any destination logs nothing: AWS calls that "not configured".
        return configuration if configuration.get("cloudWatchConfig") or configuration.get("s3Config") else None

    return look("bedrock:GetModelInvocationLoggingConfiguration", call, absent=("ResourceNotFoundException",))


def read_record(account: Account, _seen: Evidence) -> Reading:
    """The record of the deploy that owns the setting; absent when no deploy of ours does."""
    reading = look(
        "ssm:GetParameter",
        lambda: account.client("ssm").get_parameter(Name=RECORD_NAME)["Parameter"]["Value"],
        absent=("ParameterNotFound",),
    )
    if not reading.is_present:
        return reading
    try:
        owner = from_json(reading.value).owner
    except CorruptRecordError as error:
        return Reading.unreadable(f"the SSM parameter {RECORD_NAME} cannot be understood: {error}")
    if owner is None:  # only the memory of what stood there before; no deploy owns the setting
        return Reading(Status.ABSENT, seconds=reading.seconds)
    return Reading(reading.status, json.loads(reading.value), seconds=reading.seconds)
