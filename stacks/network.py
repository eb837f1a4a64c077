"""The provider of account settings, in the VPC that the configuration names or in none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_cdk import Annotations
from aws_cdk import aws_ec2 as ec2

from bedrock_o11y_constructs import AccountSettingsProvider

if TYPE_CHECKING:
    from aws_cdk import Stack

    from bedrock_o11y.config import Network


def provider_in(stack: Stack, network: Network | None) -> AccountSettingsProvider:
    """The provider of a stack.

    Args:
        stack: the stack.
        network: the VPC of the configuration, or None.

    Returns:
        A provider in that VPC; without one, the stack's ordinary provider.
    """
    if network is None:
        return AccountSettingsProvider.of(stack)
    found = stack.node.try_find_child("AccountSettingsProvider")
    if isinstance(found, AccountSettingsProvider):
        return found
    vpc = ec2.Vpc.from_vpc_attributes(stack, "Vpc", vpc_id=network.vpc_id, availability_zones=["unused"])
    subnets = [ec2.Subnet.from_subnet_id(stack, f"Subnet{id}", id) for id in network.subnet_ids]
    for subnet in subnets:
        # Only the id is used: what the warning is about, the subnet's route table, is never asked for.
        Annotations.of(subnet).acknowledge_warning("@aws-cdk/aws-ec2:noSubnetRouteTableId")
    groups = [ec2.SecurityGroup.from_security_group_id(stack, f"Group{id}", id) for id in network.security_group_ids]
    return AccountSettingsProvider(
        stack,
        "AccountSettingsProvider",
        vpc=vpc,
        subnets=ec2.SubnetSelection(subnets=subnets),
        security_groups=groups,
    )
