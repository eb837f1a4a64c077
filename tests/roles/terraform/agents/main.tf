variable "trust" {}
resource "aws_iam_role" "this" {
  name_prefix        = "m-"
  assume_role_policy = var.trust
}
resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "bedrock:InvokeModel", Resource = "*" }] })
}
output "role" { value = aws_iam_role.this.name }
