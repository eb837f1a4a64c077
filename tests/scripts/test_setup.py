"""The set-up script: one clear line for each thing that a machine may lack, and nothing done twice."""

from __future__ import annotations

import errno
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def setup(tmp_path, monkeypatch):
    """The script as a module, at work in a folder of its own."""
    spec = importlib.util.spec_from_file_location("setup_script", ROOT / "scripts" / "setup.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "SANDBOX_VENV", tmp_path / ".venv-sandbox")
    monkeypatch.setattr(module, "PEERS_VENV", tmp_path / ".venv-peers")
    monkeypatch.setattr(module, "AGENT_VENV", tmp_path / ".venv-agent")
    monkeypatch.setattr(module, "NODE_MODULES", tmp_path / "node_modules")
    monkeypatch.setattr(module, "LOG", tmp_path / "build" / "setup.log")
    for name in (
        "requirements.txt",
        "pyproject.toml",
        "requirements-sandbox.txt",
        "package.json",
        "package-lock.json",
    ):
        (tmp_path / name).write_text("one")
    return module


def pretend_to_install(setup, monkeypatch):
    installed = []

    def install(folder):
        def run():
            installed.append(folder.name)
            folder.mkdir(exist_ok=True)

        return run

    monkeypatch.setattr(setup, "_install_project", install(setup.VENV))
    monkeypatch.setattr(setup, "_install_sandbox", install(setup.SANDBOX_VENV))
    monkeypatch.setattr(setup, "_install_cdk", install(setup.NODE_MODULES))
    return installed


def test_a_second_run_installs_nothing(setup, monkeypatch, capsys):
    installed = pretend_to_install(setup, monkeypatch)
    assert setup.main() == 0
    assert installed == [".venv", ".venv-sandbox", "node_modules"]
    capsys.readouterr()
    assert setup.main() == 0
    assert installed == [".venv", ".venv-sandbox", "node_modules"]
    assert capsys.readouterr() == ("", "")


def test_a_changed_lock_is_installed_and_nothing_else(setup, monkeypatch):
    installed = pretend_to_install(setup, monkeypatch)
    setup.main()
    (setup.ROOT / "requirements-sandbox.txt").write_text("two")
    setup.main()
    assert installed[3:] == [".venv-sandbox"]


def test_an_installation_that_was_interrupted_is_begun_again(setup, monkeypatch):
    pretend_to_install(setup, monkeypatch)
    setup.VENV.mkdir()
    (setup.VENV / "half").write_text("written")
    assert setup.main() == 0
    assert not (setup.VENV / "half").exists()


def one_line(capsys) -> str:
    said = capsys.readouterr().err
    assert "Traceback" not in said
    (line,) = [line for line in said.splitlines() if "installing" not in line and "is ready" not in line]
    return line


def test_without_venv_there_is_one_line_that_says_what_to_install(setup, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    assert setup.main() == 1
    assert "has no venv module" in (line := one_line(capsys))
    assert "apt install python3-venv" in line


def test_an_old_python_is_one_line(setup, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 1))
    assert setup.main() == 1
    assert "Python 3.11 or newer is needed" in one_line(capsys)


def test_a_full_disk_is_one_line(setup, monkeypatch, capsys):
    def full():
        raise OSError(errno.ENOSPC, "No space left on device", str(setup.VENV))

    pretend_to_install(setup, monkeypatch)
    monkeypatch.setattr(setup, "_install_project", full)
    assert setup.main() == 1
    assert one_line(capsys).endswith(".venv: the disk is full")


def test_without_npm_there_is_one_line(setup, monkeypatch, capsys):
    install_cdk = setup._install_cdk
    pretend_to_install(setup, monkeypatch)
    monkeypatch.setattr(setup, "_install_cdk", install_cdk)
    assert setup.main() == 1
    assert "npm is missing from .venv" in one_line(capsys)


def test_a_program_that_fails_is_named_with_its_error_and_the_log(setup, monkeypatch, capsys):
    pretend_to_install(setup, monkeypatch)
    failing = [sys.executable, "-c", "import sys; print('ERROR: hashes do not match'); sys.exit(3)"]
    monkeypatch.setattr(setup, "_install_project", lambda: setup._run(*failing))
    assert setup.main() == 1
    line = one_line(capsys)
    assert "ERROR: hashes do not match" in line
    assert "see build/setup.log" in line
    assert not (setup.VENV / ".installed").exists()


def test_the_documentation_is_what_the_code_says():
    checked = subprocess.run(
        [sys.executable, "scripts/generate_docs.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
