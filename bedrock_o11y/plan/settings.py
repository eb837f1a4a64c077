"""What the deploy would do to the account settings: the deploy's own decision, made without its steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.account_settings import model_invocation_logging as logging_setting
from bedrock_o11y.account_settings.action import Event, Outcome, Policy
from bedrock_o11y.account_settings.calls import Calls
from bedrock_o11y.account_settings.live import Present
from bedrock_o11y.account_settings.reconcile import reconcile
from bedrock_o11y.account_settings.record import Owner, Record
from bedrock_o11y.account_settings.record_store import read_record
from bedrock_o11y.report.plan import Bearing, SettingPlan

if TYPE_CHECKING:
    from bedrock_o11y.account_settings.action import Action
    from bedrock_o11y.account_settings.live import Live
    from bedrock_o11y.account_settings.record import Stored
    from bedrock_o11y.aws import Account

    from .wanted import Wanted

_BEARINGS: Final = {
    Outcome.WRITE: Bearing.CLEAR,
    Outcome.KEEP: Bearing.CLEAR,
    Outcome.ADOPT: Bearing.NOTICE,
    Outcome.MERGE: Bearing.NOTICE,
    Outcome.REPLACE: Bearing.NOTICE,
    Outcome.REFUSE: Bearing.STOPS,
    Outcome.UNREADABLE: Bearing.UNKNOWN,
}


def read_logging_setting(account: Account) -> tuple[Live, Stored]:
    """The configuration of model invocation logging and its record; two calls that only read."""
    # The client retries already; a second round of retries would only make a denied caller wait.
    live = logging_setting.ModelInvocationLogging(account.client("bedrock"), Calls()).read()
    return live, read_record(account.client("ssm"), logging_setting.NAME)


def plan_logging_setting(wanted: Wanted, live: Live, record: Stored) -> SettingPlan | None:
    """What the deploy would do to model invocation logging.

    Args:
        wanted: what the configuration asks for.
        live: what the setting holds.
        record: its ownership record.

    Returns:
        The plan; None when the configuration leaves the setting alone. A foreign value that equals the wanted one is
        judged as another value, because the role and the bucket of the deploy are not known before it.
    """
    if wanted.setting_stack is None:
        return None
    rules = logging_setting.RULES
    owner = record.owner.stack_name if isinstance(record, Record) and record.owner else None
    event = Event(
        # Only a stack that manages the setting already can have it changed under its hands.
        kind="Update" if owner == wanted.setting_stack else "Create",
        rules=rules,
        owner=Owner("", ""),
        desired=None,
        request_id="plan",
        mode="guard",
        owner_stack=wanted.setting_stack,
    )
    action = reconcile(event, live, record, Policy(wanted.policy))
    return SettingPlan(
        setting=rules.name,
        title=rules.title,
        live=rules.describe(live.value) if isinstance(live, Present) else None,
        owner=owner,
        policy=wanted.policy,
        outcome=action.outcome.value,
        bearing=_BEARINGS.get(action.outcome, Bearing.NOTICE),
        message=_said(action, managed=owner is not None),
    )


def _said(action: Action, *, managed: bool) -> str:
    # The deploy speaks of what it does; a plan of what it would do.
    if action.outcome is Outcome.WRITE:
        return "The deploy switches it on."
    if action.outcome is Outcome.KEEP and managed:
        return "The deploy brings it up to date where the configuration file has changed."
    if action.succeeds:
        return f"What the deploy would do: {action.outcome.value}. {action.message}"
    return action.message
