"""Binds the port, imports MiniStack into the prepared environment, extends it and serves until it is told to stop."""

from __future__ import annotations

import asyncio
import asyncio.constants
import contextlib
import errno
import importlib
import json
import logging
import os
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

from . import seams
from .gate import Gate
from .settings import Settings

LOOPBACK = "127.0.0.1"
log = logging.getLogger("sandbox")


class StartError(Exception):
    """The server cannot start, in one line."""


def main(arguments: list[str]) -> int:
    """Serve until stopped.

    Args:
        arguments: the path of the settings file.

    Returns:
        0 after a clean stop, 1 when the server could not start; the reason is in the answer file.
    """
    settings = Settings.read(Path(arguments[0]))
    try:
        listener = _bind(settings.port)
        port = listener.getsockname()[1]
        os.environ.update({name: value for name, value in settings.environment(port).items() if value})
        tempfile.tempdir = None
        _extend()
    except (StartError, seams.SeamError, OSError) as error:
        _answer(settings, {"error": str(error)})
        print(f"sandbox server: {error}", file=sys.stderr)
        return 1
    asyncio.run(_serve(settings, listener, port))
    return 0


def _bind(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        listener.bind((LOOPBACK, port))
    except OSError as error:
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            taken = "is taken" if error.errno == errno.EADDRINUSE else "may not be opened by this user"
            raise StartError(f"port {port} of {LOOPBACK} {taken}; choose another with --port, or none") from None
        raise
    return listener


def _extend() -> None:
    try:
        importlib.import_module("ministack.app")
    except ImportError as error:
        raise StartError(f"{sys.executable} cannot import MiniStack ({error})") from None
    seams.verify()
    if not seams.get("app:AUTH"):
        raise StartError("MiniStack did not turn enforcement on")
    seams.replace("app:_run_init_scripts", lambda: None)
    seams.replace("app:_collect_scripts", lambda *_folders: [])
    from . import extensions  # after MiniStack: the extensions import it

    for install in extensions.installers():
        install()


async def _serve(settings: Settings, listener: socket.socket, port: int) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.certfile = str(settings.tls / "server.pem")
    config.keyfile = str(settings.tls / "server.key")
    config.alpn_protocols = ["http/1.1"]  # the AWS SDKs speak it; HTTP/2 would only add ways to fail
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    config.accesslog = None
    config.errorlog = "-"

    # A client that keeps its connection open does not answer the goodbye of TLS; asyncio would wait 30 s for it.
    asyncio.constants.SSL_SHUTDOWN_TIMEOUT = 0.2

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop.set)
    if settings.stop_with_parent:
        _stop_when_parent_ends(loop, stop)

    async def stopped() -> None:
        # Called once the lifespan has started and the socket is served.
        _answer(settings, {"pid": os.getpid(), "port": port})
        while not stop.is_set() and settings.answer.exists():
            # A server whose state folder is gone could be found by nobody, and would run for ever.
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), 1)

    await serve(Gate(seams.get("app:app")), config, shutdown_trigger=stopped)


def _stop_when_parent_ends(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    def wait() -> None:
        while os.read(0, 1024):
            pass
        loop.call_soon_threadsafe(stop.set)

    threading.Thread(target=wait, name="parent", daemon=True).start()


def _answer(settings: Settings, answer: dict[str, Any]) -> None:
    partial = settings.answer.with_suffix(".partial")
    partial.write_text(json.dumps(answer), encoding="utf-8")
    partial.replace(settings.answer)
