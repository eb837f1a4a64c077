"""A proxy that leads programs with the real endpoints of AWS to the sandbox, and nowhere else.

A program that has no endpoint to set, or behaves differently with one, asks for `logs.us-east-1.amazonaws.com` as it
always does. Its HTTP library asks the proxy for a tunnel (RFC 9110, CONNECT); the proxy ends the tunnel's TLS with a
certificate for that name and carries the bytes, unchanged, to the sandbox. The host header stays what it was, so that
the signature holds. A tunnel to any other host is refused and noted; no name is ever looked up.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING

from bedrock_o11y.errors import CouldNotRunError
from bedrock_o11y.sandbox.certificates import Certificates
from bedrock_o11y.sandbox.proxy_certificates import ProxyCertificates
from bedrock_o11y.sandbox.proxy_hosts import Hosts
from bedrock_o11y.sandbox.proxy_log import FILE_NAME, Asked, ProxyLog
from bedrock_o11y.sandbox.proxy_relay import Connection, relay
from bedrock_o11y.sandbox.proxy_requests import RefusedError, answer, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import TracebackType
    from typing import Self

    from bedrock_o11y.sandbox.state import Running, StateFolder

MOST_CONNECTIONS = 128
"""Connections at one time; further ones are refused."""

HANDSHAKE_SECONDS = 10.0
"""For asking and for each handshake."""

IDLE_SECONDS = 600.0
"""A tunnel in which nothing is said for longer is closed; a model may think that long."""

LOOPBACK = "127.0.0.1"


class Proxy:
    """A proxy to one sandbox; a context manager that serves until its block ends.

    Args:
        folder: the sandbox's state folder.
        running: its server.

    Raises:
        CouldNotRunError: the sandbox does not answer, or the package `cryptography` is not installed.
    """

    def __init__(self, folder: StateFolder, running: Running) -> None:
        certificates = Certificates(folder.tls)
        self._server = (LOOPBACK, running.port)
        self._to_server = ssl.create_default_context(cafile=str(certificates.authority))
        self._to_server.sslsocket_class = Connection
        self._to_server.set_alpn_protocols(["http/1.1"])
        self._hosts = Hosts(self._services())
        self._log = ProxyLog(folder.path / FILE_NAME)
        self._free = threading.Semaphore(MOST_CONNECTIONS)
        self._lock = threading.Lock()
        self._watched: set[socket.socket] = set()
        self._threads: set[threading.Thread] = set()
        self._over = False
        try:
            self._certificates = ProxyCertificates(certificates)
        except OSError as error:
            raise folder.cannot_write(error) from None
        self._listener = socket.create_server((LOOPBACK, 0))
        self._accepting = threading.Thread(target=self._accept, name="proxy", daemon=True)

    @property
    def url(self) -> str:
        """Where it listens, on 127.0.0.1."""
        return f"http://{LOOPBACK}:{self._listener.getsockname()[1]}"

    @property
    def bundle(self) -> Path:
        """The authorities that its clients are to trust; there until the block ends."""
        return self._certificates.bundle

    @property
    def log(self) -> Path:
        """The file with a line for each host that was asked for."""
        return self._log.file

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The hosts that were asked for so far, forwarded and refused."""
        return self._log.asked

    def __enter__(self) -> Self:
        """Serve."""
        self._accepting.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End every tunnel."""
        with self._lock:
            self._over = True
            for connection in self._watched:
                _end(connection)
            threads = list(self._threads)
        with contextlib.suppress(OSError):
            # Wakes the thread that accepts, on every system.
            socket.create_connection(self._listener.getsockname(), HANDSHAKE_SECONDS).close()
        for thread in [self._accepting, *threads]:
            thread.join()
        self._listener.close()
        self._certificates.close()

    def _services(self) -> list[str]:
        connection = http.client.HTTPSConnection(*self._server, timeout=HANDSHAKE_SECONDS, context=self._to_server)
        try:
            connection.request("GET", "/_ministack/health")
            return list(json.loads(connection.getresponse().read())["services"])
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            endpoint = "{}:{}".format(*self._server)
            raise CouldNotRunError(f"the sandbox at https://{endpoint} does not answer: {error}") from None
        finally:
            connection.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                time.sleep(0.05)  # no descriptor left: some will be free again
                continue
            with self._lock:
                if self._over:
                    connection.close()
                    return
                if self._free.acquire(blocking=False):
                    thread = threading.Thread(target=self._serve, args=(connection,), name="tunnel", daemon=True)
                    self._threads.add(thread)
                    thread.start()
                    continue
            crowded = RefusedError(503, "a connection", f"{MOST_CONNECTIONS} are open already")
            self._log.add(crowded.target, str(crowded))
            with connection, contextlib.suppress(OSError):
                answer(connection, crowded)

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.settimeout(HANDSHAKE_SECONDS)
            with self._watch(connection):
                self._tunnel(connection)
        except OSError:  # also every error of TLS: a client that went away, or does not trust the bundle
            pass
        finally:
            connection.close()
            with self._lock:
                self._threads.discard(threading.current_thread())
            self._free.release()

    def _tunnel(self, connection: socket.socket) -> None:
        try:
            host, port = read(connection, HANDSHAKE_SECONDS)
            target = f"{host}:{port}"
            if refusal := self._hosts.refusal(host, port):
                raise RefusedError(403, target, refusal)
            try:
                plain = socket.create_connection(self._server, HANDSHAKE_SECONDS)
            except OSError:
                raise RefusedError(502, target, "the sandbox does not answer") from None
        except RefusedError as refused:
            self._log.add(refused.target, str(refused))
            answer(connection, refused)
            return
        with plain, self._watch(plain), self._to_server.wrap_socket(plain, server_hostname=LOOPBACK) as server:
            self._log.add(target)
            answer(connection)
            try:
                client = self._certificates.context(host).wrap_socket(connection, server_side=True)
            except ssl.SSLError as error:
                self._log.add(target, f"the client does not accept the certificate ({error.reason})")
                return
            with client:
                relay(client, server, IDLE_SECONDS)

    @contextlib.contextmanager
    def _watch(self, connection: socket.socket) -> Iterator[None]:
        """Let the end of the proxy end a connection, whichever object has its descriptor by then."""
        with connection.dup() as watched:
            with self._lock:
                self._watched.add(watched)
                if self._over:
                    _end(watched)
            try:
                yield
            finally:
                with self._lock:
                    self._watched.discard(watched)


def _end(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
