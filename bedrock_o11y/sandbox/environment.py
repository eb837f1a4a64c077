"""The environment in which a program talks to the sandbox and to nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bedrock_o11y.sandbox.proxy import Proxy
    from bedrock_o11y.sandbox.state import Running, StateFolder

_OF_OBSERVABILITY = "AWS_GENAI_"
"""What the AWS distribution of OpenTelemetry reads, for example AWS_GENAI_CONTENT_EXTRACTION_OPT_OUT (AgentCore
developer guide, "Configure observability"): how to observe an agent, not which account to talk to."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Temporary credentials of a role session.

    Attributes:
        access_key_id: the key.
        secret_access_key: the secret.
        session_token: the token.
    """

    access_key_id: str
    secret_access_key: str
    session_token: str


def environment(
    base: Mapping[str, str],
    folder: StateFolder,
    running: Running,
    credentials: Credentials,
    proxy: Proxy | None = None,
) -> dict[str, str]:
    """The whole environment for a program.

    Everything of the AWS SDKs in `base` is left out (a profile, a web identity, an endpoint of one service), so that
    the program cannot reach a real account.

    Args:
        base: the environment to start from.
        folder: the state folder.
        running: the server.
        credentials: whose permissions the program has.
        proxy: with it, the program is told of no endpoint: it asks for the hosts of AWS, by way of the proxy.

    Returns:
        the environment, to be passed on whole.
    """
    variables = {
        name: value
        for name, value in base.items()
        if not name.upper().startswith("AWS_") or name.startswith(_OF_OBSERVABILITY)
    }
    # The CDK command line and boto3 send everything through a proxy that is set, loopback included.
    around = ",".join(dict.fromkeys(["127.0.0.1", "localhost", *_names(base)]))
    variables.update(
        {
            "AWS_ENDPOINT_URL": running.endpoint,
            "AWS_CA_BUNDLE": str(folder.tls / "ca.pem"),
            "NODE_EXTRA_CA_CERTS": str(folder.tls / "ca.pem"),
            "AWS_ACCESS_KEY_ID": credentials.access_key_id,
            "AWS_SECRET_ACCESS_KEY": credentials.secret_access_key,
            "AWS_SESSION_TOKEN": credentials.session_token,
            "AWS_REGION": running.region,
            "AWS_DEFAULT_REGION": running.region,
            # Files that do not exist: the user's own profiles stay out of it.
            "AWS_CONFIG_FILE": str(folder.path / "no-config"),
            "AWS_SHARED_CREDENTIALS_FILE": str(folder.path / "no-credentials"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_HOME": str(folder.cdk_home),
            "CDK_DEFAULT_ACCOUNT": running.account_id,
            "CDK_DEFAULT_REGION": running.region,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_DISABLE_VERSION_CHECK": "true",
            "NO_PROXY": around,
            "no_proxy": around,
        }
    )
    if proxy is not None:
        del variables["AWS_ENDPOINT_URL"]
        variables.update(through(proxy))
    return variables


def through(proxy: Proxy) -> dict[str, str]:
    """The variables by which HTTP libraries find a proxy and whom they trust, in every spelling that is read.

    Args:
        proxy: that leads to the sandbox.

    Returns:
        the variables.
    """
    ways = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")  # plain HTTP too, so that it is refused and noted
    trust = ("AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
    here = "127.0.0.1,localhost"  # and nothing that was listed before: a host of AWS may be among it
    return {
        **{spelt: proxy.url for name in ways for spelt in (name, name.lower())},
        **dict.fromkeys(trust, str(proxy.bundle)),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), here),
    }


def _names(base: Mapping[str, str]) -> list[str]:
    listed = f"{base.get('NO_PROXY', '')},{base.get('no_proxy', '')}"
    return [name.strip() for name in listed.split(",") if name.strip()]
