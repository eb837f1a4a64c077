"""A proxy that refuses every host and remembers which were asked for: it shows that nothing leaves this machine."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Outside:
    """What was asked for outside this machine.

    Attributes:
        url: of the proxy.
        hosts: hosts that were asked for, and refused.
    """

    def __init__(self, url: str) -> None:
        """Remember nothing yet.

        Args:
            url: of the proxy.
        """
        self.url = url
        self.hosts: list[str] = []

    def environment(self) -> dict[str, str]:
        """Variables that send every request for another machine to the proxy.

        Returns:
            Variables to add to a program's environment.
        """
        here = "127.0.0.1,localhost,.localhost"
        return {
            **dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "ALL_PROXY"), self.url),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), here),
        }


@contextmanager
def refuse_everything() -> Iterator[Outside]:
    """Run the proxy on a free port of the loopback interface.

    Yields:
        What was asked for, growing until the block ends.
    """

    class Refuse(BaseHTTPRequestHandler):
        def do_CONNECT(self) -> None:
            outside.hosts.append(self.path)
            self.send_error(403, "nothing outside this machine is contacted")

        do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_CONNECT

        def log_message(self, *_: object) -> None:
            """Keep the terminal for the demo."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Refuse) as server:
        outside = Outside(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield outside
        finally:
            server.shutdown()
            thread.join()
