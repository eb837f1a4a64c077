"""What a rule finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bedrock_o11y.blueprint import Confidence, Severity, Source


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is missing, too much or wrong about a role.

    Attributes:
        rule: id of the rule, ``missing-grant``.
        severity: how bad it is.
        message: what is the matter with this role, in one sentence.
        why: why it matters, in one sentence.
        actions: the actions it is about; empty when it is about the trust policy as a whole.
        resource: the resource pattern, or the trust condition, that it is about; unknown pieces made readable.
        verdict: the verdict of the policy core in capitals: MISSING, PARTIAL, DENIED, BLOCKED_BY_BOUNDARY, CONDITIONAL,
            UNKNOWN, EXCESS, BROKEN, CONFUSED_DEPUTY, WEAK_IF_ABSENT, GRANTED.
        witness: one concrete request (resource ARN, or condition context) that shows it; empty when none is needed.
        statement: policy and statement that show it, ``runtime/CloudWatchLogs``; empty when it is about what is absent.
        pointer: JSON pointer of that statement inside the file of the role; empty when there is none.
        need: what of the blueprint it is about, the sid of a grant; empty when it is about something beyond it.
        next: what to do, when the patch does not say it.
        sources: where AWS says so.
        confidence: how well that is supported.
    """

    rule: str
    severity: Severity
    message: str
    why: str
    verdict: str
    actions: tuple[str, ...] = ()
    resource: str = ""
    witness: str = ""
    statement: str = ""
    pointer: str = ""
    need: str = ""
    next: str = ""
    sources: tuple[Source, ...] = ()
    confidence: Confidence | None = None

    @property
    def action(self) -> str:
        """The actions as one text."""
        return ", ".join(self.actions)

    def fingerprint(self, role: str) -> str:
        """What stays the same when the same finding is found again: 32 hexadecimal digits.

        It is made of role, rule, need, actions and, for something too much, the resource; not of witnesses, line
        numbers or wording.
        """
        import hashlib  # most audits are read by people, who need no fingerprint

        about = self.resource if self.verdict == "EXCESS" else ""
        parts = "\n".join((role, self.rule, self.need, *sorted(self.actions), about))
        # JSON may carry half a character, which plain UTF-8 refuses.
        return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()[:32]
