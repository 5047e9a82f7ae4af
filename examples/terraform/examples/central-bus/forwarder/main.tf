# One account and Region whose ECS tasks are watched from elsewhere: rules that forward.

provider "aws" {
  region = var.region
}

resource "aws_cloudwatch_event_rule" "this" {
  name        = var.name
  description = "ECS tasks that stopped, to the central bus"
  # Compact: EventBridge takes 2048 characters.
  event_pattern = jsonencode(jsondecode(file("${path.module}/../../../event_pattern.json")))
  tags          = var.tags
}

locals {
  notices = jsondecode(file("${path.module}/../../../notice_patterns.json"))
  wanted = {
    services   = var.service_events
    runs       = var.refused_runs
    batch      = var.batch_events
    workflows  = var.workflow_events
    retirement = var.task_retirement
  }

  # All rules, by what follows the name in theirs; "tasks" is the one without a suffix.
  rules     = merge({ tasks = aws_cloudwatch_event_rule.this }, aws_cloudwatch_event_rule.notices)
  rule_arns = [for rule in local.rules : rule.arn]
}

resource "aws_cloudwatch_event_rule" "notices" {
  for_each = { for kind, wanted in local.wanted : kind => local.notices[kind] if wanted }

  name          = "${var.name}-${each.key}"
  description   = "What is no stopped task (${each.key}), to the central bus"
  event_pattern = jsonencode(each.value)
  tags          = var.tags
}

# Before there were several rules, the target stood for the one alone.
moved {
  from = aws_cloudwatch_event_target.this
  to   = aws_cloudwatch_event_target.this["tasks"]
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.rules

  rule      = each.value.name
  target_id = "central-bus"
  arn       = var.event_bus_arn
  role_arn  = aws_iam_role.this.arn

  retry_policy {
    maximum_event_age_in_seconds = 24 * 3600
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }

  depends_on = [aws_iam_role_policy.this, aws_sqs_queue_policy.undelivered]
}

# IAM is global: the Region keeps the names of several forwarders in one account apart.
resource "aws_iam_role" "this" {
  name        = "${var.name}-${var.region}"
  description = "Forwards ECS task events to the central bus"
  tags        = var.tags

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Action    = "sts:AssumeRole"
        Principal = { Service = "events.amazonaws.com" }
        Condition = { ArnEquals = { "aws:SourceArn" = local.rule_arns } }
      },
    ]
  })
}

resource "aws_iam_role_policy" "this" {
  name = "forward"
  role = aws_iam_role.this.name

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "events:PutEvents", Resource = var.event_bus_arn }]
  })
}

# What the central bus did not take.
resource "aws_sqs_queue" "undelivered" {
  name                      = "${var.name}-undelivered"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = true
  redrive_allow_policy      = jsonencode({ redrivePermission = "denyAll" })
  tags                      = var.tags
}

resource "aws_sqs_queue_policy" "undelivered" {
  queue_url = aws_sqs_queue.undelivered.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Action    = "sqs:*"
        Principal = "*"
        Resource  = aws_sqs_queue.undelivered.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "RuleSends"
        Effect    = "Allow"
        Action    = "sqs:SendMessage"
        Principal = { Service = "events.amazonaws.com" }
        Resource  = aws_sqs_queue.undelivered.arn
        Condition = { ArnEquals = { "aws:SourceArn" = local.rule_arns } }
      },
    ]
  })
}

locals {
  alarms = merge({
    undelivered = {
      description = "The central bus did not take events: see the queue ${aws_sqs_queue.undelivered.name}"
      namespace   = "AWS/SQS"
      metric      = "ApproximateNumberOfMessagesVisible"
      statistic   = "Maximum"
      dimensions  = { QueueName = aws_sqs_queue.undelivered.name }
    }
    }, {
    for kind, rule in local.rules : kind == "tasks" ? "undelivered-lost" : "undelivered-lost-${kind}" => {
      description = "EventBridge lost events of the rule ${rule.name}: neither the central bus nor the queue ${aws_sqs_queue.undelivered.name} took them"
      namespace   = "AWS/Events"
      metric      = "InvocationsFailedToBeSentToDlq"
      statistic   = "Sum"
      dimensions  = { RuleName = rule.name }
    }
  })
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.alarms

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = each.value.description
  alarm_actions       = var.alarm_actions
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  tags                = var.tags
}
