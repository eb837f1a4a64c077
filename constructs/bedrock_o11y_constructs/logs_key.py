"""The customer key that encrypts invocation records and payloads."""

from __future__ import annotations

import hashlib

from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from constructs import Construct

from bedrock_o11y.blueprint import invocation_logging as blueprint

from .statements import statement, values_of


class LogsKey(Construct):
    """A key with yearly rotation, kept when its stack is destroyed: without it the records cannot be read.

    Attributes:
        key: the key; :func:`let_logs_encrypt` and :func:`let_bedrock_encrypt` let the services use it.
    """

    def __init__(self, scope: Construct, id: str, *, alias: str | None = None) -> None:
        """Create the key.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            alias: name of an alias, without ``alias/``; none by default.
        """
        super().__init__(scope, id)
        self.key = kms.Key(
            self,
            "Key",
            description="Encrypts the model invocation records of Amazon Bedrock.",
            alias=alias,
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
        )


def let_logs_encrypt(scope: Construct, key: kms.IKey, log_group_name: str, *, among_others: bool = False) -> None:
    """Let CloudWatch Logs use a key for one log group, or for those of one pattern.

    Args:
        scope: a construct of the account and Region.
        key: the key; a key that was imported by its ARN keeps the policy it has.
        log_group_name: name of the log group, or a pattern.
        among_others: the key encrypts further log groups; the ids of a policy's statements must differ.
    """
    encrypt = statement(blueprint.LOGS_KEY_GRANT, values_of(scope, LogGroupName=log_group_name))
    if among_others:
        encrypt.sid = f"{blueprint.LOGS_KEY_GRANT.sid}{hashlib.sha256(log_group_name.encode()).hexdigest()[:8]}"
    key.add_to_resource_policy(encrypt)


def let_bedrock_encrypt(scope: Construct, key: kms.IKey) -> None:
    """Let Bedrock use a key for the payloads it writes.

    Args:
        scope: a construct of the account and Region.
        key: the key; a key that was imported by its ARN keeps the policy it has.
    """
    key.add_to_resource_policy(statement(blueprint.PAYLOAD_KEY_GRANT, values_of(scope)))
