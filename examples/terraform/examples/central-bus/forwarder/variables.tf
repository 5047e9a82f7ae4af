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

variable "service_events" {
  description = "Whether to forward services, deployments, instances and daemons of ECS that have trouble"
  type        = bool
  default     = true
  nullable    = false
}

variable "refused_runs" {
  description = "Whether to forward runs that ECS refused; needs a CloudTrail trail with management events"
  type        = bool
  default     = false
  nullable    = false
}

variable "batch_events" {
  description = "Whether to forward jobs of AWS Batch that failed for good and on blocked queues"
  type        = bool
  default     = false
  nullable    = false
}

variable "workflow_events" {
  description = "Whether to forward executions of Step Functions that failed or timed out"
  type        = bool
  default     = false
  nullable    = false
}

variable "task_retirement" {
  description = "Whether to forward AWS Health's notice that standalone tasks will be stopped"
  type        = bool
  default     = false
  nullable    = false
}

variable "lookups" {
  description = "What the function may look up in this account, in all of its Regions, so in one forwarder of the account alone: function_role_arn (an output of the central bus), definition (task definitions), logs (names of log groups; * stands for any characters)"
  type = object({
    function_role_arn = string
    definition        = optional(bool, true)
    logs              = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.lookups == null || can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=.@/-]+$", var.lookups.function_role_arn))
    error_message = "lookups.function_role_arn must be the ARN of the function's role: nobody else may look anything up."
  }

  validation {
    condition     = var.lookups == null || alltrue([for group in try(var.lookups.logs, []) : can(regex("^[A-Za-z0-9_./#*-]{1,512}$", group)) && can(regex("[A-Za-z0-9]", group))])
    error_message = "lookups.logs must be names of log groups, such as \"/ecs/*\"; \"*\" alone would let the function read every log of the account."
  }

  validation {
    condition     = var.lookups == null || try(var.lookups.definition || length(var.lookups.logs) > 0, false)
    error_message = "lookups must permit definition or logs."
  }
}

variable "tags" {
  description = "Tags of every resource"
  type        = map(string)
  default     = {}
  nullable    = false
}
