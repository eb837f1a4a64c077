"""Where an agent hosted elsewhere than on AgentCore Runtime sends its telemetry: nobody else makes it a log group."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from aws_cdk import RemovalPolicy, Stack, Tags, Token
from aws_cdk import aws_logs as logs
from constructs import Construct

from bedrock_o11y.blueprint import agent_elsewhere as blueprint
from bedrock_o11y.blueprint import invocation_logging, names, policy_document

from .agent_checks import refuse
from .kept_log_group import kept_log_group, refuse_unknown_retention, resource_of
from .logs_key import let_logs_encrypt
from .spans_into_log_groups import SpansIntoLogGroups
from .statements import values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_kms as kms


class HostedAgentTelemetry(Construct):
    """The log group of one agent on Lambda, ECS, EC2, EKS or anywhere else, with the log streams that must exist.

    In the order in which they are created: the log group, encrypted, masked and with a retention; a resource policy of
    its own that lets X-Ray write the agent's spans to it, which takes none of the ten of the account; the log streams
    of log records and of spans, because the OTLP endpoints make neither. Metrics in CloudWatch's embedded metric format
    are written to the stream of the log records.

    A log group that is there already is used as it is: nothing is made in it. Its streams must exist, and X-Ray is let
    in by one resource policy for all such log groups of the stack.

    ``bedrock-o11y env show`` prints the environment with which the agent sends its telemetry there, and
    :class:`HostedAgentRole` is the role that may.

    Source: Amazon Bedrock AgentCore developer guide, Add observability; Amazon CloudWatch user guide, OTLP endpoints.

    Attributes:
        log_group: the log group.
        log_group_name: its name.
        log_stream_name: log stream of the log records.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        agent_name: str,
        log_group: logs.ILogGroup | None = None,
        log_group_name: str | None = None,
        log_stream_name: str = blueprint.LOGS_STREAM,
        own_spans: bool = True,
        retention_days: int = invocation_logging.RETENTION_DAYS,
        masked_identifiers: Sequence[str] = invocation_logging.MASKED_DATA_IDENTIFIERS,
        encryption_key: kms.IKey | None = None,
    ) -> None:
        """Create the log group.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            agent_name: id or name of the agent, which ends the name of its log group.
            log_group: an existing log group to use as it is; a new one by default.
            log_group_name: name of the new log group; the guide's by default.
            log_stream_name: log stream of the log records.
            own_spans: whether spans go to this log group too, and not to ``aws/spans``. The environment of the agent
                decides that; this lets X-Ray do it.
            retention_days: days until an event of the new log group is deleted.
            masked_identifiers: managed data identifiers that the new log group masks; an empty list masks nothing.
            encryption_key: encrypts the new log group; by default CloudWatch Logs does so with a key of its own. The
                policy of a key that was imported by its ARN is left alone and must already name CloudWatch Logs.

        Raises:
            ValueError: a value is not one that AWS takes, or two contradict each other; it names the construct.
        """
        super().__init__(scope, id)
        self.log_stream_name = log_stream_name
        self._refuse_nonsense(log_group, log_group_name, log_stream_name, retention_days)
        if log_group is not None:
            self.log_group, self.log_group_name = log_group, log_group.log_group_name
            if own_spans:
                SpansIntoLogGroups.of(self).let_into(self.log_group_name)
            return
        self.log_group_name = log_group_name or blueprint.log_group_of(agent_name)
        if encryption_key:
            let_logs_encrypt(self, encryption_key, self.log_group_name, among_others=True)
        made = kept_log_group(
            self,
            "Records",
            name=self.log_group_name,
            key=encryption_key,
            retention_days=retention_days,
            masked_identifiers=masked_identifiers,
            masks="Masks secrets and personal data in prompts and answers.",
        )
        Tags.of(made).add(names.OWNER_TAG, Stack.of(self).stack_name)
        self.log_group = made
        self._stream("LogRecords", log_stream_name)
        if own_spans:
            values = values_of(self, LogGroupName=self.log_group_name)
            document = policy_document((blueprint.LET_SPANS_INTO_OWN_GROUP,), values)
            resource_of(made).resource_policy_document = document
            self._stream("Spans", blueprint.SPANS_STREAM)

    def _stream(self, id: str, name: str) -> None:
        # Both names in plain text, because only then a deploy takes over the stream that a destroy left.
        stream = logs.CfnLogStream(self, id, log_group_name=self.log_group_name, log_stream_name=name)
        # A deleted stream takes its events with it, so it stays with the log group.
        stream.apply_removal_policy(RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE)
        stream.node.add_dependency(self.log_group)

    def _refuse_nonsense(
        self, log_group: logs.ILogGroup | None, log_group_name: str | None, log_stream_name: str, retention_days: int
    ) -> None:
        if log_group is not None and log_group_name is not None:
            refuse(self, "log_group has a name of its own; give log_group or log_group_name")
        if not Token.is_unresolved(log_stream_name) and (
            log_stream_name == blueprint.SPANS_STREAM or not re.fullmatch(blueprint.LOG_STREAM, log_stream_name)
        ):
            refuse(
                self,
                f"log_stream_name {log_stream_name!r} cannot stand in a header; expected ASCII without spaces and "
                f"without any of {blueprint.NOT_IN_A_STREAM}, and not {blueprint.SPANS_STREAM}",
            )
        try:
            refuse_unknown_retention(retention_days)
        except ValueError as error:
            refuse(self, str(error))
