"""What a client says to a proxy before its tunnel is there: RFC 9110, CONNECT."""

from __future__ import annotations

import re
import time
import urllib.parse
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket

LARGEST_HEAD = 8 * 1024
"""Bytes of a request with its headers."""

_END = b"\r\n\r\n"
_CONNECT = re.compile(r"CONNECT ([^ :]+):([0-9]{1,5}) HTTP/1\.[01]")
_PHRASES = {400: "Bad Request", 403: "Forbidden", 502: "Bad Gateway", 503: "Unavailable"}


class RefusedError(Exception):
    """A request that gets no tunnel; the message says why.

    Attributes:
        status: of the answer.
        target: what was asked for, for the log.
    """

    def __init__(self, status: int, target: str, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.target = target


def read(connection: socket.socket, seconds: float) -> tuple[str, int]:
    """Read a request for a tunnel, and not a byte of what follows it.

    Args:
        connection: the client's.
        seconds: for the whole request.

    Returns:
        the host, in lower case and without a dot at the end, and the port.

    Raises:
        RefusedError: it is another request, or too large.
        OSError: the client went away, or took too long.
    """
    deadline = time.monotonic() + seconds
    head = b""
    while not head.endswith(_END):
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        byte = connection.recv(1)
        if not byte:
            raise ConnectionError("the client went away")
        head += byte
        if len(head) > LARGEST_HEAD:
            raise RefusedError(400, _first_line(head), f"the request exceeds {LARGEST_HEAD} bytes")
    connection.settimeout(seconds)
    line = _first_line(head)
    asked = _CONNECT.fullmatch(line)
    if asked is None:
        raise RefusedError(403, _target(line), "only tunnels are served, and plain HTTP is none")
    return asked[1].lower().removesuffix("."), int(asked[2])


def answer(connection: socket.socket, refused: RefusedError | None = None) -> None:
    """Answer a request.

    Args:
        connection: the client's.
        refused: why it gets no tunnel; it gets one when None.

    Raises:
        OSError: the client went away.
    """
    if refused is None:
        connection.sendall(b"HTTP/1.1 200 Connection Established" + _END)
        return
    body = f"bedrock-o11y sandbox proxy: {refused.target}: {refused}\n".encode(errors="replace")
    # The reason is in the status line too: of an answer to CONNECT, clients show nothing else.
    head = (
        f"HTTP/1.1 {refused.status} {_PHRASES[refused.status]} ({refused})\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    connection.sendall(head.encode() + body)


def _first_line(head: bytes) -> str:
    return head.split(b"\r\n", 1)[0].decode("latin-1")


def _target(line: str) -> str:
    """Host and port of a request without a tunnel; the path may hold secrets."""
    try:
        url = urllib.parse.urlsplit(line.split(" ")[1])
        return f"{url.hostname}:{url.port or 80}" if url.hostname else "a request"
    except (IndexError, ValueError):
        return "a request"
