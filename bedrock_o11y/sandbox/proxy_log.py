"""What was asked of a proxy, in memory and in a file of the state folder."""

from __future__ import annotations

import datetime
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "proxy.log"
"""In the state folder; empty when a sandbox starts."""

MOST_LINES = 10_000
"""Lines that one proxy writes; a program that asks more often than that repeats itself."""

_LONGEST_TARGET = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """One host that was asked for.

    Attributes:
        target: host and port, as they were asked for; of a request that is none, its first line.
        refusal: why it was refused, or nothing when it was forwarded to the sandbox.
    """

    target: str
    refusal: str = ""

    def __str__(self) -> str:
        return f"refused {self.target}: {self.refusal}" if self.refusal else f"forwarded {self.target}"


class ProxyLog:
    """The log of one proxy; several proxies may write to one file.

    Args:
        file: where the lines are added.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._lock = threading.Lock()
        self._asked: list[Asked] = []

    @property
    def asked(self) -> tuple[Asked, ...]:
        """Every host that was asked for, in order, up to the largest number of lines."""
        with self._lock:
            return tuple(self._asked)

    def add(self, target: str, refusal: str = "") -> None:
        """Note one host.

        Args:
            target: as in `Asked`.
            refusal: likewise.
        """
        printable = "".join(letter if letter.isprintable() else "?" for letter in target[:_LONGEST_TARGET])
        asked = Asked(printable, refusal)
        with self._lock:
            if len(self._asked) >= MOST_LINES:
                return
            self._asked.append(asked)
            now = datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            more = "\nfurther requests are not noted" if len(self._asked) == MOST_LINES else ""
            with self.file.open("a", encoding="utf-8") as stream:
                stream.write(f"{now} {asked}{more}\n")
