"""The account and Region that a command looks at, and the clients to look with."""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass
from typing import Any, Final, Protocol

from bedrock_o11y.errors import CouldNotRunError, UsageError

from .trouble import Kind, classify

_REGION: Final = re.compile(r"[a-z]{2,4}(-[a-z]+)+-\d+")
_CONNECT_SECONDS: Final = 4
_READ_SECONDS: Final = 30
_ATTEMPTS: Final = 4


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the caller is.

    Attributes:
        account: the account id, twelve digits.
        arn: ARN of the caller, for a role that of its session.
        partition: ``aws``, ``aws-us-gov``, ``aws-cn``.
    """

    account: str
    arn: str
    partition: str


class Account(Protocol):
    """What readers need of an account; tests give their own."""

    @property
    def region(self) -> str:
        """The Region that is looked at."""
        ...

    def client(self, service: str) -> Any:
        """A client of a service, safe to use from several threads."""
        ...

    def identity(self) -> Identity:
        """Who the caller is."""
        ...


class AwsAccount:
    """An account reached through boto3.

    Retries are adaptive, at most four attempts; a connection is given up after four seconds, an answer after thirty.
    An endpoint other than AWS's is taken from ``AWS_ENDPOINT_URL``, as boto3 does.
    """

    def __init__(self, profile: str | None = None, region: str | None = None) -> None:
        """Finds the profile and the Region; calls nothing.

        Args:
            profile: profile of the AWS configuration files; None takes the environment's.
            region: the Region; None takes AWS_REGION, AWS_DEFAULT_REGION or the profile's.

        Raises:
            UsageError: the profile does not exist, or no valid Region is known.
        """
        import boto3  # costs 0.2 s, so not before it is used
        from botocore.exceptions import BotoCoreError

        try:
            self._session = boto3.Session(profile_name=profile)
        except BotoCoreError as error:
            raise UsageError(f"{error}; 'aws configure list-profiles' prints those that exist") from error
        # AWS_REGION is what the other SDKs and Lambda set; boto3 alone does not read it.
        named = region or os.environ.get("AWS_REGION") or self._session.region_name
        if not named:
            raise UsageError("no Region is set: pass --region or set AWS_REGION")
        if not _REGION.fullmatch(named):
            raise UsageError(f"{named!r} is not the name of a Region; expected something like us-east-1")
        self._region = named
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()
        self._asking = threading.Lock()
        self._identity: Identity | None = None

    @property
    def region(self) -> str:
        """The Region that is looked at."""
        return self._region

    def client(self, service: str) -> Any:
        """A client of a service, made once.

        Args:
            service: its boto3 name, ``logs``.

        Returns:
            The client; clients may be shared by threads, making them may not.

        Raises:
            CouldNotRunError: boto3 cannot make it, for example because of a broken configuration file.
        """
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError

        with self._lock:
            if service not in self._clients:
                config = Config(
                    connect_timeout=_CONNECT_SECONDS,
                    read_timeout=_READ_SECONDS,
                    retries={"mode": "adaptive", "total_max_attempts": _ATTEMPTS},
                    user_agent_extra="bedrock-o11y",
                )
                try:
                    self._clients[service] = self._session.client(service, region_name=self._region, config=config)
                except (BotoCoreError, ValueError) as error:
                    raise CouldNotRunError(f"cannot make a client for {service}: {error}") from error
            return self._clients[service]

    def identity(self) -> Identity:
        """Who the caller is; asked once.

        Returns:
            The account and the ARN. No permission is needed for that (AWS STS API reference, GetCallerIdentity).

        Raises:
            CouldNotRunError: there are no usable credentials, or AWS is out of reach.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        client = self.client("sts")
        with self._asking:  # several looks want to know it at once; AWS is asked once
            if self._identity is None:
                try:
                    answer = client.get_caller_identity()
                except (BotoCoreError, ClientError) as error:
                    trouble = classify(error, "sts:GetCallerIdentity")
                    advice = (
                        f"check the network, the Region {self._region} and AWS_ENDPOINT_URL"
                        if trouble.kind is Kind.UNREACHABLE
                        else "check the credentials with 'aws sts get-caller-identity'"
                    )
                    raise CouldNotRunError(f"{trouble.reason}; {advice}") from error
                arn = str(answer["Arn"])
                self._identity = Identity(str(answer["Account"]), arn, arn.split(":")[1])
            return self._identity
