"""The custody of one log group in anybody's own CDK app."""

from __future__ import annotations

import json
from typing import Any

import pytest
from aws_cdk import App, Aws, Stack
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from bedrock_o11y.account_settings import log_group_index
from bedrock_o11y.blueprint import transaction_search
from bedrock_o11y_constructs import ServiceLogGroup

AGENT = "/aws/bedrock-agentcore/runtimes/my_agent-Ab12345678-DEFAULT"


@pytest.fixture
def stack() -> Stack:
    return Stack(App(), "Mine")


def of_type(stack: Stack, kind: str) -> list[dict[str, Any]]:
    return list(Template.from_stack(stack).find_resources(kind).values())


def asked(stack: Stack) -> list[str]:
    return [json.dumps(each["Properties"]["Request"]) for each in of_type(stack, "Custom::BedrockO11yAccountSetting")]


def test_by_default_only_the_retention_is_kept(stack: Stack) -> None:
    ServiceLogGroup(stack, "Logs", log_group_name="/mine")
    (request,) = asked(stack)
    assert "log-group-retention" in request
    assert of_type(stack, "AWS::Events::Rule") == []


def test_nothing_is_asked_for_where_nothing_is_wanted(stack: Stack) -> None:
    assert ServiceLogGroup(stack, "Logs", log_group_name="/mine", retention_days=None).settings == []


def test_a_log_group_of_its_own_name_is_the_only_one_that_the_provider_may_touch(stack: Stack) -> None:
    ServiceLogGroup(stack, "Logs", log_group_name="/mine")
    policies = json.dumps(of_type(stack, "AWS::IAM::ManagedPolicy"))
    assert ":log-group:/mine" in policies
    assert "bedrock-agentcore" not in policies


def test_log_groups_of_agents_and_one_key_share_two_policies(stack: Stack) -> None:
    key = kms.Key(stack, "Key")
    for number in range(3):
        ServiceLogGroup(stack, f"Logs{number}", log_group_name=f"{AGENT}{number}", encryption_key=key)
    names = [id for id in Template.from_stack(stack).find_resources("AWS::IAM::ManagedPolicy")]
    assert len([id for id in names if "Custody" in id]) == 1
    assert len([id for id in names if "UseKey" in id]) == 1


def test_what_only_aws_can_make_has_a_timer_for_each_setting(stack: Stack) -> None:
    kept = ServiceLogGroup(stack, "Spans", log_group_name="aws/spans", indexed_fields=["traceId"])
    assert len(of_type(stack, "AWS::Events::Rule")) == len(kept.settings) == 2


def test_settings_are_made_one_after_the_other(stack: Stack) -> None:
    ServiceLogGroup(
        stack, "Logs", log_group_name=AGENT, indexed_fields=["a"], let_xray_write_spans=True, tags={"a": "1", "b": "2"}
    )
    settings = Template.from_stack(stack).find_resources("Custom::BedrockO11yAccountSetting")
    waits = {id: {other for other in each["DependsOn"] if other in settings} for id, each in settings.items()}
    assert sorted(map(len, waits.values())) == [0, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"log_group_name": Aws.STACK_NAME}, "Mine/Logs: log_group_name is a token"),
        ({"log_group_name": AGENT, "retention_days": 8}, "Mine/Logs: CloudWatch Logs knows no retention of 8 days"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_reason(stack: Stack, options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        ServiceLogGroup(stack, "Logs", **options)


def test_the_limits_of_an_index_are_the_same_in_the_blueprint_and_in_the_provider() -> None:
    assert log_group_index.MOST_FIELDS == transaction_search.MOST_INDEXED_FIELDS
    assert log_group_index.LONGEST_FIELD == transaction_search.LONGEST_INDEXED_FIELD
