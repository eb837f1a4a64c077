"""Which resources to show to a person: of all that prove something, one that reads like a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from .patterns import COLONS, Bound, Reading, resource, split
from .unknown_text import UNKNOWN_START

if TYPE_CHECKING:
    from .pattern import Pattern


def plainer(text: str, service: str) -> tuple[Pattern, ...]:
    """Patterns of fewer ARNs than a resource pattern, in which a person recognises an ARN: for witnesses.

    Args:
        text: the resource pattern; one with holes has none.
        service: whose resource it is, where the pattern does not say.
    """
    if len(text) > _LONG or UNKNOWN_START in text or "${" in text or not ("*" in text or "?" in text):
        return ()
    head, tail, whole = split(text)
    if not text.strip("*"):
        fields, tail = ["arn", "aws", service, "*", "*"], "*"
    elif whole:
        fields = head.split(":")[:COLONS]
    else:
        return ()
    usual = [_USUAL.get(i, "?*") if one == "*" else one for i, one in enumerate(fields)]
    filled = ["?*" if one == "*" else one for one in fields]
    rest = tail if tail.strip("*") and not tail.endswith("*") else f"{tail.rstrip('*')}?*"
    return tuple(
        resource(":".join((*one, rest)), Reading.FIELDS, Bound.LOWER, variables=False) for one in (usual, filled)
    )


_LONG: Final = 300
"""Of a pattern of this length no witness is easy to read."""
_USUAL: Final = {3: "us-east-1", 4: "123456789012"}
