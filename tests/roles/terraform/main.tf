# The configuration behind plan.json, which is what `terraform show -json` printed of its plan, without provider_config.
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "5.100.0"
    }
  }
}
provider "aws" {
  region                      = "us-east-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
  skip_region_validation      = true
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["bedrock-agentcore.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = ["123456789012"]
    }
  }
}
resource "aws_cloudwatch_log_group" "agent" {
  name_prefix = "/aws/bedrock-agentcore/runtimes/agent-"
}
data "aws_iam_policy_document" "logs" {
  statement {
    sid       = "Write"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.agent.arn}:*", "arn:aws:logs:us-east-1:123456789012:log-group:/x:*"]
  }
  statement {
    effect      = "Deny"
    not_actions = ["logs:*"]
    resources   = ["arn:aws:s3:::b/&{aws:PrincipalTag/team}/*"]
    condition {
      test     = "StringNotEquals"
      variable = "aws:ResourceAccount"
      values   = ["123456789012"]
    }
  }
}
resource "aws_iam_role" "agent" {
  name                 = "agent"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = "arn:aws:iam::123456789012:policy/edge"
  tags                 = { team = "platform" }
}
resource "aws_iam_role_policy" "logs" {
  name   = "logs"
  role   = aws_iam_role.agent.id
  policy = data.aws_iam_policy_document.logs.json
}
resource "aws_iam_role_policy" "encoded" {
  name   = "encoded"
  role   = aws_iam_role.agent.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:*", Resource = aws_cloudwatch_log_group.agent.arn }] })
}
resource "aws_iam_policy" "traces" {
  name   = "traces"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["xray:PutTraceSegments"], Resource = "*" }] })
}
resource "aws_iam_role_policy_attachment" "traces" {
  role       = aws_iam_role.agent.name
  policy_arn = aws_iam_policy.traces.arn
}
resource "aws_iam_role_policy_attachment" "aws" {
  role       = aws_iam_role.agent.name
  policy_arn = "arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"
}
resource "aws_iam_role" "many" {
  for_each           = toset(["a", "b"])
  name_prefix        = "many-"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
resource "aws_iam_role_policy" "many" {
  for_each = toset(["a", "b"])
  role     = aws_iam_role.many[each.key].id
  name     = "only-${each.key}"
  policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "xray:Get*", Resource = "*" }] })
}
resource "aws_iam_role_policy_attachment" "value" {
  for_each   = aws_iam_role.many
  role       = each.value.name
  policy_arn = aws_iam_policy.traces.arn
}
resource "aws_iam_role" "inline" {
  name                 = "inline"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "bedrock.amazonaws.com" } }] })
  managed_policy_arns  = [aws_iam_policy.traces.arn]
  permissions_boundary = aws_iam_policy.traces.arn
  inline_policy {
    name   = "known"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "logs:PutLogEvents", Resource = "*" }] })
  }
  inline_policy {
    name   = "later"
    policy = data.aws_iam_policy_document.logs.json
  }
}
module "agents" {
  count  = 2
  source = "./agents"
  trust  = data.aws_iam_policy_document.trust.json
}
resource "aws_iam_role_policy_attachment" "module" {
  role       = module.agents[1].role
  policy_arn = aws_iam_policy.traces.arn
}
resource "aws_iam_role_policy_attachment" "elsewhere" {
  role       = "made-by-hand"
  policy_arn = aws_iam_policy.traces.arn
}
resource "aws_iam_policy_attachment" "list" {
  name       = "list"
  roles      = ["agent", aws_iam_role.many["a"].name]
  policy_arn = "arn:aws:iam::aws:policy/AWSXrayReadOnlyAccess"
}
