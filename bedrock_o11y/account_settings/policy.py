"""What a deploy may do with a value that it did not write."""

from __future__ import annotations

from enum import StrEnum


class Policy(StrEnum):
    """What to do with a value that somebody else has set."""

    REFUSE = "refuse"
    """Stop, touch nothing, and name it."""
    ADOPT = "adopt"
    """Keep it, and manage it from now on."""
    MERGE = "merge"
    """Keep it, and fill in what is missing."""
    REPLACE = "replace"
    """Remember it, write ours, and put it back on delete."""
    LEAVE = "leave"
    """Leave it to whoever set it, and go on: it is as good as ours."""
