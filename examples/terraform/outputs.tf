output "function_name" {
  description = "Name of the function"
  value       = aws_lambda_function.this.function_name
}

output "function_arn" {
  description = "ARN of the function"
  value       = aws_lambda_function.this.arn
}

output "role_arn" {
  description = "ARN of the function's role"
  value       = aws_iam_role.this.arn
}

output "log_group_name" {
  description = "Name of the function's log group"
  value       = aws_cloudwatch_log_group.this.name
}

output "rule_arn" {
  description = "ARN of the EventBridge rule for tasks"
  value       = aws_cloudwatch_event_rule.this.arn
}

output "event_pattern" {
  description = "That rule's event pattern, as JSON"
  value       = aws_cloudwatch_event_rule.this.event_pattern
}

output "rule_arns" {
  description = "ARNs of all rules, by what they pass: tasks, and each kind of notice that is switched on"
  value       = { for kind, rule in local.rules : kind => rule.arn }
}

output "schedules_queue_arn" {
  description = "ARN of the queue for dead letters of schedules: the dead_letter_config of your scheduled rules and schedules"
  value       = aws_sqs_queue.schedules.arn
}

output "queue_url" {
  description = "URL of the queue in front of the function; null in mode \"direct\""
  value       = one(aws_sqs_queue.this[*].url)
}

output "queue_arn" {
  description = "ARN of the queue in front of the function; null in mode \"direct\""
  value       = one(aws_sqs_queue.this[*].arn)
}

output "dead_letter_queue_urls" {
  description = "URLs of the queues with stuck events: undelivered (EventBridge could not deliver them) and failed (the function could not process them)"
  value = {
    undelivered = aws_sqs_queue.undelivered.url
    failed      = aws_sqs_queue.failed.url
  }
}

output "dead_letter_queue_arns" {
  description = "ARNs of these queues"
  value = {
    undelivered = aws_sqs_queue.undelivered.arn
    failed      = aws_sqs_queue.failed.arn
  }
}

output "alarm_arns" {
  description = "ARNs of the alarms, by what they report"
  value       = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.arn }
}

output "config" {
  description = "The configuration document as the function gets it, for `ecs-failure-alerts check`; null without one"
  value       = local.has_document ? local.document_text : null
  sensitive   = true # for its length
}
