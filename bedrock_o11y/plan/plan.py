"""A whole plan: look, then judge. Nothing here writes to the account."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from bedrock_o11y.account_settings.record import Record
from bedrock_o11y.aws import in_background
from bedrock_o11y.report import PlanReport

from .agents import judge_agents, look_at_agents
from .collisions import judge_bucket, judge_log_group, look_for_bucket, look_for_log_group, names_of_ours
from .cost import expected_cost
from .key import judge_key, look_for_key
from .settings import (
    plan_logging_setting,
    plan_span_indexing,
    plan_trace_destination,
    read_logging_setting,
    read_span_indexing,
    read_trace_destination,
)
from .slots import XRAY, judge_slots, name_policies, name_trace_policies

if TYPE_CHECKING:
    from bedrock_o11y.aws import Account

    from .wanted import Wanted


def make_plan(account: Account, wanted: Wanted) -> PlanReport:
    """What a deploy would change, and what may stand in its way.

    Args:
        account: the account and Region of the deploy.
        wanted: what the configuration of the target asks for.

    Returns:
        The plan.

    Raises:
        CouldNotRunError: no usable credentials, or AWS is out of reach.
    """
    identity = account.identity()
    setting = in_background(partial(read_logging_setting, account))
    group = in_background(partial(look_for_log_group, account, wanted.log_group)) if wanted.log_group else None
    bucket = in_background(partial(look_for_bucket, account, wanted.bucket)) if wanted.bucket else None
    key = in_background(partial(look_for_key, account, wanted.key_arn)) if wanted.key_arn else None
    policies = in_background(partial(name_policies, account))
    trace_policies = in_background(partial(name_trace_policies, account))
    tracing = wanted.tracing
    destination = in_background(partial(read_trace_destination, account))
    indexing = in_background(partial(read_span_indexing, account)) if tracing else None
    agents = look_at_agents(account, wanted.agents) if wanted.agents else {}
    record = setting.result().record
    mine = isinstance(record, Record) and record.owner and record.owner.stack_name == wanted.setting_stack
    ours = names_of_ours(record.expects) if isinstance(record, Record) and mine else frozenset()
    found = (
        judge_log_group(wanted, group.result(), ours) if group else None,
        judge_bucket(wanted, bucket.result(), ours) if bucket else None,
        judge_key(wanted.key_arn, key.result()) if key and wanted.key_arn else None,
    )
    planned = (
        plan_logging_setting(wanted, setting.result()),
        plan_trace_destination(tracing, destination.result()),
        plan_span_indexing(tracing, indexing.result()) if tracing and indexing else None,
    )
    return PlanReport(
        account=identity.account,
        region=account.region,
        target=wanted.target,
        stacks=wanted.stacks,
        settings=tuple(each for each in planned if each),
        collisions=(
            *(each for each in found if each),
            *(judge_agents(wanted.agents, agents) if wanted.agents else ()),
        ),
        slots=judge_slots(policies.result(), wanted.logs_policies),
        trace_slots=judge_slots(trace_policies.result(), wanted.trace_policies, XRAY),
        cost=expected_cost(wanted),
    )
