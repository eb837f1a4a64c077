"""Why can a service not assume a role? The cause, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .document import Effect
from .operators import ARN_FIELDS, Comparison, Family, operator
from .trust_gate import ASSUME_ROLE
from .trust_sources import SOURCE_ACCOUNT, SOURCE_ARN
from .unknown_text import readable
from .variables import as_plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .document import Condition
    from .trust_gate import Gate, Gates
    from .trust_sources import Source


def cause(
    policy: Gates, legitimate: Sequence[Source], service: str, account: str, source_arn: str
) -> tuple[Gate | None, str]:
    """The statement to look at, and what is wrong with it.

    Args:
        policy: the trust policy, which lets the service in for none of these sources.
        legitimate: the sources for which the service should be let in.
        service: the service principal.
        account: of the role.
        source_arn: a pattern of the legitimate ARNs.
    """
    letting = [gate for gate in policy.all if gate.statement.effect is not Effect.DENY]
    naming = [gate for gate in letting if gate.names is not False]
    ready = [gate for gate in naming if gate.acts is not False]
    if not naming:
        return None, _nobody(letting, service)
    if not ready:
        found = ", ".join(readable(one) for one in naming[0].statement.actions)
        but = "everything but " if naming[0].statement.not_actions else ""
        return naming[0], f"{naming[0].statement.label} allows {but}{found}; a service needs {ASSUME_ROLE}"
    for source in legitimate:
        context = policy.context(source)
        if all(gate.counts(context) is False for gate in ready):
            continue
        denying = policy.answer(context).gate
        if denying is not None:
            conditions = _joined(denying.conditions) or "it has no condition"
            return denying, f"the Deny of {denying.statement.label} keeps {service} out: {conditions}"
    first = ready[0]
    for condition in first.conditions:
        if all(_fails(condition, first, policy, source) for source in legitimate):
            return first, _about(condition, account, source_arn)
    return first, f"the conditions of {first.statement.label} exclude each other: {_joined(first.conditions)}"


def _fails(condition: Condition, gate: Gate, policy: Gates, source: Source) -> bool:
    alone = type(gate)(gate.statement, True, True, (condition,))
    return alone.counts(policy.context(source)) is False


def _joined(conditions: Sequence[Condition]) -> str:
    return " and ".join(as_plain(str(condition)) for condition in conditions)


def _nobody(letting: Sequence[Gate], service: str) -> str:
    named = dict.fromkeys(
        readable(principal.value)
        for gate in letting
        for principal in gate.statement.principals or ()
        if not gate.statement.not_principals
    )
    if not named:
        return f"no statement lets {service} in"
    return f"no statement lets {service} in; the policy names {', '.join(named)}"


def _about(condition: Condition, account: str, source_arn: str) -> str:
    key = condition.key.lower()
    meaning = operator(condition.operator)
    words = as_plain(str(condition))
    if meaning is not None and not meaning.negated:
        if meaning.family is Family.STRING and meaning.comparison is not Comparison.LIKE:
            for value in map(as_plain, condition.values):
                if "*" in value or "?" in value:
                    mark = "star" if "*" in value else "question mark"
                    instead = "ArnLike" if key == SOURCE_ARN.lower() else "StringLike"
                    return (
                        f"{condition.operator} compares {condition.key} with the text '{value}'; "
                        f"a {mark} is a {mark} there, use {instead}"
                    )
        if meaning.family is Family.ARN:
            for value in map(as_plain, condition.values):
                if value.count(":") < ARN_FIELDS - 1:
                    return (
                        f"{condition.operator} compares {condition.key} with '{value}' field by field; "
                        f"an ARN has {ARN_FIELDS} fields and this has fewer, so it matches nothing"
                    )
    if key == SOURCE_ACCOUNT.lower():
        return f"{words} does not hold for this account, {account}"
    if key == SOURCE_ARN.lower():
        return f"{words} holds for no ARN of the form {source_arn}"
    return f"{words} never holds for this service"
