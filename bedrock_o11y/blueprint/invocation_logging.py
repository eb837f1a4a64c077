"""Model invocation logging: what Bedrock needs to write one record for each model call.

Names that the templates of this module use, beside ``${Partition}``, ``${Region}`` and ``${Account}``:

- ``${LogGroupName}``: the log group of the records.
- ``${BucketName}``, ``${KeyPrefix}``: the payload bucket, and the prefix with its closing slash, or nothing.
"""

from __future__ import annotations

from typing import Final

from . import sources
from .grant import Condition, Grant, Severity

SERVICE_PRINCIPAL: Final = "bedrock.amazonaws.com"
"""The service that assumes the logging role and writes to the bucket."""

LOG_GROUP_NAME: Final = "/aws/bedrock/model-invocations"
"""The log group that is created when the configuration names no other."""

LOG_STREAM_NAME: Final = "aws/bedrock/modelinvocations"
"""The one stream to which Bedrock writes (Amazon Bedrock user guide, model invocation logging)."""

RECORD_SCHEMA_TYPE: Final = "ModelInvocationLog"
RECORD_SCHEMA_VERSION: Final = "1.0"

RECORD_FIELDS: Final = (
    "schemaType",
    "schemaVersion",
    "timestamp",
    "accountId",
    "region",
    "requestId",
    "operation",
    "modelId",
    "identity.arn",
    "requestMetadata",
    "input.inputContentType",
    "input.inputBodyJson",
    "input.inputTokenCount",
    "output.outputContentType",
    "output.outputBodyJson",
    "output.outputTokenCount",
)
"""Fields of an invocation record (Amazon Bedrock user guide, model invocation logging)."""

RETENTION_DAYS: Final = 365
"""How long records are kept: a year covers an audit period; prompts are personal data, so not for ever."""

PAYLOAD_PREFIX: Final = "payloads"
"""Key prefix of large bodies in the payload bucket."""

REPLACED_PAYLOAD_DAYS: Final = 30
"""How long a payload that was overwritten or deleted can be brought back."""

UNFINISHED_UPLOAD_DAYS: Final = 7
"""After this the parts of an upload that never ended are removed."""

RETENTION_VALUES: Final = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""Days that CloudWatch Logs accepts (AWS::Logs::LogGroup, RetentionInDays)."""

MASKED_DATA_IDENTIFIERS: Final = (
    "EmailAddress",
    "CreditCardNumber",
    "CreditCardSecurityCode",
    "AwsSecretKey",
    "OpenSshPrivateKey",
    "PgpPrivateKey",
    "PkcsPrivateKey",
    "PuttyPrivateKey",
    "Ssn-US",
    "PassportNumber-US",
    "BankAccountNumber-US",
    "PhoneNumber-US",
)
"""Managed data identifiers masked by default: credentials, payment data, identity numbers and contact data.

``Name`` and ``Address`` are left out because they hide ordinary words of a prompt and make records useless for
debugging. Guardrails do not mask invocation records, so this policy is the only mask there is.
"""

DELIVERY_METRIC_NAMESPACE: Final = "AWS/Bedrock"
LOGS_DELIVERY_SUCCESS: Final = "ModelInvocationLogsCloudWatchDeliverySuccess"
LOGS_DELIVERY_FAILURE: Final = "ModelInvocationLogsCloudWatchDeliveryFailure"
S3_DELIVERY_SUCCESS: Final = "ModelInvocationLogsS3DeliverySuccess"
S3_DELIVERY_FAILURE: Final = "ModelInvocationLogsS3DeliveryFailure"
LARGE_DATA_DELIVERY_SUCCESS: Final = "ModelInvocationLargeDataS3DeliverySuccess"
LARGE_DATA_DELIVERY_FAILURE: Final = "ModelInvocationLargeDataS3DeliveryFailure"
DELIVERY_METRIC_DIMENSION: Final = ("ModelId", "Across all model IDs")
"""How some read the guide's "Across all model IDs"; others read it as no dimension. Readers accept either."""

CANARY_MODEL_ID: Final = "amazon.nova-micro-v1:0"
"""The cheapest text model of Amazon's own; the canary sends it one short prompt."""

CANARY_PROMPT: Final = "Reply with the word ok."
CANARY_MAX_TOKENS: Final = 8
CANARY_METADATA_KEY: Final = "bedrock-o11y-canary"
"""Key of the nonce in ``requestMetadata`` (at most 16 entries of 256 characters, Bedrock user guide)."""

_SOURCE_CONDITIONS: Final = (
    Condition("StringEquals", "aws:SourceAccount", ("${Account}",)),
    Condition("ArnLike", "aws:SourceArn", ("arn:${Partition}:bedrock:${Region}:${Account}:*",)),
)
_SOURCE_WILDCARD: Final = (
    "A logging configuration has no ARN of its own: the guide pins the service, the Region and the account."
)

LOGGING_ROLE_TRUST: Final = Grant(
    sid="BedrockWritesInvocationRecords",
    principals=(SERVICE_PRINCIPAL,),
    actions=("sts:AssumeRole",),
    resources=(),
    conditions=_SOURCE_CONDITIONS,
    purpose="Bedrock cannot become the logging role, so no record is ever written.",
    severity=Severity.HIGH,
    sources=(sources.INVOCATION_LOGGING, sources.CONFUSED_DEPUTY),
    wildcard=_SOURCE_WILDCARD,
)

LOGGING_ROLE_GRANTS: Final = (
    Grant(
        sid="WriteInvocationRecords",
        actions=("logs:CreateLogStream", "logs:PutLogEvents"),
        resources=(
            "arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}:log-stream:" + LOG_STREAM_NAME,
        ),
        purpose="Bedrock cannot write to the log stream; it refuses the configuration, or drops every record.",
        severity=Severity.HIGH,
        sources=(sources.INVOCATION_LOGGING, sources.LOGS_ACTIONS),
    ),
)

PAYLOAD_BUCKET_GRANTS: Final = (
    Grant(
        sid="AmazonBedrockLogsWrite",
        principals=(SERVICE_PRINCIPAL,),
        actions=("s3:PutObject",),
        resources=("arn:${Partition}:s3:::${BucketName}/${KeyPrefix}AWSLogs/${Account}/BedrockModelInvocationLogs/*",),
        conditions=_SOURCE_CONDITIONS,
        purpose="Bodies over 100 KB, images and documents are lost.",
        severity=Severity.HIGH,
        sources=(sources.INVOCATION_LOGGING, sources.CONFUSED_DEPUTY),
        wildcard="Bedrock chooses the names of the objects below this prefix.",
    ),
)

LOGS_KEY_GRANT: Final = Grant(
    sid="EncryptLogGroup",
    principals=("logs.${Region}.amazonaws.com",),
    actions=("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"),
    resources=("*",),
    conditions=(
        Condition(
            "ArnEquals",
            "kms:EncryptionContext:aws:logs:arn",
            ("arn:${Partition}:logs:${Region}:${Account}:log-group:${LogGroupName}",),
        ),
    ),
    purpose="CloudWatch Logs cannot encrypt with the key, so the log group takes no event.",
    severity=Severity.HIGH,
    sources=(sources.LOGS_ENCRYPTION,),
    wildcard="In a key policy the resource is always the key itself; the action patterns are those of the guide.",
)

PAYLOAD_KEY_GRANT: Final = Grant(
    sid="EncryptPayloads",
    principals=(SERVICE_PRINCIPAL,),
    actions=("kms:GenerateDataKey",),
    resources=("*",),
    conditions=_SOURCE_CONDITIONS,
    purpose="Bedrock cannot write to the encrypted bucket, so large bodies are lost.",
    severity=Severity.HIGH,
    sources=(sources.INVOCATION_LOGGING,),
    wildcard="In a key policy the resource is always the key itself.",
)
