"""Judges whom the logging role lets in, by the rules of IAM."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

from bedrock_o11y.blueprint import invocation_logging as blueprint
from bedrock_o11y.iam import TrustVerdict, assess_trust
from bedrock_o11y.roles.plain import trust_of

from .logging_role import role_sentence, template_values, without_role
from .rung import Judgement, combined, failed, passed, unknown

if TYPE_CHECKING:
    from bedrock_o11y.iam import TrustAssessment

    from .evidence import Evidence

_GRANT = blueprint.LOGGING_ROLE_TRUST
_SERVICE = blueprint.SERVICE_PRINCIPAL
_OPEN = (TrustVerdict.CONFUSED_DEPUTY, TrustVerdict.WEAK_IF_ABSENT)


def judge_trust(evidence: Evidence) -> Judgement:
    """PASS when the trust policy lets Bedrock in for this account and Region, and nobody else."""
    if (nothing := without_role(evidence)) is not None:
        return nothing
    document = trust_of(evidence.value("logging_role"))
    assessment = assess_trust(document, _SERVICE, evidence.account, _source_arn(evidence))
    if assessment.others:
        return combined(_others(evidence, assessment), _bedrock(evidence, assessment))
    return _bedrock(evidence, assessment)


def _bedrock(evidence: Evidence, assessment: TrustAssessment) -> Judgement:
    where = f"account {evidence.account}, Region {evidence.region}"
    statement = f" ({assessment.statement})" if assessment.statement else ""
    if assessment.verdict is TrustVerdict.OK:
        return passed(f"The trust policy lets {_SERVICE} in for {where}, and for no other account{statement}.")
    if assessment.verdict is TrustVerdict.UNKNOWN:
        return unknown(
            f"Whether the trust policy lets {_SERVICE} in for {where} cannot be judged: {assessment.reason}.",
            next_step="Read the trust policy by eye, or run with --canary: a record that arrives proves it.",
        )
    if assessment.verdict in _OPEN:
        return failed(_opening(assessment, statement), next_step=_next(evidence), hinders=False)
    return failed(
        f"{_SERVICE} cannot assume {role_sentence(evidence)} for {where}{statement}: {assessment.reason}.",
        next_step=_next(evidence),
    )


def _opening(assessment: TrustAssessment, statement: str) -> str:
    if assessment.verdict is TrustVerdict.WEAK_IF_ABSENT:
        return f"The trust policy is open to {_SERVICE} when it names no source, neither ARN nor account{statement}."
    context = assessment.witness.context if assessment.witness else {}
    shown = ", ".join(f"{key} {value}" for key, value in sorted(context.items()))
    return (
        f"Another account can make {_SERVICE} assume the role{statement}"
        f"{f', for example with {shown}' if shown else ''}."
    )


def _others(evidence: Evidence, assessment: TrustAssessment) -> Judgement:
    sentences = []
    for other in assessment.others:
        when = f" when {' and '.join(other.conditions)}" if other.conditions else ""
        principal = other.principal
        sentences.append(
            f"Beside {_SERVICE}, {principal.kind} {principal.value} may assume the role{when} ({other.statement})."
        )
    # Records flow all the same, so nothing above waits for this to be repaired.
    return failed(
        *sentences,
        next_step=f"Take everybody else out of the trust policy of {role_sentence(evidence)}, or give Bedrock a role "
        "of its own.",
        hinders=False,
    )


def _source_arn(evidence: Evidence) -> str:
    (arn,) = next(condition.values for condition in _GRANT.conditions if condition.key == "aws:SourceArn")
    return Template(arn).substitute(template_values(evidence))


def _next(evidence: Evidence) -> str:
    values = template_values(evidence)
    conditions = " and ".join(
        f"{each.operator} {each.key} {Template(each.values[0]).substitute(values)}" for each in _GRANT.conditions
    )
    return (
        f"Let the trust policy of {role_sentence(evidence)} allow {_GRANT.actions[0]} to {_SERVICE} with {conditions}. "
        f"{_GRANT.purpose}"
    )
