data "aws_caller_identity" "current" {}

# Names the Region in the same way in every version of the provider, which aws_region does not.
data "aws_service" "ssm" {
  service_id = "ssm"
}

locals {
  region    = data.aws_service.ssm.region
  partition = data.aws_service.ssm.partition

  dsn_parameter_arn = local.dsn_parameter == null ? null : startswith(local.dsn_parameter, "arn:") ? local.dsn_parameter : "${local.ssm_arn_prefix}${trimprefix(local.dsn_parameter, "/")}"

  keys = distinct(compact(concat([var.kms_key_arn, local.dsn_key], var.notifier_access.kms_key_arns)))

  # The queues that EventBridge sends to.
  rule_queues = merge(
    { undelivered = aws_sqs_queue.undelivered },
    local.queued ? { this = aws_sqs_queue.this[0] } : {},
  )

  # What the function may do, and nothing besides but what config.tf and lookups.tf add. The one
  # wildcard stands for the names of the log's streams, which Lambda chooses.
  statements = concat(
    [
      {
        Sid      = "Log"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
        Resource = ["${aws_cloudwatch_log_group.this.arn}:log-stream:*"]
      },
    ],
    [
      {
        Sid      = "TakeEvents"
        Action   = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
        Resource = concat(aws_sqs_queue.this[*].arn, [aws_sqs_queue.schedules.arn])
      },
    ],
    local.queued ? [] : [
      {
        Sid      = "KeepFailures"
        Action   = ["sqs:SendMessage"]
        Resource = [aws_sqs_queue.failed.arn]
      },
    ],
    local.dsn_parameter == null ? [] : [
      {
        Sid      = "ReadDsn"
        Action   = ["ssm:GetParameter"]
        Resource = [local.dsn_parameter_arn]
      },
    ],
    local.dsn_secret == null ? [] : [
      {
        Sid      = "ReadDsn"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [local.dsn_secret]
      },
    ],
    length(local.keys) == 0 ? [] : [
      {
        Sid      = "Decrypt"
        Action   = ["kms:Decrypt"]
        Resource = local.keys
      },
    ],
    local.queued || var.kms_key_arn == null ? [] : [
      {
        Sid      = "EncryptFailures"
        Action   = ["kms:GenerateDataKey"]
        Resource = [var.kms_key_arn]
      },
    ],
    local.document_statements,
    local.lookup_statements,
  )
}

# IAM is global: the Region keeps the roles of several Regions in one account apart.
resource "aws_iam_role" "this" {
  name        = "${var.name}-${local.region}"
  description = "The function ${var.name}"
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "lambda.amazonaws.com" }
      },
    ]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "alert"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [for statement in local.statements : merge({ Effect = "Allow" }, statement)]
  })

  lifecycle {
    precondition {
      condition     = length(local.malformed) == 0
      error_message = "config or notifier_access names what cannot be one SSM parameter (name or ARN), secret (name or full ARN), topic (ARN) or role (ARN): ${join(", ", local.malformed)}."
    }
  }
}

# Lambda makes network interfaces in the VPC; AWS's own policy says what that takes, and allows all logs.
resource "aws_iam_role_policy_attachment" "vpc" {
  count = var.vpc == null ? 0 : 1

  role       = aws_iam_role.this.name
  policy_arn = "arn:${local.partition}:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

resource "aws_sqs_queue_policy" "this" {
  for_each = merge(local.rule_queues, { failed = aws_sqs_queue.failed })

  queue_url = each.value.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = concat(
      [
        {
          Sid       = "TlsOnly"
          Effect    = "Deny"
          Action    = "sqs:*"
          Principal = "*"
          Resource  = each.value.arn
          Condition = { Bool = { "aws:SecureTransport" = "false" } }
        },
      ],
      [
        for name in keys(local.rule_queues) : {
          Sid       = "RuleSends"
          Effect    = "Allow"
          Action    = "sqs:SendMessage"
          Principal = { Service = "events.amazonaws.com" }
          Resource  = each.value.arn
          Condition = { ArnEquals = { "aws:SourceArn" = local.rule_arns } }
        } if each.key == name
      ],
    )
  })
}
