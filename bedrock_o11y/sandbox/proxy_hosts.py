"""Which host names of AWS are the sandbox's: those of the services that it has."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

DOMAINS = ("amazonaws.com", "api.aws")
"""What AWS host names end with in the partition `aws`, to which the sandbox's account belongs."""

HTTPS = 443

ENDPOINT_NAMES: dict[str, tuple[str, ...]] = {
    "bedrock-agentcore": ("bedrock-agentcore", "bedrock-agentcore-control"),
    "cloudcontrol": ("cloudcontrolapi",),
    "cloudfront-keyvaluestore": ("cloudfront-kvs",),
    "documentdb": ("rds",),
    "dynamodb": ("dynamodb", "ddb"),
    "dynamodbstreams": ("streams.dynamodb",),
    "ecr": ("api.ecr",),
    "iot-data": ("data-ats.iot", "data.iot"),
    "iot-jobs-data": ("data.jobs.iot",),
    "iotwireless": ("api.iotwireless",),
    "kinesis": ("kinesis", "control-kinesis", "data-kinesis"),
    "kinesisanalyticsv2": ("kinesisanalytics",),
    "lambda-core": ("lambda",),
    "lambda-microvms": ("lambda",),
    "location": ("geo",),
    "opensearch": ("es",),
    "opensearchserverless": ("aoss",),
    "ses": ("email",),
    "states": ("states", "sync-states"),
    # Not services of AWS: what a machine or a container asks about itself, at addresses without a name.
    "ecs-metadata": (),
    "imds": (),
}
"""Services of the sandbox whose host name does not begin with their name. Source: the endpoint rules of botocore."""

_REGION = re.compile(r"[a-z]{2,4}(-[a-z]+)+-[0-9]+|global")
_NAME = re.compile(r"(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_]([a-z0-9_-]{0,62}))*")
_LONGEST_ENDPOINT_NAME = 3


class Hosts:
    """The host names that a sandbox answers for.

    Args:
        services: its services, by the sandbox's names.
    """

    def __init__(self, services: Iterable[str]) -> None:
        self._endpoints = frozenset(name for service in services for name in ENDPOINT_NAMES.get(service, (service,)))

    def refusal(self, host: str, port: int) -> str:
        """Why a host is none of the sandbox's.

        Names before the service's are let through: they say which bucket, account or resource is meant.

        Args:
            host: its name, in lower case and without a dot at the end.
            port: its port.

        Returns:
            the reason in a few words, or nothing for a host of the sandbox.
        """
        domain = next((domain for domain in DOMAINS if host.endswith(f".{domain}")), None)
        if domain is None or not _NAME.fullmatch(host):
            return "no host of AWS"
        if port != HTTPS:
            return f"AWS answers on port {HTTPS}"
        labels = host.removesuffix(f".{domain}").split(".")
        if _REGION.fullmatch(labels[-1]):
            labels.pop()
        if labels[-1:] == ["dualstack"]:
            labels.pop()
        tails = (".".join(labels[-size:]).removesuffix("-fips") for size in range(1, _LONGEST_ENDPOINT_NAME + 1))
        return "" if not self._endpoints.isdisjoint(tails) else "the sandbox has no such service"
