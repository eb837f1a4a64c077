from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from bedrock_o11y.sandbox import Sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator


def pytest_configure() -> None:
    """A run that was started in the background ignores Ctrl-C, and so would the commands that tests interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """An account of this worker's own; its server ends with the session, or with this process however that ends."""
    running = Sandbox.start(tmp_path_factory.mktemp("sandbox"))
    try:
        yield running
    finally:
        running.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever uses the sandbox carries its mark."""
    for item in items:
        if "sandbox" in getattr(item, "fixturenames", ()):
            item.add_marker("sandbox")
