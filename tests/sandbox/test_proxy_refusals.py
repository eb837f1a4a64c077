"""What the proxy refuses: hosts outside, requests that are no tunnel, too many of them; and what it keeps to itself."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ProxyConnectionError, SSLError

from bedrock_o11y.sandbox import Sandbox, proxy, proxy_log
from bedrock_o11y.sandbox.proxy_log import Asked
from tests.sandbox.test_proxy import LOGS, answer_to, client, serving, tunnel

if TYPE_CHECKING:
    from pathlib import Path

    from bedrock_o11y.sandbox.proxy import Proxy

__all__ = ["client", "serving"]

pytestmark = pytest.mark.sandbox


def test_any_other_host_is_refused_and_noted_and_nothing_but_loopback_is_contacted(
    serving: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacted: list[str] = []
    connect, looked_up = socket.socket.connect, socket.getaddrinfo

    def noted_connect(self: socket.socket, address: Any) -> None:
        contacted.append(address[0])
        connect(self, address)

    def noted_look_up(host: Any, *rest: Any, **options: Any) -> Any:
        contacted.append(host)
        return looked_up(host, *rest, **options)

    monkeypatch.setattr(socket.socket, "connect", noted_connect)
    monkeypatch.setattr(socket, "getaddrinfo", noted_look_up)
    hosts = {"example.com": "no host of AWS", "sagemaker.us-east-1.amazonaws.com": "the sandbox has no such service"}
    for host, why in hosts.items():
        assert answer_to(serving, f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode()) == f"HTTP/1.1 403 Forbidden ({why})"
        assert Asked(f"{host}:443", why) in serving.asked
        assert f" refused {host}:443: {why}\n" in serving.log.read_text()
    with tunnel(serving):
        pass
    assert set(contacted) == {"127.0.0.1"}


@pytest.mark.parametrize(
    ("request_line", "status", "target"),
    [
        (b"GET http://169.254.169.254/latest/meta-data?token=secret HTTP/1.1", 403, "169.254.169.254:80"),
        (b"POST http://logs.us-east-1.amazonaws.com/v1/logs HTTP/1.1", 403, f"{LOGS}:80"),
        (b"GET /secret HTTP/1.1", 403, "a request"),
        (b"CONNECT [::1]:443 HTTP/1.1", 403, "a request"),
        (b"CONNECT logs.us-east-1.amazonaws.com:80 HTTP/1.1", 403, f"{LOGS}:80"),
        (b"CONNECT logs.us-east-1.amazonaws.com HTTP/1.1", 403, "a request"),
        (b"\x16\x03\x01\xff", 403, "a request"),
        (b"CONNECT " + b"a" * 9000 + b":443 HTTP/1.1", 400, "CONNECT aaa"),
    ],
)
def test_what_is_no_tunnel_to_aws_is_refused(serving: Proxy, request_line: bytes, status: int, target: str) -> None:
    before = len(serving.asked)
    assert answer_to(serving, request_line + b"\r\nHost: x\r\n\r\n").startswith(f"HTTP/1.1 {status} ")
    (asked,) = serving.asked[before:]
    assert asked.target.startswith(target)
    assert asked.refusal
    assert "secret" not in str(asked)


def test_case_and_a_dot_at_the_end_of_a_name_do_not_matter(serving: Proxy) -> None:
    assert answer_to(serving, b"CONNECT LOGS.us-east-1.amazonaws.com.:443 HTTP/1.1\r\n\r\n").startswith("HTTP/1.1 200")


def test_a_library_says_why_a_host_is_refused(client: Any) -> None:
    with pytest.raises(ProxyConnectionError):
        client("sagemaker").list_models()


def test_a_client_that_does_not_trust_the_bundle_gets_nowhere_and_the_log_says_why(
    client: Any, sandbox: Sandbox, serving: Proxy
) -> None:
    with pytest.raises(SSLError):
        client("kms", bundle=str(sandbox.directory / "tls" / "ca.pem")).list_keys()
    until = time.monotonic() + 5
    while time.monotonic() < until and not any("certificate" in asked.refusal for asked in serving.asked):
        time.sleep(0.05)
    assert " refused kms.us-east-1.amazonaws.com:443: the client does not accept the certificate" in (
        serving.log.read_text()
    )


def test_the_proxys_authority_is_believed_for_names_of_aws_only(serving: Proxy) -> None:
    trust = ssl.create_default_context(cafile=str(serving.bundle))
    for host, believed in ((LOGS, True), ("example.com", False)):
        ours, theirs = socket.socketpair()
        with ThreadPoolExecutor(1) as pool, ours, theirs:
            context = serving._certificates.context(host)
            server = pool.submit(lambda: context.wrap_socket(theirs, server_side=True).close())  # noqa: B023
            if believed:
                trust.wrap_socket(ours, server_hostname=host).close()
                server.result()
            else:
                with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
                    trust.wrap_socket(ours, server_hostname=host)
                with pytest.raises(OSError):  # whatever TLS says of a client that hangs up
                    server.result()


def test_no_key_of_the_proxy_is_in_a_file(sandbox: Sandbox, serving: Proxy) -> None:
    with tunnel(serving):
        keys = [file.name for file in (sandbox.directory / "tls").iterdir() if b"PRIVATE KEY" in file.read_bytes()]
    assert keys == ["server.key"]
    assert serving.bundle.stat().st_mode & 0o077 == 0


def test_connections_over_the_limit_are_refused_and_those_before_go_on(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy, "MOST_CONNECTIONS", 2)
    with sandbox.proxy() as small, contextlib.ExitStack() as stack:
        first, _ = (stack.enter_context(tunnel(small)) for _ in range(2))
        with contextlib.suppress(ConnectionError):  # the answer may be overtaken by the end of the connection
            assert answer_to(small, b"").startswith("HTTP/1.1 503")
        first.sendall(f"GET /_ministack/health HTTP/1.1\r\nHost: {LOGS}\r\n\r\n".encode())
        assert first.recv(12) == b"HTTP/1.1 200"
        assert small.asked[-1] == Asked("a connection", "2 are open already")


def test_the_log_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy_log, "MOST_LINES", 3)
    log = proxy_log.ProxyLog(tmp_path / "proxy.log")
    for number in range(5):
        log.add(f"host-{number}\x1b[2J:443", "")
    assert [line.partition(" ")[2] for line in log.file.read_text().splitlines()] == [
        "forwarded host-0?[2J:443", "forwarded host-1?[2J:443", "forwarded host-2?[2J:443",
        "requests are not noted",
    ]  # fmt: skip
    assert len(log.asked) == 3
