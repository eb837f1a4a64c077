"""Which target of the configuration a command is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bedrock_o11y.errors import UsageError

from .options import open_account

if TYPE_CHECKING:
    from pathlib import Path

    from bedrock_o11y.aws import AwsAccount
    from bedrock_o11y.config import Configuration, Target


def account_of(config_file: Path | None, name: str | None, profile: str | None, region: str | None) -> AwsAccount:
    """The account that the options name; the configuration is read only when an option asks for it.

    Raises:
        UsageError: no target fits, or the caller's credentials are for another account than the target.
        CouldNotRunError: no usable credentials.
    """
    if config_file is None and name is None:
        return open_account(profile, region)
    from bedrock_o11y.config import load  # pydantic costs 0.1 s

    return account_and_target(load(config_file), name, profile, region)[0]


def account_and_target(
    configuration: Configuration, name: str | None, profile: str | None, region: str | None
) -> tuple[AwsAccount, Target]:
    """The account to look at, and the target of the configuration that describes it.

    Args:
        configuration: of the file.
        name: the target that was asked for; None takes the only one, or the one of the caller's account and Region.
        profile: the profile that was asked for.
        region: the Region that was asked for; None takes the target's.

    Returns:
        The account in the target's Region, and the target.

    Raises:
        UsageError: no target fits, or the caller's credentials are for another account than the target.
        CouldNotRunError: no usable credentials.
    """
    names = ", ".join(target.name for target in configuration.targets)
    candidates = [target for target in configuration.targets if name in (None, target.name)]
    if not candidates:
        raise UsageError(f"there is no target {name!r}; the configuration has {names}")
    if len(candidates) == 1:
        target = candidates[0]
        if region and target.region not in (None, region):
            raise UsageError(f"target {target.name} is in {target.region}; --region says {region}")
        account = open_account(profile, region or target.region)
        caller = account.identity().account
        if target.account not in (None, caller):
            raise UsageError(
                f"target {target.name} is in account {target.account}; the credentials are for {caller}: "
                "choose another --profile"
            )
        return account, target
    account = open_account(profile, region)
    found = configuration.target_for(account.identity().account, account.region)
    if found is None:
        raise UsageError(
            f"no target is in account {account.identity().account}, Region {account.region}: "
            f"choose one of {names} with --target, and its --profile"
        )
    return account, found
