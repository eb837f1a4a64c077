"""Telemetry rules of an account: CloudWatch switches logs and traces on for every agent, memory, gateway and tool."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Stack, Token
from aws_cdk import aws_observabilityadmin as observabilityadmin
from constructs import Construct

from bedrock_o11y.blueprint import invocation_logging, vended_logs
from bedrock_o11y.blueprint import telemetry_rules as blueprint

from .telemetry_of_app import TelemetryOfApp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bedrock_o11y.blueprint.vended_logs import VendedResource

_KINDS = {resource.kind: resource for resource in vended_logs.RESOURCES}


class AccountTelemetryRules(Construct):
    """One rule for each kind of resource and type of telemetry, for the whole account and Region.

    What exists is found within a day, what is made later is switched on by itself; whatever a rule made stays when the
    rule goes. It is the alternative to one :class:`AgentLogDelivery` for each resource: both for the same kind are
    refused, because AWS takes one delivery source for each resource and type of log.

    **Before the deploy** the account must have telemetry configuration turned on (``aws observabilityadmin
    start-telemetry-evaluation``), which CloudFormation has no resource for.

    **Requests and answers.** A rule leaves no field out and masks nothing, so types of log that may carry what people
    or models wrote are switched on only with ``payloads``.

    **Traces.** A rule for traces turns Transaction Search on for every producer of traces of the account, and lets
    X-Ray in, by itself; without ``traces`` there is none.

    Sources: CloudFormation template reference, AWS::ObservabilityAdmin::TelemetryRule; CloudWatch user guide, Telemetry
    enablement rules.

    Attributes:
        rules: by kind and type of telemetry, ``Logs`` or ``Traces``.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        kinds: Sequence[str] = blueprint.KINDS,
        payloads: bool = False,
        traces: bool = False,
        retention_days: int = vended_logs.RETENTION_DAYS,
    ) -> None:
        """Create the rules.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            kinds: of ``runtime``, ``memory``, ``gateway``, ``code-interpreter``, ``browser``, ``workload-identity`` and
                ``knowledge-base``; all by default.
            payloads: switch on types of log that may carry requests and answers too.
            traces: switch traces on, and with them Transaction Search.
            retention_days: days until a record of the new log groups is deleted.

        Raises:
            ValueError: no such kind, no rule at all, a retention that CloudWatch Logs does not know, or something else
                of the app that switches the same on; the message names the construct.
        """
        super().__init__(scope, id)
        self._retention_days = retention_days
        self.rules: dict[tuple[str, str], observabilityadmin.CfnTelemetryRule] = {}
        try:
            self._refuse_nonsense(kinds)
            for kind in dict.fromkeys(kinds):
                self._switch_on(_KINDS[kind], payloads=payloads, traces=traces)
            if not self.rules:
                raise ValueError(f"nothing is switched on for {', '.join(kinds)}; expected payloads or traces")
        except ValueError as error:
            raise ValueError(f"{self.node.path}: {error}") from None

    def _refuse_nonsense(self, kinds: Sequence[str]) -> None:
        unknown = [kind for kind in kinds if kind not in _KINDS]
        if isinstance(kinds, str) or unknown or not kinds:
            named = kinds if isinstance(kinds, str) else ", ".join(unknown) or "none"
            raise ValueError(f"kinds has {named}; expected a list of {', '.join(_KINDS)}")
        if self._retention_days not in invocation_logging.RETENTION_VALUES:
            raise ValueError(
                f"CloudWatch Logs knows no retention of {self._retention_days} days; expected one of "
                f"{', '.join(map(str, invocation_logging.RETENTION_VALUES))}"
            )

    def _switch_on(self, resource: VendedResource, *, payloads: bool, traces: bool) -> None:
        types = blueprint.log_types(resource, content=payloads)
        sends_traces = traces and vended_logs.LogType.TRACES in resource.default_log_types
        claimed = [*types, *([vended_logs.LogType.TRACES] if sends_traces else [])]
        TelemetryOfApp.of(self).claim_rule(self, resource.kind, claimed)
        if types:
            properties = observabilityadmin.CfnTelemetryRule
            destination = properties.TelemetryDestinationConfigurationProperty(
                destination_type=blueprint.DESTINATION,
                destination_pattern=blueprint.destination_pattern(resource),
                retention_in_days=self._retention_days,
                log_delivery_parameters=properties.LogDeliveryParametersProperty(
                    log_types=[log_type.value for log_type in types]
                ),
            )
            self._rule(resource, "Logs", destination)
        if sends_traces:
            self._rule(resource, "Traces", None)

    def _rule(
        self,
        resource: VendedResource,
        telemetry: str,
        destination: observabilityadmin.CfnTelemetryRule.TelemetryDestinationConfigurationProperty | None,
    ) -> None:
        words = "".join(word.title() for word in resource.kind.split("-"))
        self.rules[resource.kind, telemetry] = observabilityadmin.CfnTelemetryRule(
            self,
            f"{words}{telemetry}",
            rule_name=self._name(f"-{resource.kind}-{telemetry.lower()}"),
            rule=observabilityadmin.CfnTelemetryRule.TelemetryRuleProperty(
                resource_type=blueprint.resource_type(resource),
                telemetry_type=telemetry,
                destination_configuration=destination,
            ),
        )

    def _name(self, tail: str) -> str:
        stack = Stack.of(self).stack_name
        return f"{stack if Token.is_unresolved(stack) else stack[: blueprint.LONGEST_NAME - len(tail)]}{tail}"
