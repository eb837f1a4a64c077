"""A role as the rules see it: its kind, what was assumed about it, what it lacks and what it has too much."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.iam import Effect, PolicyDocument, TrustAssessment, assess_trust, excess, readable

from .environment import session_facts, settle
from .log_arns import never_matches
from .needs import ANY, Asked, Asking, ask, fill, for_variant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date

    from bedrock_o11y.blueprint import Grant, RoleKind
    from bedrock_o11y.iam import Excess, Statement, StatementReference
    from bedrock_o11y.roles import Role


@dataclass(frozen=True, slots=True)
class Terms:
    """What an audit takes as given, for all roles.

    Attributes:
        agent_created: the day on which the agents were created or last updated.
        limits: SCPs that bear on the roles.
        facts: condition keys, and template parameters (names without a colon), that the user knows.
        region: the Region of the agents; None when it is not known.
    """

    agent_created: date
    limits: tuple[PolicyDocument, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    region: str | None = None


class Subject:
    """A role under audit. What the rules ask for is computed once, when the first of them asks.

    Attributes:
        role: the role, in a settled environment.
        kind: what it is judged as.
        variant: of the kind; empty for none.
        terms: what the audit takes as given.
    """

    def __init__(self, role: Role, kind: RoleKind, variant: str, terms: Terms) -> None:
        self._settled = settle(role, region=terms.region)
        self.role = self._settled.role
        self.kind = kind
        self.variant = variant
        self.terms = terms

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was assumed about the environment, one sentence each."""
        return self._settled.assumed

    @property
    def account(self) -> str:
        """The account of the role; empty when nothing tells it."""
        return self._settled.account

    def words(self, text: str) -> str:
        """A text of an answer in the words of the role's source, for people."""
        return readable(self._settled.in_its_words(text))

    @cached_property
    def given(self) -> dict[str, str]:
        """The template values that are known beforehand: of the ARN, and those that the user gave."""
        values = {"Partition": self.role.partition}
        if self.account:
            values["Account"] = self.account
        if self.terms.region:
            values["Region"] = self.terms.region
        return values | {name: str(value) for name, value in self.terms.facts.items() if ":" not in name}

    @cached_property
    def _facts(self) -> dict[str, Any]:
        return session_facts(self.role, self.account, self.terms.region, self.terms.facts)

    @cached_property
    def _answers(self) -> tuple[tuple[Asked, ...], dict[str, str]]:
        values = dict(self.given)
        asking = Asking(
            self.role.policies, self.role.boundary, self.terms.limits, self._facts, self.terms.agent_created
        )
        return tuple(ask(self.kind, self.variant, values, asking)), values

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every permission that the role needs, and how far it has it, in the order of the blueprint."""
        return self._answers[0]

    @property
    def values(self) -> dict[str, str]:
        """The template values of this role: those that were given and those that its policies tell."""
        return self._answers[1]

    @cached_property
    def recommendation(self) -> PolicyDocument:
        """All that a role of this kind and variant may have; a parameter that nobody gave counts as a star."""
        return _recommendation(self.kind.id, self.variant, tuple(sorted(self.given.items())))

    @cached_property
    def recommended_actions(self) -> frozenset[str]:
        """The actions of the recommendation, in lower case."""
        return frozenset(action.lower() for statement in self.recommendation.statements for action in statement.actions)

    def recommended_document(self) -> dict[str, Any]:
        """The recommendation as IAM writes it."""
        return _recommended_document(self.kind, self.variant, self.given)

    @cached_property
    def never_matching(self) -> frozenset[str]:
        """The resource patterns that no request ever names."""
        return frozenset(
            resource
            for _, statement in self.statements()
            if statement.effect is Effect.ALLOW and not statement.not_resources and not statement.not_actions
            for resource in statement.resources
            if never_matches(resource, statement.actions, self.kind.id)
        )

    @cached_property
    def beyond(self) -> tuple[Excess, ...]:
        """What the role may do beyond the recommendation."""
        facts = {key: value for key, value in self._facts.items() if key != "aws:ResourceAccount"}
        return excess(self.role.policies, self.recommendation, boundary=self.role.boundary, facts=facts)

    @cached_property
    def trust(self) -> TrustAssessment | None:
        """What the trust policy lets the service of the kind do; None when there is nothing to judge."""
        if self.role.trust is None or not self.kind.service:
            return None
        account = self.account or "".join(_accounts(self.role.trust)) or "000000000000"
        values = {**self.given, "Account": account}
        return assess_trust(self.role.trust, self.kind.service, account, fill(self.kind.source_arns[0], values))

    def statements(self) -> Iterator[tuple[PolicyDocument, Statement]]:
        """Every statement of the role's own policies."""
        for document in self.role.policies:
            for statement in document.statements:
                yield document, statement

    def pointer(self, reference: StatementReference | None) -> str:
        """Where a statement stands in the file of the role."""
        return reference.pointer if reference else ""


@lru_cache(maxsize=64)
def _recommendation(kind: str, variant: str, values: tuple[tuple[str, str], ...]) -> PolicyDocument:
    """Thousands of roles of one account share a recommendation."""
    document = _recommended_document(ROLE_KINDS[kind], variant, dict(values))
    return PolicyDocument.parse(document, name="recommendation")


def _recommended_document(kind: RoleKind, variant: str, values: Mapping[str, str]) -> dict[str, Any]:
    statements = [
        _statement(grant, values, number) for number, grant in enumerate(kind.grants) if for_variant(grant, variant)
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _statement(grant: Grant, values: Mapping[str, str], number: int) -> dict[str, Any]:
    statement: dict[str, Any] = {
        "Sid": f"{grant.sid}{number}",
        "Effect": "Allow",
        "Action": list(grant.actions),
        "Resource": [fill(template, values) for template in (*grant.resources, *grant.accepted)],
    }
    if grant.conditions:
        block: dict[str, dict[str, list[str]]] = {}
        for condition in grant.conditions:
            block.setdefault(condition.operator, {})[condition.key] = [fill(each, values) for each in condition.values]
        statement["Condition"] = block
    return statement


def _accounts(document: PolicyDocument) -> list[str]:
    """The one account that a trust policy names as the source, if it names exactly one."""
    named = {
        value
        for statement in document.statements
        for condition in statement.conditions
        if condition.key.lower() == "aws:sourceaccount"
        for value in condition.values
        if len(value) == 12 and value.isdigit()
    }
    return list(named) if len(named) == 1 else []


__all__ = ["ANY", "Subject", "Terms"]
