"""The pages of AWS's documentation that the blueprint cites."""

from __future__ import annotations

from .grant import Source

INVOCATION_LOGGING = Source(
    "Amazon Bedrock user guide, Monitor model invocation using CloudWatch Logs and Amazon S3",
    "https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html",
)
BEDROCK_METRICS = Source(
    "Amazon Bedrock user guide, Monitoring the bedrock-runtime endpoint with CloudWatch metrics",
    "https://docs.aws.amazon.com/bedrock/latest/userguide/monitoring-runtime-metrics.html",
)
LOGS_ENCRYPTION = Source(
    "Amazon CloudWatch Logs user guide, Encrypt log data using AWS KMS",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
)
LOGS_MASKING = Source(
    "Amazon CloudWatch Logs user guide, Help protect sensitive log data with masking",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html",
)
LOGS_ACTIONS = Source(
    "Service authorization reference, Amazon CloudWatch Logs",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html",
)
BEDROCK_ACTIONS = Source(
    "Service authorization reference, Amazon Bedrock",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html",
)
AGENTCORE_ACTIONS = Source(
    "Service authorization reference, Amazon Bedrock AgentCore",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockagentcore.html",
)
CLOUDWATCH_ACTIONS = Source(
    "Service authorization reference, Amazon CloudWatch",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html",
)
KMS_ACTIONS = Source(
    "Service authorization reference, AWS Key Management Service",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awskeymanagementservice.html",
)
S3_ACTIONS = Source(
    "Service authorization reference, Amazon S3",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html",
)
SSM_ACTIONS = Source(
    "Service authorization reference, AWS Systems Manager",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html",
)
CLOUDFORMATION_ACTIONS = Source(
    "Service authorization reference, AWS CloudFormation",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html",
)
PASS_ROLE = Source(
    "IAM user guide, Grant a user permissions to pass a role to an AWS service",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html",
)
CONFUSED_DEPUTY = Source(
    "IAM user guide, The confused deputy problem",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html",
)
LAMBDA_XRAY = Source(
    "AWS Lambda developer guide, Visualize Lambda function invocations using AWS X-Ray",
    "https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html",
)
LAMBDA_VPC = Source(
    "AWS Lambda developer guide, Giving Lambda functions access to resources in an Amazon VPC",
    "https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html",
)
CDK_BOOTSTRAP = Source(
    "AWS CDK developer guide, Bootstrap your environment for use with the AWS CDK",
    "https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html",
)
RUNTIME_PERMISSIONS = Source(
    "Amazon Bedrock AgentCore developer guide, IAM Permissions for AgentCore Runtime",
    "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/runtime-permissions.html",
)
RUNTIME_OBSERVABILITY = Source(
    "Amazon Bedrock AgentCore developer guide, Add observability to your agentic resources",
    "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/observability-configure.html",
)
SERVICE_LINKED_ROLES = Source(
    "Amazon Bedrock AgentCore developer guide, Using service-linked roles",
    "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/service-linked-roles.html",
)
WORKLOAD_ACCESS_TOKEN = Source(
    "Amazon Bedrock AgentCore developer guide, Get workload access token",
    "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/get-workload-access-token.html",
)
GATEWAY_PERMISSIONS = Source(
    "Amazon Bedrock AgentCore developer guide, Set up permissions for AgentCore Gateway",
    "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-prerequisites-permissions.html",
)
POLICY_PERMISSIONS = Source(
    "Amazon Bedrock AgentCore developer guide, AgentCore Gateway and Policy in AgentCore IAM Permissions",
    "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/policy-permissions.html",
)
MEMORY_STRATEGIES = Source(
    "Amazon Bedrock AgentCore developer guide, Configure a custom strategy",
    "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/long-term-configuring-custom-strategies.html",
)
MEMORY_MANAGED_POLICY = Source(
    "AWS managed policy reference, AmazonBedrockAgentCoreMemoryBedrockModelInferenceExecutionRolePolicy",
    "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/"
    "AmazonBedrockAgentCoreMemoryBedrockModelInferenceExecutionRolePolicy.html",
)
EVALUATION_PERMISSIONS = Source(
    "Amazon Bedrock AgentCore developer guide, Evaluations prerequisites",
    "https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/evaluations-prerequisites.html",
)
AGENTCORE_ACTIONS = Source(
    "Service authorization reference, Amazon Bedrock AgentCore",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrockagentcore.html",
)
TRANSACTION_SEARCH = Source(
    "CloudWatch user guide, Enable Transaction Search",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Enable-TransactionSearch.html",
)
XRAY_ACTIONS = Source(
    "Service authorization reference, AWS X-Ray",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html",
)
XRAY_SAMPLING = Source(
    "AWS X-Ray developer guide, Configuring sampling rules",
    "https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html",
)
ECR_ACTIONS = Source(
    "Service authorization reference, Amazon Elastic Container Registry",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerregistry.html",
)
SECRETS_MANAGER_ACTIONS = Source(
    "Service authorization reference, AWS Secrets Manager",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html",
)
MODEL_ACCESS = Source(
    "Amazon Bedrock user guide, Request access to models",
    "https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html",
)
IAM_ACTIONS = Source(
    "Service authorization reference, AWS Identity and Access Management",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html",
)
POLICY_EVALUATION = Source(
    "IAM user guide, Policy evaluation logic",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html",
)
PERMISSIONS_BOUNDARIES = Source(
    "IAM user guide, Permissions boundaries for IAM entities",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html",
)
CONDITION_OPERATORS = Source(
    "IAM user guide, IAM JSON policy elements: Condition operators",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html",
)
LEAST_PRIVILEGE = Source(
    "IAM user guide, Security best practices in IAM",
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html",
)
SERVICE_AUTHORIZATION = Source(
    "Service authorization reference",
    "https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html",
)
LOG_GROUP_ARNS = Source(
    "Amazon CloudWatch Logs user guide, Overview of managing access permissions to your CloudWatch Logs resources",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html",
)
OTLP_ENDPOINTS = Source(
    "Amazon CloudWatch user guide, OTLP endpoints",
    "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html",
)
XRAY_WRITE_ONLY = Source(
    "AWS managed policy reference, AWSXrayWriteOnlyAccess",
    "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSXrayWriteOnlyAccess.html",
)
LAMBDA_EXECUTION_ROLE = Source(
    "AWS Lambda developer guide, Defining Lambda function permissions with an execution role",
    "https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html",
)
ECS_TASK_ROLE = Source(
    "Amazon ECS developer guide, Amazon ECS task IAM role",
    "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html",
)
EC2_ROLE = Source(
    "Amazon EC2 user guide, IAM roles for Amazon EC2",
    "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/iam-roles-for-amazon-ec2.html",
)
EKS_POD_IDENTITY_ROLE = Source(
    "Amazon EKS user guide, Create IAM role with trust policy required by EKS Pod Identity",
    "https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html",
)
