"""What is in the sandbox account: roles for the people of the demo, and an inventory to compare."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bedrock_o11y.blueprint import account_setting, invocation_logging, names, permissions, policy_document

from .agent import FOUNDATION_MODEL, MODEL_ID

if TYPE_CHECKING:
    from bedrock_o11y.sandbox import Sandbox

READER = "bedrock-o11y-reader"
AUDITOR = "bedrock-o11y-auditor"
DEPLOYER = "bedrock-o11y-deployer"
AGENT = "demo-agent"
BUCKET = "demo-agent-files"
TARGET = "BedrockO11y"


def create_people(sandbox: Sandbox) -> None:
    """Create the roles that the demo acts as, each with exactly the permissions that are published for it.

    Args:
        sandbox: the running sandbox.
    """
    values = {
        "Partition": "aws",
        "Region": sandbox.region,
        "Account": sandbox.account_id,
        "LogGroupName": invocation_logging.LOG_GROUP_NAME,
        "BucketName": names.payload_bucket_name(TARGET, sandbox.account_id, sandbox.region),
        "RecordName": account_setting.RECORD_NAME_PREFIX + account_setting.MODEL_INVOCATION_LOGGING,
        "ModelId": invocation_logging.CANARY_MODEL_ID,
        "Qualifier": "hnb659fds",
    }
    reader = (*permissions.READER_GRANTS, *permissions.CANARY_GRANTS)
    deployer = (*permissions.DEPLOYER_GRANTS, *permissions.READER_GRANTS)
    _create_role(sandbox, READER, policy_document(reader, values))
    _create_role(sandbox, AUDITOR, policy_document(permissions.COMMANDS["audit"], values))
    _create_role(sandbox, DEPLOYER, policy_document(deployer, values))
    profile = f"arn:aws:bedrock:{sandbox.region}:{sandbox.account_id}:inference-profile/{MODEL_ID}"
    model = f"arn:aws:bedrock:*::foundation-model/{FOUNDATION_MODEL}"
    files = f"arn:aws:s3:::{BUCKET}"
    allowed = [
        {"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": [profile, model]},
        {"Effect": "Allow", "Action": ["s3:ListBucket", "s3:PutObject"], "Resource": [files, f"{files}/*"]},
    ]
    _create_role(sandbox, AGENT, {"Version": "2012-10-17", "Statement": allowed})
    sandbox.client("s3").create_bucket(Bucket=BUCKET)


def _create_role(sandbox: Sandbox, name: str, document: dict[str, Any]) -> None:
    iam = sandbox.client("iam")
    principal = {"AWS": f"arn:aws:iam::{sandbox.account_id}:root"}
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    iam.put_role_policy(RoleName=name, PolicyName=name, PolicyDocument=json.dumps(document))


def inventory(sandbox: Sandbox) -> dict[str, Any]:
    """Everything in the account that a deploy could touch.

    Args:
        sandbox: the running sandbox.

    Returns:
        ``settings``: the value of each account setting; every other key: a sorted list of names.
    """
    client = sandbox.client
    (indexing,) = client("xray").get_indexing_rules()["IndexingRules"]
    keys = client("kms").get_paginator("list_keys").paginate()
    policies = client("iam").get_paginator("list_policies").paginate(Scope="Local")
    return {
        "settings": {
            account_setting.MODEL_INVOCATION_LOGGING: client("bedrock")
            .get_model_invocation_logging_configuration()
            .get("loggingConfig"),
            account_setting.TRACE_DESTINATION: client("xray").get_trace_segment_destination()["Destination"],
            account_setting.SPAN_INDEXING: indexing["Rule"],
        },
        "resource policies": sorted(
            one["policyName"] for one in client("logs").describe_resource_policies()["resourcePolicies"]
        ),
        "log groups": sorted(group["logGroupName"] for group in client("logs").describe_log_groups()["logGroups"]),
        "buckets": sorted(bucket["Name"] for bucket in client("s3").list_buckets()["Buckets"]),
        "keys": sorted(key["KeyId"] for page in keys for key in page["Keys"]),
        "roles": sorted(role["RoleName"] for role in client("iam").list_roles()["Roles"]),
        "policies": sorted(policy["PolicyName"] for page in policies for policy in page["Policies"]),
        "functions": sorted(one["FunctionName"] for one in client("lambda").list_functions()["Functions"]),
        "parameters": sorted(
            one["Name"]
            for page in client("ssm").get_paginator("describe_parameters").paginate()
            for one in page["Parameters"]
        ),
        "stacks": sorted(stack["StackName"] for stack in client("cloudformation").describe_stacks()["Stacks"]),
    }


def retained(sandbox: Sandbox) -> list[str]:
    """What the deployed stacks will leave behind when they are destroyed, by their own templates.

    Args:
        sandbox: the running sandbox.

    Returns:
        Sorted physical names of the resources whose deletion policy keeps them.
    """
    formation = sandbox.client("cloudformation")
    kept = []
    for stack in formation.describe_stacks()["Stacks"]:
        if stack["StackName"] == "CDKToolkit":
            continue
        template = formation.get_template(StackName=stack["StackName"], TemplateStage="Original")["TemplateBody"]
        document = json.loads(template) if isinstance(template, str) else template
        for resource in formation.describe_stack_resources(StackName=stack["StackName"])["StackResources"]:
            declared = document["Resources"].get(resource["LogicalResourceId"], {})
            if declared.get("DeletionPolicy", "Delete") != "Delete":
                kept.append(resource["PhysicalResourceId"])
    return sorted(kept)


def deployed_role(sandbox: Sandbox, agent: str) -> str:
    """The execution role that the stack of agents has for an agent.

    Args:
        sandbox: the running sandbox.
        agent: its name.

    Returns:
        The name of the role.
    """
    resources = sandbox.client("cloudformation").describe_stack_resources(StackName=f"{TARGET}-Agents")
    (name,) = (
        one["PhysicalResourceId"]
        for one in resources["StackResources"]
        if one["ResourceType"] == "AWS::IAM::Role" and one["LogicalResourceId"].startswith(agent.replace("_", ""))
    )
    return str(name)


def kept_key(sandbox: Sandbox) -> str:
    """The id of the key that the log group is encrypted with.

    Args:
        sandbox: the running sandbox.

    Returns:
        The id, without the rest of the ARN.
    """
    groups = sandbox.client("logs").describe_log_groups(logGroupNamePrefix=invocation_logging.LOG_GROUP_NAME)
    return str(groups["logGroups"][0]["kmsKeyId"]).rpartition("/")[2]
