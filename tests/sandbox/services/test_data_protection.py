"""Data protection policies mask what is ingested after them, for every reader without logs:Unmask.

Source: CloudWatch Logs user guide, mask-sensitive-log-data and "Types of data that you can protect".
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import error_of

if TYPE_CHECKING:
    from .conftest import Account

pytestmark = pytest.mark.sandbox

ARN = "arn:aws:dataprotection::aws:data-identifier/"


def document(*names: str, **changes: Any) -> dict[str, Any]:
    identifiers = [name if name.startswith("arn:") or name == "Ticket" else ARN + name for name in names]
    whole: dict[str, Any] = {
        "Name": "mask",
        "Version": "2021-06-01",
        "Statement": [
            {"Sid": "audit", "DataIdentifier": identifiers, "Operation": {"Audit": {"FindingsDestination": {}}}},
            {"Sid": "mask", "DataIdentifier": identifiers, "Operation": {"Deidentify": {"MaskConfig": {}}}},
        ],
    }
    return whole | changes


def protect(account: Account, group: str, *names: str, **changes: Any) -> None:
    account.logs.put_data_protection_policy(
        logGroupIdentifier=group, policyDocument=json.dumps(document(*names, **changes))
    )


def put(account: Account, group: str, *messages: str) -> None:
    streams = account.logs.describe_log_streams(logGroupName=group)["logStreams"]
    if not streams:
        account.logs.create_log_stream(logGroupName=group, logStreamName="s")
    now = int(time.time() * 1000)
    events = [{"timestamp": now + number, "message": message} for number, message in enumerate(messages)]
    account.logs.put_log_events(logGroupName=group, logStreamName="s", logEvents=events)


def read(account: Account, group: str, **options: Any) -> list[str]:
    events = account.logs.get_log_events(logGroupName=group, logStreamName="s", startFromHead=True, **options)
    return [event["message"] for event in events["events"]]


CASES: dict[str, tuple[str, str, str]] = {
    "e-mail": ("EmailAddress", '{"to": "jane.doe@example.com"}', '{"to": "********************"}'),
    "card with a right check digit": ("CreditCardNumber", "card 4111 1111 1111 1111.", "card *******************."),
    "card with a wrong check digit": ("CreditCardNumber", "card 4111 1111 1111 1112.", "card 4111 1111 1111 1112."),
    "card without a keyword": ("CreditCardNumber", "number 4111111111111111", "number 4111111111111111"),
    "address of a host": ("IpAddress", "from 192.0.2.10, ok", "from **********, ok"),
    "four numbers that are no address": ("IpAddress", "version 1.2.300.4", "version 1.2.300.4"),
    "social security number": ("Ssn-US", "SSN: 078-05-1120", "SSN: ***********"),
    "number of the same form without a keyword": ("Ssn-US", "order 078-05-1120", "order 078-05-1120"),
    "phone number": ("PhoneNumber-US", "phone +1 206 555 0100", "phone ***************"),
    "secret access key": (
        "AwsSecretKey",
        "aws_secret_access_key=" + "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        "aws_secret_access_key=" + "*" * 40,
    ),
    "keyword with a hyphen": ("PhoneNumber-US", "Phone-Number 206-555-0100", "Phone-Number ************"),
    "keyword inside another word": ("PhoneNumber-US", "hotel 206-555-0100", "hotel 206-555-0100"),
    "security code of a card": ("CreditCardSecurityCode", "cvv: 123, order 456789", "cvv: ***, order 456789"),
    "expiry of a card": ("CreditCardExpiration", "expires, exp date 09/27", "expires, exp date *****"),
    "bank account": ("BankAccountNumber-US", "bank account 000123456789", "bank account ************"),
    "passport": ("PassportNumber-US", "passport number 123456789", "passport number *********"),
    "digits that nobody calls a passport": ("PassportNumber-US", "order number 123456789", "order number 123456789"),
    "private key": (
        "PkcsPrivateKey",
        "-----BEGIN PRIVATE KEY-----" + "A" * 40 + "-----END PRIVATE KEY-----",
        "-----BEGIN PRIVATE KEY-----" + "*" * 40 + "-----END PRIVATE KEY-----",
    ),
    "an identifier that was not asked for": ("IpAddress", "jane@example.com", "jane@example.com"),
    "an identifier that is accepted but not detected": ("Name", "Jane Doe", "Jane Doe"),
}


@pytest.mark.parametrize("case", CASES)
def test_what_the_policy_names_is_masked_with_as_many_asterisks(account: Account, case: str) -> None:
    identifier, message, shown = CASES[case]
    group = account.group()
    protect(account, group, identifier)
    put(account, group, message)
    assert read(account, group) == [shown]
    assert read(account, group, unmask=True) == [message]


def test_only_events_after_the_policy_are_masked(account: Account) -> None:
    group = account.group()
    put(account, group, "a@example.com before")
    protect(account, group, "EmailAddress")
    put(account, group, "b@example.com after")
    account.logs.delete_data_protection_policy(logGroupIdentifier=group)
    put(account, group, "c@example.com later")
    assert read(account, group) == ["a@example.com before", "************* after", "c@example.com later"]


def test_every_way_to_read_shows_the_mask(account: Account) -> None:
    group = account.group()
    protect(account, group, "EmailAddress")
    put(account, group, "to jane@example.com")
    [event] = account.logs.filter_log_events(logGroupName=group)["events"]
    assert event["message"] == "to ****************"
    assert account.logs.filter_log_events(logGroupName=group, filterPattern='"jane@"')["events"] == []
    [event] = account.logs.filter_log_events(logGroupName=group, unmask=True)["events"]
    assert event["message"] == "to jane@example.com"
    query = account.logs.start_query(
        logGroupName=group, startTime=0, endTime=int(time.time()) + 5, queryString="fields @message"
    )["queryId"]
    [row] = account.logs.get_query_results(queryId=query)["results"]
    fields = {item["field"]: item["value"] for item in row}
    assert fields["@message"] == "to ****************"
    pointer = fields["@ptr"]
    assert account.logs.get_log_record(logRecordPointer=pointer)["logRecord"]["@message"] == "to ****************"


def test_unmasking_needs_its_own_permission(account: Account) -> None:
    group = account.group()
    protect(account, group, "EmailAddress")
    put(account, group, "jane@example.com")
    root = {"AWS": f"arn:aws:iam::{account.id}:root"}
    trust = {"Effect": "Allow", "Principal": root, "Action": "sts:AssumeRole"}
    reader = account.role(trust, {"Effect": "Allow", "Action": "logs:GetLogEvents", "Resource": "*"})
    allowed = account.role(trust, {"Effect": "Allow", "Action": ["logs:GetLogEvents", "logs:Unmask"], "Resource": "*"})
    request = {"logGroupName": group, "logStreamName": "s"}
    assert account.sandbox.client("logs", role=reader).get_log_events(**request)["events"][0]["message"] == "*" * 16
    code, message = error_of(account.sandbox.client("logs", role=reader).get_log_events, unmask=True, **request)
    assert (code, "logs:Unmask" in message) == ("AccessDeniedException", True)
    shown = account.sandbox.client("logs", role=allowed).get_log_events(unmask=True, **request)["events"]
    assert shown[0]["message"] == "jane@example.com"


def test_a_custom_identifier_is_its_regular_expression(account: Account) -> None:
    group = account.group()
    custom = {"CustomDataIdentifier": [{"Name": "Ticket", "Regex": "TCK-[0-9]{4}"}]}
    protect(account, group, "Ticket", Configuration=custom)
    put(account, group, "see TCK-1234 and TCK-12")
    assert read(account, group) == ["see ******** and TCK-12"]


def test_put_answers_the_document_and_get_gives_it_back(account: Account) -> None:
    group = account.group()
    assert "policyDocument" not in account.logs.get_data_protection_policy(logGroupIdentifier=group)
    protect(account, group, "EmailAddress")
    arn = f"arn:aws:logs:{account.region}:{account.id}:log-group:{group}:*"
    stored = account.logs.get_data_protection_policy(logGroupIdentifier=arn)
    assert json.loads(stored["policyDocument"]) == document("EmailAddress")
    [described] = account.logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"]
    assert described["dataProtectionStatus"] == "ACTIVATED"


def test_the_identifiers_of_the_cdk_are_known(account: Account) -> None:
    group = account.group()
    protect(account, group, "EmailAddress", "DriversLicense-US", "BankAccountNumber-DE", "OpenSshPrivateKey", "LatLong")


def _without(statement: int) -> dict[str, Any]:
    whole = document("EmailAddress")
    del whole["Statement"][statement]
    return whole


def _differing() -> dict[str, Any]:
    whole = document("EmailAddress")
    whole["Statement"][1]["DataIdentifier"] = [ARN + "IpAddress"]
    return whole


def _mask_config() -> dict[str, Any]:
    whole = document("EmailAddress")
    whole["Statement"][1]["Operation"]["Deidentify"]["MaskConfig"] = {"Character": "#"}
    return whole


MALFORMED: dict[str, Any] = {
    "no JSON": "{",
    "no name": {key: value for key, value in document("EmailAddress").items() if key != "Name"},
    "another version": document("EmailAddress", Version="2012-10-17"),
    "audit only": _without(1),
    "mask only": _without(0),
    "identifiers that differ": _differing(),
    "a mask configuration": _mask_config(),
    "an identifier that does not exist": document("ShoeSize"),
    "a custom identifier without its regex": document("Ticket"),
    "a regex of 201 characters": document(
        "Ticket", Configuration={"CustomDataIdentifier": [{"Name": "Ticket", "Regex": "x" * 201}]}
    ),
    "eleven custom identifiers": document(
        "EmailAddress",
        Configuration={"CustomDataIdentifier": [{"Name": f"N{number}", "Regex": "x"} for number in range(11)]},
    ),
}


@pytest.mark.parametrize("case", MALFORMED)
def test_a_policy_that_breaks_a_rule_is_refused(account: Account, case: str) -> None:
    text = MALFORMED[case] if isinstance(MALFORMED[case], str) else json.dumps(MALFORMED[case])
    group = account.group()
    code, _ = error_of(account.logs.put_data_protection_policy, logGroupIdentifier=group, policyDocument=text)
    assert code == "InvalidParameterException"


def test_invocation_records_are_masked(account: Account) -> None:
    group = account.configure()
    protect(account, group, "EmailAddress")
    account.converse("write to jane@example.com", requestMetadata={"nonce": "kept"})
    [record] = account.records(group)
    assert record["input"]["inputBodyJson"]["messages"][0]["content"][0]["text"] == "write to " + "*" * 16
    assert record["requestMetadata"] == {"nonce": "kept"}


@pytest.mark.parametrize("filler", ["x", "1", "a.", "1.", "@a", "a@", "1 "])
def test_long_messages_are_masked_in_no_time(account: Account, filler: str) -> None:
    group = account.group()
    every = ("EmailAddress", "IpAddress", "CreditCardNumber", "AwsSecretKey", "Ssn-US", "PhoneNumber-US")
    protect(account, group, *every, "OpenSshPrivateKey", "PkcsPrivateKey", "PuttyPrivateKey", "BankAccountNumber-US")
    started = time.monotonic()
    put(account, group, "card " + filler * (200_000 // len(filler)))
    assert time.monotonic() - started < 60, "a pattern that backtracks takes hours"
