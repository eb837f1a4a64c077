"""How a proxy ends: with its block, with its clients, with its sandbox; nothing is left behind."""

from __future__ import annotations

import contextlib
import gc
import socket
import struct
import threading
import time
import urllib.parse
from pathlib import Path

import pytest

from bedrock_o11y.errors import CouldNotRunError
from bedrock_o11y.sandbox import Sandbox
from tests.sandbox.test_proxy import LOGS, answer_to, asking, tunnel

pytestmark = pytest.mark.sandbox


def test_clients_that_go_away_at_any_moment_leave_no_connection_behind(sandbox: Sandbox) -> None:
    connect = f"CONNECT {LOGS}:443 HTTP/1.1\r\n\r\n".encode()
    reset = struct.pack("ii", 1, 0)  # SO_LINGER: close without a goodbye
    descriptors = len(list(Path("/dev/fd").iterdir()))
    with sandbox.proxy() as running:
        for asked in (b"", connect[:20], connect):
            for wait in (False, True):
                for _ in range(10):
                    with socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(running.url).port or 0)) as one:
                        one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
                        one.sendall(asked)
                        if wait and asked == connect:
                            assert one.recv(12) == b"HTTP/1.1 200"
        with tunnel(running):
            pass
    gc.collect()  # a connection that was lost would complain now
    assert len(list(Path("/dev/fd").iterdir())) <= descriptors


def test_the_end_closes_every_tunnel_and_leaves_nothing_behind(sandbox: Sandbox) -> None:
    threads = set(threading.enumerate())
    with contextlib.ExitStack() as stack:
        with sandbox.proxy() as short:
            quiet = stack.enter_context(tunnel(short))
            half, _ = stack.enter_context(asking(short, f"CONNECT {LOGS}:443 HTTP/1.1\r\n\r\n".encode()))
            bundle, url = short.bundle, short.url
            assert bundle.exists()
            begun = time.monotonic()
        assert time.monotonic() - begun < 5  # the server by itself would close an idle connection after 75 s
        assert quiet.recv(1) == b""
        half.settimeout(5)
        while half.recv(100):
            pass
    assert not bundle.exists()
    assert set(threading.enumerate()) <= threads
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", urllib.parse.urlsplit(url).port or 0), 5)


def test_without_its_sandbox_a_proxy_refuses_and_another_one_does_not_start(tmp_path: Path) -> None:
    short = Sandbox.start(tmp_path / "sandbox")
    try:
        with short.proxy() as left:
            short.stop()
            line = answer_to(left, f"CONNECT {LOGS}:443 HTTP/1.1\r\n\r\n".encode())
            assert line == "HTTP/1.1 502 Bad Gateway (the sandbox does not answer)"
        with pytest.raises(CouldNotRunError, match="does not answer"):
            short.proxy()
    finally:
        short.stop()


def test_the_log_of_an_earlier_sandbox_is_gone(tmp_path: Path) -> None:
    for _ in range(2):
        short = Sandbox.start(tmp_path / "sandbox")
        try:
            with short.proxy() as running:
                answer_to(running, b"CONNECT example.com:443 HTTP/1.1\r\n\r\n")
                assert len(running.log.read_text().splitlines()) == 1
        finally:
            short.stop()
