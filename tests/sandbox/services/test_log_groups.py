"""Log groups, and what the sandbox refuses rather than pretends. Source: CloudWatch Logs API reference."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import error_of

if TYPE_CHECKING:
    from .conftest import Account

pytestmark = pytest.mark.sandbox


def test_creating_a_group_that_exists_is_refused_and_nothing_is_lost(account: Account) -> None:
    group = account.group()
    account.logs.create_log_stream(logGroupName=group, logStreamName="s")
    event = {"timestamp": int(time.time() * 1000), "message": "kept"}
    account.logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=[event])
    code, _ = error_of(account.logs.create_log_group, logGroupName=group)
    assert code == "ResourceAlreadyExistsException"
    assert account.logs.get_log_events(logGroupName=group, logStreamName="s")["events"][0]["message"] == "kept"


@pytest.mark.parametrize("name", ["with space", "star*", "colon:"])
def test_a_malformed_name_is_refused(account: Account, name: str) -> None:
    assert error_of(account.logs.create_log_group, logGroupName=name)[0] == "InvalidParameterException"


@pytest.mark.parametrize(("days", "accepted"), [(1, True), (731, True), (3653, True), (2, False), (364, False)])
def test_retention_takes_the_values_of_the_api(account: Account, days: int, accepted: bool) -> None:
    group = account.group()
    request = {"logGroupName": group, "retentionInDays": days}
    if accepted:
        account.logs.put_retention_policy(**request)
        [described] = account.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
        assert described["retentionInDays"] == days
    else:
        assert error_of(account.logs.put_retention_policy, **request)[0] == "InvalidParameterException"


def test_what_has_no_effect_is_refused(account: Account) -> None:
    group = account.group()
    transformation: dict[str, Any] = {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}
    for call, arguments in (
        (
            account.logs.put_metric_filter,
            {
                "logGroupName": group,
                "filterName": "f",
                "filterPattern": "",
                "metricTransformations": [transformation],
            },
        ),
        (
            account.logs.put_account_policy,
            {"policyName": "p", "policyDocument": "{}", "policyType": "DATA_PROTECTION_POLICY"},
        ),
    ):
        assert error_of(call, **arguments)[0] == "InvalidOperationException"
