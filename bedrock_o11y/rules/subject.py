"""A role as the rules see it: its kind, what was assumed about it, what it lacks and what it has too much."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import (
    Effect,
    PolicyDocument,
    StatementReference,
    TrustAssessment,
    assess_trust,
    readable,
)
from bedrock_o11y.iam.document import VERSION_WITH_VARIABLES
from bedrock_o11y.iam.unknown_text import UNKNOWN_END, UNKNOWN_START

from .environment import one_level, session_facts, settle
from .log_arns import never_matches
from .needs import ANY, Asked, Asking, ask, fill
from .recommendation import Recommendation
from .surplus import surplus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from bedrock_o11y.blueprint import RoleKind
    from bedrock_o11y.iam import Excess, Statement, Witness
    from bedrock_o11y.roles import Role


VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
"""A policy variable, with its default."""


_UNKNOWN_TEXT: Final = re.compile(f"{UNKNOWN_START}[^{UNKNOWN_END}]*{UNKNOWN_END}")


@dataclass(frozen=True, slots=True)
class Terms:
    """What an audit takes as given, for all roles.

    Attributes:
        agent_created: the day on which the agents were created or last updated.
        limits: SCPs that bear on the roles, of one level of the organization.
        facts: condition keys, and template parameters (names without a colon), that the user knows.
        region: the Region of the agents; None when it is not known.
        moment: when the calls are made, by which a condition on the time is judged; None leaves it open.
    """

    agent_created: date
    limits: tuple[PolicyDocument, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    region: str | None = None
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class DeadResource:
    """A resource pattern that no request ever names.

    Attributes:
        document: the policy.
        statement: the statement, an Allow.
        resource: the pattern as written.
        reason: why, for people.
    """

    document: PolicyDocument
    statement: Statement
    resource: str
    reason: str


class Subject:
    """A role under audit. What the rules ask for is computed once, when the first of them asks.

    Attributes:
        role: the role, in a settled environment.
        kind: what it is judged as.
        variant: of the kind; empty takes the first, if there are any.
        terms: what the audit takes as given.
    """

    def __init__(self, role: Role, kind: RoleKind, variant: str, terms: Terms) -> None:
        self._settled = settle(role, region=terms.region)
        self.role = self._settled.role
        self.kind = kind
        self.variant = variant or next(iter(kind.variants), "")
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

    def shown(self, witness: Witness | None) -> str:
        """A request as evidence: without the condition keys that every call of the role carries anyway."""
        if witness is None:
            return ""
        usual = {key.lower() for key in self._facts}
        telling = {key: value for key, value in witness.context.items() if key.lower() not in usual}
        return self.words(str(replace(witness, context=telling)))

    @cached_property
    def given(self) -> dict[str, str]:
        """The template values that are known beforehand: of the ARN, and those that the user gave."""
        values = {"Partition": self.role.partition}
        if self.account:
            values["Account"] = self.account
        if self.terms.region:
            values["Region"] = self.terms.region
        values |= {name: str(value) for name, value in self.terms.facts.items() if ":" not in name}
        if re.fullmatch(r"\w+", values.get("Agent", "")):
            # The name of an agent has letters, digits and underscores; its resources have an id behind a hyphen.
            values["Agent"] += "-*"
        return values

    @cached_property
    def _facts(self) -> dict[str, Any]:
        terms = self.terms
        return session_facts(
            self.role, self.account, terms.region, terms.facts, limits=terms.limits, moment=terms.moment
        )

    @cached_property
    def _answers(self) -> tuple[tuple[Asked, ...], dict[str, str]]:
        asking = Asking(
            self.role.policies, self.role.boundary, one_level(self.terms.limits), self._facts, self.terms.agent_created
        )
        return ask(self.kind, self.variant, self.given, asking)

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every permission that the role needs, and how far it has it, in the order of the blueprint."""
        return self._answers[0]

    @property
    def values(self) -> dict[str, str]:
        """The template values of this role: those that were given and those that its policies tell."""
        return self._answers[1]

    @cached_property
    def recommendation(self) -> Recommendation:
        """All that a role of this kind and variant may have; a parameter that nobody gave counts as a star."""
        return Recommendation(self.kind.id, self.variant, tuple(sorted(self.given.items())))

    @cached_property
    def dead(self) -> tuple[DeadResource, ...]:
        """The resource patterns that no request ever names, statement by statement."""
        return tuple(
            DeadResource(document, statement, resource, reason)
            for document, statement in self.statements()
            if statement.effect is Effect.ALLOW and not statement.not_resources and not statement.not_actions
            for resource in statement.resources
            if (reason := never_matches(_at_its_widest(resource, document), statement.actions, self.kind.id))
        )

    @cached_property
    def never_matching(self) -> frozenset[str]:
        """The resource patterns that no request ever names."""
        return frozenset(each.resource for each in self.dead)

    @cached_property
    def beyond(self) -> tuple[Excess, ...]:
        """What the role may do beyond the recommendation."""
        return surplus(
            self.recommendation,
            self.role.policies,
            boundary=self.role.boundary,
            facts={key: value for key, value in self._facts.items() if key != "aws:ResourceAccount"},
            ordinary=not any(":" in key for key in self.terms.facts),
        )

    @cached_property
    def trust(self) -> TrustAssessment | None:
        """What the trust policy lets the service of the kind do; None when there is nothing to judge."""
        return self._trust_for(self.kind.source_arns[0]) if self.kind.source_arns else None

    @cached_property
    def trust_for_no_resource(self) -> TrustAssessment | None:
        """The same for an ARN of no particular resource, where AWS does not say what the service sends; else None."""
        return self._trust_for(self.kind.stand_in) if self.kind.stand_in else None

    def _trust_for(self, source_arn: str) -> TrustAssessment | None:
        if self.role.trust is None or not self.kind.service:
            return None
        account = self.account or "".join(_accounts(self.role.trust)) or "000000000000"
        pattern = fill(source_arn, {**self.given, "Account": account})
        return _assessed(replace(self.role.trust, pointer=""), self.kind.service, account, pattern)

    def statements(self) -> Iterator[tuple[PolicyDocument, Statement]]:
        """Every statement of the role's own policies."""
        for document in self.role.policies:
            for statement in document.statements:
                yield document, statement

    def trust_pointer(self, reference: StatementReference | None) -> str:
        """Where a statement of the trust policy stands in the file of the role."""
        return self.role.trust.pointer + reference.pointer if reference and self.role.trust else ""


def _at_its_widest(resource: str, document: PolicyDocument) -> str:
    """A resource pattern with any text in the place of each policy variable and of each text that is not known."""
    resource = _UNKNOWN_TEXT.sub(ANY, resource)
    return VARIABLE.sub(ANY, resource) if document.version == VERSION_WITH_VARIABLES else resource


@lru_cache(maxsize=1024)
def _assessed(trust: PolicyDocument, service: str, account: str, source_arn: str) -> TrustAssessment:
    """Many roles share a trust policy, but for its place in the file."""
    return assess_trust(trust, service, account, source_arn)


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
