# What a team would run: events wait in a queue while Sentry is away, everything at rest is
# encrypted with a key of your own, and alarms go to a topic.

provider "aws" {
  region = var.region
}

module "ecs_failure_alerts" {
  source = "../../"

  name            = var.name
  mode            = "queue"
  lambda_zip      = var.lambda_zip
  sentry_dsn      = { secret = var.dsn_secret_arn }
  alarm_actions   = [aws_sns_topic.this.arn]
  kms_key_arn     = aws_kms_key.this.arn
  clusters        = var.clusters
  scheduled_rules = var.scheduled_rules
  schedule_groups = var.schedule_groups
  settings        = { ECS_ALERTS_ENVIRONMENT = var.environment }
  tags            = var.tags
}

################################################################################
# Supporting resources
################################################################################

data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

resource "aws_sns_topic" "this" {
  name              = "${var.name}-alarms"
  kms_master_key_id = aws_kms_key.this.id
  tags              = var.tags
}

# The alarms may publish, and nobody without TLS. A policy takes the place of the one that SNS makes.
# https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
resource "aws_sns_topic_policy" "this" {
  arn = aws_sns_topic.this.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Action    = "sns:Publish"
        Principal = "*"
        Resource  = aws_sns_topic.this.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "Alarms"
        Effect    = "Allow"
        Action    = "sns:Publish"
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Resource  = aws_sns_topic.this.arn
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
    ]
  })
}

resource "aws_sns_topic_subscription" "this" {
  for_each = var.alarm_emails

  topic_arn = aws_sns_topic.this.arn
  protocol  = "email"
  endpoint  = each.value
}

resource "aws_kms_key" "this" {
  description         = "Events and logs of ${var.name}"
  enable_key_rotation = true
  tags                = var.tags

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        # Hands the key over to the account's IAM policies, such as that of the function's role.
        Sid       = "Account"
        Effect    = "Allow"
        Action    = "kms:*"
        Principal = { AWS = "arn:${data.aws_partition.current.partition}:iam::${data.aws_caller_identity.current.account_id}:root" }
        Resource  = "*"
      },
      {
        # Without this the rule's events do not get into the queues.
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
        # No condition on aws:SourceAccount or aws:SourceArn: AWS says of encrypted topics that
        # EventBridge does not support it, and says nothing of queues. Whose events get into the
        # queues is up to their policies, which name the one rule.
        # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        Sid       = "Rule"
        Effect    = "Allow"
        Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
        Principal = { Service = "events.amazonaws.com" }
        Resource  = "*"
      },
      {
        # Without this the alarms do not get to the topic.
        Sid       = "Alarms"
        Effect    = "Allow"
        Action    = ["kms:GenerateDataKey", "kms:Decrypt"]
        Principal = { Service = "cloudwatch.amazonaws.com" }
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = data.aws_caller_identity.current.account_id } }
      },
      {
        # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        Sid       = "Log"
        Effect    = "Allow"
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
        Principal = { Service = "logs.${var.region}.${data.aws_partition.current.dns_suffix}" }
        Resource  = "*"
        Condition = {
          ArnEquals = {
            "kms:EncryptionContext:aws:logs:arn" = "arn:${data.aws_partition.current.partition}:logs:${var.region}:${data.aws_caller_identity.current.account_id}:log-group:/aws/lambda/${var.name}"
          }
        }
      },
    ]
  })
}
