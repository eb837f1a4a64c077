"""Judges what the logging role may do, by the rules of IAM."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING, Any

from bedrock_o11y.blueprint import invocation_logging as blueprint
from bedrock_o11y.iam import Need, Verdict, cover
from bedrock_o11y.roles.plain import role_of
from bedrock_o11y.rules.environment import session_facts

from .logging_role import role_sentence, template_values, without_role
from .rung import Judgement, combined, failed, passed, unknown, unreadable

if TYPE_CHECKING:
    from bedrock_o11y.blueprint import Grant
    from bedrock_o11y.iam import Coverage

    from .evidence import Evidence


def judge_permissions(evidence: Evidence) -> Judgement:
    """PASS when every action that Bedrock needs on the stream is granted."""
    if (nothing := without_role(evidence)) is not None:
        return nothing
    reading = evidence.fact("logging_role_policies")
    if not reading.is_present:
        return unreadable(f"The policies of {role_sentence(evidence)}", reading)
    role = role_of(evidence.value("logging_role"), reading.value)
    facts = session_facts(role, evidence.account, evidence.region, {})
    values = template_values(evidence)
    judged = []
    for grant in blueprint.LOGGING_ROLE_GRANTS:
        for template in grant.asked or grant.resources:
            stream = Template(template).substitute(values)
            for action in grant.actions:
                found = cover(Need(action, stream), identity=role.policies, boundary=role.boundary, facts=facts)
                judged.append(_action(evidence, grant, action, stream, found))
    return combined(*judged)


def _action(evidence: Evidence, grant: Grant, action: str, stream: str, found: Coverage) -> Judgement:
    name, on = role_sentence(evidence), f"on {stream}"
    if found.verdict is Verdict.GRANTED:
        return passed(f"{action} is granted by {found.statement} {on}.")
    if found.verdict is Verdict.UNKNOWN:
        return unknown(
            f"Whether {name} may do {action} {on} cannot be judged: {found.reason}.",
            next_step=_next_unknown(evidence),
        )
    if found.verdict is Verdict.CONDITIONAL:
        conditions = " and ".join(map(str, found.conditions))
        return unknown(
            f"Whether {name} may do {action} {on} depends on {conditions} ({found.statement}), which cannot be judged "
            "from outside.",
            next_step="Read that statement by eye, or run with --canary: a record that arrives proves it.",
        )
    return failed(
        f"{name[0].upper()}{name[1:]} may not do {action} {on}: {_because(found)}.",
        next_step=_next_failed(name, grant, action, stream, found),
    )


def _because(found: Coverage) -> str:
    if found.verdict is Verdict.MISSING:
        return "no statement allows it"
    if found.verdict is Verdict.DENIED:
        return f"statement {found.statement} denies it"
    if found.verdict is Verdict.BLOCKED_BY_BOUNDARY:
        denied = f": statement {found.statement} denies it" if found.statement else ""
        return f"{found.reason or 'the permissions boundary'} does not allow it{denied}"
    return f"{found.witness} is not allowed" + (f" (statement {found.statement})" if found.statement else "")


def _next_failed(name: str, grant: Grant, action: str, stream: str, found: Coverage) -> str:
    if found.verdict is Verdict.DENIED:
        return f"Take {action} out of statement {found.statement}: adding an Allow cannot help. {grant.purpose}"
    if found.verdict is Verdict.BLOCKED_BY_BOUNDARY:
        blocker = found.reason or "the permissions boundary"
        return f"Let {blocker} of {name} allow {action} on {stream}: adding an Allow to the role cannot help."
    return f"Add a statement to the policies of {name}: {' and '.join(grant.actions)} on {stream}. {grant.purpose}"


def _next_unknown(evidence: Evidence) -> str:
    missing = sorted({str(each["action"]) for each in _unread(evidence) if each.get("action")})
    if missing:
        return f"Grant {' and '.join(missing)} to the caller, then run again."
    if _unread(evidence):
        return "Run again later."
    return "Read the policies by eye, or run with --canary: a record that arrives proves them."


def _unread(evidence: Evidence) -> list[dict[str, Any]]:
    """The policies of the role that could not be read."""
    policies = evidence.value("logging_role_policies")
    boundary = [policies["boundary"]] if policies["boundary"] else []
    every = [*policies["inline"], *policies["managed"], *policies["unlisted"], *boundary]
    return [policy for policy in every if "document" not in policy]
