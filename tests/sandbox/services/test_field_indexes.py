"""Field index policies of log groups.

Source: CloudWatch Logs API reference, PutIndexPolicy, DescribeIndexPolicies, DeleteIndexPolicy.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import error_of

if TYPE_CHECKING:
    from .conftest import Account

pytestmark = pytest.mark.sandbox

TYPED = {"Fields": ["requestId"], "FieldsV2": {"status": {"type": "FACET"}}}


def described(account: Account, identifier: str) -> list[Any]:
    answer = account.logs.describe_index_policies(logGroupIdentifiers=[identifier])
    return [json.loads(policy["policyDocument"]) for policy in answer["indexPolicies"]]


def test_a_log_group_has_one_index_policy_that_is_replaced_and_deleted(account: Account) -> None:
    group = account.group()
    assert described(account, group) == []
    put = account.logs.put_index_policy(logGroupIdentifier=group, policyDocument=json.dumps(TYPED))["indexPolicy"]
    assert put["source"] == "LOG_GROUP"
    assert put["logGroupIdentifier"].endswith(f":log-group:{group}")
    assert described(account, put["logGroupIdentifier"]) == [TYPED]
    account.logs.put_index_policy(logGroupIdentifier=group, policyDocument='{"Fields": ["a"]}')
    assert described(account, group) == [{"Fields": ["a"]}]
    account.logs.delete_index_policy(logGroupIdentifier=group)
    assert described(account, group) == []
    assert error_of(account.logs.delete_index_policy, logGroupIdentifier=group)[0] == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("fields", "not a JSON object"),
        ("[]", "not a JSON object"),
        ("{}", "names no field"),
        ('{"Fields": "a"}', "names no field"),
        ('{"Fields": [1]}', "names no field"),
        (json.dumps({"Fields": [f"x{number}" for number in range(21)]}), "at most 20 fields"),
        (json.dumps({"Fields": ["x" * 101]}), "at most 100 characters"),
        ('{"FieldsV2": {"a": {"type": "TEXT"}}}', "FIELD_INDEX, FACET"),
    ],
)
def test_a_document_that_is_none_is_refused_and_changes_nothing(account: Account, document: str, said: str) -> None:
    group = account.group()
    code, message = error_of(account.logs.put_index_policy, logGroupIdentifier=group, policyDocument=document)
    assert code == "InvalidParameterException"
    assert said in message
    assert described(account, group) == []


def test_only_a_log_group_of_the_standard_class_that_exists_has_one(account: Account) -> None:
    cheap = account.group(logGroupClass="INFREQUENT_ACCESS")
    put, document = account.logs.put_index_policy, json.dumps(TYPED)
    assert error_of(put, logGroupIdentifier=cheap, policyDocument=document)[0] == "InvalidParameterException"
    assert error_of(put, logGroupIdentifier="/none", policyDocument=document)[0] == "ResourceNotFoundException"
    gone = account.group()
    put(logGroupIdentifier=gone, policyDocument=document)
    account.logs.delete_log_group(logGroupName=gone)
    account.logs.create_log_group(logGroupName=gone)
    assert described(account, gone) == []
