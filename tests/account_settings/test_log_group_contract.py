"""Settings of log groups on the sandbox's CloudWatch Logs; the account in memory answers as it does."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.account_settings.cases import (
    CASES,
    GROUP,
    INDEX,
    KEY,
    RETENTION,
    SPANS,
    STATEMENT,
    TAGGED,
    encrypted,
    indexing,
    kept,
    letting_in,
    tagged,
)
from tests.account_settings.fake_aws import FakeAccount
from tests.account_settings.fake_logs import SID, TAG
from tests.account_settings.log_group_requests import send

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bedrock_o11y.sandbox import Sandbox
    from tests.account_settings.cases import Case

pytestmark = pytest.mark.sandbox

OTHER = f"{GROUP}-other"
THEIRS = letting_in("theirs.amazonaws.com")["Statement"] | {"Sid": "Theirs"}
SETTINGS = [case for case in CASES.values() if case.setting.startswith("log-group") and not case.awaited]


@pytest.fixture
def logs(sandbox: Sandbox) -> Iterator[Any]:
    client = sandbox.client("logs")
    yield client
    for group in client.describe_log_groups(logGroupNamePrefix=GROUP)["logGroups"]:
        client.delete_log_group(logGroupName=group["logGroupName"])


@pytest.fixture
def keys(sandbox: Sandbox) -> Callable[[str], str]:
    """Makes keys that CloudWatch Logs may use for log groups of the account, and keys that it may not."""
    kms, account = sandbox.client("kms"), sandbox.account_id

    def key(service: str) -> str:
        anybody = {"AWS": f"arn:aws:iam::{account}:root"}
        statements = [
            {"Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"}
            for principal in (anybody, {"Service": service})
        ]
        policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
        return str(kms.create_key(Policy=policy)["KeyMetadata"]["Arn"])

    return key


def arn(sandbox: Sandbox) -> str:
    return f"arn:aws:logs:{sandbox.region}:{sandbox.account_id}:log-group:{GROUP}"


def group_of(logs: Any, name: str = GROUP) -> dict[str, Any]:
    found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    return next(dict(group) for group in found if group["logGroupName"] == name)


def script(connect: Callable[[str], Any], case: Case, arn: str, value: Any) -> list[Any]:
    """The calls that the handler makes for a setting, and the errors it tells apart; what each answered."""
    logs = connect("logs")
    group, name = {"logGroupName": GROUP}, {"logGroupIdentifier": GROUP}
    document = {"Version": "2012-10-17", "Statement": [value.get("Statement")]}
    policy = {"resourceArn": arn, "policyDocument": json.dumps(document)}
    scripts: dict[str, list[tuple[Callable[..., Any], dict[str, Any]]]] = {
        RETENTION.setting: [
            (logs.put_retention_policy, {**group, **value}),
            (logs.delete_retention_policy, group),
        ],
        KEY.setting: [(logs.associate_kms_key, {**group, **value}), (logs.disassociate_kms_key, group)],
        INDEX.setting: [
            (logs.put_index_policy, {**name, "policyDocument": json.dumps(value)}),
            (logs.describe_index_policies, {"logGroupIdentifiers": [GROUP]}),
            (logs.delete_index_policy, name),
        ],
        TAGGED.setting: [
            (logs.list_tags_for_resource, {"resourceArn": arn}),
            (logs.tag_resource, {"resourceArn": arn, "tags": {TAG: value.get("value", "")}}),
            (logs.list_tags_for_resource, {"resourceArn": arn}),
            (logs.untag_resource, {"resourceArn": arn, "tagKeys": [TAG]}),
            (logs.list_tags_for_resource, {"resourceArn": arn}),
        ],
        STATEMENT.setting: [
            (logs.describe_resource_policies, {"resourceArn": arn, "policyScope": "RESOURCE"}),
            (logs.put_resource_policy, policy),
            (logs.put_resource_policy, policy),
            (logs.put_resource_policy, {**policy, "expectedRevisionId": "99"}),
            (logs.put_resource_policy, {**policy, "expectedRevisionId": "1"}),
            (logs.describe_resource_policies, {"resourceArn": arn, "policyScope": "RESOURCE"}),
            (logs.delete_resource_policy, {"resourceArn": arn, "expectedRevisionId": "1"}),
            (logs.delete_resource_policy, {"resourceArn": arn, "expectedRevisionId": "2"}),
            (logs.describe_resource_policies, {"resourceArn": arn, "policyScope": "RESOURCE"}),
        ],
    }
    calls = scripts[case.setting]
    first = [] if case in (STATEMENT, TAGGED) else [calls[0]]
    return [
        outcome(call, arguments)
        for call, arguments in [*first, (logs.create_log_group, group), *calls, _reserved(logs)]
    ]


def _reserved(logs: Any) -> tuple[Callable[..., Any], dict[str, Any]]:
    return (logs.create_log_group, {"logGroupName": "aws/spans"})


def outcome(call: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    try:
        answer = call(**arguments)
    except ClientError as error:
        return error.response["Error"]["Code"]
    policies = answer.get("resourcePolicies", answer.get("indexPolicies", []))
    return answer.get("tags"), [json.loads(policy["policyDocument"]) for policy in policies]


@pytest.mark.parametrize("case", SETTINGS, ids=lambda case: case.setting)
def test_the_account_in_memory_behaves_like_the_sandbox(
    case: Case, sandbox: Sandbox, logs: Any, keys: Callable[[str], str]
) -> None:
    value = {"kmsKeyId": keys(f"logs.{sandbox.region}.amazonaws.com")} if case is KEY else case.desired["one"][0]
    fake = FakeAccount(revision=0)
    assert script(fake.client, case, arn(sandbox), value) == script(sandbox.client, case, arn(sandbox), value)


@pytest.mark.parametrize("case", [INDEX, STATEMENT, TAGGED], ids=lambda case: case.setting)
def test_a_setting_comes_and_goes_in_the_sandbox(case: Case, sandbox: Sandbox, logs: Any) -> None:
    logs.create_log_group(logGroupName=OTHER)
    first, second = case.desired["one"][0], case.desired["one"][1]
    assert send(sandbox.client, case, "Create", first).outcome == "write"
    assert send(sandbox.client, case, "Create", first).outcome == "keep"
    assert send(sandbox.client, case, "Update", second).outcome == "write"
    assert send(sandbox.client, case, "Delete", second).outcome == "remove"
    assert logs.describe_index_policies(logGroupIdentifiers=[GROUP])["indexPolicies"] == []
    assert logs.list_tags_for_resource(resourceArn=arn(sandbox))["tags"] == {}
    assert policy_of(sandbox, logs) is None
    assert group_of(logs)["logGroupName"] == GROUP


def policy_of(sandbox: Sandbox, logs: Any) -> list[Any] | None:
    found = logs.describe_resource_policies(resourceArn=arn(sandbox), policyScope="RESOURCE")["resourcePolicies"]
    return list(json.loads(found[0]["policyDocument"])["Statement"]) if found else None


def test_statements_and_tags_of_others_stay_in_the_sandbox(sandbox: Sandbox, logs: Any) -> None:
    logs.create_log_group(logGroupName=GROUP, tags={"cost-center": "4711"})
    document = json.dumps({"Version": "2012-10-17", "Id": "mine", "Statement": THEIRS})
    logs.put_resource_policy(resourceArn=arn(sandbox), policyDocument=document)
    ours = letting_in("xray.amazonaws.com")
    assert send(sandbox.client, STATEMENT, "Create", ours).success
    assert send(sandbox.client, TAGGED, "Create", tagged("one")).success
    assert [statement["Sid"] for statement in policy_of(sandbox, logs) or []] == ["Theirs", SID]
    assert logs.list_tags_for_resource(resourceArn=arn(sandbox))["tags"] == {"cost-center": "4711", TAG: "one"}
    assert send(sandbox.client, STATEMENT, "Delete", ours).success
    assert send(sandbox.client, TAGGED, "Delete", tagged("one")).success
    assert policy_of(sandbox, logs) == [THEIRS]
    assert logs.list_tags_for_resource(resourceArn=arn(sandbox))["tags"] == {"cost-center": "4711"}


def test_fields_that_somebody_indexes_stay_in_the_sandbox(sandbox: Sandbox, logs: Any) -> None:
    logs.create_log_group(logGroupName=GROUP)
    logs.put_index_policy(logGroupIdentifier=GROUP, policyDocument=json.dumps(indexing("theirs")))
    assert send(sandbox.client, INDEX, "Create", indexing("ours")).outcome == "merge"
    (policy,) = logs.describe_index_policies(logGroupIdentifiers=[GROUP])["indexPolicies"]
    assert json.loads(policy["policyDocument"]) == indexing("theirs", "ours")
    assert send(sandbox.client, INDEX, "Delete", indexing("ours")).outcome == "restore"
    (policy,) = logs.describe_index_policies(logGroupIdentifiers=[GROUP])["indexPolicies"]
    assert json.loads(policy["policyDocument"]) == indexing("theirs")


def test_a_key_is_associated_and_given_back_and_events_under_it_can_still_be_read(
    sandbox: Sandbox, logs: Any, keys: Callable[[str], str]
) -> None:
    usable = {"kmsKeyId": keys(f"logs.{sandbox.region}.amazonaws.com")}
    assert send(sandbox.client, KEY, "Create", usable).success
    assert group_of(logs)["kmsKeyId"] == usable["kmsKeyId"]
    logs.create_log_stream(logGroupName=GROUP, logStreamName="s")
    event = {"timestamp": int(time.time() * 1000), "message": "under the key"}
    logs.put_log_events(logGroupName=GROUP, logStreamName="s", logEvents=[event])
    assert send(sandbox.client, KEY, "Delete", usable).success
    assert "kmsKeyId" not in group_of(logs)
    read = logs.get_log_events(logGroupName=GROUP, logStreamName="s", startFromHead=True)["events"]
    assert [each["message"] for each in read] == ["under the key"]


def test_a_key_that_cannot_be_used_is_explained_by_the_sandbox_too(
    sandbox: Sandbox, logs: Any, keys: Callable[[str], str]
) -> None:
    kms = sandbox.client("kms")
    closed, leaving = keys("sns.amazonaws.com"), keys(f"logs.{sandbox.region}.amazonaws.com")
    kms.schedule_key_deletion(KeyId=leaving, PendingWindowInDays=7)
    answers = [send(sandbox.client, KEY, "Create", {"kmsKeyId": key}) for key in (closed, leaving)]
    assert [answer.success for answer in answers] == [False, False]
    assert "in the policy of the key" in answers[0].message
    assert "cancel-key-deletion" in answers[1].message
    theirs = keys(f"logs.{sandbox.region}.amazonaws.com")
    logs.associate_kms_key(logGroupName=GROUP, kmsKeyId=theirs)
    assert send(sandbox.client, KEY, "Create", encrypted("ours")).outcome == "merge"
    assert group_of(logs)["kmsKeyId"] == theirs


def test_nobody_can_make_aws_spans_and_its_settings_wait(sandbox: Sandbox) -> None:
    answer = send(sandbox.client, SPANS, "Create", kept(90))
    assert (answer.success, answer.outcome) == (True, "wait")
    assert send(sandbox.client, SPANS, "Delete", kept(90)).success
