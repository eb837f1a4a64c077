"""What the deploy would do to the account settings: the deploy's own decision, made without its steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bedrock_o11y.account_settings import model_invocation_logging as logging_setting
from bedrock_o11y.account_settings import span_indexing, trace_destination
from bedrock_o11y.account_settings.action import Event, Outcome
from bedrock_o11y.account_settings.calls import Calls
from bedrock_o11y.account_settings.live import Absent, Present
from bedrock_o11y.account_settings.policy import Policy
from bedrock_o11y.account_settings.reconcile import reconcile
from bedrock_o11y.account_settings.record import Owner, Record
from bedrock_o11y.account_settings.record_store import read_record
from bedrock_o11y.report.plan import Bearing, SettingPlan

if TYPE_CHECKING:
    from bedrock_o11y.account_settings.action import Action
    from bedrock_o11y.account_settings.live import Live, Value
    from bedrock_o11y.account_settings.record import Stored
    from bedrock_o11y.account_settings.setting import SettingRules
    from bedrock_o11y.aws import Account

    from .wanted import Wanted, WantedTracing

_BEARINGS: Final = {
    Outcome.WRITE: Bearing.CLEAR,
    Outcome.KEEP: Bearing.CLEAR,
    Outcome.ADOPT: Bearing.NOTICE,
    Outcome.MERGE: Bearing.NOTICE,
    Outcome.REPLACE: Bearing.NOTICE,
    Outcome.REFUSE: Bearing.STOPS,
    Outcome.UNREADABLE: Bearing.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of one setting.

    Attributes:
        live: what it holds.
        record: its ownership record.
    """

    live: Live
    record: Stored


def read_logging_setting(account: Account) -> Found:
    """The configuration of model invocation logging and its record; two calls that only read."""
    # The client retries already; a second round of retries would only make a denied caller wait.
    live = logging_setting.ModelInvocationLogging(account.client("bedrock"), Calls()).read()
    return Found(live, read_record(account.client("ssm"), logging_setting.NAME))


def read_trace_destination(account: Account) -> Found:
    """Where spans are kept, and the record of that; two calls that only read."""
    live = trace_destination.TraceDestination(account.client("xray"), None, Calls()).read()
    return Found(live, read_record(account.client("ssm"), trace_destination.NAME))


def read_span_indexing(account: Account) -> Found:
    """How many traces are indexed, and the record of that; two calls that only read."""
    live = span_indexing.SpanIndexing(account.client("xray"), Calls()).read()
    return Found(live, read_record(account.client("ssm"), span_indexing.NAME))


def plan_logging_setting(wanted: Wanted, found: Found) -> SettingPlan | None:
    """What the deploy would do to model invocation logging.

    Args:
        wanted: what the configuration asks for.
        found: the setting of today.

    Returns:
        The plan; None when the configuration leaves the setting alone. A foreign value that equals the wanted one is
        judged as another value, because the role and the bucket of the deploy are not known before it.
    """
    if wanted.setting_stack is None:
        return None
    return _plan(logging_setting.RULES, wanted.setting_stack, wanted.policy, None, found)


def plan_trace_destination(wanted: WantedTracing | None, found: Found) -> SettingPlan | None:
    """What the deploy would do to the destination of trace segments.

    Args:
        wanted: what is asked of tracing; None when it is not wanted.
        found: the setting of today.

    Returns:
        The plan. When tracing is not wanted: a notice where Transaction Search is off, because nobody is told otherwise
        that spans of agents are not kept; None where it is on, or where that may not be read.
    """
    if wanted is None:
        return _transaction_search_is_off() if isinstance(found.live, Absent) else None
    desired = {"Destination": trace_destination.CLOUDWATCH_LOGS}
    return _plan(trace_destination.RULES, wanted.stack, Policy.REFUSE, desired, found)


def _transaction_search_is_off() -> SettingPlan:
    rules = trace_destination.RULES
    return SettingPlan(
        setting=rules.name,
        title=rules.title,
        live=None,
        owner=None,
        policy="none",
        outcome=Outcome.LEAVE.value,
        bearing=Bearing.NOTICE,
        message="Transaction Search is off, so the spans of agents are not kept in CloudWatch Logs. "
        "tracing.enabled: true in bedrock-o11y.yaml turns it on, for every application of the account and Region.",
    )


def plan_span_indexing(wanted: WantedTracing, found: Found) -> SettingPlan:
    """What the deploy would do to the percentage of indexed traces."""
    desired = {span_indexing.PERCENTAGE: wanted.percentage}
    return _plan(span_indexing.RULES, wanted.stack, wanted.indexing_policy, desired, found)


def _plan(rules: SettingRules, stack: str, policy: str, desired: Value | None, found: Found) -> SettingPlan:
    record, live = found.record, found.live
    owner = record.owner.stack_name if isinstance(record, Record) and record.owner else None
    event = Event(
        # Only a stack that manages the setting already can have it changed under its hands.
        kind="Update" if owner == stack else "Create",
        rules=rules,
        owner=Owner("", ""),
        desired=desired,
        request_id="plan",
        mode="guard",
        owner_stack=stack,
    )
    action = reconcile(event, live, record, Policy(policy))
    theirs = action.outcome is Outcome.KEEP and desired is not None and _is_theirs(live, record, desired)
    return SettingPlan(
        setting=rules.name,
        title=rules.title,
        live=rules.describe(live.value) if isinstance(live, Present) else None,
        owner=owner,
        policy=policy,
        outcome=action.outcome.value,
        bearing=Bearing.NOTICE if theirs else _BEARINGS.get(action.outcome, Bearing.NOTICE),
        message=_said(action, managed=owner is not None and not theirs),
    )


def _is_theirs(live: Live, record: Stored, desired: Value) -> bool:
    """Whether the setting holds another value than the wanted one, which somebody else has set."""
    if not isinstance(live, Present) or live.value == desired:
        return False
    return not (isinstance(record, Record) and record.claims(live.value))


def _said(action: Action, *, managed: bool) -> str:
    # The deploy speaks of what it does; a plan of what it would do.
    if action.outcome is Outcome.WRITE:
        return "The deploy switches it on."
    if action.outcome is Outcome.KEEP and managed:
        return "The deploy brings it up to date where the configuration file has changed."
    if action.succeeds:
        return f"What the deploy would do: {action.outcome.value}. {action.message}"
    return action.message
