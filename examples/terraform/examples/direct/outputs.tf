output "function_name" {
  description = "Name of the function"
  value       = module.ecs_failure_alerts.function_name
}

output "dead_letter_queue_urls" {
  description = "URLs of the queues with what got stuck"
  value       = module.ecs_failure_alerts.dead_letter_queue_urls
}

output "dead_letter_queue_arns" {
  description = "ARNs of these queues"
  value       = module.ecs_failure_alerts.dead_letter_queue_arns
}

output "schedules_queue_arn" {
  description = "ARN of the queue for dead letters of your scheduled rules and schedules"
  value       = module.ecs_failure_alerts.schedules_queue_arn
}
