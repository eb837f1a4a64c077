"""Deliveries of a template: created, changed, replaced and deleted in the order that AWS asks for.

Sources: CloudFormation resource schemas of AWS::Logs::DeliverySource, DeliveryDestination and Delivery; public reports
(cloudformation-coverage-roadmap 2513, terraform-provider-aws 42194).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from .conftest import log_group

if TYPE_CHECKING:
    from .conftest import Account, Stacks

pytestmark = pytest.mark.sandbox


@dataclass(frozen=True)
class Parts:
    """The resources of a template that delivers the logs of one runtime to one log group."""

    account: Account
    name: str
    runtime: str
    log_type: str = "APPLICATION_LOGS"
    output: str = "json"

    @property
    def group(self) -> dict[str, Any]:
        # Deleted with its stack.
        return log_group(f"/aws/vendedlogs/{self.name}") | {"DeletionPolicy": "Delete"}

    def source(self, name: str = "", **more: Any) -> dict[str, Any]:
        arn = f"arn:aws:bedrock-agentcore:{self.account.region}:{self.account.id}:runtime/{self.runtime}"
        properties = {"Name": name or f"{self.name}-{self.log_type}", "ResourceArn": arn, "LogType": self.log_type}
        return {"Type": "AWS::Logs::DeliverySource", "Properties": properties | more}

    def destination(self, name: str = "", **more: Any) -> dict[str, Any]:
        properties = {
            "Name": name or self.name,
            "DestinationResourceArn": {"Fn::GetAtt": ["Group", "Arn"]},
            "OutputFormat": self.output,
        }
        return {"Type": "AWS::Logs::DeliveryDestination", "Properties": properties | more}

    def delivery(self, source: str = "Source", destination: str = "Destination", **more: Any) -> dict[str, Any]:
        properties = {
            "DeliverySourceName": {"Ref": source},
            "DeliveryDestinationArn": {"Fn::GetAtt": [destination, "Arn"]},
        }
        return {"Type": "AWS::Logs::Delivery", "Properties": properties | more}

    def all(self, **more: Any) -> dict[str, Any]:
        return {
            "Group": self.group, "Source": self.source(), "Destination": self.destination(), "Delivery": self.delivery()
        } | more  # fmt: skip

    def deliveries(self, name: str = "") -> list[dict[str, Any]]:
        names = [name or f"{self.name}-{self.log_type}"]
        return list(self.account.logs.describe_deliveries(deliverySourceNames=names)["deliveries"])


@pytest.fixture
def parts(account: Account) -> Parts:
    return Parts(account, account.name("t"), account.name("agent").replace("-", "_") + "-AbCdEfGhIj")


def test_a_template_makes_a_delivery_and_takes_it_away_again(account: Account, stacks: Stacks, parts: Parts) -> None:
    assert stacks.create(**parts.all()) == "CREATE_COMPLETE"
    [delivery] = parts.deliveries()
    assert stacks.physical_id("Delivery") == delivery["id"]
    assert stacks.physical_id("Source") == f"{parts.name}-APPLICATION_LOGS"
    assert stacks.physical_id("Destination") == parts.name
    assert stacks.delete() == "GONE"
    assert parts.deliveries() == []
    names = [source["name"] for source in account.logs.describe_delivery_sources()["deliverySources"]]
    assert f"{parts.name}-APPLICATION_LOGS" not in names
    assert account.logs.describe_delivery_destinations(names=[parts.name])["deliveryDestinations"] == []


def test_attributes_can_be_asked_for(account: Account, stacks: Stacks, parts: Parts) -> None:
    asked = {"Source.Arn", "Source.Service", "Source.Status", "Destination.Arn", "Delivery.Arn", "Delivery.DeliveryId",
             "Delivery.DeliveryDestinationType"}  # fmt: skip
    parameters = {
        name.replace(".", ""): {
            "Type": "AWS::SSM::Parameter",
            "Properties": {
                "Name": f"/{parts.name}/{name}", "Type": "String", "Value": {"Fn::GetAtt": name.split(".")},
            },
        }
        for name in asked
    }  # fmt: skip
    assert stacks.create(**parts.all(**parameters)) == "CREATE_COMPLETE"
    found = {name: account.ssm.get_parameter(Name=f"/{parts.name}/{name}")["Parameter"]["Value"] for name in asked}
    [delivery] = parts.deliveries()
    arn = f"arn:aws:logs:{account.region}:{account.id}"
    assert found == {
        "Source.Arn": f"{arn}:delivery-source:{parts.name}-APPLICATION_LOGS",
        "Source.Service": "bedrock-agentcore",
        "Source.Status": "ACTIVE",
        "Destination.Arn": f"{arn}:delivery-destination:{parts.name}",
        "Delivery.Arn": delivery["arn"],
        "Delivery.DeliveryId": delivery["id"],
        "Delivery.DeliveryDestinationType": "CWL",
    }
    assert stacks.delete() == "GONE"


def test_the_fields_of_a_delivery_change_in_place(stacks: Stacks, parts: Parts) -> None:
    assert stacks.create(**parts.all()) == "CREATE_COMPLETE"
    [before] = parts.deliveries()
    fields = ["resource_arn", "event_timestamp"]
    assert stacks.update(**parts.all(Delivery=parts.delivery(RecordFields=fields))) == "UPDATE_COMPLETE"
    [after] = parts.deliveries()
    assert after["id"] == before["id"]
    assert after["recordFields"] == fields
    assert stacks.update(**parts.all()) == "UPDATE_COMPLETE"
    assert "recordFields" not in parts.deliveries()[0], "what the template no longer says is taken back"
    stacks.delete()


def test_a_new_resource_under_the_same_name_is_refused(account: Account, stacks: Stacks, parts: Parts) -> None:
    assert stacks.create(**parts.all()) == "CREATE_COMPLETE"
    another = replace(parts, runtime="another-AbCdEfGhIj")
    assert stacks.update(**another.all()) == "UPDATE_ROLLBACK_COMPLETE"
    assert "Update to existing Delivery Source with new ResourceId is not allowed" in stacks.reason("Source")
    source = account.logs.get_delivery_source(name=f"{parts.name}-APPLICATION_LOGS")["deliverySource"]
    assert source["resourceArns"][0].endswith(parts.runtime)
    stacks.delete()


def test_a_new_name_for_the_same_resource_is_refused(stacks: Stacks, parts: Parts) -> None:
    assert stacks.create(**parts.all()) == "CREATE_COMPLETE"
    renamed = parts.all(Source=parts.source(name=f"{parts.name}-renamed"))
    assert stacks.update(**renamed) == "UPDATE_ROLLBACK_COMPLETE"
    assert "already been used in another Delivery Source" in stacks.reason("Source")
    assert "AlreadyExists" in stacks.reason("Source")
    assert len(parts.deliveries()) == 1
    stacks.delete()


def test_a_new_name_with_a_new_resource_replaces_source_and_delivery(stacks: Stacks, parts: Parts) -> None:
    assert stacks.create(**parts.all()) == "CREATE_COMPLETE"
    new = replace(parts, runtime="new-AbCdEfGhIj")
    name = f"{parts.name}-new"
    assert stacks.update(**parts.all(Source=new.source(name=name))) == "UPDATE_COMPLETE"
    assert parts.deliveries() == []
    assert [delivery["deliverySourceName"] for delivery in parts.deliveries(name)] == [name]
    assert stacks.delete() == "GONE"


def test_what_exists_outside_the_stack_is_not_taken_over(account: Account, stacks: Stacks, parts: Parts) -> None:
    arn = parts.source()["Properties"]["ResourceArn"]
    account.logs.put_delivery_source(name="console", resourceArn=arn, logType=parts.log_type)
    try:
        assert stacks.create(**parts.all()) == "ROLLBACK_COMPLETE"
        assert "already been used in another Delivery Source" in stacks.reason("Source")
        assert account.logs.get_delivery_source(name="console")["deliverySource"]["resourceArns"] == [arn]
    finally:
        account.logs.delete_delivery_source(name="console")


@pytest.mark.parametrize("chained", [True, False])
@pytest.mark.parametrize("shared", ["source", "destination"])
def test_deliveries_that_do_not_wait_for_each_other_conflict(
    stacks: Stacks, parts: Parts, shared: str, chained: bool
) -> None:
    usage = replace(parts, log_type="USAGE_LOGS")
    second = (
        parts.delivery(destination="OtherDestination") if shared == "source" else parts.delivery(source="OtherSource")
    )
    template = parts.all(
        OtherSource=usage.source(),
        OtherDestination=parts.destination(name=f"{parts.name}-other"),
        Second=second | ({"DependsOn": ["Delivery"]} if chained else {}),
    )
    assert stacks.create(**template) == ("CREATE_COMPLETE" if chained else "ROLLBACK_COMPLETE")
    if not chained:
        reasons = stacks.reason("Second") + stacks.reason("Delivery")
        assert "Requested resource is currently being updated. Please try again later." in reasons
        assert parts.deliveries() == []
    stacks.delete()


def test_a_delivery_that_comes_later_meets_nobody(stacks: Stacks, parts: Parts) -> None:
    assert stacks.create(**parts.all()) == "CREATE_COMPLETE"
    other = parts.destination(name=f"{parts.name}-other")
    later = parts.all(OtherDestination=other, Second=parts.delivery(destination="OtherDestination"))
    assert stacks.update(**later) == "UPDATE_COMPLETE"
    assert len(parts.deliveries()) == 2
    assert stacks.delete() == "GONE"


def test_a_wrong_type_of_log_stops_the_stack(stacks: Stacks, parts: Parts) -> None:
    assert stacks.create(Source=replace(parts, log_type="EVENT_LOGS").source()) == "ROLLBACK_COMPLETE"
    assert "Supported log types: APPLICATION_LOGS, USAGE_LOGS, TRACES" in stacks.reason("Source")
    stacks.delete()


def test_another_format_needs_another_name_of_the_destination(stacks: Stacks, parts: Parts) -> None:
    assert stacks.create(**parts.all()) == "CREATE_COMPLETE"
    plain = replace(parts, output="plain")
    assert stacks.update(**plain.all()) == "UPDATE_ROLLBACK_COMPLETE"
    assert "already exists" in stacks.reason("Destination")
    renamed = plain.all(Destination=plain.destination(name=f"{parts.name}-plain"))
    assert stacks.update(**renamed) == "UPDATE_COMPLETE"
    [delivery] = parts.deliveries()
    assert delivery["deliveryDestinationArn"].endswith(f"{parts.name}-plain")
    assert stacks.delete() == "GONE"
