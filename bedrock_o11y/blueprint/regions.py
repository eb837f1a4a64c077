"""Regions that do not have what is observed, as far as the lists of CloudFormation's types tell.

The lists are those that cfn-lint carries. Those of China and of isolated Regions look copied and are not believed.
"""

from __future__ import annotations

from datetime import date
from typing import Final

RUNTIME: Final = "AWS::BedrockAgentCore::Runtime"
MEMORY: Final = "AWS::BedrockAgentCore::Memory"
GATEWAY: Final = "AWS::BedrockAgentCore::Gateway"
TRANSACTION_SEARCH: Final = "AWS::XRay::TransactionSearchConfig"

_NO_AGENTCORE: Final = (
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-3",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-6",
    "ca-west-1",
    "eu-central-2",
    "il-central-1",
    "me-central-1",
    "mx-central-1",
    "us-gov-east-1",
)

UNLISTED: Final = {
    RUNTIME: _NO_AGENTCORE,
    GATEWAY: _NO_AGENTCORE,
    MEMORY: (*_NO_AGENTCORE, "ap-south-2", "ap-southeast-5", "ap-southeast-7", "eu-south-2", "us-west-1"),
    TRANSACTION_SEARCH: ("ap-east-2", "ap-southeast-6", "mx-central-1"),
}
"""By type of resource: the Regions whose list of types does not have it."""

UNLISTED_DATE: Final = date(2026, 10, 20)
"""The day of the lists."""
