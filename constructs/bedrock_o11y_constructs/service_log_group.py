"""A log group that a service of AWS makes, and not CloudFormation: retention, key, index, policy and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from aws_cdk import Names, Stack, Token
from aws_cdk import aws_iam as iam
from constructs import Construct, DependencyGroup

from bedrock_o11y.account_settings.log_group import part_of
from bedrock_o11y.account_settings.log_group_index import FIELDS
from bedrock_o11y.account_settings.log_group_key import KEY
from bedrock_o11y.account_settings.log_group_policy import STATEMENT
from bedrock_o11y.account_settings.log_group_retention import DAYS
from bedrock_o11y.account_settings.log_group_tag import VALUE
from bedrock_o11y.blueprint import account_setting as blueprint
from bedrock_o11y.blueprint import agentcore_runtime, invocation_logging, log_group_grants, transaction_search

from .account_setting import AccountSetting, ExistingSetting
from .provider import AccountSettingsProvider
from .statements import managed_policy, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from aws_cdk import aws_kms as kms

    from bedrock_o11y.blueprint import Grant


_OF_SEVERAL: Final = (blueprint.LOG_GROUP_INDEX, blueprint.LOG_GROUP_POLICY)
"""The settings that have room for what several ask for."""


class ServiceLogGroup(Construct):
    """Keeps the settings of a log group that AWS makes, before it is there or after.

    A log group that is not there yet is made, except for one whose name begins with ``aws/``: its settings wait, the
    deploy succeeds, and a timer or the next deploy carries them out. What somebody else chose stays: a retention, a
    key, the value of a tag; fields are added to an index, and a statement to a policy. On delete everything is given
    back as it was. The log group and its events always stay; what was encrypted with the key needs it for as long as it
    is kept.

    Each setting is a record of its own, so that one that somebody changes does not hold up the others. They are made
    one after the other, because CloudWatch Logs refuses two changes of one log group at a time.

    Attributes:
        settings: the account settings, in the order in which they are made.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        log_group_name: str,
        retention_days: int | None = invocation_logging.RETENTION_DAYS,
        encryption_key: kms.IKey | None = None,
        indexed_fields: Sequence[str] = (),
        let_xray_write_spans: bool = False,
        tags: Mapping[str, str] | None = None,
        existing: ExistingSetting = ExistingSetting.LEAVE,
        provider: AccountSettingsProvider | None = None,
    ) -> None:
        """Create the settings.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            log_group_name: name of the log group, known at synthesis.
            retention_days: days until an event is deleted; None leaves it as it is.
            encryption_key: encrypts the events that arrive from then on; None leaves it as it is. The policy of the key
                must let CloudWatch Logs use it for this log group (:func:`let_logs_encrypt`).
            indexed_fields: at most twenty fields to index; none by default.
            let_xray_write_spans: let X-Ray write spans to this log group, by a policy of the log group itself.
            tags: tags of the log group; other tags stay.
            existing: what to do with a value that somebody else chose; ``LEAVE`` leaves it to them, but for an index
                and a policy, which are completed.
            provider: the function that does it; the provider of this stack by default.

        Raises:
            ValueError: the name is not known at synthesis, or CloudWatch Logs knows no such retention.
        """
        super().__init__(scope, id)
        if Token.is_unresolved(log_group_name):
            raise ValueError(f"{self.node.path}: log_group_name is a token; expected the name itself")
        if retention_days is not None and retention_days not in invocation_logging.RETENTION_VALUES:
            raise ValueError(
                f"{self.node.path}: CloudWatch Logs knows no retention of {retention_days} days; expected one of "
                f"{', '.join(map(str, invocation_logging.RETENTION_VALUES))}"
            )
        self.settings: list[AccountSetting] = []
        self._name, self._existing = log_group_name, existing
        self._provider = provider or AccountSettingsProvider.of(self)
        self._custody = _custody(self._provider, log_group_name)
        if retention_days is not None:
            self._keep("Retention", blueprint.LOG_GROUP_RETENTION, {DAYS: retention_days})
        if encryption_key is not None:
            use = _use_of_key(self._provider, encryption_key)
            self._keep("Key", blueprint.LOG_GROUP_KEY, {KEY: encryption_key.key_arn}, use)
        if indexed_fields:
            self._keep("Index", blueprint.LOG_GROUP_INDEX, {FIELDS: list(indexed_fields)})
        if let_xray_write_spans:
            self._let_in(transaction_search.LET_XRAY_WRITE_AGENT_SPANS)
        for number, (key, value) in enumerate(sorted((tags or {}).items())):
            self._keep(f"Tag{number or ''}", blueprint.LOG_GROUP_TAG, {VALUE: value}, part=key)

    def _let_in(self, grant: Grant) -> None:
        statement = grant.statement(values_of(self, LogGroupName=self._name))
        self._keep("Policy", blueprint.LOG_GROUP_POLICY, {STATEMENT: statement}, part=grant.sid)

    def _keep(
        self, id: str, setting: str, desired: Mapping[str, Any], *policies: iam.ManagedPolicy, part: str = ""
    ) -> None:
        kept = AccountSetting(
            self,
            id,
            setting=setting,
            instance=part_of(self._name, part) if part else self._name,
            desired=desired,
            existing=_completed(self._existing) if setting in _OF_SEVERAL else self._existing,
            granted_by=DependencyGroup(self._custody, *policies),
            provider=self._provider,
        )
        if self.settings:
            kept.resource.node.add_dependency(self.settings[-1].resource)
        self.settings.append(kept)


def _completed(existing: ExistingSetting) -> ExistingSetting:
    return ExistingSetting.MERGE if existing is ExistingSetting.LEAVE else existing


def _custody(provider: AccountSettingsProvider, log_group_name: str) -> iam.ManagedPolicy:
    """The one policy for all log groups of agents, or the one of a log group by itself.

    It never names an agent: CloudFormation takes a permission away before it deletes the setting that needs it to be
    given back. And a role takes ten policies, which a policy for each setting would soon exceed.
    """
    prefix = agentcore_runtime.LOG_GROUP_PREFIX
    of_agent = log_group_name.startswith(prefix)
    pattern = f"{prefix}*" if of_agent else log_group_name
    return _policy(
        provider,
        f"Custody{_words(pattern)}",
        blueprint.CUSTODY_GRANTS,
        f"Lets the provider manage the settings of {'the log groups of agents' if of_agent else log_group_name}.",
        LogGroupName=pattern,
        StackName=Stack.of(provider).stack_name,
    )


def _use_of_key(provider: AccountSettingsProvider, key: kms.IKey) -> iam.ManagedPolicy:
    return _policy(
        provider,
        f"UseKey{Names.node_unique_id(key.node)[-8:]}",
        (log_group_grants.USE_KEY_THROUGH_LOGS,),
        "Lets the provider give log groups a key.",
        KeyArn=key.key_arn,
    )


def _policy(
    provider: AccountSettingsProvider, id: str, grants: Sequence[Grant], description: str, **names: str
) -> iam.ManagedPolicy:
    found = provider.node.try_find_child(id)
    if isinstance(found, iam.ManagedPolicy):
        return found
    values = values_of(provider, **names)
    return managed_policy(provider, id, grants=grants, values=values, role=provider.role, description=description)


def _words(name: str) -> str:
    return "".join(part.title() for part in name.replace("*", "Any").replace("-", "/").split("/"))
