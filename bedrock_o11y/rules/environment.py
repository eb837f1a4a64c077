"""What is known about the calls of a role: the account and Region of a template, and the facts of its sessions.

A template does not know the account and the Region it will be deployed into, but it means the same ones wherever it
names them. So it is judged in a sample environment, and what is reported is put back into the template's own words.
"""

from __future__ import annotations

import itertools
import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from bedrock_o11y.iam import Effect, PolicyDocument, Statement, unknown
from bedrock_o11y.iam.unknown_text import UNKNOWN_START

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bedrock_o11y.roles import Role

SAMPLE_ACCOUNT: Final = "444455556666"
SAMPLE_REGION: Final = "us-east-1"

_PSEUDO_PARAMETERS: Final = {
    "AWS::AccountId": SAMPLE_ACCOUNT,
    "AWS::Region": SAMPLE_REGION,
    "AWS::Partition": "aws",
    "AWS::URLSuffix": "amazonaws.com",
}


@dataclass(frozen=True, slots=True)
class Settled:
    """A role of which the environment has been settled.

    Attributes:
        role: the role, without pseudo parameters of a template.
        account: its account; empty when nothing tells it.
        words: sample values and what the source calls them, to put back into reports.
        assumed: what was assumed, one sentence each.
    """

    role: Role
    account: str
    words: Mapping[str, str]
    assumed: tuple[str, ...]

    def in_its_words(self, text: str) -> str:
        """A text with the sample values put back into the words of the source."""
        for value, word in self.words.items():
            text = text.replace(value, word)
        return text


def settle(role: Role, *, region: str | None = None) -> Settled:
    """Puts sample values where a template names its own account, Region or partition.

    Args:
        role: the role as its source gave it.
        region: the Region to take; None takes a sample.
    """
    values = {**_PSEUDO_PARAMETERS, **({"AWS::Region": region} if region else {})}
    markers = {unknown(name): value for name, value in values.items()}
    used: set[str] = set()

    def fill(text: str) -> str:
        if UNKNOWN_START in text:
            for marker, value in markers.items():
                if marker in text:
                    used.add(marker)
                    text = text.replace(marker, value)
        return text

    filled = replace(
        role,
        trust=_filled(role.trust, fill) if role.trust else None,
        policies=tuple(_filled(policy, fill) for policy in role.policies),
        boundary=_filled(role.boundary, fill) if role.boundary else None,
    )
    account = role.account
    if not account and unknown("AWS::AccountId") in used:
        account = SAMPLE_ACCOUNT
    words = {SAMPLE_ACCOUNT: "<AWS::AccountId>"} if unknown("AWS::AccountId") in used and not role.account else {}
    assumed = []
    if used:
        assumed.append(
            "The template is judged for one account, one Region "
            f"({values['AWS::Region']}) and the partition aws, whichever it is deployed into."
        )
    return Settled(filled if used else role, account, words, tuple(assumed))


def _filled(document: PolicyDocument, fill: Callable[[str], str]) -> PolicyDocument:
    """The document itself where nothing is to be filled in, as in all that came from an account."""
    statements = tuple(_statement(statement, fill) for statement in document.statements)
    if all(map(operator.is_, statements, document.statements)):
        return document
    return replace(document, statements=statements)


def _statement(statement: Statement, fill: Callable[[str], str]) -> Statement:
    principals = statement.principals or ()
    values = (each.values for each in statement.conditions)
    texts = itertools.chain(
        statement.actions, statement.resources, *values, (principal.value for principal in principals)
    )
    if not any(UNKNOWN_START in text for text in texts):
        return statement
    return replace(
        statement,
        actions=tuple(map(fill, statement.actions)),
        resources=tuple(map(fill, statement.resources)),
        conditions=tuple(replace(each, values=tuple(map(fill, each.values))) for each in statement.conditions),
        principals=None
        if statement.principals is None
        else tuple(replace(each, value=fill(each.value)) for each in principals),
    )


FULL_ACCESS: Final = Statement(0, "FullAWSAccess", Effect.ALLOW, ("*",), ("*",))
"""The SCP that AWS attaches everywhere until somebody takes it away."""


def one_level(limits: Sequence[PolicyDocument]) -> tuple[PolicyDocument, ...]:
    """SCPs as they stand at one level of an organization: as one policy, in which their Allows add up.

    SCPs that only deny stand beside FullAWSAccess, or they would allow nothing to anybody. One that is not known
    allows and denies nobody knows what, and so stands for all.
    """
    unknown_ones = [document for document in limits if document.unknown]
    if not limits or unknown_ones:
        return tuple(unknown_ones[:1])
    several = len(limits) > 1
    statements = [
        replace(statement, sid=f"{document.name}/{statement.label}") if several else statement
        for document in limits
        for statement in document.statements
    ]
    if only_deny(limits):
        statements.append(replace(FULL_ACCESS, index=len(statements)))
    return (replace(limits[0], statements=tuple(statements), name="the SCPs" if several else limits[0].name),)


def only_deny(limits: Sequence[PolicyDocument]) -> bool:
    """Whether some SCPs are there, are known, and none of them allows anything."""
    return bool(limits) and all(
        not document.unknown and all(statement.effect is Effect.DENY for statement in document.statements)
        for document in limits
    )


def session_facts(
    role: Role,
    account: str,
    region: str | None,
    given: Mapping[str, Any],
    *,
    limits: Sequence[PolicyDocument] = (),
    moment: datetime | None = None,
) -> dict[str, Any]:
    """The condition keys whose value is known for every call that a service's session of a role makes.

    A session that a service started carries no MFA and no user name; its calls come over TLS and are its own, not
    those of a service on its behalf, which alone name a source account and ARN (IAM user guide,
    AWS global condition context keys).

    Args:
        role: the role.
        account: its account; empty when it is not known.
        region: the Region of the calls; None when it is not known.
        given: what the user says beside, which wins.
        limits: SCPs that bear on it.
        moment: when the calls are made, and their session begins; None when that does not matter.

    Returns:
        Keys and values; None for a key that is known to be absent.
    """
    facts: dict[str, Any] = {
        "aws:MultiFactorAuthPresent": None,
        "aws:MultiFactorAuthAge": None,
        "aws:username": None,
        "aws:PrincipalType": "AssumedRole",
        "aws:PrincipalIsAWSService": "false",
        "aws:PrincipalServiceName": None,
        "aws:PrincipalServiceNamesList": None,
        "aws:SecureTransport": "true",
        "aws:ViaAWSService": "false",
        "aws:CalledVia": None,
        "aws:CalledViaFirst": None,
        "aws:CalledViaLast": None,
        "aws:SourceAccount": None,
        "aws:SourceArn": None,
        "aws:SourceOrgID": None,
        "aws:SourceOrgPaths": None,
    }
    if account:
        facts |= {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}
    if role.arn:
        facts["aws:PrincipalArn"] = role.arn
    if region:
        facts["aws:RequestedRegion"] = region
    if role.tags is not None:
        facts |= {f"aws:PrincipalTag/{key}": value for key, value in role.tags.items()}
        known = {key.lower() for key in facts}
        facts |= {key: None for key in _principal_tags(role, limits) if key.lower() not in known}
    if moment:
        now = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        facts |= {"aws:CurrentTime": now, "aws:TokenIssueTime": now, "aws:EpochTime": str(int(moment.timestamp()))}
    return {**facts, **{key: value for key, value in given.items() if ":" in key}}


def _principal_tags(role: Role, limits: Sequence[PolicyDocument]) -> set[str]:
    """The principal tags that bear on a role; those it does not carry are absent."""
    documents = [*role.policies, *([role.boundary] if role.boundary else []), *limits]
    return {
        condition.key
        for document in documents
        for statement in document.statements
        for condition in statement.conditions
        if condition.key.lower().startswith("aws:principaltag/")
    }
