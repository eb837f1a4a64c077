"""What of an app switches telemetry on in which account and Region: a rule for all of a kind, or a delivery for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack
from constructs import Construct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from constructs import IConstruct

_ID = "BedrockO11yTelemetry"


class TelemetryOfApp(Construct):
    """Keeps rules and deliveries of the same kind and type of log apart: AWS takes one source for each resource."""

    def __init__(self, scope: Construct, id: str) -> None:
        """Create it; :meth:`of` gives the one of an app.

        Args:
            scope: the app.
            id: id of the construct.
        """
        super().__init__(scope, id)
        self._rules: dict[tuple[str, ...], str] = {}
        self._deliveries: dict[tuple[str, ...], str] = {}

    @classmethod
    def of(cls, scope: IConstruct) -> TelemetryOfApp:
        """The one of an app, created when it is asked for first.

        Args:
            scope: a construct of the app.

        Returns:
            the construct.
        """
        root = scope.node.root
        assert isinstance(root, Construct)  # noqa: S101 (tells the type checker what an app is)
        found = root.node.try_find_child(_ID)
        return found if isinstance(found, cls) else cls(root, _ID)

    def claim_rule(self, scope: IConstruct, kind: str, log_types: Iterable[str]) -> None:
        """Note that a rule switches types of log of a kind on.

        Args:
            scope: of the rule.
            kind: of the resources.
            log_types: the types of log.

        Raises:
            ValueError: something else of the app does it already in the same account and Region.
        """
        for place in self._free(scope, kind, log_types, self._deliveries, self._rules):
            self._rules[place] = scope.node.path

    def claim_delivery(self, scope: IConstruct, kind: str, log_types: Iterable[str]) -> None:
        """Note that types of log of one resource are delivered.

        Args:
            scope: what delivers them.
            kind: of the resource.
            log_types: the types of log.

        Raises:
            ValueError: a rule of the app switches them on for all of the kind in the same account and Region.
        """
        for place in self._free(scope, kind, log_types, self._rules):
            self._deliveries[place] = scope.node.path

    def _free(
        self, scope: IConstruct, kind: str, log_types: Iterable[str], *taken: dict[tuple[str, ...], str]
    ) -> list[tuple[str, ...]]:
        stack = Stack.of(scope)
        places: list[tuple[str, ...]] = [(stack.account, stack.region, kind, str(log_type)) for log_type in log_types]
        for place in places:
            for others in taken:
                if place in others:
                    raise ValueError(
                        f"{others[place]} switches {place[-1]} of a {kind} on already; expected a telemetry rule for "
                        "all of a kind or a delivery for each, not both"
                    )
        return places
