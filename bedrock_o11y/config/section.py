"""What all sections of the configuration file have in common."""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict

LOG_GROUP: Final = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}")
"""What the name of a log group looks like (CloudWatch Logs API reference, CreateLogGroup)."""


class Section(BaseModel):
    """A mapping of the file: keys that are not known and values of another type are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def matching(pattern: re.Pattern[str], value: str, expected: str) -> str:
    """A text that has the form it must have.

    Args:
        pattern: the form.
        value: the text.
        expected: what it should look like, for the message.

    Raises:
        ValueError: it has another form.
    """
    if not pattern.fullmatch(value):
        raise ValueError(f"expected {expected}")
    return value
