output "event_bus_arn" {
  description = "ARN of the bus: what every forwarder needs"
  value       = aws_cloudwatch_event_bus.this.arn
}

output "function_name" {
  description = "Name of the function"
  value       = module.ecs_failure_alerts.function_name
}
