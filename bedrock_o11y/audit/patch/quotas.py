"""What IAM accepts as a policy document: its size and its characters (IAM user guide, IAM and AWS STS quotas)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from .document import compact

if TYPE_CHECKING:
    from collections.abc import Iterable

SOURCE: Final = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"

INLINE_POLICIES: Final = 10_240
"""Characters of all inline policies of a role in sum, white space not counted; no quota increase."""

MANAGED_POLICY: Final = 6_144
"""Characters of one managed policy, white space not counted; no quota increase."""

TRUST_POLICY: Final = 2_048
"""Characters of a trust policy, unless the quota was raised."""

TRUST_POLICY_RAISED: Final = 8_192
"""To how much the quota of the trust policy can be raised."""

POLICY_NAME: Final = 128
"""Characters of the name of a policy."""

_CHARACTERS: Final = re.compile(r"[\t\n\r\u0020-\u00ff]*")


def size(document: dict[str, Any]) -> int:
    """How much of a quota a document takes: its characters without white space between its parts.

    White space inside a text is counted, which IAM may not do: the answer is never too small.
    """
    return len(compact(document))


def total(documents: Iterable[dict[str, Any]]) -> int:
    """How much of a quota documents take together."""
    return sum(map(size, documents))


def writable(document: dict[str, Any]) -> bool:
    """Whether a document has no character that IAM refuses in a policy."""
    return _CHARACTERS.fullmatch(compact(document)) is not None
