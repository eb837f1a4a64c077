"""A role as the rules see it: its kind, what was assumed about it, what it lacks and what it has too much."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.blueprint.roles import ROLE_KINDS
from bedrock_o11y.iam import (
    Beyond,
    Effect,
    PolicyDocument,
    StatementReference,
    TrustAssessment,
    assess_trust,
    excess,
    readable,
)
from bedrock_o11y.iam.actions import expand
from bedrock_o11y.iam.document import VERSION_WITH_VARIABLES
from bedrock_o11y.iam.unknown_text import UNKNOWN_END, UNKNOWN_START

from .environment import one_level, session_facts, settle
from .log_arns import never_matches
from .needs import ANY, Asked, Asking, ask, fill, for_variant

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date, datetime

    from bedrock_o11y.blueprint import Grant, RoleKind
    from bedrock_o11y.iam import Excess, Statement, Witness
    from bedrock_o11y.roles import Role


_TOKENS: Final = "bedrock-agentcore:GetWorkloadAccessToken"
FOR_USER_ID: Final = f"{_TOKENS}ForUserId"
"""The action that gives a token for any user id, which no kind of role is recommended."""

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
        """What the role may do beyond the recommendation.

        An action pattern all of whose known actions are recommended (or are the token for any user id, of which a rule
        of its own speaks) is judged as those actions: that it is wider in its letters is no excess, and what it reaches
        too far is still seen. It is reported as it is written, by the worst of its actions.
        """
        facts = {key: value for key, value in self._facts.items() if key != "aws:ResourceAccount"}
        policies, written = _with_known_actions(self.role.policies, self.recommended_actions)
        told: dict[tuple[StatementReference, str, str], Excess] = {}
        for each in self._excess(policies, facts):
            action = written.get((each.statement.policy, each.statement.label, each.action), each.action)
            place = (each.statement, action, each.resource)
            if place not in told or _telling(each) > _telling(told[place]):
                told[place] = each
        return tuple(replace(each, action=action) for (_, action, _), each in told.items())

    def _excess(self, policies: Sequence[PolicyDocument], facts: Mapping[str, Any]) -> Iterator[Excess]:
        """What the policies allow beyond the recommendation.

        Roles of one account have many statements in common. What such a statement allows too much is the same in each
        of them, as long as nothing else of the role bears on it: no Deny, no boundary, no condition.
        """
        alone = self.role.boundary is None and all(
            statement.effect is Effect.ALLOW for document in policies for statement in document.statements
        )
        told = any(":" in key for key in self.terms.facts)
        if not alone or told or any(document.unknown for document in policies):
            yield from excess(policies, self.recommendation, boundary=self.role.boundary, facts=facts)
            return
        values = tuple(sorted(self.given.items()))
        for document in policies:
            for statement in document.statements:
                reference = StatementReference(document.name, statement.label, document.pointer + statement.pointer)
                if statement.conditions or "${" in "".join(statement.resources):
                    single = replace(document, statements=(statement,))
                    yield from excess([single], self.recommendation, facts=facts)
                    continue
                common = replace(statement, index=0, sid="", pointer="")
                for each in _excess_of(common, self.kind.id, self.variant, values):
                    yield replace(each, statement=reference)

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


def _telling(each: Excess) -> tuple[bool, bool]:
    """Of what one pattern means: an action that is beyond says more than a resource, the user-id token the most."""
    return each.beyond is Beyond.ACTION, each.action == FOR_USER_ID


def _at_its_widest(resource: str, document: PolicyDocument) -> str:
    """A resource pattern with any text in the place of each policy variable and of each text that is not known."""
    resource = _UNKNOWN_TEXT.sub(ANY, resource)
    return VARIABLE.sub(ANY, resource) if document.version == VERSION_WITH_VARIABLES else resource


@lru_cache(maxsize=1024)
def _assessed(trust: PolicyDocument, service: str, account: str, source_arn: str) -> TrustAssessment:
    """Many roles share a trust policy, but for its place in the file."""
    return assess_trust(trust, service, account, source_arn)


@lru_cache(maxsize=8192)
def _excess_of(
    statement: Statement, kind: str, variant: str, values: tuple[tuple[str, str], ...]
) -> tuple[Excess, ...]:
    """What one unconditional Allow has too much, for a kind of role."""
    document = PolicyDocument("2012-10-17", (statement,))
    return excess([document], _recommendation(kind, variant, values))


def _with_known_actions(
    policies: Sequence[PolicyDocument], recommended: frozenset[str]
) -> tuple[tuple[PolicyDocument, ...], dict[tuple[str, str, str], str]]:
    """Policies in which a pattern that means only recommended actions is replaced by those, and what was written."""
    written: dict[tuple[str, str, str], str] = {}
    changed = []
    for document in policies:
        statements = []
        for statement in document.statements:
            actions: list[str] = []
            for action in statement.actions:
                meant = _judged_as(action, recommended) if not statement.not_actions else ()
                written |= {(document.name, statement.label, one): action for one in meant}
                actions += meant or [action]
            same = tuple(actions) == statement.actions
            statements.append(statement if same else replace(statement, actions=tuple(actions)))
        same = all(new is old for new, old in zip(statements, document.statements, strict=True))
        changed.append(document if same else replace(document, statements=tuple(statements)))
    return tuple(changed), written


def _judged_as(action: str, recommended: frozenset[str]) -> tuple[str, ...]:
    if not ("*" in action or "?" in action) or ":" not in action or UNKNOWN_START in action:
        return ()
    meant = expand(action)
    tokens = all(one.startswith(_TOKENS) for one in meant)
    return meant if tokens or all(one.lower() in recommended or one == FOR_USER_ID for one in meant) else ()


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
