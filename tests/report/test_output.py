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


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write_whole(pipe, "text")
        assert os.read(reader, 100) == b"text"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_a_device_stays_a_device() -> None:
    before = Path(os.devnull).stat().st_mode
    write_whole(Path(os.devnull), "text")
    assert Path(os.devnull).stat().st_mode == before


def test_the_target_of_a_link_is_replaced_and_the_link_kept(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real/report")
    for text in ("first", "second"):
        write_whole(tmp_path / "link", text)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "real" / "report").read_text() == text


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o664])
def test_a_file_that_is_written_again_keeps_its_mode(mode: int, tmp_path: Path) -> None:
    path = tmp_path / "report"
    path.write_text("old")
    path.chmod(mode)
    write_whole(path, "new")
    assert path.stat().st_mode & 0o777 == mode


def test_a_stdout_that_is_closed_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(CouldNotRunError, match="cannot write to stdout: it is closed"):
        deliver("text", None)
