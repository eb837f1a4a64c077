"""Carries bytes between two TLS connections until one of them ends."""

from __future__ import annotations

import select
import ssl
from dataclasses import dataclass, field

CHUNK = 64 * 1024
"""Bytes that are read at once, and the most that are held for a connection that does not take them."""

_WANTS = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Connection(ssl.SSLSocket):
    """A TLS connection whose other side may be gone before the handshake; for `SSLContext.sslsocket_class`.

    The module ssl asks for the peer to learn whether there is one. Where there is none any more it makes a connection
    without TLS, or loses the descriptor to the garbage collector. Here the handshake fails instead, which closes it.
    """

    def getpeername(self) -> str:
        """Claim that there is a peer.

        Returns:
            nothing that is read by anybody.
        """
        return ""


@dataclass(slots=True)
class _Direction:
    """What one side said and the other has not taken yet.

    One thread serves both directions: the two halves of a TLS connection may not be used from two.
    """

    source: ssl.SSLSocket
    sink: ssl.SSLSocket
    held: bytes = b""
    refused: bool = False
    waits: list[tuple[int, int]] = field(default_factory=list)

    def move(self) -> bool | None:
        """Carry what can be carried now; True when something was, None when the source has ended."""
        self.waits.clear()
        if self.refused:
            return False
        if not self.held:
            try:
                self.held = self.source.recv(CHUNK)
            except _WANTS as wants:
                self._wait(self.source, wants)
                return False
            if not self.held:
                return None
        try:
            self.held = self.held[self.sink.send(self.held) :]
        except _WANTS as wants:
            self._wait(self.sink, wants)
            return False
        except OSError:
            self.refused = True  # the sink may have answered before it closed: that answer is still carried
            return False
        return True

    def _wait(self, connection: ssl.SSLSocket, wants: ssl.SSLError) -> None:
        event = select.POLLOUT if isinstance(wants, ssl.SSLWantWriteError) else select.POLLIN
        self.waits.append((connection.fileno(), event))


def relay(client: ssl.SSLSocket, server: ssl.SSLSocket, idle: float) -> None:
    """Carry bytes both ways, changing none, until one side ends or nothing was said for a while.

    Args:
        client: one side, after its handshake.
        server: the other.
        idle: seconds without a byte after which the connection is given up.
    """
    client.setblocking(False)
    server.setblocking(False)
    directions = (_Direction(client, server), _Direction(server, client))
    try:
        while True:
            moved = [direction.move() for direction in directions]
            if None in moved or directions[1].refused:
                return
            if not any(moved) and not _wait([wait for direction in directions for wait in direction.waits], idle):
                return
    except OSError:  # also every error of TLS: a side that went away without a word
        return


def _wait(waits: list[tuple[int, int]], seconds: float) -> bool:
    events: dict[int, int] = {}
    for descriptor, event in waits:
        events[descriptor] = events.get(descriptor, 0) | event
    poll = select.poll()
    for descriptor, event in events.items():
        poll.register(descriptor, event)
    return bool(poll.poll(seconds * 1000))
