"""Bytes between two connections: none is lost, few are held."""

from __future__ import annotations

import contextlib
import itertools
import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from bedrock_o11y.sandbox import proxy_relay
from bedrock_o11y.sandbox.certificates import Authority

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEBIBYTE = 1024 * 1024


@pytest.fixture(scope="module")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    authority = Authority("authority of a test")
    file: Path = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(b"".join(authority.certificate(["localhost"])))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=authority.pem.decode())


def pair(contexts: tuple[ssl.SSLContext, ssl.SSLContext]) -> tuple[ssl.SSLSocket, ssl.SSLSocket]:
    """Both ends of a TLS connection: the server's and the client's."""
    one, other = socket.socketpair()
    for end in (one, other):
        end.settimeout(20)
    with ThreadPoolExecutor(1) as pool:
        server = pool.submit(contexts[0].wrap_socket, one, server_side=True)
        client = contexts[1].wrap_socket(other, server_hostname="localhost")
        return server.result(), client


class Relayed:
    """A client and a server with the relay between them."""

    def __init__(self, contexts: tuple[ssl.SSLContext, ssl.SSLContext], idle: float) -> None:
        self.inner_client, self.client = pair(contexts)
        self.server, self.inner_server = pair(contexts)
        self.thread = threading.Thread(target=self._relay, args=(idle,))
        self.thread.start()

    def _relay(self, idle: float) -> None:
        with self.inner_client, self.inner_server:
            proxy_relay.relay(self.inner_client, self.inner_server, idle)


@contextlib.contextmanager
def relayed(contexts: tuple[ssl.SSLContext, ssl.SSLContext], idle: float = 20.0) -> Iterator[Relayed]:
    made = Relayed(contexts, idle)
    try:
        yield made
    finally:
        made.client.close()
        made.server.close()
        made.thread.join(10)
        assert not made.thread.is_alive()


def read(connection: ssl.SSLSocket, size: int) -> bytes:
    found = b""
    while len(found) < size:
        part = connection.recv(size - len(found))
        if not part:
            break
        found += part
    return found


def test_both_sides_may_speak_at_the_same_time(contexts):
    """The server sends back what it gets while the client goes on: neither waits for the other to finish."""
    parts = [bytes([number % 256]) * 64 * 1024 for number in range(100)]

    def echo(server: ssl.SSLSocket) -> None:
        for _ in range(len(parts)):
            server.sendall(read(server, len(parts[0])))

    with relayed(contexts) as between, ThreadPoolExecutor(1) as pool:
        echoing = pool.submit(echo, between.server)
        between.client.sendall(parts[0])
        for before, part in itertools.pairwise(parts):
            between.client.sendall(part)
            assert read(between.client, len(parts[0])) == before
        assert read(between.client, len(parts[0])) == parts[-1]
        echoing.result()


def test_an_answer_before_the_request_was_read_still_arrives(contexts):
    inner_client, client = pair(contexts)
    server, inner_server = pair(contexts)
    client.sendall(b"x" * 100_000)
    server.sendall(b"too large")
    socket.socket(fileno=server.detach()).close()
    proxy_relay.relay(inner_client, inner_server, 5)
    inner_server.close()
    inner_client.close()
    with client:
        assert client.recv(100) == b"too large"


def test_a_side_that_does_not_read_holds_up_the_other_and_not_the_relay(contexts):
    with relayed(contexts) as between:
        between.client.settimeout(1)
        with pytest.raises(TimeoutError):
            between.client.sendall(b"x" * (64 * MEBIBYTE))  # the server takes nothing: somebody must wait
        between.server.sendall(b"answer")
        assert between.client.recv(100) == b"answer"


def test_what_was_said_before_the_end_arrives(contexts):
    last = b"z" * (3 * MEBIBYTE)
    with relayed(contexts) as between, ThreadPoolExecutor(1) as pool:

        def say_and_go() -> None:
            between.server.sendall(last)
            between.server.close()

        gone = pool.submit(say_and_go)
        assert read(between.client, len(last) + 1) == last
        gone.result()


def test_an_end_without_a_goodbye_is_an_end(contexts):
    with relayed(contexts) as between:
        raw = socket.socket(fileno=between.server.detach())
        raw.close()
        assert between.client.recv(1) == b""
        between.thread.join(5)
        assert not between.thread.is_alive()


def test_silence_ends_it(contexts):
    with relayed(contexts, idle=0.2) as between:
        between.client.sendall(b"x")
        assert between.server.recv(1) == b"x"
        between.thread.join(5)
        assert not between.thread.is_alive()
