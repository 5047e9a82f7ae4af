variable "name" {
  description = "Name of the rule, and the beginning of every other name"
  type        = string
  default     = "ecs-failure-alerts-forwarder"
}

variable "region" {
  description = "Region to watch"
  type        = string
}

variable "event_bus_arn" {
  description = "ARN of the central bus, in any account and Region"
  type        = string

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/.+$", var.event_bus_arn))
    error_message = "event_bus_arn must be the ARN of an event bus."
  }
}

variable "alarm_actions" {
  description = "ARNs to notify when events do not reach the bus; [] is an explicit no"
  type        = list(string)
}
