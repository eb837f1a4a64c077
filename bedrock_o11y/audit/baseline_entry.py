"""One entry of a baseline: which finding it accepts, why, and until when."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import date

    from bedrock_o11y.report.finding import Finding

FINGERPRINT: Final = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a baseline: which finding it accepts, why, and until when.

    Attributes:
        where: file and place, ``baseline.yaml: accepted[2]``.
        reason: why it is accepted, a sentence.
        expires: the last day on which it is.
        fingerprint: of the finding; empty when role and rule say which.
        role: ARN or name of the role.
        rule: id of the rule.
        actions: a finding is accepted only if it is about no other actions; empty for whatever the rule finds.
    """

    where: str
    reason: str
    expires: date
    fingerprint: str = ""
    role: str = ""
    rule: str = ""
    actions: tuple[str, ...] = ()

    def means(self, role: str, finding: Finding) -> bool:
        """Whether this is the finding.

        Args:
            role: label of the role: its ARN, or its name when the ARN is not known.
            finding: of that role.
        """
        if self.fingerprint:
            return self.fingerprint == finding.fingerprint(role)
        if self.rule != finding.rule or self.role not in (role, role.rpartition("/")[2]):
            return False
        # An entry about one action must not hide a second one that the same rule finds later.
        named = {action.lower() for action in self.actions}
        return not named or (bool(finding.actions) and named.issuperset(action.lower() for action in finding.actions))

    def __str__(self) -> str:
        about = self.fingerprint or " ".join((self.rule, "of", self.role, *self.actions))
        return f"{self.where} ({about})"
