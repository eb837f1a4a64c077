"""What real projects ship is patched to what the audit calls clean, but for what the blueprint cannot judge."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from .patching import applied, patched, remaining, role

EXHIBITS = sorted((Path(__file__).parents[2] / "museum" / "exhibits").glob("*.yaml"))
STAYS = ("excess-action", "unrecognised-action", "trust-other-account", "trust-other-principal")
"""What no patch takes away: an action that nobody can say is unused, and whom else the role is meant for."""


@pytest.mark.parametrize("path", EXHIBITS, ids=[path.stem for path in EXHIBITS])
def test_an_exhibit_is_patched(path):
    shown = yaml.safe_load(path.read_text(encoding="utf-8"))
    one = role(*shown["policies"].values(), trust=shown["trust"], names=tuple(shown["policies"]))
    patch, found = patched(one, shown["kind"])
    assert patch.refused == ""
    left = remaining(applied(one, patch), shown["kind"])
    assert left <= found
    assert not {each for each in left if not each.startswith(STAYS)}


def test_there_are_exhibits():
    assert len(EXHIBITS) >= 10
