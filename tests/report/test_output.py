from __future__ import annotations

import os
from pathlib import Path

import pytest

from bedrock_o11y.errors import CouldNotRunError, UsageError
from bedrock_o11y.report.output import deliver, write_whole


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    deliver("new", path)
    assert path.read_text() == "new\n"
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]


def test_a_new_file_can_be_read_by_others(tmp_path: Path) -> None:
    write_whole(tmp_path / "report.json", "x")
    assert (tmp_path / "report.json").stat().st_mode & 0o777 == 0o644


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")

    def full(_self: Path, _target: Path) -> Path:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(CouldNotRunError, match=r"cannot write .*report.json: No space left on device"):
        write_whole(path, "new")
    assert path.read_text() == "old"
    assert [each.name for each in tmp_path.iterdir()] == ["report.json"]


def test_a_folder_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="does not exist"):
        write_whole(tmp_path / "nowhere" / "report.json", "x")


def test_a_folder_in_place_of_a_file_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="it is a folder"):
        write_whole(tmp_path, "x")


def test_without_a_file_the_report_goes_to_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    deliver("text", None)
    assert capsys.readouterr().out == "text\n"
