output "rule_arn" {
  description = "ARN of the rule for tasks"
  value       = aws_cloudwatch_event_rule.this.arn
}

output "event_pattern" {
  description = "That rule's event pattern, as JSON"
  value       = aws_cloudwatch_event_rule.this.event_pattern
}

output "dead_letter_queue_url" {
  description = "URL of the queue with what the central bus did not take"
  value       = aws_sqs_queue.undelivered.url
}

output "lookup_role_arn" {
  description = "ARN of the role for look-ups in this account: one of the central bus's lookups.roles; null without them"
  value       = one(aws_iam_role.lookups[*].arn)
}
