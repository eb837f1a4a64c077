"""The policy that a command needs, with the names of one account, Region and target in it."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bedrock_o11y.blueprint import account_setting, invocation_logging, permissions, policy_document
from bedrock_o11y.errors import UsageError

from .plan_target import wanted
from .target import account_and_target

if TYPE_CHECKING:
    from bedrock_o11y.blueprint import Grant
    from bedrock_o11y.config import Configuration, Target

_ACCOUNT: Final = re.compile(r"\d{12}")
_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")
_PARTITION: Final = re.compile(r"aws(-[a-z]+)*")
_MODEL: Final = re.compile(r"(?!(us|us-gov|eu|apac|jp|au|ca|global)\.)[A-Za-z0-9.:_-]+")
_PARTITIONS: Final = {"us-gov-": "aws-us-gov", "cn-": "aws-cn"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a policy is for.

    Attributes:
        account: the account id.
        region: the Region.
        partition: ``aws``, ``aws-us-gov``, ``aws-cn``.
        target: of the configuration.
    """

    account: str
    region: str
    partition: str
    target: Target


def place_of(
    configuration: Configuration,
    name: str | None,
    account: str | None,
    region: str | None,
    partition: str | None,
    profile: str | None,
) -> Place:
    """Where a policy is for; the caller's credentials are asked only when no account is given.

    Args:
        configuration: of the file.
        name: the target that was asked for.
        account: the account that was asked for; with it nothing is called.
        region: the Region that was asked for; None takes the target's, then the environment's.
        partition: the partition that was asked for; None takes that of the Region.
        profile: the profile that was asked for.

    Raises:
        UsageError: no target fits, or a value is not what it should be.
        CouldNotRunError: there are no usable credentials.
    """
    if account is None:
        if partition is not None:
            raise UsageError("--partition goes with --account; otherwise it is that of the credentials")
        caller, target = account_and_target(configuration, name, profile, region)
        identity = caller.identity()
        return Place(identity.account, caller.region, identity.partition, target)
    if profile is not None:
        raise UsageError("--account calls nothing, so it does not go with --profile")
    _expect("--account", account, _ACCOUNT, "twelve digits")
    target = _target(configuration, name, account, region)
    chosen = region or target.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not chosen:
        raise UsageError("no Region is set: pass --region beside --account, or set AWS_REGION")
    _expect("--region", chosen, _REGION, "something like us-east-1")
    named = partition or next((its for start, its in _PARTITIONS.items() if chosen.startswith(start)), "aws")
    _expect("--partition", named, _PARTITION, "aws, aws-us-gov or aws-cn")
    return Place(account, chosen, named, target)


def policy_text(command: str, place: Place, model: str | None = None) -> str:
    """The policy that a command needs, as JSON.

    A grant about a log group or a bucket that the target does not have is left out.

    Args:
        command: a key of :data:`bedrock_o11y.blueprint.permissions.COMMANDS`.
        place: where it is for.
        model: id of the foundation model of the canary; None for the default one.

    Raises:
        UsageError: the model is an inference profile, which needs other grants.
    """
    if model is not None and not _MODEL.fullmatch(model):
        raise UsageError(
            f"--model {model}: expected the id of a foundation model; a call through an inference profile needs "
            "bedrock:InvokeModel on the profile, and on its model in every Region behind it"
        )
    asked = wanted(place.target, place.account, place.region)
    values = {
        "Partition": place.partition,
        "Region": place.region,
        "Account": place.account,
        "LogGroupName": asked.log_group,
        "BucketName": asked.bucket,
        "RecordName": account_setting.RECORD_NAME_PREFIX + account_setting.MODEL_INVOCATION_LOGGING,
        "ModelId": model or invocation_logging.CANARY_MODEL_ID,
        "Qualifier": place.target.settings.bootstrap_qualifier,
    }
    known = {name: value for name, value in values.items() if value is not None}
    grants = tuple(grant for grant in permissions.COMMANDS[command] if not _lacks(grant, values.keys() - known.keys()))
    return json.dumps(policy_document(grants, known), indent=2)


def _lacks(grant: Grant, missing: set[str]) -> bool:
    return any(f"${{{name}}}" in template for name in missing for template in grant.resources)


def _target(configuration: Configuration, name: str | None, account: str, region: str | None) -> Target:
    for target in configuration.targets:
        fits = target.account in (None, account) and (region is None or target.region in (None, region))
        if fits and name in (None, target.name):
            return target
    names = ", ".join(target.name for target in configuration.targets)
    raise UsageError(
        f"no target {f'{name} ' if name else ''}is in account {account}{f', Region {region}' if region else ''}; "
        f"the configuration has {names}"
    )


def _expect(option: str, value: str, pattern: re.Pattern[str], expected: str) -> None:
    if not pattern.fullmatch(value):
        raise UsageError(f"{option} {value!r}: expected {expected}")
