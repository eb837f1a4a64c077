"""What the proxy leads to the sandbox."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import ssl
import subprocess
import sys
import urllib.parse
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import boto3
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from bedrock_o11y.sandbox.proxy_log import Asked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bedrock_o11y.sandbox import Sandbox
    from bedrock_o11y.sandbox.proxy import Proxy

pytestmark = pytest.mark.sandbox

LOGS = "logs.us-east-1.amazonaws.com"


@pytest.fixture(scope="module")
def serving(sandbox: Sandbox) -> Iterator[Proxy]:
    with sandbox.proxy() as running:
        yield running


@pytest.fixture
def client(sandbox: Sandbox, serving: Proxy) -> Iterator[Any]:
    """Makes clients as boto3 makes them: for the real endpoints of AWS."""
    made: list[Any] = []

    def make(service: str, role: str | None = None, *, secret: str = "", bundle: str = "", **options: Any) -> Any:
        key = sandbox.credentials(role)
        core = botocore.session.Session(session_vars={"config_file": (None, None, os.devnull, None)})
        session = boto3.Session(
            key.access_key_id, secret or key.secret_access_key, key.session_token, botocore_session=core
        )
        config = Config(proxies={"https": serving.url}, retries={"total_max_attempts": 1})
        made.append(
            session.client(
                service,
                **{"region_name": "us-east-1"} | options,
                verify=bundle or str(serving.bundle),
                config=config,
                # No endpoint of the environment has a say in it.
                use_ssl=True,
            )
        )
        return made[-1]

    yield make
    for one in made:
        one.close()


@contextlib.contextmanager
def asking(where: Proxy, request: bytes) -> Iterator[tuple[socket.socket, bytes]]:
    """A connection and the first line of the answer, of which nothing more was read."""
    port = urllib.parse.urlsplit(where.url).port
    assert port
    with socket.create_connection(("127.0.0.1", port), 20) as connection:
        connection.sendall(request)
        line = b""
        while not line.endswith(b"\n"):
            byte = connection.recv(1)
            if not byte:
                break
            line += byte
        yield connection, line.strip()


def answer_to(where: Proxy, request: bytes) -> str:
    with asking(where, request) as (_, line):
        return line.decode()


@contextlib.contextmanager
def tunnel(where: Proxy, host: str = LOGS) -> Iterator[ssl.SSLSocket]:
    trust = ssl.create_default_context(cafile=str(where.bundle))
    with asking(where, f"CONNECT {host}:443 HTTP/1.1\r\nHost: {host}:443\r\n\r\n".encode()) as (plain, line):
        assert line == b"HTTP/1.1 200 Connection Established"
        assert plain.recv(2) == b"\r\n"
        with trust.wrap_socket(plain, server_hostname=host) as connection:
            yield connection


def test_a_client_with_the_real_endpoints_works_in_the_sandbox(client: Any, sandbox: Sandbox, serving: Proxy) -> None:
    logs = client("logs")
    assert logs.meta.endpoint_url == f"https://{LOGS}"
    logs.create_log_group(logGroupName="/through/the/proxy")
    found = sandbox.client("logs").describe_log_groups(logGroupNamePrefix="/through")["logGroups"]
    assert [group["logGroupName"] for group in found] == ["/through/the/proxy"]
    assert Asked(f"{LOGS}:443") in serving.asked
    assert f" forwarded {LOGS}:443\n" in serving.log.read_text()


def test_the_signature_counts_as_it_was_made(client: Any) -> None:
    identity = client("sts").get_caller_identity()
    assert identity["Arn"] == "arn:aws:sts::000000000000:assumed-role/SandboxAdministrator/sandbox"
    with pytest.raises(ClientError) as refused:
        client("sts", secret="x" * 40).get_caller_identity()
    assert refused.value.response["Error"]["Code"] == "SignatureDoesNotMatch"


def test_permissions_count_also_where_the_host_names_the_bucket(client: Any, sandbox: Sandbox, serving: Proxy) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
    read = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::proxied-bucket/*"}
    iam = sandbox.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    iam.create_role(RoleName="proxied", AssumeRolePolicyDocument=document)
    document = json.dumps({"Version": "2012-10-17", "Statement": [read]})
    iam.put_role_policy(RoleName="proxied", PolicyName="read", PolicyDocument=document)
    s3 = client("s3")
    s3.create_bucket(Bucket="proxied-bucket")
    s3.put_object(Bucket="proxied-bucket", Key="key", Body=b"text")
    assert Asked("proxied-bucket.s3.amazonaws.com:443") in serving.asked
    role = client("s3", "proxied")
    assert role.get_object(Bucket="proxied-bucket", Key="key")["Body"].read() == b"text"
    with pytest.raises(ClientError) as refused:
        role.put_object(Bucket="proxied-bucket", Key="key", Body=b"other")
    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def test_large_bodies_pass_unchanged_both_ways_at_the_same_time(client: Any) -> None:
    s3 = client("s3")
    s3.create_bucket(Bucket="large-bodies")
    bodies = {str(number): os.urandom(3_000_000 + number) for number in range(4)}

    def there_and_back(key: str) -> bool:
        s3.put_object(Bucket="large-bodies", Key=key, Body=bodies[key])
        return bool(s3.get_object(Bucket="large-bodies", Key=key)["Body"].read() == bodies[key])

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(there_and_back, bodies)) == [True] * 4


def test_an_event_stream_passes(client: Any) -> None:
    told = client("bedrock-runtime").converse_stream(
        modelId="us.anthropic.claude-haiku-4-5-20251001-v1:0",
        messages=[{"role": "user", "content": [{"text": "hello"}]}],
    )
    assert [next(iter(event)) for event in told["stream"]][-1] == "metadata"


def test_the_other_regions_and_the_other_domain_of_aws_are_the_sandboxs(client: Any, serving: Proxy) -> None:
    assert client("logs", region_name="eu-west-1").describe_log_groups()["logGroups"] == []
    client("application-signals").start_discovery()
    assert Asked("application-signals.us-east-1.api.aws:443") in serving.asked


def test_a_connection_serves_several_requests(serving: Proxy) -> None:
    with tunnel(serving) as connection:
        for _ in range(3):
            connection.sendall(f"GET /_ministack/health HTTP/1.1\r\nHost: {LOGS}\r\n\r\n".encode())
            answer = http.client.HTTPResponse(connection)
            answer.begin()
            assert answer.status == 200
            assert json.loads(answer.read())["services"]


def test_whom_http_libraries_trust_and_ask_is_in_the_environment(sandbox: Sandbox, serving: Proxy) -> None:
    before = {
        "AWS_PROFILE": "production",
        "AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT": "true",
        "https_proxy": "http://10.0.0.1:3128",
        "NO_PROXY": "intranet,.amazonaws.com",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in before.items():
            patch.setenv(name, value)
        made = sandbox.environment(proxy=serving)
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        assert made[name] == serving.url
    for name in ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
        assert made[name] == str(serving.bundle)
    assert made["NO_PROXY"] == made["no_proxy"] == "127.0.0.1,localhost"
    assert "AWS_ENDPOINT_URL" not in made
    assert "AWS_PROFILE" not in made
    assert made["AWS_REGION"] == "us-east-1"
    assert made["AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT"] == "true"
    assert "AWS_ENDPOINT_URL" in sandbox.environment()


def test_a_program_of_its_own_reaches_only_the_sandbox(sandbox: Sandbox, serving: Proxy) -> None:
    code = (
        "import urllib.request as r, urllib.error\n"
        "print(r.urlopen('https://logs.us-east-1.amazonaws.com/_ministack/health').status)\n"
        "for url in ('https://pypi.example.com/', 'http://plain.example.com/'):\n"
        "    try: r.urlopen(url)\n"
        "    except OSError as error: print(error)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], env=sandbox.environment(proxy=serving), capture_output=True, text=True, check=True
    )
    first, second, third = run.stdout.splitlines()
    assert first == "200"
    assert "403 Forbidden (no host of AWS)" in second
    assert "403" in third
