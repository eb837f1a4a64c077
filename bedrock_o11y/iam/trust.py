"""Who can make a service assume a role?"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from .document import Effect, PolicyDocument, Principal, readable
from .effective import reference
from .operators import Comparison, Family, operator
from .request_context import Context, World
from .trust_cause import cause
from .trust_gate import ASSUME_ROLE, covers, gates
from .trust_place import in_its_place, renamed
from .trust_sources import SOURCE_ACCOUNT, SOURCE_ARN, Source, account_ids, elsewhere, sources
from .unknown_text import UNKNOWN_END, UNKNOWN_START
from .witness import StatementReference, Witness

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .trust_gate import Answer, Gate, Gates

_ASSUMING: Final = (ASSUME_ROLE, "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
_ACCOUNT_ID: Final = re.compile(r"\d{12}", re.ASCII)
_UNKNOWN_PIECE: Final = re.compile(f"{UNKNOWN_START}[^{UNKNOWN_END}]*{UNKNOWN_END}")


class TrustVerdict(Enum):
    """What a trust policy lets a service do."""

    OK = "OK"
    """The service can assume the role for this account, and for no other."""
    BROKEN = "BROKEN"
    """The service itself cannot assume it."""
    CONFUSED_DEPUTY = "CONFUSED_DEPUTY"
    """Another account can make the service assume it."""
    WEAK_IF_ABSENT = "WEAK_IF_ABSENT"
    """It is open when the service sends neither source key (and then perhaps also when it sends only one of them), but
    refuses every other account that is sent with both."""
    UNKNOWN = "UNKNOWN"
    """It rests on a text or a condition key that is not known."""


@dataclass(frozen=True, slots=True)
class OtherPrincipal:
    """Somebody beside the service who may assume the role.

    Attributes:
        principal: who.
        statement: the statement that lets them.
        conditions: as text, one each; empty when there are none.
    """

    principal: Principal
    statement: StatementReference
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrustAssessment:
    """What a trust policy says about one service.

    Attributes:
        verdict: the answer.
        witness: for CONFUSED_DEPUTY, WEAK_IF_ABSENT and BROKEN the source context that shows it (its action is
            ``sts:AssumeRole``, its resource empty).
        statement: the statement that lets it in, or the Deny that keeps the service out; None when nothing matches.
        pins_account: whether every accepted context with the source keys is of this account through
            aws:SourceAccount alone.
        pins_arn: whether aws:SourceArn decides at all: some legitimate account with a foreign SourceArn (another
            service, Region or account in the ARN) is refused.
        loose_arn: aws:SourceArn is compared with StringLike, whose star crosses the fields of the ARN.
        others: everybody else who may assume the role, other services included.
        reason: for UNKNOWN and BROKEN, why, in a sentence.
    """

    verdict: TrustVerdict
    witness: Witness | None = None
    statement: StatementReference | None = None
    pins_account: bool = False
    pins_arn: bool = False
    loose_arn: bool = False
    others: tuple[OtherPrincipal, ...] = ()
    reason: str = ""


def assess_trust(
    document: PolicyDocument | Mapping[str, Any] | str, service: str, account: str, source_arn: str
) -> TrustAssessment:
    """What a trust policy lets a service do.

    This is an inclusion over all source contexts, not a sample: the set of (aws:SourceAccount, aws:SourceArn, each
    present or absent) that the document accepts for the service must meet the legitimate ones and must contain none
    of any other account, and none with both keys absent.

    Args:
        document: the trust policy.
        service: the service principal, ``bedrock-agentcore.amazonaws.com``.
        account: the account of the role; empty, or an unknown piece such as a template's ``AWS::AccountId``, when it is
            not known.
        source_arn: a pattern of the ARNs for which the service legitimately acts,
            ``arn:aws:bedrock-agentcore:*:123456789012:*``. A document that accepts only some of them is not broken.

    Raises:
        PolicyError: the document cannot be read.
    """
    if not isinstance(document, PolicyDocument):
        document = PolicyDocument.parse(document)
    if document.unknown:
        return TrustAssessment(TrustVerdict.UNKNOWN, reason=document.unknown)
    document = in_its_place(document, account, source_arn)
    if _ACCOUNT_ID.fullmatch(account):
        return _Case(document, service, account, source_arn).assessment()
    return _of_some_account(document, service, account, source_arn)


def _of_some_account(document: PolicyDocument, service: str, account: str, source_arn: str) -> TrustAssessment:
    """The answer when the account of the role is not known, but may have a name, as in a template.

    An account id that the policy does not write stands for it, wherever the name occurs. What the policy writes may be
    this account or another: an answer that depends on that is no answer.
    """
    written = account_ids(value for one in document.statements for c in one.conditions for value in c.values)
    some = elsewhere(written)
    if account:
        document = renamed(document, {account: some})
        source_arn = source_arn.replace(account, some)
    case = _Case(document, service, some, source_arn)
    found = case.assessment()
    settled = (
        (account and not written)
        or (found.verdict is TrustVerdict.BROKEN and not any(answer.possible for _, answer in case.answers))
        or any(answer.certain and source.foreign and source.owner not in written for source, answer in case.answers)
    )
    if not settled:
        reason = "the account of the role is not known, so it cannot be said which sources are its own"
        return replace(found, verdict=TrustVerdict.UNKNOWN, witness=None, reason=reason)
    named = readable(account) or "the account of the role"
    witness = found.witness and Witness(
        ASSUME_ROLE, "", {key: str(value).replace(some, named) for key, value in found.witness.context.items()}
    )
    return replace(found, witness=witness, reason=found.reason.replace(some, named))


class _Case:
    """A trust policy as one service meets it, and what it answers to every source."""

    def __init__(self, document: PolicyDocument, service: str, account: str, source_arn: str) -> None:
        self.document = document
        self.service = service
        self.account = account
        self.source_arn = _UNKNOWN_PIECE.sub("*", source_arn)
        self.policy: Gates = gates(document, service, account)
        self.sources = sources(self.policy.together(), account, self.source_arn)
        self.answers: list[tuple[Source, Answer]] = [
            (source, self.policy.answer(self.policy.context(source))) for source in self.sources.all
        ]

    def assessment(self) -> TrustAssessment:
        """The verdict, what shows it, and what else is to be said."""
        return replace(
            self._verdict(),
            pins_account=self._pins_account(),
            pins_arn=self._pins_arn(),
            loose_arn=any(map(_is_loose, self.policy.all)),
            others=tuple(_others(self.document, self.service)),
        )

    def _verdict(self) -> TrustAssessment:
        legitimate = [(source, answer) for source, answer in self.answers if source.legitimate]
        foreign = [(source, answer) for source, answer in self.answers if source.foreign]
        nothing, if_absent = next((source, answer) for source, answer in self.answers if source.absent)
        if not any(answer.possible for _, answer in legitimate) and self.sources.proved:
            return self._broken([source for source, _ in legitimate])
        # A policy that is open to silence is judged by what it answers when both keys are sent: that it is also open
        # when one is left out (aws:SourceAccount …IfExists, and only aws:SourceArn is sent) is the same weakness.
        relevant = [(source, answer) for source, answer in foreign if source.complete or not if_absent.certain]
        for source, answer in relevant:
            if answer.certain:
                return self._found(TrustVerdict.CONFUSED_DEPUTY, source, answer.gate)
        for source, answer in relevant:
            if answer.possible:
                return self._unknown(f"{self.service} is let in for account {source.owner}", answer)
        let_in = next(((source, answer) for source, answer in legitimate if answer.certain), None)
        if let_in is None:
            perhaps = next((answer for _, answer in legitimate if answer.possible), None)
            return self._unknown(f"{self.service} is let in at all", perhaps)
        if not self.sources.proved:
            return self._unknown(f"{self.service} is let in for another account", None)
        if if_absent.certain:
            return self._found(TrustVerdict.WEAK_IF_ABSENT, nothing, if_absent.gate)
        if if_absent.possible:
            return self._unknown(f"{self.service} is let in when it sends no source", if_absent)
        return replace(self._found(TrustVerdict.OK, let_in[0], let_in[1].gate), witness=None)

    def _found(self, verdict: TrustVerdict, source: Source, gate: Gate | None, reason: str = "") -> TrustAssessment:
        witness = Witness(ASSUME_ROLE, "", source.context())
        statement = None if gate is None else reference(self.document, gate.statement)
        return TrustAssessment(verdict, witness, statement, reason=reason)

    def _broken(self, legitimate: list[Source]) -> TrustAssessment:
        gate, reason = cause(self.policy, legitimate, self.service, self.account, self.source_arn)
        return self._found(TrustVerdict.BROKEN, legitimate[0], gate, reason)

    def _unknown(self, question: str, answer: Answer | None) -> TrustAssessment:
        if answer is None:
            reason = f"whether {question} is too much to decide: its conditions can be met in too many ways"
            return TrustAssessment(TrustVerdict.UNKNOWN, reason=reason)
        statement = None if answer.gate is None else reference(self.document, answer.gate.statement)
        reason = f"whether {question} rests on what is not known: {' and '.join(answer.open)}"
        return TrustAssessment(TrustVerdict.UNKNOWN, statement=statement, reason=reason)

    def _pins_account(self) -> bool:
        """Whatever aws:SourceArn is: this account may be let in, no other ever is."""

        def possible(account: str) -> bool:
            context = Context({**self.policy.facts, SOURCE_ACCOUNT: account}, World.OPEN)
            return self.policy.answer(context).possible

        others = [account for account in self.sources.accounts if account != self.account]
        return self.sources.proved and possible(self.account) and not any(map(possible, others))

    def _pins_arn(self) -> bool:
        """For this account some ARN is let in, and some other, of another service, Region or account, is not."""
        arns = dict.fromkeys(source.arn for source in self.sources.all if source.arn)
        unrelated = (f"arn:aws:{service}:us-east-1:{self.account}:example" for service in ("lambda", "sns"))
        possible = {
            self.policy.answer(self.policy.context(Source(self.account, arn, True, True))).possible
            for arn in (*arns, *unrelated)
        }
        return possible == {True, False}


def _is_loose(gate: Gate) -> bool:
    """Whether it compares aws:SourceArn with StringLike and a wildcard."""
    if gate.names is False or gate.acts is False:
        return False
    for condition in gate.conditions:
        meaning = operator(condition.operator)
        if condition.key.lower() == SOURCE_ARN.lower() and meaning is not None:
            wild = any("*" in value or "?" in value for value in condition.values)
            if meaning.family is Family.STRING and meaning.comparison is Comparison.LIKE and wild:
                return True
    return False


def _others(document: PolicyDocument, service: str) -> Iterator[OtherPrincipal]:
    """Everybody else whom a statement lets in, unless a Deny without conditions names them too."""
    for statement in document.statements:
        actions = [called for called in _ASSUMING if covers(statement, called) is not False]
        if statement.effect is Effect.DENY or statement.principals is None or not actions:
            continue
        principals = statement.principals
        conditions = tuple(str(condition) for condition in statement.conditions)
        if statement.not_principals:
            but = ", ".join(readable(one.value) for one in principals)
            principals, conditions = (Principal("*", "*"),), (f"the principal is none of {but}", *conditions)
        for principal in principals:
            if principal != Principal("Service", service) and not _denied(document, principal, actions):
                yield OtherPrincipal(principal, reference(document, statement), conditions)


def _denied(document: PolicyDocument, principal: Principal, actions: list[str]) -> bool:
    return any(
        statement.effect is Effect.DENY
        and not statement.conditions
        and not statement.not_principals
        and any(denied in (principal, Principal("*", "*")) for denied in statement.principals or ())
        and all(covers(statement, called) for called in actions)
        for statement in document.statements
    )
