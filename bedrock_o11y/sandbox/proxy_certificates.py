"""Certificates for the host names of AWS, made when a name is asked for, trusted only by who was given the bundle."""

from __future__ import annotations

import functools
import ssl
import tempfile
from pathlib import Path

from bedrock_o11y.sandbox.certificates import Authority, Certificates
from bedrock_o11y.sandbox.proxy_hosts import DOMAINS
from bedrock_o11y.sandbox.proxy_relay import Connection

MOST_NAMES = 256
"""Certificates that are kept; those of names that were not asked for lately are made again."""


class ProxyCertificates:
    """An authority that lives as long as the proxy, and the bundle by which the command trusts it.

    The key of the sandbox's own authority is not kept, so this is another one. Its key never leaves this process, and
    it may sign names of AWS only: nobody can use it for more than what the proxy does.

    Args:
        certificates: those of the sandbox; the bundle is put beside them.

    Raises:
        CouldNotRunError: the package `cryptography` is not installed.
    """

    def __init__(self, certificates: Certificates) -> None:
        self._folder = certificates.folder
        self._authority = Authority("bedrock-o11y sandbox proxy", DOMAINS)
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix="proxy-", suffix=".pem", delete=False) as stream:
            stream.write(certificates.bundle.read_bytes() + self._authority.pem)
        self.bundle = Path(stream.name)
        """The authorities of the system, of the sandbox and of this proxy."""
        self.context = functools.lru_cache(MOST_NAMES)(self._context)
        """The server side of TLS for a host name."""

    def _context(self, host: str) -> ssl.SSLContext:
        certificate, key = self._authority.certificate([host])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.sslsocket_class = Connection
        context.set_alpn_protocols(["http/1.1"])  # what the sandbox speaks
        # The module ssl reads keys from files only; this one is gone at the end of the block.
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix="name-", suffix=".pem") as stream:
            stream.write(certificate + key)
            stream.flush()
            context.load_cert_chain(stream.name)
        return context

    def close(self) -> None:
        """Remove the bundle."""
        self.bundle.unlink(missing_ok=True)
