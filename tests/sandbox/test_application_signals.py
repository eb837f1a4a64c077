"""StartDiscovery. Source: Application Signals API model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.sandbox.services.conftest import error_of
from tests.sandbox.test_xray_account import tracing, tracing_clients

if TYPE_CHECKING:
    from tests.sandbox.test_xray_account import Tracing

__all__ = ["tracing", "tracing_clients"]

pytestmark = pytest.mark.sandbox

SERVICE = "application-signals.cloudwatch.amazonaws.com"
ROLE = "AWSServiceRoleForCloudWatchApplicationSignals"


@pytest.fixture(autouse=True)
def no_role(tracing: Tracing) -> None:
    if any(role["RoleName"] == ROLE for role in tracing.iam.list_roles()["Roles"]):
        tracing.iam.delete_service_linked_role(RoleName=ROLE)


def test_discovery_makes_the_service_linked_role_once(tracing: Tracing) -> None:
    assert error_of(tracing.iam.get_role, RoleName=ROLE)[0] == "NoSuchEntity"
    for _ in range(2):
        tracing.application_signals.start_discovery()
    role = tracing.iam.get_role(RoleName=ROLE)["Role"]
    assert role["Arn"] == f"arn:aws:iam::{tracing.id}:role/aws-service-role/{SERVICE}/{ROLE}"
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": SERVICE}
    assert [item["RoleName"] for item in tracing.iam.list_roles()["Roles"]].count(ROLE) == 1


def test_the_role_has_its_name_from_iam_too_and_cannot_be_made_twice(tracing: Tracing) -> None:
    made = tracing.iam.create_service_linked_role(AWSServiceName=SERVICE)["Role"]
    assert (made["RoleName"], made["Path"]) == (ROLE, f"/aws-service-role/{SERVICE}/")
    code, message = error_of(tracing.iam.create_service_linked_role, AWSServiceName=SERVICE)
    assert code == "InvalidInput"
    assert ROLE in message
    tracing.application_signals.start_discovery()


def test_what_the_sandbox_lacks_of_application_signals_is_refused(tracing: Tracing) -> None:
    code, message = error_of(tracing.application_signals.list_services, StartTime=0, EndTime=1)
    assert code == "AccessDeniedException"
    assert "authorisation table has no row" in message
