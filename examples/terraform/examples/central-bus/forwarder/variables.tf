variable "name" {
  description = "Name of the rule, and the beginning of every other name"
  type        = string
  default     = "ecs-failure-alerts-forwarder"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,48}$", var.name))
    error_message = "name must be 1 to 48 letters, digits, hyphens or underscores: AWS takes 64, and suffixes are added."
  }
}

variable "region" {
  description = "Region to watch"
  type        = string
  nullable    = false
}

variable "event_bus_arn" {
  description = "ARN of the central bus, in any account and Region"
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^arn:aws[a-z-]*:events:[a-z0-9-]+:[0-9]{12}:event-bus/[A-Za-z0-9_./-]+$", var.event_bus_arn))
    error_message = "event_bus_arn must be the ARN of one event bus."
  }
}

variable "alarm_actions" {
  description = "ARNs to notify when events do not reach the bus; [] is an explicit no"
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.alarm_actions) <= 5 && alltrue([for arn in var.alarm_actions : can(regex("^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[^:]*:.+$", arn))])
    error_message = "alarm_actions must be ARNs, five at most: CloudWatch takes no more."
  }
}

variable "tags" {
  description = "Tags of every resource"
  type        = map(string)
  default     = {}
  nullable    = false
}
