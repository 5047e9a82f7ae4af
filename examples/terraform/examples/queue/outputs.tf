output "function_name" {
  description = "Name of the function"
  value       = module.ecs_failure_alerts.function_name
}

output "queue_url" {
  description = "URL of the queue in front of the function"
  value       = module.ecs_failure_alerts.queue_url
}

output "dead_letter_queue_urls" {
  description = "URLs of the queues with what got stuck"
  value       = module.ecs_failure_alerts.dead_letter_queue_urls
}

output "dead_letter_queue_arns" {
  description = "ARNs of these queues"
  value       = module.ecs_failure_alerts.dead_letter_queue_arns
}

output "alarm_topic_arn" {
  description = "ARN of the topic that alarms go to"
  value       = aws_sns_topic.this.arn
}

output "schedules_queue_arn" {
  description = "ARN of the queue for dead letters of your scheduled rules and schedules"
  value       = module.ecs_failure_alerts.schedules_queue_arn
}
