"""Delivery of the logs and traces that AgentCore and Bedrock write about a resource of the account."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from aws_cdk import Names, Token
from aws_cdk import aws_logs as logs
from constructs import Construct

from bedrock_o11y.account_settings.delivery_source import SOURCE_NAME
from bedrock_o11y.account_settings.log_delivery import DESTINATION, FIELDS
from bedrock_o11y.account_settings.vended_log import OUR_PREFIX, VendedLog
from bedrock_o11y.blueprint import account_setting as settings
from bedrock_o11y.blueprint import invocation_logging, vended_log_grants
from bedrock_o11y.blueprint import vended_logs as blueprint
from bedrock_o11y.blueprint.vended_logs import DestinationType, LogType

from .account_setting import AccountSetting, ExistingSetting
from .chosen_logs import chosen_logs, refuse_two_names, refuse_unfit_format
from .kept_log_group import kept_log_group, refuse_unknown_retention
from .log_delivery_of_stack import LogDeliveryOfStack
from .logs_key import let_logs_encrypt
from .provider import AccountSettingsProvider
from .statements import statement, values_of
from .telemetry_of_app import TelemetryOfApp
from .vended_resource import refuse_elsewhere, sending_resource

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms
    from aws_cdk import aws_s3 as s3
    from constructs import IConstruct

    from bedrock_o11y.blueprint.vended_logs import VendedLog as SentLog

_LONGEST_TAIL, _LONGEST_STEM = 200, 40


class AgentLogDelivery(Construct):
    """Delivers what a runtime, memory, gateway, tool, workload identity or knowledge base sends about itself.

    In the order in which they are created: the log group, encrypted, masked and with a retention; the policies that let
    ``delivery.logs.amazonaws.com`` write, one of each kind for the whole stack; the destinations; for each type of log
    a source; and the deliveries, one after the other, because CloudWatch Logs refuses a second change of a source or
    destination while the first is under way.

    **Requests and answers.** The application logs of a runtime carry them in fields of their own, left out unless
    ``payloads`` is set. Those of other resources may carry them in fields that AWS does not publish: the new log group
    masks credentials and personal data, and ``log_types`` without ``APPLICATION_LOGS`` keeps them out altogether.

    **Traces** go to X-Ray and need Transaction Search in the account and Region, or the deployment fails.

    **What was switched on elsewhere**, in the console for example, is met and left as it is: a source that exists is
    used, whatever its name, and a type of log that somebody delivers to a log group of theirs is not delivered to a
    second one. Neither is taken away with the stack; a source of ours stays too while a delivery of somebody else has
    it. Sources and deliveries are account settings, therefore (:class:`AccountSetting`), and no resources of
    CloudFormation, which would fail. ``messages`` says what was met.

    Sources: CloudWatch Logs user guide, Enable logging from AWS services; AgentCore guide, Add observability.

    Attributes:
        log_group: the log group, or None when no logs go to one.
        encryption_key: the key of the new log group; None when there is none.
        sources: the settings of the delivery sources, by type of log.
        deliveries: the settings of the deliveries, in the order in which they are created.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        resource: str | IConstruct,
        kind: str | None = None,
        log_types: Sequence[str] | None = None,
        payloads: bool = False,
        log_group: logs.ILogGroup | None = None,
        log_group_name: str | None = None,
        retention_days: int = blueprint.RETENTION_DAYS,
        masked_identifiers: Sequence[str] = invocation_logging.MASKED_DATA_IDENTIFIERS,
        encryption_key: kms.IKey | None = None,
        bucket: s3.IBucket | None = None,
        output_format: str = "json",
        manage_policies: bool = True,
        provider: AccountSettingsProvider | None = None,
    ) -> None:
        """Create it.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            resource: the ARN, or the construct of the resource (level 1 or 2 of ``aws_bedrockagentcore``, or a
                knowledge base of ``aws_bedrock``); in the account and Region of the stack.
            kind: ``runtime``, ``memory``, ``gateway``, ``code-interpreter``, ``browser``, ``workload-identity`` or
                ``knowledge-base``; needed only for an ARN that is a token.
            log_types: of ``APPLICATION_LOGS``, ``USAGE_LOGS``, ``TRACES`` and ``RUNTIME_LOGS``; by default everything
                that AWS's documents agree the kind sends.
            payloads: deliver the requests and answers of a runtime too.
            log_group: an existing log group, which keeps its own settings; a new one by default.
            log_group_name: name of the new log group; below ``/aws/vendedlogs/`` by default. It does not change when
                the resource is replaced, unless the resource is named by its ARN.
            retention_days: days until a record of the new log group is deleted.
            masked_identifiers: managed data identifiers that the new log group masks; an empty list masks nothing.
            encryption_key: an existing key for the new log group; one for all deliveries of the stack by default. The
                policy of a key that was imported by its ARN is left alone and must already name CloudWatch Logs.
            bucket: logs go to this bucket of the same account and Region; to a log group too when ``log_group`` or
                ``log_group_name`` is given. The policy of a bucket that was imported by its name is left alone and
                must already let delivery write.
            output_format: ``json`` or ``plain``; a bucket alone takes ``w3c`` and ``parquet`` too.
            manage_policies: make the stack's policies for CloudWatch Logs and X-Ray. Without it they must be there
                already, from another stack for example: an account has room for few.
            provider: the function that makes sources and deliveries; the provider of this stack by default.

        Raises:
            ValueError: a resource that sends no logs or is elsewhere, a type of log that it does not send, or a value
                that AWS does not take; the message names the construct.
        """
        super().__init__(scope, id)
        try:
            self._sender = sending_resource(self, resource, kind)
            chosen = chosen_logs(self._sender.kind, log_types)
            writes_logs = any(log.log_type is not LogType.TRACES for log in chosen)
            to_group = writes_logs and (bucket is None or log_group is not None or log_group_name is not None)
            if log_group is not None:
                refuse_elsewhere(self, log_group.log_group_arn)
                refuse_two_names(log_group_name)
            refuse_unfit_format(output_format, to_group=to_group, to_bucket=writes_logs and bucket is not None)
            refuse_unknown_retention(retention_days)
            self._shared = LogDeliveryOfStack.of(self)
            self._refuse_delivered(resource, chosen)
            self._chosen_logs = tuple(chosen)
            names = {log.log_type: self._sender.source_name(log.log_type) for log in chosen}
        except ValueError as error:
            raise ValueError(f"{self.node.path}: {error}") from None
        self._format, self._manage_policies, self._payloads = output_format, manage_policies, payloads
        self._provider = provider or AccountSettingsProvider.of(self)
        self._granted = self._shared.let_manage(self._provider)
        self.encryption_key: kms.IKey | None = None
        self.log_group = log_group if to_group else None
        self._group_name = log_group.log_group_name if log_group else log_group_name or self._default_name()
        if to_group and log_group is None:
            self.encryption_key = encryption_key or self._shared.key
            self.log_group = self._create_log_group(self.encryption_key, retention_days, masked_identifiers)
        self.sources = {log.log_type: self._create_source(log.log_type, names[log.log_type]) for log in chosen}
        self.deliveries: list[AccountSetting] = []
        destinations = self._create_destinations(bucket if writes_logs else None, chosen)
        for log in chosen:
            for kind_, destination in destinations.items():
                if kind_ in log.destinations:
                    self._deliver(log, kind_, destination)

    @property
    def messages(self) -> list[str]:
        """What the provider said of each delivery, as tokens: that somebody else delivers it already, for example."""
        return [delivery.message for delivery in self.deliveries]

    def _refuse_delivered(self, resource: str | IConstruct, chosen: list[SentLog]) -> None:
        for node in [] if isinstance(resource, str) else resource.node.find_all():
            # AWS's own construct of a runtime can deliver too (tracing_enabled, logging_configs).
            if isinstance(node, logs.CfnDeliverySource) and node.log_type:
                self._shared.claim(self._sender.arn, [node.log_type], node.node.path)
        types = [log.log_type.value for log in chosen]
        TelemetryOfApp.of(self).claim_delivery(self, self._sender.kind.kind, types)
        self._shared.claim(self._sender.arn, types, self.node.path)

    def _default_name(self) -> str:
        kind = self._sender.kind
        tail = self._sender.known_id or Names.unique_resource_name(self, max_length=_LONGEST_TAIL, separator="-")
        return f"{blueprint.LOG_GROUP_PREFIX}{kind.service}/{kind.kind}/{tail}"

    def _create_log_group(self, key: kms.IKey, retention_days: int, masked: Sequence[str]) -> logs.LogGroup:
        let_logs_encrypt(self, key, self._group_name, among_others=True)
        return kept_log_group(
            self,
            "Records",
            name=self._group_name,
            key=key,
            retention_days=retention_days,
            masked_identifiers=masked,
            masks="Masks secrets and personal data in logs.",
        )

    def _create_source(self, log_type: LogType, name: str) -> AccountSetting:
        return self._setting(
            f"{_words(log_type)}Source",
            settings.DELIVERY_SOURCE,
            VendedLog(self._sender.arn, log_type.value).instance(),
            {SOURCE_NAME: name},
        )

    def _setting(self, id: str, setting: str, instance: str, desired: dict[str, Any]) -> AccountSetting:
        return AccountSetting(
            self,
            id,
            setting=setting,
            instance=instance,
            desired=desired,
            existing=ExistingSetting.LEAVE,
            granted_by=self._granted,
            provider=self._provider,
        )

    def _create_destinations(
        self, bucket: s3.IBucket | None, chosen: list[SentLog]
    ) -> dict[DestinationType, logs.CfnDeliveryDestination]:
        found: dict[DestinationType, logs.CfnDeliveryDestination] = {}
        if self.log_group is not None:
            found[DestinationType.LOG_GROUP] = self._to_log_group(self.log_group)
        if bucket is not None:
            found[DestinationType.BUCKET] = self._to_bucket(bucket)
        if any(log.log_type is LogType.TRACES for log in chosen):
            found[DestinationType.XRAY] = self._to_xray()
        return found

    def _to_log_group(self, log_group: logs.ILogGroup) -> logs.CfnDeliveryDestination:
        name = self._group_name
        arn, identity = log_group.log_group_arn, _identity(log_group, name)
        destination = self._create_destination(DestinationType.LOG_GROUP, arn, f"{identity}{self._selection()}")
        if self._manage_policies:
            prefix = f"{blueprint.LOG_GROUP_PREFIX}{self._sender.kind.service}/"
            # One pattern for all log groups of ours, so that the policy does not grow with every agent.
            pattern = f"{prefix}*" if name.startswith(prefix) else name
            destination.add_dependency(self._shared.let_into_log_group(pattern))
        return destination

    def _to_bucket(self, bucket: s3.IBucket) -> logs.CfnDeliveryDestination:
        identity = _identity(bucket, bucket.bucket_name)
        name = f"{identity}{self._selection()}"
        destination = self._create_destination(DestinationType.BUCKET, bucket.bucket_arn, name)
        values = values_of(self, BucketName=bucket.bucket_name)
        bucket.add_to_resource_policy(statement(vended_log_grants.BUCKET_GRANT, values))
        if bucket.encryption_key:
            bucket.encryption_key.add_to_resource_policy(statement(vended_log_grants.BUCKET_KEY_GRANT, values))
        if bucket.policy:
            destination.node.add_dependency(bucket.policy)
        return destination

    def _to_xray(self) -> logs.CfnDeliveryDestination:
        destination = self._create_destination(DestinationType.XRAY, None, "")
        if self._manage_policies:
            destination.add_dependency(self._shared.let_into_xray())
        return destination

    def _create_destination(self, kind: DestinationType, arn: str | None, identity: str) -> logs.CfnDeliveryDestination:
        # Everything but tags and policy is create-only, and a new destination needs a new name.
        output = self._format if arn else None
        stem = Names.unique_resource_name(self, max_length=_LONGEST_STEM, separator="-")
        return logs.CfnDeliveryDestination(
            self,
            f"{kind.name.title().replace('_', '')}Destination",
            name=f"{OUR_PREFIX}{stem}-{kind.value}-{_digest(f'{kind.value} {output} {identity}')}",
            delivery_destination_type=kind.value,
            destination_resource_arn=arn,
            output_format=output,
        )

    def _deliver(self, log: SentLog, kind: DestinationType, destination: logs.CfnDeliveryDestination) -> None:
        fields = self._fields(log)
        delivery = self._setting(
            f"{_words(log.log_type)}To{kind.name.title().replace('_', '')}",
            settings.LOG_DELIVERY,
            VendedLog(self._sender.arn, log.log_type.value).instance(kind.value),
            {DESTINATION: destination.attr_arn, **({FIELDS: fields} if fields else {})},
        )
        for before in (self.sources[log.log_type], *self.deliveries[-1:]):
            delivery.resource.node.add_dependency(before.resource)
        self.deliveries.append(delivery)

    def _fields(self, log: SentLog) -> list[str]:
        return [] if self._payloads else list(log.fields_without_payload)

    def _selection(self) -> str:
        """What is left out of the records: a delivery chooses once, so that another choice needs another name."""
        return "".join(f" {log.log_type}: {self._fields(log)}" for log in self._chosen_logs if self._fields(log))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _words(log_type: LogType) -> str:
    return log_type.value.title().replace("_", "")


def _identity(construct: IConstruct, name: str) -> str:
    """What tells a destination's resource from another: its name, or where it stands in the app."""
    return construct.node.path if Token.is_unresolved(name) else name
