"""Deliveries of vended logs in memory: `live` is a delivery source, or a delivery of the account's `source`."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.account_settings.fake_calls import DELETE, GET, LOG_TYPE, PUT, SENDER, Client, client_error


class Deliveries(Client):
    def describe_delivery_sources(self, *, nextToken: str = "") -> dict[str, Any]:
        # Two pages, the first of them with a source of something else.
        if not nextToken:
            other = {"name": "other", "resourceArns": [SENDER], "logType": "TRACES"}
            return self.account.perform(GET, lambda: {"deliverySources": [other], "nextToken": "more"})
        return self.account.perform(GET, lambda: {"deliverySources": self._sources()})

    def _sources(self) -> list[dict[str, Any]]:
        name = self.account.source or (self.account.live or {}).get("name")
        return [{"name": name, "resourceArns": [SENDER], "logType": LOG_TYPE}] if name else []

    def put_delivery_source(self, *, name: str, resourceArn: str, logType: str) -> dict[str, Any]:
        assert (resourceArn, logType) == (SENDER, LOG_TYPE)
        return self.account.perform(PUT, lambda: self._make_source(name), {"name": name})

    def _make_source(self, name: str) -> dict[str, Any]:
        if self.account.live and self.account.live["name"] != name:
            message = "This ResourceId has already been used in another Delivery Source in this account."
            raise client_error(PUT, "ConflictException", message)
        self.account.live = {"name": name}
        return {}

    def delete_delivery_source(self, *, name: str) -> dict[str, Any]:
        return self.account.perform(DELETE, lambda: self._drop(self.account.live == {"name": name}))

    def describe_deliveries(self, *, nextToken: str = "") -> dict[str, Any]:
        if not nextToken:
            other = {"id": "other", "deliverySourceName": "other", "deliveryDestinationType": "XRAY"}
            return self.account.perform(GET, lambda: {"deliveries": [other], "nextToken": "more"})
        return self.account.perform(GET, lambda: {"deliveries": self._deliveries()})

    def _deliveries(self) -> list[dict[str, Any]]:
        if not self.account.source or not self.account.live:
            return []
        identifier = hashlib.sha256(json.dumps(self.account.live).encode()).hexdigest()[:16]
        ends = {"deliverySourceName": self.account.source, "deliveryDestinationType": "CWL"}
        return [{"id": identifier, **ends, **self.account.live}]

    def create_delivery(self, *, deliverySourceName: str, deliveryDestinationArn: str) -> dict[str, Any]:
        assert deliverySourceName == self.account.source
        value = {"deliveryDestinationArn": deliveryDestinationArn}
        return self.account.perform(PUT, lambda: self._deliver(value), value)

    def _deliver(self, value: dict[str, Any]) -> dict[str, Any]:
        if self.account.live == value:
            raise client_error(PUT, "ConflictException", "A delivery already exists.")
        self.account.live = value
        return {}

    def delete_delivery(self, *, id: str) -> dict[str, Any]:
        return self.account.perform(
            DELETE, lambda: self._drop(any(delivery["id"] == id for delivery in self._deliveries()))
        )

    def _drop(self, there: bool) -> dict[str, Any]:
        if not there:
            raise client_error(DELETE, "ResourceNotFoundException", "It does not exist in this account.")
        self.account.live = None
        return {}
