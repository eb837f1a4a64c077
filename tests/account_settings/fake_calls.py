"""What the account in memory is made of: the operations, every way in which one may fail, and how AWS says so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any

import botocore.session
from botocore.exceptions import ClientError

if TYPE_CHECKING:
    from tests.account_settings.fake_aws import FakeAccount

GET, PUT, DELETE = "bedrock:Get", "bedrock:Put", "bedrock:Delete"
"""Reading, writing and removing the setting, also where it is one of X-Ray."""
READ, SAVE, DROP = "ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"
STATUS = "cloudformation:DescribeStacks"
DISCOVER = "application-signals:StartDiscovery"
CREATE = "logs:CreateLogGroup"
OPERATIONS = (GET, PUT, DELETE, READ, SAVE, DROP, STATUS, DISCOVER, CREATE)
CHANGES = (PUT, DELETE, SAVE, DROP)

SENDER = "arn:aws:bedrock-agentcore:us-east-1:123456789012:runtime/mine-0123456789"
LOG_TYPE = "APPLICATION_LOGS"
"""The one type of log that is delivered."""

SWITCHES = [f"{kind}DataDeliveryEnabled" for kind in ("text", "image", "embedding", "video", "audio")]
"""A switch that a Put does not mention is on. Source: the Terraform AWS provider, "behavior observed"."""

_API_NAMES = {
    GET: "GetModelInvocationLoggingConfiguration",
    PUT: "PutModelInvocationLoggingConfiguration",
    DELETE: "DeleteModelInvocationLoggingConfiguration",
    READ: "GetParameter",
    SAVE: "PutParameter",
    DROP: "DeleteParameter",
    STATUS: "DescribeStacks",
    DISCOVER: "StartDiscovery",
    CREATE: "CreateLogGroup",
}


class Fault(Enum):
    DENIED = "AccessDenied"
    THROTTLED = "throttled"
    SERVER_ERROR = "the server failed, nothing done"
    LOST_REQUEST = "timed out, nothing done"
    LOST_RESPONSE = "timed out, done"
    CRASH_BEFORE = "the function died, nothing done"
    CRASH_AFTER = "the function died, done"


class Crash(BaseException):
    """The Lambda function is gone in the middle of a call. Nothing in it can catch that."""


@cache
def service_model(service: str) -> Any:
    return botocore.session.Session().get_service_model(service)


def client_error(operation: str, code: str, message: str, status: int = 400) -> ClientError:
    response = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, _API_NAMES[operation])


@dataclass
class Client:
    account: FakeAccount
