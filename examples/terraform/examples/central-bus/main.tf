# The account that alerts: one bus takes the events of many accounts and Regions. Each of those
# applies ./forwarder. Only here are the function and the DSN.

provider "aws" {
  region = var.region
}

resource "aws_cloudwatch_event_bus" "this" {
  name = "ecs-task-events"
  tags = var.tags
}

# The accounts may send ECS task events, and nothing else.
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
            "events:source"      = "aws.ecs"
            "events:detail-type" = "ECS Task State Change"
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
}
