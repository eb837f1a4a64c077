"""A role beside its blueprint, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bedrock_o11y.iam import Effect, Verdict
from bedrock_o11y.iam.patterns import matches
from bedrock_o11y.report import DiffLine

from .values import recommended_trust, role_values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.blueprint import Grant
    from bedrock_o11y.rules import Subject
    from bedrock_o11y.rules.needs import Asked

_SAME, _MISSING, _MORE, _DIFFERENT = "=", "-", "+", "~"
_NOT_THERE: Final = (Verdict.MISSING, Verdict.DENIED, Verdict.BLOCKED_BY_BOUNDARY)


def diff(subject: Subject) -> tuple[DiffLine, ...]:
    """A role against its blueprint: the trust policy, each grant, then what is beyond all of them."""
    return (*_trust(subject), *_grants(subject), *_beyond(subject))


def _trust(subject: Subject) -> Iterator[DiffLine]:
    document, trust = subject.role.trust, subject.trust
    wanted = recommended_trust(subject.kind, role_values(subject))
    if document is None or trust is None or wanted is None:
        return
    recommended = [
        f"{operator} {key} {', '.join(values)}"
        for operator, keys in wanted["Statement"][0].get("Condition", {}).items()
        for key, values in keys.items()
    ]
    actual = [subject.words(str(condition)) for statement in document.statements for condition in statement.conditions]
    fine = trust.verdict.value == "OK" and trust.pins_arn and not trust.loose_arn
    left = f"{subject.kind.service} if {' and '.join(recommended)}"
    right = (
        f"{subject.kind.service} if {' and '.join(actual)}" if actual else f"{subject.kind.service} without condition"
    )
    yield DiffLine("trust", left, right, _SAME if fine else _DIFFERENT)


def _grants(subject: Subject) -> Iterator[DiffLine]:
    values = role_values(subject)
    wide = {(each.statement.policy, each.statement.label) for each in subject.beyond}
    by_grant: dict[str, list[Asked]] = {}
    for asked in subject.asked:
        by_grant.setdefault(asked.grant.sid, []).append(asked)
    for answers in by_grant.values():
        grant = answers[0].grant
        for asked in answers:
            actual, touched = _actual(subject, asked.action)
            recommended = _recommended(grant, asked.action, values)
            verdict = asked.coverage.verdict
            if verdict in _NOT_THERE:
                mark = _MISSING
            elif verdict is Verdict.GRANTED and (actual == recommended or not touched & wide):
                mark = _SAME
            else:
                mark = _DIFFERENT
            yield DiffLine(grant.sid, recommended, actual, mark)


def _recommended(grant: Grant, action: str, values: dict[str, str]) -> str:
    statement = grant.statement(values)
    conditions = [
        f"{operator} {key} {', '.join(texts)}"
        for operator, keys in statement.get("Condition", {}).items()
        for key, texts in keys.items()
    ]
    return f"{action} on {', '.join(statement['Resource'])}" + (f" if {' and '.join(conditions)}" if conditions else "")


def _actual(subject: Subject, action: str) -> tuple[str, set[tuple[str, str]]]:
    """What the role's statements say about an action, and which statements those are."""
    texts, touched = [], set()
    for document, statement in subject.statements():
        named = any(matches(pattern.lower(), action.lower()) for pattern in statement.actions)
        if named is statement.not_actions:
            continue
        touched.add((document.name, statement.label))
        resources = ", ".join(subject.words(each) for each in statement.resources)
        conditions = " and ".join(subject.words(str(each)) for each in statement.conditions)
        deny = "Deny " if statement.effect is Effect.DENY else ""
        but = "everything but " if statement.not_resources else ""
        texts.append(f"{deny}{action} on {but}{resources}" + (f" if {conditions}" if conditions else ""))
    return "; ".join(dict.fromkeys(texts)), touched


def _beyond(subject: Subject) -> Iterator[DiffLine]:
    seen: dict[str, list[str]] = {}
    for each in subject.beyond:
        if each.beyond.value == "action":
            seen.setdefault(str(each.statement), []).append(f"{each.action} on {subject.words(each.resource)}")
    for statement, texts in seen.items():
        yield DiffLine(statement, "", "; ".join(texts), _MORE)
