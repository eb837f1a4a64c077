"""Texts of a patch: what of them each target must say in its own way, and comments that nothing can break out of."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from bedrock_o11y.iam import readable, unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .role_patch import Reason, RolePatch

_WIDTH: Final = 100
_NOT_PRINTABLE: Final = re.compile(r"[^\x20-\x7e\u00a1-\u024f]+")


class Pseudo(Enum):
    """What a template says instead of a value that is known only where it is deployed."""

    ACCOUNT = "AWS::AccountId"
    REGION = "AWS::Region"
    PARTITION = "AWS::Partition"

    @property
    def marker(self) -> str:
        """How it stands inside a text."""
        return unknown(self.value)


_MARKERS: Final = {pseudo.marker: pseudo for pseudo in Pseudo}
_SPLIT: Final = re.compile(f"({'|'.join(map(re.escape, _MARKERS))})")


def pieces(text: str) -> Iterator[str | Pseudo]:
    """A text in pieces: literal text, and what each target says in its own way."""
    for piece in _SPLIT.split(text):
        if piece:
            yield _MARKERS.get(piece, piece)


def pseudos(text: str) -> frozenset[Pseudo]:
    """What of a text each target says in its own way."""
    return frozenset(piece for piece in pieces(text) if isinstance(piece, Pseudo))


def joined(text: str, literal: Callable[[str], str], pseudo: Callable[[Pseudo], str]) -> str:
    """A text put together again from its pieces, each as the target says it."""
    return "".join(pseudo(piece) if isinstance(piece, Pseudo) else literal(piece) for piece in pieces(text))


def one_line(text: str) -> str:
    """A text for a comment or a message: no control characters, no line ends, unknown pieces readable."""
    return _NOT_PRINTABLE.sub(" ", readable(text)).strip()


def comment(text: str, *, indent: str = "", hanging: str = "") -> list[str]:
    """A text as lines of a comment that begins with ``#``.

    Args:
        text: whatever it is; line ends and control characters become spaces.
        indent: white space before the ``#``.
        hanging: white space before the second and each further line's text.
    """
    lines = textwrap.wrap(
        one_line(text),
        _WIDTH - len(indent) - 2,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [f"{indent}# {line}" for line in lines]


def headline(patch: RolePatch) -> list[str]:
    """Whose patch it is, what it does not do and why, as a comment."""
    lines = comment(f"{patch.role.label}: {patch.kind.title}")
    for note in patch.notes:
        lines += comment(f"- {note}", hanging="  ")
    if patch.refused:
        lines += comment(f"- Withdrawn: {patch.refused}", hanging="  ")
    if not patch.changes:
        lines += comment("Nothing to apply.")
    return lines


def reason_comment(reason: Reason | None, *, indent: str = "") -> list[str]:
    """Why a statement is the way it is, as a comment; no line when nothing is said."""
    if reason is None:
        return []
    return [*comment(reason.text, indent=indent), *(comment(reason.source, indent=indent) if reason.source else [])]


@dataclass(slots=True)
class Names:
    """Names that are derived from texts, none of them given twice.

    Attributes:
        taken: the names that were given.
    """

    taken: set[str]

    def snake(self, text: str) -> str:
        """A name of lower-case letters, digits and underscores that begins with a letter."""
        name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")
        name = name if name[:1].isalpha() else f"role_{name}".rstrip("_")
        return self._free(name, "_")

    def camel(self, text: str) -> str:
        """A name of letters and digits that begins with a capital."""
        words = re.split(r"[^A-Za-z0-9]+", text)
        name = "".join(word[:1].upper() + word[1:] for word in words)
        name = name if name[:1].isalpha() else f"Role{name}"
        return self._free(name, "")

    def _free(self, wanted: str, separator: str) -> str:
        name, number = wanted, 1
        while name.lower() in self.taken:
            number += 1
            name = f"{wanted}{separator}{number}"
        self.taken.add(name.lower())
        return name
