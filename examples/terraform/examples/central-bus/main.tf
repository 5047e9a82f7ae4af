# The account that alerts: one bus takes the events of many accounts and Regions. Each of those
# applies ./forwarder. Only here are the function and the DSN.

provider "aws" {
  region = var.region
}

locals {
  notices = jsondecode(file("${path.module}/../../notice_patterns.json"))
  wanted = {
    services   = var.service_events
    runs       = var.refused_runs
    batch      = var.batch_events
    workflows  = var.workflow_events
    retirement = var.task_retirement
  }
  patterns = concat(
    [jsondecode(file("${path.module}/../../event_pattern.json"))],
    [for kind, wanted in local.wanted : local.notices[kind] if wanted],
  )
  # The pattern of Batch names its types in the branches of $or.
  detail_types = [for pattern in local.patterns : concat(try(pattern["detail-type"], []), try(pattern["$or"][*]["detail-type"], []))]
}

resource "aws_cloudwatch_event_bus" "this" {
  name = "ecs-task-events"
  tags = var.tags
}

# The accounts may send what the rules pass, and nothing else.
resource "aws_cloudwatch_event_bus_policy" "this" {
  event_bus_name = aws_cloudwatch_event_bus.this.name

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "Accounts"
        Effect    = "Allow"
        Action    = "events:PutEvents"
        Principal = { AWS = var.account_ids }
        Resource  = aws_cloudwatch_event_bus.this.arn
        Condition = {
          StringEquals = {
            "events:source"      = distinct(flatten(local.patterns[*].source))
            "events:detail-type" = distinct(flatten(local.detail_types))
          }
        }
      },
    ]
  })
}

module "ecs_failure_alerts" {
  source = "../../"

  lambda_zip     = var.lambda_zip
  sentry_dsn     = { ssm_parameter = var.dsn_parameter }
  alarm_actions  = var.alarm_actions
  event_bus_name = aws_cloudwatch_event_bus.this.name
  tags           = var.tags

  service_events  = var.service_events
  refused_runs    = var.refused_runs
  batch_events    = var.batch_events
  workflow_events = var.workflow_events
  task_retirement = var.task_retirement
  lookups         = var.lookups
  config          = var.config
}
