"""A setting that exists once for each account and Region, kept by CloudFormation without losing anybody's value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import CfnResource, CustomResource, Duration, Stack, Token
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from constructs import Construct

from bedrock_o11y.account_settings.policy import Policy
from bedrock_o11y.account_settings.registry import FAMILIES, find
from bedrock_o11y.blueprint import account_setting as blueprint

from .provider import AccountSettingsProvider
from .statements import managed_policy, values_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from aws_cdk import aws_iam as iam
    from constructs import IDependable

    from bedrock_o11y.blueprint import Grant

RESOURCE_TYPE = "Custom::BedrockO11yAccountSetting"
_SERVICE_TIMEOUT = Duration.minutes(15)
"""Above the function's timeout, with room for Lambda's two retries; the default of an hour hides a dead function."""


ExistingSetting = Policy
"""What to do with a value that somebody else gave to the setting: the provider's own words for it."""


class AccountSettingGuard(Construct):
    """Stops a deploy, before it creates anything else, when a setting belongs to somebody else.

    It reads and never writes. Let everything else of the stack depend on it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        setting: str,
        existing: ExistingSetting = ExistingSetting.REFUSE,
        owner_stack: str | None = None,
        provider: AccountSettingsProvider | None = None,
    ) -> None:
        """Create the guard.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            setting: name of the setting, from the blueprint.
            existing: what the deploy will do with a foreign value; only ``REFUSE`` can stop it.
            owner_stack: name of the stack that manages the setting; this stack by default.
            provider: the function that does it; the provider of this stack by default.
        """
        super().__init__(scope, id)
        stack = Stack.of(self)
        provider = provider or AccountSettingsProvider.of(self)
        policy = managed_policy(
            self,
            "Read",
            grants=blueprint.GUARD_GRANTS[setting],
            values=values_of(self, RecordName=record_name(setting), StackName=stack.stack_name),
            role=provider.role,
            description=f"Lets the guard read the account setting {setting}.",
        )
        request = {
            "setting": setting,
            "mode": "guard",
            "policy": existing.value,
            "desired": None,
            "ownerStack": owner_stack or stack.stack_name,
            "expects": {"stackName": owner_stack or stack.stack_name},
        }
        _resource(self, provider, request).node.add_dependency(policy)


class AccountSetting(Construct):
    """A setting of the account and Region: read before written, recorded, and handed back on delete.

    CloudFormation has no resource for such a setting. The provider behind this construct never overwrites a value
    that it did not write, unless told to by ``existing``; and then it remembers the value first.

    Attributes:
        resource: the custom resource; let it depend on whatever the value names.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        setting: str,
        desired: Mapping[str, Any],
        passed_role: iam.IRole | None = None,
        existing: ExistingSetting = ExistingSetting.REFUSE,
        expects: Mapping[str, Any] | None = None,
        later: Sequence[tuple[int, Mapping[str, Any]]] = (),
        instance: str | None = None,
        granted_by: IDependable | None = None,
        provider: AccountSettingsProvider | None = None,
    ) -> None:
        """Create the setting.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            setting: name of the setting, from the blueprint.
            desired: the value, as the API of the service takes it.
            passed_role: the role that the value names, for a setting that names one; the provider may pass it then.
            existing: what to do with a foreign value.
            expects: what the check should find: names of the stack, log group, bucket, key and role.
            later: values that follow, each with the age of the stack in days from which it is due. A timer looks once
                a day; it changes only what is still this resource's own value.
            instance: which one, for a setting of which there are many: the name of a log group, say. It may be a token
                only where no grant names it. Where only AWS can make it, the timer carries the value out once it is.
            granted_by: the policy that lets the provider do it, where many settings share one; a policy of its own by
                default.
            provider: the function that does it; the provider of this stack by default.

        Raises:
            ValueError: there is no such setting, or it is not said which one of a family, or with a token, or the
                setting knows no such way with a foreign value.
        """
        super().__init__(scope, id)
        if setting not in blueprint.GRANTS:
            raise ValueError(
                f"{self.node.path}: no such account setting: {setting}; expected {', '.join(blueprint.GRANTS)}"
            )
        self._refuse_nonsense(setting, instance, existing)
        provider = provider or AccountSettingsProvider.of(self)
        policy = granted_by or managed_policy(
            self,
            "Manage",
            grants=_grants(setting, existing, passes_role=passed_role is not None),
            values=values_of(
                self,
                StackName=Stack.of(self).stack_name,
                PassedRoleArn=passed_role.role_arn if passed_role else "",
                **_names_of(setting, instance),
            ),
            role=provider.role,
            description=f"Lets the provider manage the account setting {setting}.",
        )
        request = {
            "setting": setting,
            **({"instance": instance} if instance else {}),
            "mode": "manage",
            "policy": existing.value,
            "desired": dict(desired),
            "expects": {"stackName": Stack.of(self).stack_name, **(expects or {})},
            **({"later": [{"afterDays": days, "desired": dict(value)} for days, value in later]} if later else {}),
        }
        self.resource = _resource(self, provider, request)
        self.resource.node.add_dependency(policy)
        if later or (setting in FAMILIES and instance and FAMILIES[setting].awaits(instance)):
            self._timer(setting, provider, request).node.add_dependency(self.resource)

    @property
    def message(self) -> str:
        """What the provider said when it last had a look, as a token: whose value it met, say."""
        return self.resource.get_att_string("Message")

    def _refuse_nonsense(self, setting: str, instance: str | None, existing: ExistingSetting) -> None:
        family = FAMILIES.get(setting)
        unknown = Token.is_unresolved(instance)
        if bool(family) != bool(instance) or (unknown and family and family.variables):
            raise ValueError(
                f"{self.node.path}: instance is {instance}; expected the name itself for {', '.join(FAMILIES)}, "
                "and none for another setting"
            )
        found = None if unknown else find(setting, instance)
        if instance and not unknown and found is None:
            raise ValueError(f"{self.node.path}: {setting} has no instance {instance}")
        if found and existing not in found.rules.policies:
            raise ValueError(
                f"{self.node.path}: a foreign {setting} cannot be met with {existing.value}; "
                f"expected {', '.join(found.rules.policies)}"
            )

    def _timer(self, setting: str, provider: AccountSettingsProvider, request: Mapping[str, Any]) -> events.Rule:
        """Asks the provider once a day for what is due."""
        resource = self.resource.node.default_child
        assert isinstance(resource, CfnResource)  # noqa: S101 (tells the type checker what CustomResource is made of)
        step = {
            "RequestType": "Step",
            "RequestId": events.EventField.event_id,
            "StackId": Stack.of(self).stack_id,
            "LogicalResourceId": Stack.of(self).resolve(resource.logical_id),
            "ResourceProperties": {"Request": dict(request)},
        }
        return events.Rule(
            self,
            "Timer",
            description=f"Brings the account setting {setting} to the value that is due.",
            schedule=events.Schedule.rate(Duration.days(1)),
            targets=[targets.LambdaFunction(provider.function, event=events.RuleTargetInput.from_object(step))],
        )


def record_name(setting: str) -> str:
    """Name of the SSM parameter that records who owns a setting and what was there before.

    Args:
        setting: name of the setting, from the blueprint.

    Returns:
        The name, with its leading slash.
    """
    return blueprint.RECORD_NAME_PREFIX + setting


def _names_of(setting: str, instance: str | None) -> dict[str, str]:
    """What the grants of a setting call its record and the parts of its instance."""
    family = FAMILIES.get(setting)
    if family is None or instance is None:
        return {"RecordName": record_name(setting)}
    found = family.of(instance) if family.variables else None
    named = {"RecordName": record_name(found.rules.name)} if found else {}
    return {**named, **(family.variables(instance) if family.variables else {})}


def _grants(setting: str, existing: ExistingSetting, *, passes_role: bool) -> tuple[Grant, ...]:
    grants = blueprint.GRANTS[setting]
    if passes_role:
        grants += (blueprint.PASS_ROLE_GRANTS[setting],)
    if existing is not ExistingSetting.REFUSE and setting in blueprint.PASS_FOREIGN_ROLE_GRANTS:
        grants += (blueprint.PASS_FOREIGN_ROLE_GRANTS[setting],)
    return grants


def _resource(scope: Construct, provider: AccountSettingsProvider, request: Mapping[str, Any]) -> CustomResource:
    # One JSON text, because CloudFormation hands every boolean and number to a custom resource as text.
    return CustomResource(
        scope,
        "Resource",
        resource_type=RESOURCE_TYPE,
        service_token=provider.function.function_arn,
        service_timeout=_SERVICE_TIMEOUT,
        properties={"Request": Stack.of(scope).to_json_string(request)},
    )
