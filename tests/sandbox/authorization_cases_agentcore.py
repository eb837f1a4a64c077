"""Amazon Bedrock AgentCore, and the resource policy of one log group, typed by hand from the documentation.

Service Authorization Reference, Amazon Bedrock AgentCore: resource types runtime, runtime-endpoint, memory, gateway,
workload-identity and workload-identity-directory; InvokeAgentRuntime needs both runtime and endpoint.
"""

from __future__ import annotations

from typing import Any

from tests.sandbox.authorization_case import OTHER_ROLE, ROLE, Allow, Case

CONTROL, DATA = "bedrock-agentcore-control", "bedrock-agentcore"
HERE = "arn:aws:bedrock-agentcore:us-east-1:000000000000"
AGENT, OTHER = "case_agent-AbCdEfGhIj", "other_agent-AbCdEfGhIj"
RUNTIME, OTHER_RUNTIME = f"{HERE}:runtime/{AGENT}", f"{HERE}:runtime/{OTHER}"
DIRECTORY = f"{HERE}:workload-identity-directory/default"
KEY = "arn:aws:kms:us-east-1:000000000000:key/11111111-2222-3333-4444-555555555555"
GROUP = f"arn:aws:logs:us-east-1:000000000000:log-group:/aws/bedrock-agentcore/runtimes/{AGENT}-DEFAULT"
TO_AGENTCORE = {"StringEquals": {"iam:PassedToService": "bedrock-agentcore.amazonaws.com"}}
TO_BEDROCK = {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}
ARTIFACT = {"codeConfiguration": {"code": {"s3": {"bucket": "case-bucket", "prefix": "agent.zip"}},
                                  "runtime": "PYTHON_3_13", "entryPoint": ["main.py"]}}  # fmt: skip
VPC = {"networkMode": "VPC", "networkModeConfig": {"securityGroups": ["sg-12345678"], "subnets": ["subnet-12345678"]}}
PUBLIC = {"networkMode": "PUBLIC"}


def endpoint(name: str = "DEFAULT", runtime: str = RUNTIME) -> str:
    return f"{runtime}/runtime-endpoint/{name}"


def on(operation: str, arguments: dict[str, Any], *resources: str, near: tuple[str, ...], about: str = "") -> Case:
    """The action on every one of the resources; with a near miss in the place of the last it is refused."""
    action = f"bedrock-agentcore:{operation}"
    granted = tuple(Allow(action, resource) for resource in resources)
    refused = tuple((*granted[:-1], Allow(action, resource)) for resource in near)
    return Case(action, arguments, granted, refused, DATA if operation.startswith("Invoke") else CONTROL, about)


def passing(operation: str, arguments: dict[str, Any], own: Allow, *near: Allow) -> Case:
    """The action and the passing of a role to AgentCore."""
    pass_role = Allow("iam:PassRole", ROLE, TO_AGENTCORE)
    refused = (
        (own, Allow("iam:PassRole", OTHER_ROLE, TO_AGENTCORE)),
        (own, Allow("iam:PassRole", ROLE, TO_BEDROCK)),
        *((miss, pass_role) for miss in near),
    )
    return Case(f"bedrock-agentcore:{operation}", arguments, (own, pass_role), refused, CONTROL)


def in_network(operation: str, resource: str, security_group: str, subnet: str) -> Allow:
    keys = {"bedrock-agentcore:securityGroups": security_group, "bedrock-agentcore:subnets": subnet}
    return Allow(f"bedrock-agentcore:{operation}", resource, {
        "ForAllValues:StringEquals": keys,
        "Null": dict.fromkeys(keys, "false"),
    })  # fmt: skip


def networked(operation: str, arguments: dict[str, Any], resource: str, *near: str) -> Case:
    network = {"agentRuntimeArtifact": ARTIFACT, "roleArn": ROLE, "networkConfiguration": VPC}
    return passing(
        operation, {**arguments, **network},
        in_network(operation, resource, "sg-12345678", "subnet-12345678"),
        in_network(operation, resource, "sg-87654321", "subnet-12345678"),
        in_network(operation, resource, "sg-12345678", "subnet-87654321"),
        *(in_network(operation, miss, "sg-12345678", "subnet-12345678") for miss in near),
    )  # fmt: skip


INVOKED = {"agentRuntimeArn": RUNTIME, "payload": b"{}"}
FOR_USER = tuple(
    Allow(f"bedrock-agentcore:{action}", resource)
    for action in ("InvokeAgentRuntime", "InvokeAgentRuntimeForUser")
    for resource in (RUNTIME, endpoint())
)
ON_THE_ENDPOINT = {"agentRuntimeId": AGENT, "endpointName": "live"}

CASES: list[Case] = [
    networked("CreateAgentRuntime", {"agentRuntimeName": "case_agent"}, "*", f"{HERE}:runtime/*"),
    networked("UpdateAgentRuntime", {"agentRuntimeId": AGENT}, RUNTIME, OTHER_RUNTIME),
    on("GetAgentRuntime", {"agentRuntimeId": AGENT}, RUNTIME, near=(OTHER_RUNTIME, endpoint())),
    on("DeleteAgentRuntime", {"agentRuntimeId": AGENT}, RUNTIME, near=(OTHER_RUNTIME,)),
    on("ListAgentRuntimes", {}, "*", near=(f"{HERE}:runtime/*",)),
    on("ListAgentRuntimeVersions", {"agentRuntimeId": AGENT}, "*", near=(RUNTIME,)),
    on("ListAgentRuntimeEndpoints", {"agentRuntimeId": AGENT}, "*", near=(RUNTIME, f"{RUNTIME}/*")),
    on("CreateAgentRuntimeEndpoint", {"agentRuntimeId": AGENT, "name": "live"}, RUNTIME, near=(OTHER_RUNTIME,)),
    *(
        on(f"{verb}AgentRuntimeEndpoint", ON_THE_ENDPOINT, RUNTIME, endpoint("live"),
           near=(endpoint("test"), endpoint("live", OTHER_RUNTIME)))
        for verb in ("Get", "Update", "Delete")
    ),
    on("InvokeAgentRuntime", INVOKED, RUNTIME, endpoint(), near=(endpoint("live"), endpoint("DEFAULT", OTHER_RUNTIME))),
    on("InvokeAgentRuntime", {**INVOKED, "qualifier": "live"}, RUNTIME, endpoint("live"), near=(endpoint(),),
       about="with a qualifier"),
    on("InvokeAgentRuntime", {**INVOKED, "agentRuntimeArn": AGENT, "accountId": "000000000000"}, RUNTIME, endpoint(),
       near=(endpoint("live"),), about="by id"),
    Case("bedrock-agentcore:InvokeAgentRuntime", {**INVOKED, "runtimeUserId": "somebody"}, FOR_USER,
         ((*FOR_USER[:3], Allow("bedrock-agentcore:InvokeAgentRuntimeForUser", endpoint("live"))),), DATA,
         "for a user"),
    Case("bedrock-agentcore:CreateMemory", {"name": "case", "eventExpiryDuration": 7, "encryptionKeyArn": KEY},
         (Allow("bedrock-agentcore:CreateMemory", "*", {"StringEquals": {"bedrock-agentcore:KmsKeyArn": KEY}}),),
         ((Allow("bedrock-agentcore:CreateMemory", "*", {"StringEquals": {"bedrock-agentcore:KmsKeyArn": f"{KEY}0"}}),),
          (Allow("bedrock-agentcore:CreateMemory", f"{HERE}:memory/*"),)), CONTROL, "with a key"),
    passing("CreateMemory", {"name": "case2", "eventExpiryDuration": 7, "memoryExecutionRoleArn": ROLE},
            Allow("bedrock-agentcore:CreateMemory", "*")),
    *(
        on(f"{verb}Memory", {"memoryId": "case-AbCdEfGhIj"}, f"{HERE}:memory/case-AbCdEfGhIj",
           near=(f"{HERE}:memory/other-AbCdEfGhIj",))
        for verb in ("Get", "Delete")
    ),
    on("ListMemories", {}, "*", near=(f"{HERE}:memory/*",)),
    passing("CreateGateway", {"name": "case", "roleArn": ROLE, "protocolType": "MCP", "authorizerType": "AWS_IAM"},
            Allow("bedrock-agentcore:CreateGateway", "*"),
            Allow("bedrock-agentcore:CreateGateway", f"{HERE}:gateway/*")),
    *(
        on(f"{verb}Gateway", {"gatewayIdentifier": "case-abcdefghij"}, f"{HERE}:gateway/case-abcdefghij",
           near=(f"{HERE}:gateway/other-abcdefghij",))
        for verb in ("Get", "Delete")
    ),
    on("ListGateways", {}, "*", near=(f"{HERE}:gateway/*",)),
    on("GetWorkloadIdentity", {"name": AGENT}, DIRECTORY, f"{DIRECTORY}/workload-identity/{AGENT}",
       near=(f"{DIRECTORY}/workload-identity/{OTHER}",)),
    on("ListTagsForResource", {"resourceArn": RUNTIME}, RUNTIME, near=(OTHER_RUNTIME,)),
    # AgentCore developer guide, execution role: granted on the log group of the agent.
    Case("logs:PutResourcePolicy", {"resourceArn": GROUP, "policyDocument": "{}"},
         (Allow("logs:PutResourcePolicy", GROUP),),
         ((Allow("logs:PutResourcePolicy", GROUP.replace("case_agent", "other_agent")),),), about="of one log group"),
]  # fmt: skip
