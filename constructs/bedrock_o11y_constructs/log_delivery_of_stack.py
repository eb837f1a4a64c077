"""What all log deliveries of a stack share: three policies, one key, and the list of what is delivered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aws_cdk import Names, RemovalPolicy, Stack, Token
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_xray as xray
from constructs import Construct

from bedrock_o11y.blueprint import account_setting, names
from bedrock_o11y.blueprint import vended_log_grants as grants

from .statements import managed_policy, values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aws_cdk import aws_iam as iam
    from constructs import IConstruct

    from .provider import AccountSettingsProvider

_ID = "BedrockO11yLogDelivery"
_LONGEST_NAME = 80


class LogDeliveryOfStack(Construct):
    """One policy of CloudWatch Logs and one of X-Ray for all deliveries of a stack, and one key for their log groups.

    An account has room for ten policies of CloudWatch Logs and five of X-Ray in each Region, so a policy for each agent
    would soon fill it.
    """

    def __init__(self, scope: Construct, id: str) -> None:
        """Create it; :meth:`of` gives the one of a stack.

        Args:
            scope: parent of the construct.
            id: id of the construct.
        """
        super().__init__(scope, id)
        self._log_groups: dict[str, None] = {}
        self._logs_policy: logs.CfnResourcePolicy | None = None
        self._traces_policy: xray.CfnResourcePolicy | None = None
        self._key: kms.Key | None = None
        self._sources: dict[tuple[str, str], str] = {}
        self._managing: dict[str, iam.ManagedPolicy] = {}

    @classmethod
    def of(cls, scope: IConstruct) -> LogDeliveryOfStack:
        """The one of a stack, created when it is asked for first.

        Args:
            scope: a construct of the stack.

        Returns:
            the construct.
        """
        stack = Stack.of(scope)
        found = stack.node.try_find_child(_ID)
        return found if isinstance(found, cls) else cls(stack, _ID)

    @property
    def key(self) -> kms.Key:
        """The key of the log groups that are made for deliveries; kept when the stack is destroyed, as they are."""
        if self._key is None:
            self._key = kms.Key(
                self,
                "Key",
                description="Encrypts the vended logs of agents.",
                enable_key_rotation=True,
                removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
            )
        return self._key

    def claim(self, arn: str, log_types: Sequence[str], path: str) -> None:
        """Note that types of log of a resource are delivered.

        Args:
            arn: of the resource, which may be a token.
            log_types: the types of log.
            path: of the construct that delivers them.

        Raises:
            ValueError: another construct delivers one of them already; nothing is noted then.
        """
        resource = json.dumps(Stack.of(self).resolve(arn))
        for log_type in log_types:
            owner = self._sources.get((resource, log_type), path)
            if owner != path:
                raise ValueError(f"{owner} delivers {log_type} of this resource already; AWS takes one source for each")
        self._sources.update({(resource, log_type): path for log_type in log_types})

    def let_into_log_group(self, name: str) -> logs.CfnResourcePolicy:
        """Let delivery write to log groups.

        Args:
            name: of a log group, or a pattern of names.

        Returns:
            the policy; let the delivery depend on it.
        """
        self._log_groups[name] = None
        document = self._logs_document()
        if self._logs_policy is None:
            self._logs_policy = logs.CfnResourcePolicy(
                self, "LogsPolicy", policy_name=self._policy_name(), policy_document=document
            )
        self._logs_policy.policy_document = document
        return self._logs_policy

    def let_into_xray(self) -> xray.CfnResourcePolicy:
        """Let delivery write traces of every kind of resource.

        Returns:
            the policy; let the destination depend on it.
        """
        if self._traces_policy is None:
            self._traces_policy = xray.CfnResourcePolicy(
                self,
                "TracesPolicy",
                policy_name=self._policy_name(),
                policy_document=self._document(grants.TRACES_GRANT.statement(values_of(self))),
            )
        return self._traces_policy

    def let_manage(self, provider: AccountSettingsProvider) -> iam.ManagedPolicy:
        """Let a provider manage every delivery of the stack: a role takes no policy for each of them.

        Args:
            provider: of the stack.

        Returns:
            the policy; let what the provider does depend on it.
        """
        path = provider.node.path
        if path not in self._managing:
            every = (
                *account_setting.GRANTS[account_setting.DELIVERY_SOURCE],
                *account_setting.GRANTS[account_setting.LOG_DELIVERY],
            )
            self._managing[path] = managed_policy(
                self,
                f"Manage{len(self._managing) or ''}",
                grants=dict.fromkeys(every),
                values=values_of(self, StackName=Stack.of(self).stack_name),
                role=provider.role,
                description="Lets the provider manage the deliveries of vended logs.",
            )
        return self._managing[path]

    def _policy_name(self) -> str:
        stack = Stack.of(self).stack_name
        if Token.is_unresolved(stack):
            return Names.unique_resource_name(self, max_length=_LONGEST_NAME, separator="-")
        return names.log_delivery_policy_name(stack)

    def _logs_document(self) -> str:
        statements = [grants.LOG_GROUP_GRANT.statement(values_of(self, LogGroupName=name)) for name in self._log_groups]
        resources = [resource for statement in statements for resource in statement["Resource"]]
        return self._document({**statements[0], "Resource": resources})

    def _document(self, statement: dict[str, Any]) -> str:
        return Stack.of(self).to_json_string({"Version": "2012-10-17", "Statement": [statement]})
