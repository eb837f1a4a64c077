"""Is everything that one policy allows also allowed by another?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from .document import PolicyDocument
    from .witness import Witness

    Document = PolicyDocument | Mapping[str, Any] | str


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
    raise NotImplementedError
