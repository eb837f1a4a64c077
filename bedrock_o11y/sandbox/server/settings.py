"""What the client tells the server at start: one JSON file in the state folder, readable by the owner only.

A file and not the environment, because Lambda workers inherit the server's environment.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """The server's start-up settings.

    Attributes:
        folder: the state folder; everything the server writes is inside.
        port: the port to listen on, 0 for a free one.
        account_id: the twelve digits of the account.
        region: the home Region.
        access_key_id: the root user's key.
        secret_access_key: the root user's secret.
        model_endpoint: an OpenAI-compatible endpoint that answers for the models, or empty for the built-in answers.
        stop_with_parent: stop when standard input closes, which it does when the starting process ends.
    """

    folder: Path
    port: int
    account_id: str
    region: str
    access_key_id: str
    secret_access_key: str
    model_endpoint: str
    stop_with_parent: bool

    @classmethod
    def read(cls, file: Path) -> Settings:
        """Read the settings file.

        Args:
            file: the JSON file that the client wrote.

        Returns:
            the settings.
        """
        values: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return cls(folder=file.parent, **values)

    @property
    def tls(self) -> Path:
        """The folder of the certificates."""
        return self.folder / "tls"

    @property
    def answer(self) -> Path:
        """Where the server reports that it is up, or why it is not."""
        return self.folder / "server-answer.json"

    @property
    def faults(self) -> Path:
        """The file of the faults to inject."""
        return self.folder / "faults.json"

    def environment(self, port: int) -> dict[str, str]:
        """The environment MiniStack reads when it is imported.

        Args:
            port: the port that is bound.

        Returns:
            the variables, with their reasons in the source.
        """
        bundle = str(self.tls / "bundle.pem")
        return {
            "AUTH": "true",  # enforcement of signatures and IAM policies
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(port),
            "MINISTACK_HOST": "localhost",
            "MINISTACK_ACCOUNT_ID": self.account_id,
            "MINISTACK_REGION": self.region,
            "AWS_ACCESS_KEY_ID": self.access_key_id,  # what MiniStack takes for the root user
            "AWS_SECRET_ACCESS_KEY": self.secret_access_key,
            "USE_SSL": "1",  # addresses the server hands out begin with https
            "MINISTACK_SSL_CERT": str(self.tls / "server.pem"),
            "MINISTACK_SSL_KEY": str(self.tls / "server.key"),
            # A Lambda worker inherits these: its clients must trust the CloudFormation response URL.
            "SSL_CERT_FILE": bundle,
            "AWS_CA_BUNDLE": bundle,
            "REQUESTS_CA_BUNDLE": bundle,
            "NODE_EXTRA_CA_CERTS": str(self.tls / "ca.pem"),
            "AWS_EC2_METADATA_DISABLED": "true",
            "IOT_MTLS_ENABLED": "0",  # no second port
            "SFTP_ENABLED": "0",
            "DOCKER_HOST": f"unix://{self.folder / 'no-docker'}",  # never touch the user's containers
            "STATE_DIR": str(self.folder / "tmp"),
            "S3_DATA_DIR": str(self.folder / "tmp" / "s3"),
            "TMPDIR": str(self.folder / "tmp"),
            "MINISTACK_BEDROCK_PROXY_URL": self.model_endpoint,
            "SANDBOX_FAULTS_FILE": str(self.faults),
        }
