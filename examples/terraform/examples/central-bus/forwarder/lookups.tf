# What the function beside the central bus may look up here for an alert: nothing by default.

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

locals {
  lookup_statements = var.lookups == null ? [] : concat(
    # AWS takes no resource here, nor a condition.
    !var.lookups.definition ? [] : [
      {
        Sid      = "DescribeTaskDefinitions"
        Effect   = "Allow"
        Action   = ["ecs:DescribeTaskDefinition"]
        Resource = ["*"]
      },
    ],
    length(var.lookups.logs) == 0 ? [] : [
      {
        Sid      = "ReadLogs"
        Effect   = "Allow"
        Action   = ["logs:GetLogEvents"]
        Resource = [for group in var.lookups.logs : "arn:${data.aws_partition.current.partition}:logs:*:${data.aws_caller_identity.current.account_id}:log-group:${group}:log-stream:*"]
      },
    ],
  )
}

resource "aws_iam_role" "lookups" {
  count = var.lookups == null ? 0 : 1

  name        = "${var.name}-lookups"
  description = "Lets the function beside the central bus look things up for alerts"
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { AWS = var.lookups.function_role_arn }
      },
    ]
  })
}

resource "aws_iam_role_policy" "lookups" {
  count = var.lookups == null ? 0 : 1

  name = "look-up"
  role = aws_iam_role.lookups[0].name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = local.lookup_statements
  })
}
