"""AccountSetting, its guard and its provider, each by itself in anybody's own stack."""

from __future__ import annotations

import json

import pytest
from aws_cdk import App, Stack, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Match, Template

import bedrock_o11y_constructs
from bedrock_o11y.account_settings.registry import FAMILIES, SETTINGS
from bedrock_o11y.blueprint import account_setting as blueprint_settings
from bedrock_o11y_constructs import (
    AccountSetting,
    AccountSettingGuard,
    AccountSettingsProvider,
    ExistingSetting,
    LogsKey,
)

SETTING = "model-invocation-logging"


def actions_of(template: Template) -> dict[str, list[str]]:
    """Actions by statement id, over every managed policy."""
    return {
        statement["Sid"]: [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        for policy in template.find_resources("AWS::IAM::ManagedPolicy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
    }


def test_the_public_names_are_those_that_are_documented():
    assert bedrock_o11y_constructs.__all__ == [
        "AccountSetting",
        "AccountSettingGuard",
        "AccountSettingsProvider",
        "AccountTelemetryRules",
        "AgentExecutionRole",
        "AgentLogDelivery",
        "ExistingSetting",
        "HostedAgentRole",
        "HostedAgentTelemetry",
        "InvocationLogging",
        "LogsKey",
        "RecordedData",
        "ServiceLogGroup",
        "TransactionSearch",
        "let_logs_encrypt",
    ]
    for name in bedrock_o11y_constructs.__all__:
        assert getattr(bedrock_o11y_constructs, name).__doc__


def test_a_setting_alone_gets_what_it_needs_and_nothing_more():
    stack = Stack(App(), "Mine")
    desired = {"s3Config": {"bucketName": "mine"}, "textDataDeliveryEnabled": True}
    AccountSetting(stack, "Setting", setting=SETTING, desired=desired)
    template = Template.from_stack(stack)
    assert set(actions_of(template)) == {
        "WriteOwnLog",
        "WriteOwnTraces",
        "ManageInvocationLogging",
        "KeepRecordOfSetting",
        "ReadOwnStack",
    }
    (resource,) = template.find_resources("Custom::BedrockO11yAccountSetting").values()
    request = json.loads(resource["Properties"]["Request"])
    assert request == {
        "setting": SETTING,
        "mode": "manage",
        "policy": "refuse",
        "desired": desired,
        "expects": {"stackName": "Mine"},
    }


def test_a_role_that_the_value_names_may_be_passed_and_no_other():
    stack = Stack(App(), "Mine")
    role = iam.Role.from_role_arn(stack, "Role", "arn:aws:iam::123456789012:role/mine")
    AccountSetting(stack, "Setting", setting=SETTING, desired={}, passed_role=role)
    Template.from_stack(stack).has_resource_properties(
        "AWS::IAM::ManagedPolicy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with(
                    [
                        Match.object_like(
                            {"Action": "iam:PassRole", "Resource": "arn:aws:iam::123456789012:role/mine"},
                        )
                    ]
                )
            }
        },
    )


def test_a_guard_alone_may_only_read():
    stack = Stack(App(), "Mine")
    AccountSettingGuard(stack, "Guard", setting=SETTING, owner_stack="Theirs", existing=ExistingSetting.ADOPT)
    template = Template.from_stack(stack)
    actions = actions_of(template)
    assert set(actions) == {
        "WriteOwnLog",
        "WriteOwnTraces",
        "ReadInvocationLogging",
        "ReadRecordOfSetting",
        "ReadOwnStack",
    }
    reading = [actions[sid] for sid in actions if sid.startswith("Read")]
    assert all(action.split(":")[1].startswith(("Get", "Describe")) for group in reading for action in group)
    (resource,) = template.find_resources("Custom::BedrockO11yAccountSetting").values()
    request = json.loads(resource["Properties"]["Request"])
    assert (request["mode"], request["ownerStack"], request["policy"]) == ("guard", "Theirs", "adopt")


def test_one_stack_has_one_provider_however_many_settings():
    stack = Stack(App(), "Mine")
    AccountSettingGuard(stack, "Guard", setting=SETTING)
    AccountSetting(stack, "Setting", setting=SETTING, desired={})
    assert AccountSettingsProvider.of(stack) is AccountSettingsProvider.of(stack)
    Template.from_stack(stack).resource_count_is("AWS::Lambda::Function", 1)


def test_a_provider_can_stand_in_a_vpc():
    stack = Stack(App(), "Mine")
    vpc = ec2.Vpc(stack, "Vpc")
    provider = AccountSettingsProvider(stack, "Provider", vpc=vpc)
    AccountSettingGuard(stack, "Guard", setting=SETTING, provider=provider)
    template = Template.from_stack(stack)
    template.has_resource_properties("AWS::Lambda::Function", {"VpcConfig": Match.any_value()})
    assert "JoinVpc" in actions_of(template)


@pytest.mark.parametrize("alias", [None, "mine/logs"])
def test_a_key_is_rotated_and_kept(alias):
    stack = Stack(App(), "Mine")
    LogsKey(stack, "Key", alias=alias)
    template = Template.from_stack(stack)
    template.has_resource(
        "AWS::KMS::Key", {"Properties": {"EnableKeyRotation": True}, "DeletionPolicy": "RetainExceptOnCreate"}
    )
    template.resource_count_is("AWS::KMS::Alias", 1 if alias else 0)


def test_every_setting_of_the_provider_has_grants_and_no_other_has():
    assert set(blueprint_settings.GRANTS) == {*SETTINGS, *FAMILIES}
    assert set(blueprint_settings.GUARD_GRANTS) <= set(SETTINGS)


LOG = "arn:aws:bedrock-agentcore:us-east-1:123456789012:memory/m-AbCdEfGhIj|TRACES"


def test_a_delivery_may_be_of_something_that_is_known_only_at_the_deploy():
    stack = Stack(App(), "Mine")
    arn = Token.as_string({"Ref": "Memory"})
    AccountSetting(
        stack, "Source", setting="delivery-source", instance=f"{arn}|TRACES", desired={"name": "x"},
        existing=ExistingSetting.LEAVE,
    )  # fmt: skip
    assert "MakeDeliverySources" in actions_of(Template.from_stack(stack))
    with pytest.raises(ValueError, match=r"Mine/Group: instance is .*; expected the name itself"):
        AccountSetting(stack, "Group", setting="log-group-retention", instance=arn, desired={})


@pytest.mark.parametrize(
    ("props", "said"),
    [
        ({"instance": LOG}, "a foreign delivery-source cannot be met with replace; expected refuse, leave"),
        ({"instance": "TRACES"}, "delivery-source has no instance TRACES"),
        ({}, "instance is None; expected the name itself for log-group-retention, .*delivery-source, log-delivery"),
    ],
)
def test_what_no_delivery_can_be_is_refused(props, said):
    stack = Stack(App(), "Mine")
    with pytest.raises(ValueError, match=f"^Mine/S: {said}"):
        AccountSetting(
            stack, "S", setting="delivery-source", desired={}, existing=ExistingSetting.REPLACE, **props
        )  # fmt: skip


def test_many_settings_may_share_one_policy():
    stack = Stack(App(), "Mine")
    policy = iam.ManagedPolicy(stack, "Policy", statements=[iam.PolicyStatement(actions=["a:b"], resources=["*"])])
    for number in range(3):
        AccountSetting(
            stack, f"S{number}", setting="delivery-source", instance=LOG, desired={"name": "x"}, granted_by=policy,
            existing=ExistingSetting.LEAVE,
        )  # fmt: skip
    template = Template.from_stack(stack)
    template.resource_count_is("AWS::IAM::ManagedPolicy", 2)
    for resource in template.find_resources("Custom::BedrockO11yAccountSetting").values():
        assert resource["DependsOn"] == [next(iter(template.find_resources("AWS::IAM::ManagedPolicy", {
            "Properties": {"PolicyDocument": {"Statement": [{"Action": "a:b"}]}}})))]  # fmt: skip
