"""The Lambda function that reads and changes account settings on behalf of CloudFormation."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, Duration, ILocalBundling, RemovalPolicy, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

import bedrock_o11y
from bedrock_o11y.blueprint import account_setting as blueprint

from .acknowledgements import acknowledge
from .kept_log_group import keep_for_days
from .statements import managed_policy, values_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from constructs import IConstruct

HANDLER = "bedrock_o11y.account_settings.handler.on_event"
_PACKAGE = Path(bedrock_o11y.__file__).parent / "account_settings"
_TIMEOUT = Duration.minutes(5)


class AccountSettingsProvider(Construct):
    """The function behind every :class:`AccountSetting` and :class:`AccountSettingGuard` of a stack.

    It is allowed to write its own log and traces and nothing else; each setting adds what it needs itself.

    Attributes:
        function: the Lambda function.
        role: its role.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        vpc: ec2.IVpc | None = None,
        subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
    ) -> None:
        """Create the function, its role and its log group.

        Args:
            scope: parent of the construct.
            id: id of the construct.
            vpc: VPC to run in; none by default, because the function only calls AWS.
            subnets: subnets with a way to the AWS APIs; those of the VPC with egress by default.
            security_groups: security groups of the function; a new one by default when there is a VPC.
        """
        super().__init__(scope, id)
        log_group = logs.LogGroup(
            self,
            "Log",
            removal_policy=RemovalPolicy.DESTROY,
        )
        keep_for_days(log_group, blueprint.PROVIDER_RETENTION_DAYS)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description="Reads and changes account settings for bedrock-o11y.",
        )
        grants = (*blueprint.PROVIDER_GRANTS, *(blueprint.PROVIDER_VPC_GRANTS if vpc else ()))
        policy = managed_policy(
            self,
            "Basics",
            grants=grants,
            values=values_of(self, ProviderLogGroupName=log_group.log_group_name),
            role=self.role,
            description="Lets the provider of account settings write its own log and traces.",
        )
        self.function = lambda_.Function(
            self,
            "Function",
            description="Account settings of bedrock-o11y: reads before it writes, and hands back on delete.",
            code=_code(),
            handler=HANDLER,
            runtime=lambda_.Runtime.PYTHON_3_14,
            role=self.role.without_policy_updates(),
            log_group=log_group,
            timeout=_TIMEOUT,
            memory_size=256,
            tracing=lambda_.Tracing.ACTIVE,
            vpc=vpc,
            vpc_subnets=subnets,
            security_groups=security_groups,
        )
        self.function.node.add_dependency(policy)
        # The CDK lets a function depend on its role in so many words, which cfn-lint calls obsolete.
        resource = self.function.node.default_child
        assert isinstance(resource, lambda_.CfnFunction)  # noqa: S101 (tells the type checker what Function is made of)
        resource.add_metadata("cfn-lint", {"config": {"ignore_checks": ["W3005"]}})
        self._acknowledge(log_group, policy, in_vpc=vpc is not None)

    @staticmethod
    def of(scope: IConstruct) -> AccountSettingsProvider:
        """The provider of the stack that a construct belongs to, created when it is first asked for.

        Args:
            scope: any construct of the stack.

        Returns:
            The one provider of the stack.
        """
        stack = Stack.of(scope)
        found = stack.node.try_find_child("AccountSettingsProvider")
        return (
            found
            if isinstance(found, AccountSettingsProvider)
            else AccountSettingsProvider(stack, "AccountSettingsProvider")
        )

    def _acknowledge(self, log_group: logs.LogGroup, policy: iam.ManagedPolicy, *, in_vpc: bool) -> None:
        acknowledge(
            log_group,
            {
                "NIST.800.53.R5-CloudWatchLogGroupEncrypted": "The guard runs here before any key exists; CloudWatch "
                "Logs encrypts the group with its own key, and the log holds names of settings, never prompts.",
            },
        )
        reasons = {
            "NIST.800.53.R5-LambdaConcurrency": "New accounts have a low limit of concurrent executions; reserving "
            "some of them could fail the deploy. CloudFormation calls the function once for each change.",
            "NIST.800.53.R5-LambdaDLQ": "CloudFormation itself waits for the answer and fails the deploy without one; "
            "nobody would read a queue.",
        }
        if not in_vpc:
            reasons["NIST.800.53.R5-LambdaInsideVPC"] = (
                "The function only calls AWS; `network` in the configuration file puts it into a VPC."
            )
        acknowledge(self.function, reasons)


def _code() -> lambda_.Code:
    """The package account_settings alone, under its package path, the same on every machine."""
    return lambda_.Code.from_asset(
        str(_PACKAGE),
        exclude=["__pycache__", "*.pyc"],
        asset_hash_type=AssetHashType.SOURCE,
        bundling=BundlingOptions(image=DockerImage.from_registry("unused"), local=_PackagePath()),
    )


@jsii.implements(ILocalBundling)
class _PackagePath:
    """Copies the sources to their place below the asset's root; Docker is never asked."""

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:
        target = Path(output_dir, "bedrock_o11y", "account_settings")
        for source in sorted(_PACKAGE.rglob("*.py")):
            copy = target / source.relative_to(_PACKAGE)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, copy)
            copy.chmod(0o644)
        return True
