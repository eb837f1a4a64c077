"""The state folder: everything one sandbox writes is inside, and only its user can read it."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bedrock_o11y.errors import CouldNotRunError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_FOLDER = ".sandbox"
"""The state folder when none is named, in the current folder."""

FOLDER_VARIABLE = "BEDROCK_O11Y_SANDBOX_DIR"
"""Environment variable that names the state folder."""

_MARK = "This folder belongs to a bedrock-o11y sandbox. Everything in it may be deleted once the sandbox is down.\n"


@dataclass(frozen=True, slots=True)
class Running:
    """What the state folder says about the server.

    Attributes:
        pid: its process.
        started: when that process started, as the system tells it; tells a reused pid from ours.
        port: where it listens on 127.0.0.1.
        account_id: the twelve digits of the account.
        region: the home Region.
        access_key_id: the key of the user that takes on roles.
        secret_access_key: its secret.
    """

    pid: int
    started: str
    port: int
    account_id: str
    region: str
    access_key_id: str
    secret_access_key: str

    @property
    def endpoint(self) -> str:
        """The endpoint of every service."""
        return f"https://127.0.0.1:{self.port}"


class StateFolder:
    """One sandbox's folder.

    Args:
        path: the folder; it need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()

    @classmethod
    def named(cls, path: str | Path | None = None) -> StateFolder:
        """The folder the user means.

        Args:
            path: what the user named, if anything.

        Returns:
            that folder, else the one of the environment variable, else the default.
        """
        return cls(Path(path or os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER))

    @property
    def tls(self) -> Path:
        """The certificates."""
        return self.path / "tls"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.path / "server.log"

    @property
    def settings(self) -> Path:
        """What the server is told at start."""
        return self.path / "server-settings.json"

    @property
    def answer(self) -> Path:
        """What the server answers at start."""
        return self.path / "server-answer.json"

    @property
    def faults(self) -> Path:
        """The faults to inject."""
        return self.path / "faults.json"

    @property
    def agent(self) -> Path:
        """What runtimes of AgentCore run in place of the built-in agent."""
        return self.path / "agent.json"

    @property
    def cdk_home(self) -> Path:
        """The CDK command line's home: it caches account numbers by access key."""
        return self.path / "cdk-home"

    @property
    def _running(self) -> Path:
        return self.path / "running.json"

    def prepare(self) -> None:
        """Create the folder, empty of an earlier sandbox's files.

        Raises:
            UsageError: the folder holds something that is not a sandbox's.
            CouldNotRunError: it cannot be written.
        """
        try:
            mark = self.path / "README"
            if (
                self.path.is_dir()
                and not mark.exists()
                and [item for item in self.path.iterdir() if item != self._lock]
            ):
                raise UsageError(f"{self.path} is not empty and not a sandbox's folder; name another with --dir")
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.path.chmod(0o700)
            mark.write_text(_MARK, encoding="utf-8")
            (self.path / ".gitignore").write_text("*\n", encoding="utf-8")
            for item in (self.answer, self.faults, self.agent, self._running, self.settings):
                item.unlink(missing_ok=True)
            for folder in (self.tls, self.path / "tmp", self.cdk_home):
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir(mode=0o700)
        except OSError as error:
            raise self.cannot_write(error) from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep others from starting or stopping a sandbox in this folder.

        Raises:
            CouldNotRunError: the folder cannot be written.
        """
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._lock, os.O_CREAT | os.O_RDWR, 0o600)
        except OSError as error:
            raise self.cannot_write(error) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @property
    def _lock(self) -> Path:
        return self.path / "lock"

    def write(self, file: Path, value: dict[str, Any]) -> None:
        """Write JSON that only the user can read, whole or not at all.

        Args:
            file: where, inside the folder.
            value: what.

        Raises:
            CouldNotRunError: it cannot be written.
        """
        partial = file.with_name(f"{file.name}.{os.getpid()}")
        try:
            handle = os.open(partial, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                json.dump(value, stream)
            partial.replace(file)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise self.cannot_write(error) from None

    def record(self, running: Running) -> None:
        """Write down what runs.

        Args:
            running: the server.
        """
        self.write(self._running, asdict(running))

    def recorded(self) -> Running | None:
        """What ran when the folder was last written; it may be gone by now.

        Returns:
            the record, or None.
        """
        try:
            return Running(**json.loads(self._running.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None  # never started, stopped, or cut off while it started: nothing of ours to find

    def forget(self) -> None:
        """Remove the record and the secrets, keep the log."""
        for item in (self._running, self.settings, self.answer, self.faults):
            item.unlink(missing_ok=True)
        shutil.rmtree(self.path / "tmp", ignore_errors=True)

    def cannot_write(self, error: OSError) -> CouldNotRunError:
        """The error of a folder that cannot be written.

        Args:
            error: what the system said.

        Returns:
            the error to raise.
        """
        return CouldNotRunError(f"cannot write the sandbox's folder {self.path}: {error.strerror or error}")
