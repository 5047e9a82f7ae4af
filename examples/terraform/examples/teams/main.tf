# Two teams on one bus: each gets its own alerts in its own Sentry project and Slack channel, and
# none of the other's.

provider "aws" {
  region = var.region
}

locals {
  # What `ecs-failure-alerts check` checks: terraform output -raw config
  config = {
    rules = [
      {
        level     = "silent"
        family    = "importer"
        exit_code = 143
        until     = "2026-12-18" # to the end of that day, UTC
        why       = "it does not stop when it is asked to, until release 12"
      },
      {
        level   = "error"
        cause   = "spot_interruption"
        service = "checkout"
        why     = "orders wait until the next task is there"
      },
    ]

    notifiers = {
      data-sentry = { type = "sentry", dsn_ssm_parameter = var.dsn_parameters.data }
      data-slack  = { type = "sns", topic_arn = aws_sns_topic.this["data"].arn }
      shop-sentry = { type = "sentry", dsn_ssm_parameter = var.dsn_parameters.shop }
      shop-slack  = { type = "sns", topic_arn = aws_sns_topic.this["shop"].arn }
    }

    routes = [
      { notifier = "data-sentry", family = ["etl-*", "importer"] },
      { notifier = "data-slack", family = ["etl-*", "importer"], min_level = "error" },
      { notifier = "shop-sentry", cluster = "shop" },
      { notifier = "shop-slack", cluster = "shop", min_level = "error" },
      # Without this, an alert that is nobody's goes to the queue of failures, whose alarm rings.
      { drop = true },
    ]
  }
}

module "ecs_failure_alerts" {
  source = "../../"

  name          = var.name
  lambda_zip    = var.lambda_zip
  config        = local.config
  alarm_actions = var.alarm_actions
  tags          = var.tags

  # Spot interruptions of services, which the rules raise, do not pass by default.
  event_pattern = file("${path.module}/alerts_pattern.json")

  # Alerts come up to 20 seconds later, and those of a service in a crash loop become one.
  batch_size   = 100
  batch_window = 20
}

################################################################################
# Slack, by Amazon Q Developer in chat applications
################################################################################

resource "aws_sns_topic" "this" {
  for_each = toset(["data", "shop"])

  name              = "${var.name}-${each.key}"
  kms_master_key_id = "alias/aws/sns"
  tags              = var.tags
}

# The function publishes by the policy of its role, and nobody may without TLS.
# https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
resource "aws_sns_topic_policy" "this" {
  for_each = aws_sns_topic.this

  arn = each.value.arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Action    = "sns:Publish"
        Principal = "*"
        Resource  = each.value.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })
}

# The channels need a workspace that somebody has authorized in the console of Amazon Q Developer in
# chat applications. Then, for each team:
#
# resource "aws_chatbot_slack_channel_configuration" "data" {
#   configuration_name = "${var.name}-data"
#   iam_role_arn       = aws_iam_role.chat.arn # trusts chatbot.amazonaws.com, and may do nothing
#   slack_team_id      = "T0123456789"
#   slack_channel_id   = "C0123456789"
#   sns_topic_arns     = [aws_sns_topic.this["data"].arn]
#   tags               = var.tags
# }
