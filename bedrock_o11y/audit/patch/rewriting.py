"""One policy document, rewritten: statements split where only some of their actions change, Sids kept unique."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from bedrock_o11y.iam import Effect, readable
from bedrock_o11y.iam.actions import expand

from .document import condition_json, document_json, statement_json, version_after
from .narrowing import Narrowed, named, narrowed, recommended
from .role_patch import Reason, Rewrite

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bedrock_o11y.audit.audited import AuditedRole
    from bedrock_o11y.iam import PolicyDocument, Statement


class Claim(NamedTuple):
    """What a rewriting says it closes: findings of a rule about an action, in one policy."""

    rule: str
    action: str
    policy: str


@dataclass(slots=True)
class Change:
    """What is to be done to one statement.

    Attributes:
        narrow: action patterns whose resources or conditions are too wide.
        dead: resources that never match, as readable text.
        remove: action patterns that are to go, with the reason.
        rules: the rules that ask for it, each with the action patterns.
    """

    narrow: set[str] = field(default_factory=set)
    dead: set[str] = field(default_factory=set)
    remove: dict[str, Reason] = field(default_factory=dict)
    rules: dict[str, list[str]] = field(default_factory=dict)


class Rewriting:
    """The rewriting of one policy of a role.

    Attributes:
        claims: what it closes.
        notes: what it leaves as it is, and why, one sentence each.
    """

    def __init__(self, audited: AuditedRole, document: PolicyDocument) -> None:
        self.claims: set[Claim] = set()
        self.notes: list[str] = []
        self._audited = audited
        self._document = document
        self._reasons: dict[str, Reason] = {}
        self._sids = {statement.sid for statement in document.statements}

    def rewrite(self, changes: Mapping[int, Change]) -> Rewrite | None:
        """The document with changes to its statements, by their places; None when nothing of it can be changed.

        Raises:
            NotWritableError: a piece of the document is not known.
        """
        before = document_json(self._document)
        after: list[dict[str, Any]] = []
        left: set[Claim] = set()
        for statement in self._document.statements:
            change = changes.get(statement.index)
            if change and (statement.not_actions or statement.not_resources or statement.effect is not Effect.ALLOW):
                self.notes.append(
                    f"{self._label(statement)} is left as it is: a statement with NotAction or NotResource reaches "
                    "whatever AWS adds; write it anew with what the agent needs."
                )
                left |= self._claims(change)
                change = None
            after += self._changed(statement, change) if change else [statement_json(statement)]
        self.claims -= left  # an audit will find the same of the statement that stays
        if after == before["Statement"]:
            return None
        if not after:
            self.notes.append(f"Nothing in the policy {self._document.name} has any effect: delete it.")
            self.claims.clear()
            return None
        return Rewrite(
            self._document.name, before, {"Version": version_after(before), "Statement": after}, self._reasons
        )

    def _changed(self, statement: Statement, change: Change) -> Iterator[dict[str, Any]]:
        """What takes the place of a statement: what stays of it as it is, then its narrowed parts."""
        stays, narrow = self._sorted(statement, change)
        dead = {resource for resource in statement.resources if readable(resource) in change.dead}
        parts = narrowed(self._audited, statement, list(dict.fromkeys(narrow)), dead)
        if stays:
            yield self._rest(statement, stays, change)
        for part in parts:
            yield self._part(part, statement.sid if not stays and len(parts) == 1 else "")

    def _sorted(self, statement: Statement, change: Change) -> tuple[list[str], list[str]]:
        """The actions of a statement: patterns that stay, and concrete actions to be narrowed."""
        stays: list[str] = []
        narrow: list[str] = []
        # A finding names an action once: a pattern may stand in it for an action that is written out beside it.
        too_wide = {each.lower() for pattern in change.narrow for each in named(self._audited, pattern)}
        for pattern in statement.actions:
            if pattern in change.remove:
                # A pattern that means other actions beside the one to be removed gives way to those.
                narrow += [
                    each for each in expand(pattern) if _is_pattern(pattern) and recommended(self._audited, each)
                ]
            elif pattern not in change.narrow and pattern.lower() not in too_wide:
                stays.append(pattern)
                continue
            elif meant := named(self._audited, pattern):
                narrow += meant
            else:
                self.notes.append(
                    f"{pattern} in {self._label(statement)} stays: the blueprint cannot tell whether it is used."
                )
                stays.append(pattern)
                continue
            self.claims |= {
                Claim(rule, pattern, self._document.name) for rule, asked in change.rules.items() if pattern in asked
            }
        return stays, narrow

    def _claims(self, change: Change) -> set[Claim]:
        return {
            Claim(rule, action, self._document.name) for rule, actions in change.rules.items() for action in actions
        }

    def _rest(self, statement: Statement, stays: list[str], change: Change) -> dict[str, Any]:
        written = statement_json(statement)
        written["Action"] = stays
        removed = [reason for pattern, reason in change.remove.items() if pattern not in stays]
        if removed:
            sid = statement.sid or self._new_sid(f"Statement{statement.index + 1}")
            written = {"Sid": sid, **written}
            self._reasons[sid] = removed[0]
        return written

    def _part(self, part: Narrowed, sid: str) -> dict[str, Any]:
        sid = sid or self._new_sid(part.grant.sid)
        self._reasons[sid] = part.reason
        written: dict[str, Any] = {
            "Sid": sid,
            "Effect": "Allow",
            "Action": list(part.actions),
            "Resource": list(part.resources),
        }
        if part.conditions:
            written["Condition"] = condition_json(part.conditions)
        return written

    def _label(self, statement: Statement) -> str:
        return f"{self._document.name}/{statement.label}".removeprefix("/")

    def _new_sid(self, wanted: str) -> str:
        sid, number = wanted, 1
        while sid in self._sids:
            number += 1
            sid = f"{wanted}{number}"
        self._sids.add(sid)
        return sid


def _is_pattern(action: str) -> bool:
    return any(sign in action for sign in "*?")
