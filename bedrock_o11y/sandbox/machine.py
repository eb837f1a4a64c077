"""The sandbox as its users see it: start, act as a role, inject faults, stop."""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from typing import TYPE_CHECKING, Any

from bedrock_o11y.errors import CouldNotRunError
from bedrock_o11y.sandbox import account, certificates, process, proxy_log
from bedrock_o11y.sandbox.environment import environment, through
from bedrock_o11y.sandbox.faults import Faults
from bedrock_o11y.sandbox.state import Running, StateFolder

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

    from bedrock_o11y.sandbox.environment import Credentials
    from bedrock_o11y.sandbox.proxy import Proxy

ACCOUNT_ID = "000000000000"
"""The sandbox's account."""

REGION = "us-east-1"
"""The sandbox's home Region."""


class AlreadyRunsError(CouldNotRunError):
    """A sandbox runs in the state folder already.

    Attributes:
        running: that sandbox.
    """

    def __init__(self, running: Sandbox) -> None:
        super().__init__(f"a sandbox runs already in {running.directory}: {running.describe()}")
        self.running = running


class Sandbox:
    """A running sandbox. Make one with `start` or `find`.

    Args:
        folder: its state folder.
        running: what runs there.
        child: the server's process when it lives and dies with this one.
    """

    def __init__(self, folder: StateFolder, running: Running, child: subprocess.Popen[bytes] | None = None) -> None:
        self._folder = folder
        self._running = running
        self._child = child
        self._clients: list[Any] = []
        self._sessions: dict[str, tuple[float, Credentials]] = {}
        self.faults = Faults(folder)

    @classmethod
    def start(
        cls,
        directory: str | Path | None = None,
        *,
        port: int = 0,
        model_endpoint: str = "",
        background: bool = False,
    ) -> Sandbox:
        """Start a sandbox with an empty account.

        Args:
            directory: its state folder; `.sandbox` in the current folder when None.
            port: where to listen on 127.0.0.1; 0 for a free port.
            model_endpoint: the URL of an OpenAI-compatible endpoint that answers in place of the models.
            background: let the server outlive this process.

        Returns:
            the sandbox; it answers.

        Raises:
            UsageError: the folder is not a sandbox's.
            AlreadyRunsError: one runs there.
            CouldNotRunError: it cannot start, in one line.
        """
        folder = StateFolder.named(directory)
        with folder.locked():
            already = cls.find(folder.path)
            if already is not None:
                raise AlreadyRunsError(already)
            process.server_python()  # fails before anything is written
            folder.prepare()
            (folder.path / proxy_log.FILE_NAME).unlink(missing_ok=True)
            try:
                certificates.issue(folder.tls)
            except OSError as error:
                raise folder.cannot_write(error) from None
            root = account.AccessKey(f"AKIA{secrets.token_hex(8).upper()}", secrets.token_urlsafe(30))
            folder.write(
                folder.settings,
                {
                    "port": port,
                    "account_id": ACCOUNT_ID,
                    "region": REGION,
                    "access_key_id": root.access_key_id,
                    "secret_access_key": root.secret_access_key,
                    "model_endpoint": model_endpoint,
                    "stop_with_parent": not background,
                },
            )
            child, bound = process.start(folder, with_parent=not background)
            folder.settings.unlink()  # the root user's key is not left lying about
            try:
                started = process.started_at(child.pid) or ""
                empty = Running(child.pid, started, bound, ACCOUNT_ID, REGION, "", "")
                user = account.create_administrator(folder, empty, root)
                running = Running(
                    child.pid, started, bound, ACCOUNT_ID, REGION, user.access_key_id, user.secret_access_key
                )
                folder.record(running)
            except BaseException:
                process.end_child(child)
                folder.forget()
                raise
        if background:
            process.release(child)
            return cls(folder, running)
        return cls(folder, running, child)

    @classmethod
    def find(cls, directory: str | Path | None = None) -> Sandbox | None:
        """Find the sandbox that runs in a state folder.

        Args:
            directory: the state folder; `.sandbox` in the current folder when None.

        Returns:
            the sandbox, or None when none runs there.
        """
        folder = StateFolder.named(directory)
        running = folder.recorded()
        if running is None or process.started_at(running.pid) != running.started:
            return None
        return cls(folder, running)

    @property
    def account_id(self) -> str:
        """The twelve digits of the account."""
        return self._running.account_id

    @property
    def region(self) -> str:
        """The home Region."""
        return self._running.region

    @property
    def endpoint(self) -> str:
        """The endpoint of every service."""
        return self._running.endpoint

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._running.pid

    @property
    def directory(self) -> Path:
        """The state folder."""
        return self._folder.path

    def is_alive(self) -> bool:
        """Whether the server's process is there.

        Returns:
            False once it has ended.
        """
        return process.started_at(self._running.pid) == self._running.started

    def describe(self) -> str:
        """Where the sandbox is.

        Returns:
            pid and endpoint in a few words.
        """
        return f"process {self.pid} at {self.endpoint}, account {self.account_id}, {self.region}"

    def credentials(self, role: str | None = None) -> Credentials:
        """Take on a role.

        Args:
            role: its name or ARN; the administrator when None.

        Returns:
            credentials of a session of the role; one session serves several calls.

        Raises:
            CouldNotRunError: no such role, or its trust policy does not let this account take it on.
        """
        name = role or account.ADMINISTRATOR
        known = self._sessions.get(name)
        if known is not None and known[0] > time.monotonic():
            return known[1]
        fresh = account.assume(self._folder, self._running, name)
        self._sessions[name] = (time.monotonic() + account.SESSION_SECONDS / 2, fresh)
        return fresh

    def environment(self, role: str | None = None, proxy: Proxy | None = None) -> dict[str, str]:
        """The environment for a program that is to work in the sandbox.

        Args:
            role: as in `credentials`.
            proxy: one of `proxy`, for a program that asks for the real hosts of AWS.

        Returns:
            the whole environment (this process's without anything of AWS, and the sandbox's), for `subprocess`'s
            `env`.
        """
        return environment(os.environ, self._folder, self._running, self.credentials(role), proxy)

    def proxy(self) -> Proxy:
        """A proxy for programs that ask for the real hosts of AWS; every other host is refused.

        Returns:
            a context manager; it serves until its block ends.

        Raises:
            CouldNotRunError: the sandbox does not answer.
        """
        from bedrock_o11y.sandbox.proxy import Proxy  # HTTP and threads, which only its users need

        return Proxy(self._folder, self._running)

    @contextlib.contextmanager
    def running_agent(self, *command: str) -> Iterator[Proxy]:
        """Let every runtime of AgentCore run a program of this machine in place of the built-in agent.

        For each invocation the program is started with the credentials of the execution role, the variables that
        AgentCore sets and the real hosts of AWS, by way of a proxy as in `proxy`. It serves `GET /ping` and
        `POST /invocations` on 127.0.0.1 at the port of the variable `PORT`, and is interrupted after its answer.

        Args:
            command: program, by its whole path, and arguments.

        Yields:
            the proxy; the runtimes run the program until the block ends.

        Raises:
            CouldNotRunError: the sandbox does not answer.
        """
        with self.proxy() as proxy:
            self._folder.write(self._folder.agent, {"command": command, "environment": through(proxy)})
            try:
                yield proxy
            finally:
                self._folder.agent.unlink(missing_ok=True)

    def client(self, service: str, role: str | None = None, **options: Any) -> Any:
        """A boto3 client.

        Args:
            service: as boto3 names it, for example `logs`.
            role: as in `credentials`.
            options: passed on to boto3, for example `config`.

        Returns:
            the client, untouched by the environment and the configuration files of this machine; its connections are
            closed by `stop`.
        """
        made = account.client(self._folder, self._running, service, self.credentials(role), **options)
        self._clients.append(made)
        return made

    def stop(self) -> None:
        """Stop the server and forget the account. Calling it again does nothing."""
        while self._clients:
            self._clients.pop().close()
        if self._child is not None:
            process.end_child(self._child)
        else:
            process.end(self._running.pid, self._running.started)
        recorded = self._folder.recorded()
        if recorded is None or recorded.pid == self._running.pid:
            self._folder.forget()
