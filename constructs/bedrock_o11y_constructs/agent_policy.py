"""A managed policy that grows with what a role is granted, each wildcard acknowledged with its reason."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from aws_cdk import Stack
from aws_cdk import aws_iam as iam

from .acknowledgements import acknowledge
from .statements import statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from constructs import Construct

    from bedrock_o11y.blueprint import Grant


class AgentPolicy:
    """Statements of the blueprint in one managed policy of one role.

    Attributes:
        policy: the managed policy.
    """

    def __init__(self, scope: Construct, id: str, *, role: iam.IRole, description: str, path: str | None) -> None:
        """Create the policy, which must be given something before the synth.

        Args:
            scope: parent of the policy.
            id: id of the policy.
            role: the role that has it.
            description: a sentence, shown in the IAM console.
            path: path of the policy; None for the root.
        """
        self.policy = iam.ManagedPolicy(scope, id, description=description, roles=[role], path=path)
        self._statements: dict[str, iam.PolicyStatement] = {}
        self._resources: dict[str, set[str]] = {}
        self._acknowledged: set[str] = set()

    def allow(self, grants: Iterable[Grant], values: Mapping[str, str]) -> None:
        """Add grants; one that is there already gets the further resources.

        Args:
            grants: of the blueprint.
            values: a value for every name that their templates use.
        """
        reasons: dict[str, list[str]] = {}
        for grant in grants:
            for resource in self._add(grant, values):
                if "*" in (reported := as_reported(Stack.of(self.policy).resolve(resource))):
                    reasons.setdefault(f"AwsSolutions-IAM5[Resource::{reported}]", []).append(
                        f"{grant.sid}: {grant.wildcard}"
                    )
        new = {rule: " ".join(texts) for rule, texts in reasons.items() if rule not in self._acknowledged}
        self._acknowledged |= new.keys()
        acknowledge(self.policy, new)

    def allow_on(self, grant: Grant, resources: Iterable[str], *, wildcard: str = "") -> None:
        """Add a grant on resources of the caller's choice in the place of its own.

        Args:
            grant: of the blueprint, without conditions that use names.
            resources: ARNs, which may be tokens.
            wildcard: why an ARN has a star; empty when none has.
        """
        for resource in resources:
            on_this = replace(grant, resources=("${Resource}",), wildcard=wildcard)
            self.allow((on_this,), {"Resource": resource})

    def deny(self, grants: Iterable[Grant], values: Mapping[str, str]) -> None:
        """Add grants turned round.

        Args:
            grants: what is denied.
            values: a value for every name that their templates use.
        """
        for grant in grants:
            self.policy.add_statements(iam.PolicyStatement.from_json({**grant.statement(values), "Effect": "Deny"}))

    def _add(self, grant: Grant, values: Mapping[str, str]) -> list[str]:
        """The resources that are new."""
        resources = grant.statement(values)["Resource"]
        there = self._resources.setdefault(grant.sid, set())
        new = [resource for resource in resources if resource not in there]
        there.update(new)
        found = self._statements.get(grant.sid)
        if found is not None and not found.frozen:
            found.add_resources(*new)
        elif new:
            # The CDK closes a statement once it was resolved, which happens during the synth.
            sid = grant.sid if found is None else f"{grant.sid}{len(there)}"
            self._statements[grant.sid] = statement(replace(grant, sid=sid), values)
            self.policy.add_statements(self._statements[grant.sid])
        return new


def as_reported(value: Any) -> str:
    """A resolved value in the words of cdk-nag: references in angle brackets.

    Args:
        value: a text, or intrinsic functions of CloudFormation.

    Returns:
        The text by which a finding names it.
    """
    match value:
        case str():
            return value.replace("${", "<").replace("}", ">")
        case {"Fn::Join": [str(delimiter), list(parts)]}:
            return delimiter.join(map(as_reported, parts))
        case {"Fn::Sub": inner} | {"Fn::ImportValue": inner}:
            return as_reported(inner)
        case {"Fn::GetAtt": [resource, attribute]}:
            return f"<{as_reported(resource)}.{as_reported(attribute)}>"
        case {"Ref": name}:
            return f"<{as_reported(name)}>"
        case _:
            return json.dumps(value, separators=(",", ":"))
