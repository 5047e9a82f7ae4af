output "function_name" {
  description = "Name of the function"
  value       = module.ecs_failure_alerts.function_name
}
