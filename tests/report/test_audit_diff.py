"""Role against blueprint, side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedrock_o11y.report import DiffLine
from bedrock_o11y.report.audit_diff import side_by_side
from bedrock_o11y.report.audit_table import audit_table

from .typed_audits import QUIET_ROLE, audit

WORDS = st.text("ab: /,*", max_size=200)


def rows(*lines: DiffLine, width: int = 110) -> list[str]:
    return [row for _, row in side_by_side(lines, width)][3:]


def test_nothing_to_compare_says_nothing() -> None:
    assert list(side_by_side((), 110)) == []


def test_the_two_sides_stand_beside_each_other() -> None:
    same, missing, wider, beyond = QUIET_ROLE.diff
    assert rows(same)[0].startswith("= EcrImage  ecr:BatchGetImage on")
    assert rows(same)[0].endswith("the same")
    assert rows(missing) == [
        "- XRaySampling  xray:GetSamplingRules, xray:GetSamplingTargets",
        "-               on *",
    ]
    assert all(row.startswith("~") for row in rows(wider))
    assert rows(beyond)[0].split() == ["+", "s3:GetObject", "on", "*"]


@given(need=WORDS, recommended=WORDS, actual=WORDS, mark=st.sampled_from("=-+~"))
def test_no_column_loses_a_character_or_leaves_its_place(need: str, recommended: str, actual: str, mark: str) -> None:
    lines = rows(DiffLine(need, recommended, actual, mark))
    size = min(110 // 4, max(len("need"), len(need)))
    side = (110 - size - 6) // 2
    assert max(len(line) for line in lines) <= 110
    starts = (2, 2 + size + 2, 2 + size + 2 + side + 2, 999)
    for cell, start, end in zip((need, recommended, actual), starts, starts[1:], strict=False):
        shown = "".join(line[start:end] for line in lines)
        assert shown.replace(" ", "") == cell.replace(" ", "")


@pytest.mark.parametrize("width", [80, 100])
def test_a_terminal_shows_both_sides(width: int) -> None:
    text = audit_table(audit(QUIET_ROLE), width=width, colour=False, diff=True)
    for word in ("need", "recommended", "actual", "XRaySampling", "s3:GetObject"):
        assert word in text
