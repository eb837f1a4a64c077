"""Signed requests to the OTLP endpoints, as an exporter makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.httpsession import URLLib3Session

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.credentials import Credentials

    from bedrock_o11y.sandbox import Sandbox


def send(sandbox: Sandbox, keys: Credentials, path: str, data: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """Status and body of the answer."""
    request = AWSRequest("POST", sandbox.endpoint + path, data=data, headers=dict(headers))
    SigV4Auth(keys, "xray" if path.endswith("traces") else "logs", sandbox.region).add_auth(request)
    session = URLLib3Session(verify=str(sandbox.directory / "tls" / "ca.pem"))
    try:
        answer = session.send(request.prepare())
        return answer.status_code, answer.content
    finally:
        session.close()
