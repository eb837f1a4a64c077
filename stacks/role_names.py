"""Path and name of every role and managed policy, where an organisation prescribes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jsii
from aws_cdk import IAspect, Names
from aws_cdk import aws_iam as iam

if TYPE_CHECKING:
    from constructs import IConstruct

_LONGEST_ROLE_NAME = 64


@jsii.implements(IAspect)
class RoleNames:
    """Sets the path of every role and managed policy, and a name that begins with a prefix."""

    def __init__(self, *, path: str, prefix: str) -> None:
        """Take path and prefix.

        Args:
            path: begins and ends with a slash.
            prefix: beginning of every name; empty leaves the names to CloudFormation.
        """
        self._path = path
        self._prefix = prefix

    def visit(self, node: IConstruct) -> None:
        """Set path and name on one construct.

        Args:
            node: any construct of the stage.
        """
        if isinstance(node, iam.CfnRole):
            node.path = self._path
            if self._prefix:
                node.role_name = self._name(node)
        elif isinstance(node, iam.CfnManagedPolicy):
            node.path = self._path
            if self._prefix:
                node.managed_policy_name = self._name(node)

    def _name(self, node: IConstruct) -> str:
        own = Names.unique_resource_name(node, max_length=_LONGEST_ROLE_NAME - len(self._prefix))
        return f"{self._prefix}{own}"
