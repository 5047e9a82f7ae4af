# Who watches the alerter: every way in which an alert can be late or get stuck has an alarm.

locals {
  bus_dimension = var.event_bus_name == "default" ? {} : { EventBusName = var.event_bus_name }

  alarms = merge(
    {
      undelivered = {
        description = "EventBridge could not deliver events: see the queue ${var.name}-undelivered"
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        statistic   = "Maximum"
        threshold   = 0
        dimensions  = { QueueName = aws_sqs_queue.undelivered.name }
      }
      failed = {
        description = "Alerts were given up: see the queue ${var.name}-failed"
        namespace   = "AWS/SQS"
        metric      = "ApproximateNumberOfMessagesVisible"
        statistic   = "Maximum"
        threshold   = 0
        dimensions  = { QueueName = aws_sqs_queue.failed.name }
      }
      # In mode "queue" the function does not fail where Sentry refuses alerts: it answers with the
      # messages that have to come again. The alarm for that is "late".
      errors = {
        description = "The function fails: see the log /aws/lambda/${var.name}"
        namespace   = "AWS/Lambda"
        metric      = "Errors"
        statistic   = "Sum"
        threshold   = 0
        dimensions  = { FunctionName = aws_lambda_function.this.function_name }
      }
      schedules-late = {
        description = "Alerts of schedules are late, after two attempts: see the log /aws/lambda/${var.name}"
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        statistic   = "Maximum"
        threshold   = local.visibility_timeout + 60
        dimensions  = { QueueName = aws_sqs_queue.schedules.name }
      }
    },
    {
      for kind, rule in local.rules : kind == "tasks" ? "undelivered-lost" : "undelivered-lost-${kind}" => {
        description = "EventBridge lost events of the rule ${rule.name}: neither ${var.name} nor the queue ${var.name}-undelivered took them"
        namespace   = "AWS/Events"
        metric      = "InvocationsFailedToBeSentToDlq"
        statistic   = "Sum"
        threshold   = 0
        dimensions  = merge(local.bus_dimension, { RuleName = rule.name })
      }
    },
    local.queued ? {
      late = {
        # SQS leaves a message out of this metric, or counts its age anew, once it was received
        # three times. So the threshold lies between the end of the second attempt, which the
        # batching window delays like the first one, and the third.
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
        description = "Alerts are late, after two attempts: see the log /aws/lambda/${var.name}"
        namespace   = "AWS/SQS"
        metric      = "ApproximateAgeOfOldestMessage"
        statistic   = "Maximum"
        threshold   = local.visibility_timeout + var.batch_window + 60
        dimensions  = { QueueName = aws_sqs_queue.this[0].name }
      }
    } : {},
    local.queued ? {} : {
      # In mode "queue" a throttled function leaves its messages in the queue: see "late".
      throttled = {
        description = "The function may not run, because too many run in the account: events wait for up to 6 hours"
        namespace   = "AWS/Lambda"
        metric      = "Throttles"
        statistic   = "Sum"
        threshold   = 0
        dimensions  = { FunctionName = aws_lambda_function.this.function_name }
      }
      failed-lost = {
        description = "Alerts were lost: neither Sentry nor the queue ${var.name}-failed took them"
        namespace   = "AWS/Lambda"
        metric      = "DestinationDeliveryFailures"
        statistic   = "Sum"
        threshold   = 0
        dimensions  = { FunctionName = aws_lambda_function.this.function_name }
      }
    },
    {
      for rule in var.scheduled_rules : "refused-${rule}" => {
        description = "ECS refused a run that the rule ${rule} asked for"
        namespace   = "AWS/Events"
        metric      = "FailedInvocations"
        statistic   = "Sum"
        threshold   = 0
        dimensions  = { RuleName = rule }
      }
    },
    {
      # Schedules of EventBridge Scheduler are no rules: these metrics are by group.
      # https://docs.aws.amazon.com/scheduler/latest/UserGuide/monitoring-cloudwatch.html
      for group in var.schedule_groups : "schedule-errors-${group}" => {
        description = "ECS refused a run that a schedule of the group ${group} asked for"
        namespace   = "AWS/Scheduler"
        metric      = "TargetErrorCount"
        statistic   = "Sum"
        threshold   = 0
        dimensions  = { ScheduleGroup = group }
      }
    },
  )
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
  threshold           = each.value.threshold
  period              = 300
  evaluation_periods  = 1
  treat_missing_data  = "notBreaching"
  tags                = var.tags
}
