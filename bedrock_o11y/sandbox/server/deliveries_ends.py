"""The two ends of a delivery, sources and destinations: each is kept by name, found, shown, and deleted when unused.

Source: CloudWatch Logs API reference, DeleteDeliverySource and DeleteDeliveryDestination (not while a delivery has it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import service_seams as seams
from .deliveries_shape import changing, conflict, missing, name_of, shown


@dataclass(frozen=True, slots=True)
class Ends:
    """The sources of the account and Region, or its destinations.

    Attributes:
        seam: where MiniStack keeps them; it tags what stands there.
        kind: in their ARNs.
        title: in messages.
        member: what an answer calls one of them.
        of_delivery: the member of a delivery that names one of them, and the member of the record that it names.
    """

    seam: str
    kind: str
    title: str
    member: str
    of_delivery: tuple[str, str]

    def stored(self) -> dict[str, dict[str, Any]]:
        """All of them by name.

        Returns:
            the store itself.
        """
        store: dict[str, dict[str, Any]] = seams.get(self.seam)
        return store

    def arn_of(self, name: str) -> str:
        """ARN of one.

        Args:
            name: of it.

        Returns:
            the ARN.
        """
        return f"arn:aws:logs:{seams.region()}:{seams.account_id()}:{self.kind}:{name}"

    def found(self, name: str) -> dict[str, Any]:
        """One that must be there.

        Args:
            name: of it.

        Returns:
            the record itself.

        Raises:
            LogsError: it is not there.
        """
        record = self.stored().get(name)
        if record is None:
            raise missing(self.title)
        return record

    def get(self, data: dict[str, Any]) -> dict[str, Any]:
        """The Get operation.

        Args:
            data: the request.

        Returns:
            the answer.
        """
        return {self.member: shown(self.found(name_of(data)))}

    def delete(self, data: dict[str, Any]) -> dict[str, Any]:
        """The Delete operation, refused while a delivery has it.

        Args:
            data: the request.

        Returns:
            an empty answer.

        Raises:
            LogsError: it is not there, or in use.
        """
        record = self.found(name_of(data))
        named_by, member = self.of_delivery
        if any(delivery[named_by] == record[member] for delivery in seams.get("logs.deliveries").values()):
            raise conflict(f"The {self.title.lower()} is used by a delivery. Delete the delivery first.")
        with changing(record["arn"]):
            del self.stored()[record["name"]]
        return {}
