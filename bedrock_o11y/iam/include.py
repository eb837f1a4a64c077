"""Is everything that one policy allows also allowed by another?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .budget import TooManyStatesError, one_question, spend
from .differences import TOO_MUCH, Difference
from .effective import documents
from .pairs import pairs
from .plainly import whole_inside

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .effective import Document
    from .witness import Witness


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Whether everything that the inner side allows is allowed by the outer side.

    Attributes:
        holds: True and False are proved; None is undecided (too many states, or it rests on unknown text).
        witness: for False, a request that the inner side allows and the outer does not.
        reason: for None, why.
    """

    holds: bool | None
    witness: Witness | None = None
    reason: str = ""


def includes(outer: Document | Sequence[Document], inner: Document | Sequence[Document]) -> Inclusion:
    """Whether ``outer`` allows everything that ``inner`` allows.

    Each side is one document, or several that belong to one identity: an Allow in any allows, a Deny in any denies.
    NotAction, NotResource, Deny and conditions count on both sides; conditions are compared over every context, not
    over a sample.

    Raises:
        PolicyError: a document cannot be read.
    """
    difference = Difference(documents(inner), documents(outer))
    with one_question():
        return _includes(difference)


def _includes(difference: Difference) -> Inclusion:
    undecided = ""
    for pair in pairs(difference.inner):
        try:
            spend(1)
            if whole_inside(difference.outer, pair):
                continue
            for action in difference.classes.of(pair):
                escape = difference.escape(pair, action)
                if escape.found:
                    return Inclusion(False, escape.witness)
                if escape.found is None:
                    undecided = undecided or escape.reason
        except TooManyStatesError:
            undecided = undecided or TOO_MUCH
    return Inclusion(None, reason=undecided) if undecided else Inclusion(True)
