"""The template values with which a role's patch is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bedrock_o11y.blueprint import policy_document
from bedrock_o11y.iam import Effect
from bedrock_o11y.rules.needs import ANY, PARAMETER, for_variant, reading

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from bedrock_o11y.blueprint import RoleKind
    from bedrock_o11y.rules import Subject

_CONCRETE = ("Partition", "Account", "Region")


def role_values(subject: Subject) -> dict[str, str]:
    """A value for every name that the templates of a role's kind use.

    What was given wins. Region and account are those of a request that the role allows. Any other name is taken from
    the role's own policies when they name exactly one pattern in that place (``my_agent-*``), and is a star otherwise.
    """
    given = subject.given
    values = {
        name: given.get(name) or (subject.values.get(name, ANY) if name in _CONCRETE else "") for name in _CONCRETE
    }
    for name in sorted(_names(subject.kind) - set(_CONCRETE)):
        own = {text for text in _own(subject, name) if text != ANY}
        values[name] = given.get(name) or (own.pop() if len(own) == 1 else ANY)
    return values


def recommended_trust(kind: RoleKind, values: dict[str, str]) -> dict[str, Any] | None:
    """The trust policy that is recommended for a kind; None for a role of people and pipelines."""
    return policy_document((kind.trust,), values) if kind.trust else None


def _names(kind: RoleKind) -> set[str]:
    templates = [text for grant in kind.grants for text in (*grant.resources, *grant.asked, *grant.accepted)]
    templates += [value for grant in kind.grants for condition in grant.conditions for value in condition.values]
    return {name for template in templates for name in PARAMETER.findall(template)}


def _own(subject: Subject, name: str) -> Iterator[str]:
    """What the role's own Allow statements have in the place of a parameter."""
    templates = {
        template
        for grant in subject.kind.grants
        if for_variant(grant, subject.variant)
        for template in grant.resources
        if f"${{{name}}}" in template
    }
    readings: list[re.Pattern[str]] = [reading(template) for template in templates]
    for _, statement in subject.statements():
        if statement.effect is not Effect.ALLOW or statement.not_resources:
            continue
        for resource in statement.resources:
            for one in readings:
                match = one.match(resource)
                if match:
                    yield match[name]
