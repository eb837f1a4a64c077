"""Which hosts the proxy takes for the sandbox's; what boto3 asks for is the measure."""

from __future__ import annotations

import http.client
import json
import os
import ssl
from typing import TYPE_CHECKING

import boto3
import pytest

from bedrock_o11y.sandbox.proxy_hosts import ENDPOINT_NAMES, Hosts

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox

HOSTS = Hosts(["bedrock", "bedrock-runtime", "ecr", "dynamodb", "dynamodbstreams", "iam", "imds", "logs", "s3", "xray"])

OURS = """
logs.us-east-1.amazonaws.com logs.eu-central-1.amazonaws.com xray.us-east-1.amazonaws.com iam.amazonaws.com
bedrock-runtime.us-east-1.amazonaws.com bedrock-runtime-fips.us-east-1.amazonaws.com logs.us-gov-west-1.amazonaws.com
logs.us-east-1.api.aws bedrock-runtime.ap-southeast-2.api.aws
s3.amazonaws.com s3.us-east-1.amazonaws.com bucket.s3.amazonaws.com bucket.with.dots.s3.eu-west-1.amazonaws.com
bucket.s3.dualstack.us-east-1.amazonaws.com my_bucket.s3.us-east-1.amazonaws.com
api.ecr.us-east-1.amazonaws.com streams.dynamodb.us-east-1.amazonaws.com 123456789012.ddb.us-east-1.amazonaws.com
"""

OTHERS = {
    "no host of AWS": """
example.com example.org localhost 127.0.0.1 169.254.169.254 amazonaws.com api.aws notamazonaws.com
logs.us-east-1.amazonaws.com.example.com logs.us-east-1.amazonaws.com.cn xamazonaws.com
..amazonaws.com logs..amazonaws.com .amazonaws.com lo*gs.us-east-1.amazonaws.com
""",
    "the sandbox has no such service": """
sagemaker.us-east-1.amazonaws.com ecr.us-east-1.amazonaws.com imds.us-east-1.amazonaws.com us-east-1.amazonaws.com
logs.example.us-east-1.amazonaws.com s3.logs.sagemaker.amazonaws.com mylogs.us-east-1.amazonaws.com
""",
}


@pytest.mark.parametrize("host", OURS.split())
def test_a_host_of_a_service_is_the_sandboxs(host: str) -> None:
    assert HOSTS.refusal(host, 443) == ""


@pytest.mark.parametrize(("host", "why"), [(host, why) for why, hosts in OTHERS.items() for host in hosts.split()])
def test_every_other_host_is_refused_with_the_reason(host: str, why: str) -> None:
    assert HOSTS.refusal(host, 443) == why


def test_a_name_that_is_too_long_is_none_of_ours() -> None:
    assert HOSTS.refusal("a." * 130 + "s3.amazonaws.com", 443) == "no host of AWS"
    assert HOSTS.refusal("a" * 64 + ".s3.amazonaws.com", 443) == "no host of AWS"


@pytest.mark.parametrize("port", [80, 22, 8443, 0])
def test_another_port_is_refused(port: int) -> None:
    assert HOSTS.refusal("logs.us-east-1.amazonaws.com", port) == "AWS answers on port 443"


@pytest.fixture(scope="module")
def services(sandbox: Sandbox) -> list[str]:
    trust = ssl.create_default_context(cafile=str(sandbox.directory / "tls" / "ca.pem"))
    connection = http.client.HTTPSConnection(sandbox.endpoint.removeprefix("https://"), context=trust)
    connection.request("GET", "/_ministack/health")
    try:
        return list(json.loads(connection.getresponse().read())["services"])
    finally:
        connection.close()


BOTO3_NAMES = {
    "airflow": "mwaa",
    "documentdb": "docdb",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "elasticmapreduce": "emr",
    "monitoring": "cloudwatch",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
WITHOUT_CLIENT = {"appsync-events", "ecs-metadata", "imds"}
# Where a call goes is known only with its parameters (endpoint rules of the service: KvsARN).
BY_PARAMETER = {"cloudfront-keyvaluestore": "123456789012.cloudfront-kvs.global.api.aws"}


@pytest.mark.parametrize("region", ["us-east-1", "eu-west-3"])
def test_what_boto3_asks_for_is_let_through_for_every_service_of_the_sandbox(
    services: list[str], region: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    hosts = Hosts(services)
    session = boto3.Session(aws_access_key_id="key", aws_secret_access_key="secret", region_name=region)
    known = session.get_available_services()
    refused = {}
    for service in set(services) - WITHOUT_CLIENT:
        name = BOTO3_NAMES.get(service, service)
        assert name in known, f"{service} has no client: say which in BOTO3_NAMES"
        host = BY_PARAMETER.get(service) or session.client(name).meta.endpoint_url.removeprefix("https://")
        if why := hosts.refusal(host, 443):
            refused[service] = f"{host}: {why}"
    assert refused == {}


def test_every_special_name_is_of_a_service_that_the_sandbox_has(services: list[str]) -> None:
    assert set(ENDPOINT_NAMES) <= set(services)
