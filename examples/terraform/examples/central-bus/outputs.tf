output "event_bus_arn" {
  description = "ARN of the bus: what every forwarder needs"
  value       = aws_cloudwatch_event_bus.this.arn
}

output "function_name" {
  description = "Name of the function"
  value       = module.ecs_failure_alerts.function_name
}

output "function_role_arn" {
  description = "ARN of the function's role: what a forwarder's lookups trust"
  value       = module.ecs_failure_alerts.role_arn
}

output "config" {
  description = "The configuration document"
  value       = module.ecs_failure_alerts.config
  sensitive   = true # for its length
}

output "dead_letter_queue_urls" {
  description = "URLs of the queues with what got stuck"
  value       = module.ecs_failure_alerts.dead_letter_queue_urls
}

output "dead_letter_queue_arns" {
  description = "ARNs of these queues"
  value       = module.ecs_failure_alerts.dead_letter_queue_arns
}
