"""The condition keys that AWS fills in for every service (IAM user guide, AWS global condition context keys).

A key that begins with ``aws:`` and is none of these may be misspelt, and a misspelt key is never present.
"""

from __future__ import annotations

from typing import Final

GLOBAL_KEYS: Final = frozenset(
    {
        "aws:AssumedRoot",
        "aws:CalledVia",
        "aws:CalledViaAWSMCP",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:ChatbotSourceArn",
        "aws:CurrentTime",
        "aws:Ec2InstanceSourcePrivateIPv4",
        "aws:Ec2InstanceSourceVpc",
        "aws:EpochTime",
        "aws:FederatedProvider",
        "aws:IsMcpServiceAction",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalAccount",
        "aws:PrincipalArn",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:PrincipalType",
        "aws:referer",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
        "aws:SecureTransport",
        "aws:SignInSessionArn",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceIdentity",
        "aws:SourceIp",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "aws:SourceVpc",
        "aws:SourceVpcArn",
        "aws:SourceVpce",
        "aws:TagKeys",
        "aws:TokenIssueTime",
        "aws:UserAgent",
        "aws:userid",
        "aws:username",
        "aws:ViaAWSMCPService",
        "aws:ViaAWSService",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:VpceOrgPaths",
        "aws:VpcSourceIp",
    }
)
"""As AWS spells them; keys are compared without regard to case. Keys with a tag's name in them stand apart."""

_TAGS: Final = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")
_LOWER: Final = frozenset(key.lower() for key in GLOBAL_KEYS)


def is_global_key(key: str) -> bool:
    """Whether AWS fills a condition key in for every service.

    Args:
        key: in any case; ``aws:PrincipalTag/team`` is one, ``aws:PrincipalTag/`` is none.
    """
    lower = key.lower()
    return lower in _LOWER or any(lower.startswith(prefix) and lower != prefix for prefix in _TAGS)
