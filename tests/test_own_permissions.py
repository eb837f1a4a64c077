"""The permissions that are published for each command are exactly those of the calls that it makes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from bedrock_o11y.blueprint import account_setting, permissions

from .own_calls import belonging, calls, sources

if TYPE_CHECKING:
    from bedrock_o11y.blueprint import Grant

_STORE = "account_settings/record_store.py"
_LOGGING = "account_settings/model_invocation_logging.py"
_DESTINATION = "account_settings/trace_destination.py"
_INDEXING = "account_settings/span_indexing.py"
_LOG_GROUP = "account_settings/log_group.py"
_OF_LOG_GROUPS = {
    f"log-group-{name}": f"account_settings/log_group_{name}.py"
    for name in ("index", "key", "policy", "retention", "tag")
}
_ALL_OF_LOG_GROUPS = (_LOG_GROUP, *_OF_LOG_GROUPS.values())
_SOURCE = "account_settings/delivery_source.py"
_DELIVERY = "account_settings/log_delivery.py"
_VENDED = (_SOURCE, _DELIVERY, "account_settings/vended_log.py")
_READS_RECORD = (f"{_STORE}:read_record", f"{_STORE}:_read")
_READS_LOGGING = f"{_LOGGING}:ModelInvocationLogging.read"
_READS_INDEXING = (f"{_INDEXING}:SpanIndexing.read", f"{_INDEXING}:SpanIndexing._rules")
_READS_SETTINGS = (_READS_LOGGING, f"{_DESTINATION}:TraceDestination.read", *_READS_INDEXING, *_READS_RECORD)
_READS_STACK = "account_settings/stack_phase.py"
_CANARY = ("check/canary.py",)

# What each command is made of, and what of it belongs to another one.
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "plan": (("plan", "aws/session.py", *_READS_SETTINGS), ()),
    "check": (("check", "aws/session.py", "aws/role_reader.py"), _CANARY),
    "check --canary": (("check", "aws/session.py", "aws/role_reader.py"), ()),
    "audit": (("audit", "rules", "roles", "aws/session.py", "aws/role_reader.py"), ()),
    "deploy": (("plan", "aws/session.py", *_READS_SETTINGS), ()),
    "env": (("otel", "aws/session.py"), ()),
    "provider: model-invocation-logging": (
        ("account_settings",),
        (_DESTINATION, _INDEXING, *_ALL_OF_LOG_GROUPS, *_VENDED),
    ),
    "provider: trace-destination": (("account_settings",), (_LOGGING, _INDEXING, *_ALL_OF_LOG_GROUPS, *_VENDED)),
    "provider: span-indexing": (("account_settings",), (_LOGGING, _DESTINATION, *_ALL_OF_LOG_GROUPS, *_VENDED)),
    **{
        f"provider: {setting}": (
            ("account_settings",),
            (
                _LOGGING,
                _DESTINATION,
                _INDEXING,
                *_VENDED,
                *(other for other in _OF_LOG_GROUPS.values() if other != module),
            ),
        )
        for setting, module in _OF_LOG_GROUPS.items()
    },
    "provider: delivery-source": (
        ("account_settings",),
        (_LOGGING, _DESTINATION, _INDEXING, *_ALL_OF_LOG_GROUPS, _DELIVERY),
    ),
    "provider: log-delivery": (
        ("account_settings",),
        (_LOGGING, _DESTINATION, _INDEXING, *_ALL_OF_LOG_GROUPS, _SOURCE),
    ),
    "guard: model-invocation-logging": ((_READS_LOGGING, *_READS_RECORD, _READS_STACK), ()),
    "guard: span-indexing": ((*_READS_INDEXING, *_READS_RECORD, _READS_STACK), ()),
}

# Made by others on our behalf, so that no call of ours shows them.
MADE_BY_OTHERS = {
    "deploy": {"sts:AssumeRole"},  # by the CDK command line
    # Asked of whoever names a role in PutModelInvocationLoggingConfiguration.
    "provider: model-invocation-logging": {"iam:PassRole"},
    # Asked of whoever makes a source.
    "provider: delivery-source": {
        "bedrock-agentcore:AllowVendedLogDeliveryForResource",
        "bedrock:AllowVendedLogDeliveryForResource",
    },
    # Done by CloudWatch Logs in the name of whoever makes a delivery.
    "provider: log-delivery": {
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "xray:GetTraceSegmentDestination",
        "xray:ListResourcePolicies",
    },
    # Done by X-Ray and Application Signals in the name of whoever turns Transaction Search on.
    "provider: trace-destination": {
        "cloudtrail:CreateServiceLinkedChannel",
        "iam:CreateServiceLinkedRole",
        "iam:GetRole",
        "logs:CreateLogGroup",
        "logs:CreateLogStream",
        "logs:DescribeResourcePolicies",
        "logs:PutRetentionPolicy",
    },
}

GRANTS: dict[str, tuple[Grant, ...]] = {
    **permissions.COMMANDS,
    **{f"provider: {setting}": grants for setting, grants in account_setting.GRANTS.items()},
    "provider: model-invocation-logging": (
        *account_setting.MODEL_INVOCATION_LOGGING_GRANTS,
        account_setting.PASS_LOGGING_ROLE_GRANT,
    ),
    **{f"guard: {setting}": grants for setting, grants in account_setting.GUARD_GRANTS.items()},
}


REAL = sources()


def disagreements(texts: dict[str, str], grants: dict[str, tuple[Grant, ...]]) -> list[str]:
    """Every call without a grant, every grant without a call, every call that belongs to nobody; a line each."""
    found = calls(texts)
    lines = []
    for command, (parts, without) in PARTS.items():
        made = list(belonging(found, parts, without))
        granted = {action for grant in grants[command] for action in grant.actions}
        needed = {call.action for call in made} | MADE_BY_OTHERS.get(command, set())
        lines += [f"{command}: {call}, which is not granted" for call in made if call.action not in granted]
        lines += [f"{command}: {action} is granted and never called" for action in sorted(granted - needed)]
    owned = {call for parts, _ in PARTS.values() for call in belonging(found, parts)}
    return lines + [f"no command: {call}" for call in found if call not in owned]


def test_the_calls_of_every_command_are_exactly_what_is_granted() -> None:
    assert set(PARTS) == set(GRANTS)
    assert disagreements(REAL, GRANTS) == []


def test_the_guard_sees_the_calls_that_are_there() -> None:
    found = calls(REAL)
    actions = {call.action for call in found}
    assert {"logs:DescribeLogGroups", "s3:ListBucket", "iam:GetAccountAuthorizationDetails"} <= actions
    assert {"bedrock:InvokeModel", "cloudformation:DescribeStacks", "ssm:PutParameter"} <= actions
    assert len(actions) >= 25


# A module, what somebody adds to it, and what must be said.
ADDED = [
    ("plan/slots.py", 'account.client("logs").describe_log_streams()', "plan: ", "logs:DescribeLogStreams"),
    ("check/readers/logs.py", "client.delete_log_group()", "check: ", "logs:DeleteLogGroup"),
    ("check/canary.py", "client.invoke_model_with_response_stream()", "check --canary: ", "WithResponseStream"),
    ("roles/account.py", 'client.get_paginator("list_roles")', "audit: ", "iam:ListRoles"),
    ("rules/new.py", 'partial(account.client("kms").list_keys)', "audit: ", "kms:ListKeys"),
    ("account_settings/handler.py", "ssm = client.get_parameters", "provider: ", "ssm:GetParameters"),
    ("aws/new.py", 'account.client("logs").describe_log_groups()', "no command: ", "logs:DescribeLogGroups"),
]


@pytest.mark.parametrize(("path", "code", "command", "action"), ADDED)
def test_a_call_that_is_added_is_noticed(path: str, code: str, command: str, action: str) -> None:
    texts = {**REAL, path: f"{REAL.get(path, '')}\n\ndef added(account, client):\n    {code}\n"}
    lines = disagreements(texts, GRANTS)
    assert any(line.startswith(command) and action in line for line in lines)
    assert all(action in line for line in lines)


def test_a_call_that_is_taken_away_is_noticed() -> None:
    path = "plan/slots.py"
    texts = {**REAL, path: REAL[path].replace("describe_resource_policies", "describe_nothing")}
    said = "logs:DescribeResourcePolicies is granted and never called"
    assert disagreements(texts, GRANTS) == [f"plan: {said}", f"deploy: {said}"]


@pytest.mark.parametrize(
    "code", ['x.client("sns").publish()', "x.client(name).publish()", 'boto3.resource("dynamodb")', 'connect("ec2")']
)
def test_a_client_of_a_service_that_is_not_in_the_table_is_noticed(code: str) -> None:
    with pytest.raises(AssertionError, match=r"check/new.py line 1: a client of"):
        calls({**REAL, "check/new.py": code})


@pytest.mark.parametrize("command", sorted(PARTS))
def test_a_grant_that_is_taken_away_or_added_is_noticed(command: str) -> None:
    grants = GRANTS[command]
    for number, grant in enumerate(grants):
        for action in set(grant.actions) - MADE_BY_OTHERS.get(command, set()):
            less = replace(grant, actions=tuple(each for each in grant.actions if each != action))
            lines = disagreements(REAL, {**GRANTS, command: (*grants[:number], less, *grants[number + 1 :])})
            assert lines
            assert all(line.endswith(f"calls {action}, which is not granted") for line in lines), lines
    more = (*grants, replace(grants[0], actions=("logs:DeleteLogGroup",)))
    lines = disagreements(REAL, {**GRANTS, command: more})
    assert lines == [f"{command}: logs:DeleteLogGroup is granted and never called"]
