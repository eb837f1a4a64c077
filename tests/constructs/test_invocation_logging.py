"""InvocationLogging in anybody's own stack, without a configuration file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aws_cdk import App, Duration, Environment, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template

from bedrock_o11y_constructs import AccountSetting, ExistingSetting, InvocationLogging, RecordedData

FLAGS = json.loads((Path(__file__).parents[2] / "cdk.json").read_text())["context"]
KEY_ARN = "arn:aws:kms:us-east-1:123456789012:key/11111111-1111-1111-1111-111111111111"


def stack_with(context=None, **props):
    stack = Stack(App(context=context or FLAGS), "Mine", env=Environment(account="123456789012", region="us-east-1"))
    return stack, InvocationLogging(stack, "Logging", **props)


def template_with(**props):
    return Template.from_stack(stack_with(**props)[0])


def request_of(template, mode="manage"):
    """The JSON text of the custom resource, references shown as <LogicalId>."""
    for resource in template.find_resources("Custom::BedrockO11yAccountSetting").values():
        request = resource["Properties"]["Request"]
        parts = request["Fn::Join"][1] if isinstance(request, dict) else [request]
        text = "".join(part if isinstance(part, str) else f"<{next(iter(part.values()))}>" for part in parts)
        if json.loads(text.replace("<['", "<").replace("']>", ">"))["mode"] == mode:
            return json.loads(text)
    raise AssertionError(f"no custom resource of mode {mode}")


@pytest.fixture(scope="module")
def default():
    return template_with()


def test_the_role_is_assumed_by_bedrock_alone_for_this_account_and_region(default):
    roles = default.find_resources("AWS::IAM::Role")
    (trust,) = (
        role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        for role in roles.values()
        if "bedrock" in json.dumps(role["Properties"]["AssumeRolePolicyDocument"])
    )
    assert trust == [
        {
            "Action": "sts:AssumeRole",
            "Effect": "Allow",
            "Principal": {"Service": "bedrock.amazonaws.com"},
            "Condition": {
                "StringEquals": {"aws:SourceAccount": ["123456789012"]},
                "ArnLike": {"aws:SourceArn": ["arn:aws:bedrock:us-east-1:123456789012:*"]},
            },
        }
    ]


def test_the_role_reaches_one_stream_and_nothing_else(default):
    (policy,) = (
        policy["Properties"]["PolicyDocument"]["Statement"]
        for policy in default.find_resources("AWS::IAM::ManagedPolicy").values()
        if "one log stream" in policy["Properties"]["Description"]
    )
    (statement,) = policy
    assert statement["Action"] == ["logs:CreateLogStream", "logs:PutLogEvents"]
    arn = json.dumps(statement["Resource"])
    assert ":log-group:/aws/bedrock/model-invocations:log-stream:aws/bedrock/modelinvocations" in arn
    assert "*" not in arn


def test_the_provider_passes_one_role_to_one_service(default):
    statements = [
        statement
        for policy in default.find_resources("AWS::IAM::ManagedPolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "iam:PassRole" in statement["Action"]
    ]
    (statement,) = statements
    assert statement["Condition"] == {"StringEquals": {"iam:PassedToService": ["bedrock.amazonaws.com"]}} or statement[
        "Condition"
    ] == {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}
    assert "LoggingLoggingRole" in json.dumps(statement["Resource"])
    assert "*" not in json.dumps(statement["Resource"])


@pytest.mark.parametrize("existing", list(ExistingSetting))
def test_somebody_elses_role_is_passed_only_where_their_value_may_be_touched(existing):
    text = json.dumps(template_with(existing=existing).to_json())
    assert ("PassRoleOfForeignValue" in text) == (existing is not ExistingSetting.REFUSE)


def test_the_log_group_is_encrypted_masked_kept_and_has_a_retention(default):
    default.has_resource(
        "AWS::Logs::LogGroup",
        {
            "Properties": {
                "LogGroupName": "/aws/bedrock/model-invocations",
                "RetentionInDays": 365,
                "KmsKeyId": Match.any_value(),
                "DataProtectionPolicy": Match.object_like(
                    {
                        "Statement": Match.array_with(
                            [Match.object_like({"Operation": {"Deidentify": {"MaskConfig": {}}}})]
                        )
                    }
                ),
            },
            "DeletionPolicy": "RetainExceptOnCreate",
            "UpdateReplacePolicy": "Retain",
        },
    )


def test_the_key_lets_logs_encrypt_this_log_group_and_bedrock_write_payloads(default):
    default.has_resource(
        "AWS::KMS::Key",
        {
            "Properties": {
                "EnableKeyRotation": True,
                "KeyPolicy": {
                    "Statement": Match.array_with(
                        [
                            Match.object_like(
                                {
                                    "Sid": "EncryptLogGroup",
                                    "Principal": {"Service": "logs.us-east-1.amazonaws.com"},
                                    "Condition": {
                                        "ArnEquals": {
                                            "kms:EncryptionContext:aws:logs:arn": Match.any_value(),
                                        }
                                    },
                                }
                            ),
                            Match.object_like(
                                {
                                    "Sid": "EncryptPayloads",
                                    "Principal": {"Service": "bedrock.amazonaws.com"},
                                    "Action": "kms:GenerateDataKey",
                                }
                            ),
                        ]
                    )
                },
            },
            "DeletionPolicy": "RetainExceptOnCreate",
        },
    )


def test_the_bucket_is_private_encrypted_expires_and_refuses_plain_http(default):
    default.has_resource(
        "AWS::S3::Bucket",
        {
            "Properties": Match.object_like(
                {
                    "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
                    "PublicAccessBlockConfiguration": {
                        "BlockPublicAcls": True,
                        "BlockPublicPolicy": True,
                        "IgnorePublicAcls": True,
                        "RestrictPublicBuckets": True,
                    },
                    "LifecycleConfiguration": {"Rules": [Match.object_like({"ExpirationInDays": 365})]},
                }
            ),
            "DeletionPolicy": "RetainExceptOnCreate",
        },
    )
    default.has_resource_properties(
        "AWS::S3::BucketPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like({"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}),
                        Match.object_like({"Sid": "AmazonBedrockLogsWrite", "Action": "s3:PutObject"}),
                    ]
                )
            }
        },
    )


def test_nothing_is_created_before_the_guard(default):
    resources = default.to_json()["Resources"]
    (guard,) = (
        id
        for id, resource in resources.items()
        if resource["Type"].startswith("Custom::") and '"mode":"guard"' in json.dumps(resource).replace("\\", "")
    )
    # What the guard itself stands on, and policies, which grant nothing until their role is used.
    before = {"AWS::Lambda::Function", "AWS::IAM::ManagedPolicy"}
    for id, resource in resources.items():
        if id == guard or resource["Type"] in before or id.startswith("AccountSettingsProvider"):
            continue
        assert guard in _needed(resources, id), f"{id} may be created before the guard"


def _needed(resources, id):
    seen: set[str] = set()
    todo = [id]
    while todo:
        resource = resources[todo.pop()]
        text = json.dumps(resource)
        direct = {other for other in resources if f'"{other}"' in text} - seen
        seen |= direct
        todo += direct
    return seen


def test_the_setting_is_written_after_everything_it_names(default):
    resources = default.to_json()["Resources"]
    (setting,) = (
        id
        for id, resource in resources.items()
        if resource["Type"].startswith("Custom::") and '"mode":"manage"' in json.dumps(resource).replace("\\", "")
    )
    needed = _needed(resources, setting)
    for kind in ("AWS::Logs::LogGroup", "AWS::S3::BucketPolicy", "AWS::S3::Bucket", "AWS::KMS::Key"):
        assert {id for id, resource in resources.items() if resource["Type"] == kind} <= needed, kind
    assert any(id.startswith("LoggingWriteRecords") for id in needed)


def test_the_request_names_what_bedrock_must_be_told(default):
    request = request_of(default)
    assert request["setting"] == "model-invocation-logging"
    assert request["policy"] == "refuse"
    desired = request["desired"]
    assert desired["textDataDeliveryEnabled"] is True
    assert desired["cloudWatchConfig"]["logGroupName"].startswith("<LoggingRecords")
    assert desired["cloudWatchConfig"]["largeDataDeliveryS3Config"]["keyPrefix"] == "payloads"
    assert "s3Config" not in desired
    assert "audioDataDeliveryEnabled" not in desired
    assert request["expects"]["logGroup"]["retentionInDays"] == 365
    assert request["expects"]["logGroup"]["masked"] is True


def test_the_custom_resources_have_a_timeout_that_ends(default):
    for resource in default.find_resources("Custom::BedrockO11yAccountSetting").values():
        assert int(resource["Properties"]["ServiceTimeout"]) == 900
    default.has_resource_properties("AWS::Lambda::Function", {"Timeout": 300, "Runtime": "python3.14"})


def test_existing_key_group_and_bucket_are_used_and_not_changed():
    stack, _ = stack_with()
    stack = Stack(App(context=FLAGS), "Mine", env=Environment(account="123456789012", region="us-east-1"))
    InvocationLogging(
        stack,
        "Logging",
        log_group=logs.LogGroup.from_log_group_name(stack, "Group", "/mine"),
        payload_bucket=s3.Bucket.from_bucket_name(stack, "Bucket", "my-bucket"),
        encryption_key=kms.Key.from_key_arn(stack, "Key", KEY_ARN),
    )
    template = Template.from_stack(stack)
    for kind in ("AWS::KMS::Key", "AWS::S3::Bucket", "AWS::S3::BucketPolicy"):
        template.resource_count_is(kind, 0)
    template.resource_count_is("AWS::Logs::LogGroup", 1)  # the provider's own
    request = request_of(template)
    assert request["desired"]["cloudWatchConfig"]["logGroupName"] == "/mine"
    assert request["desired"]["cloudWatchConfig"]["largeDataDeliveryS3Config"]["bucketName"] == "my-bucket"
    assert ":log-group:/mine:log-stream:aws/bedrock/modelinvocations" in json.dumps(template.to_json())
    assert "retentionInDays" not in request["expects"]["logGroup"], "what we did not create is not judged"
    assert "kmsKeyArn" not in request["expects"]["logGroup"]
    assert "masked" not in request["expects"]["logGroup"]


def test_a_log_group_of_the_same_stack_is_used_by_its_name():
    stack = Stack(App(context=FLAGS), "Mine")
    group = logs.LogGroup(stack, "Group")
    InvocationLogging(stack, "Logging", log_group=group)
    policy = json.dumps(Template.from_stack(stack).find_resources("AWS::IAM::ManagedPolicy"))
    assert ':log-group:", {"Ref": "Group' in policy
    assert ":log-stream:aws/bedrock/modelinvocations" in policy


def test_records_to_s3_alone_need_no_role_and_no_log_group():
    template = template_with(deliver_to_cloudwatch=False, deliver_to_s3=True)
    request = request_of(template)
    assert "cloudWatchConfig" not in request["desired"]
    assert request["desired"]["s3Config"]["keyPrefix"] == "payloads"
    template.resource_count_is("AWS::Logs::LogGroup", 1)  # the provider's own
    assert "iam:PassRole" not in json.dumps(template.to_json()), "there is no role to pass"


def test_without_payloads_there_is_no_bucket():
    template = template_with(store_payloads=False)
    template.resource_count_is("AWS::S3::Bucket", 0)
    assert "largeDataDeliveryS3Config" not in request_of(template)["desired"]["cloudWatchConfig"]


def test_what_is_recorded_and_how_long_can_be_chosen():
    template = template_with(
        data=RecordedData(text=True, image=False, embedding=False, video=False, audio=True),
        retention_days=30,
        masked_identifiers=[],
        payload_expiration=Duration.days(7),
        existing=ExistingSetting.REPLACE,
        log_group_name="/mine",
    )
    request = request_of(template)
    assert request["policy"] == "replace"
    assert request["desired"]["imageDataDeliveryEnabled"] is False
    assert request["desired"]["audioDataDeliveryEnabled"] is True
    assert request["expects"]["logGroup"]["masked"] is False
    template.has_resource_properties("AWS::Logs::LogGroup", {"LogGroupName": "/mine", "RetentionInDays": 30})
    template.has_resource_properties("AWS::Logs::LogGroup", {"DataProtectionPolicy": Match.absent()})
    template.has_resource_properties(
        "AWS::S3::Bucket", {"LifecycleConfiguration": {"Rules": [Match.object_like({"ExpirationInDays": 7})]}}
    )


@pytest.mark.parametrize(
    ("props", "message"),
    [
        ({"deliver_to_cloudwatch": False}, "Mine/Logging: records would go nowhere"),
        ({"deliver_to_s3": True, "store_payloads": False}, "Mine/Logging: delivery to S3 needs the payload bucket"),
        ({"retention_days": 42}, "Mine/Logging: CloudWatch Logs knows no retention of 42 days"),
    ],
)
def test_nonsense_is_refused_with_the_path_of_the_construct(props, message):
    with pytest.raises(ValueError, match=message):
        stack_with(**props)


def test_an_unknown_setting_is_refused_with_the_path_of_the_construct():
    stack = Stack(App(), "Mine")
    with pytest.raises(ValueError, match="Mine/Setting: no such account setting: colour"):
        AccountSetting(stack, "Setting", setting="colour", desired={})


@pytest.mark.parametrize(
    "context", [{"unrelated": True}, FLAGS, dict.fromkeys(FLAGS, False)], ids=["none", "all", "off"]
)
def test_it_synthesises_whatever_the_feature_flags(context):
    context = {key: value for key, value in context.items() if isinstance(value, bool)}
    template = Template.from_stack(stack_with(context=context)[0])
    assert request_of(template)["desired"]["cloudWatchConfig"]
    template.resource_count_is("AWS::KMS::Key", 1)


def test_it_works_in_a_stack_that_knows_neither_account_nor_region():
    stack = Stack(App(context=FLAGS), "Mine")
    InvocationLogging(stack, "Logging")
    trust = json.dumps(Template.from_stack(stack).find_resources("AWS::IAM::Role"))
    assert '{"aws:SourceAccount": [{"Ref": "AWS::AccountId"}]}' in trust
