from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from benchmarks.measuring import ROOT, BrokenWorkError, Budget, Work, in_turn, judge

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEPT = Budget("start", 2.9, 3, "x python")
OVER = Budget("synth", 1.31, 1.3, "x the peer")


def test_within_every_budget_the_exit_code_is_0(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge(lambda: [KEPT, KEPT]) == 0
    assert capsys.readouterr().err == ""


def test_over_one_budget_the_exit_code_is_1_and_one_line_names_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert judge(lambda: [OVER, KEPT]) == 1
    said = capsys.readouterr()
    assert said.err == "over budget: synth: 1.31 x the peer, allowed 1.3 x the peer\n"
    assert "kept  start: 2.9 x python" in said.out  # the others are measured all the same


def test_a_work_that_fails_is_not_measured(capsys: pytest.CaptureFixture[str]) -> None:
    def measure() -> Iterator[Budget]:
        failing = Work("failing", (sys.executable, "-c", "raise SystemExit('no such account')"))
        yield Budget("failing", in_turn([failing], 1)["failing"].best, 100, "s")

    assert judge(measure) == 1
    assert capsys.readouterr().err == "not measured: failing left with exit code 1: no such account\n"


def test_a_missing_program_is_named() -> None:
    with pytest.raises(BrokenWorkError, match="there is no program bedrock-o12y"):
        in_turn([Work("missing", ("bedrock-o12y",))], 1)


def test_works_take_turns_after_a_warm_up_and_find_no_earlier_output(tmp_path: Path) -> None:
    log = tmp_path / "log"
    output = tmp_path / "output"
    write = f"import pathlib, sys; pathlib.Path({str(output)!r}).mkdir(); open({str(log)!r}, 'a').write(sys.argv[1])"
    works = [Work(name, (sys.executable, "-c", write, name), output=output) for name in "ab"]
    timings = in_turn(works, 2)
    assert log.read_text() == "ab" + "abab"
    assert [len(timings[name].seconds) for name in "ab"] == [2, 2]
    assert timings["a"].best <= timings["a"].median


def test_the_peak_memory_is_that_of_each_work_alone() -> None:
    # In a process of its own, as a benchmark is: the peak counts what the measuring process holds at the start.
    program = """
import sys
from benchmarks.measuring import Work, in_turn
sizes = {"large": 300_000_000, "small": 1}
works = [Work(name, (sys.executable, "-c", f"x = bytearray({size})")) for name, size in sizes.items()]
timings = in_turn(works, 1)
print(timings["large"].peak - timings["small"].peak)
"""
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert 250_000_000 < int(said) < 350_000_000
