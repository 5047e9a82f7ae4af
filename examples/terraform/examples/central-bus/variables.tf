variable "region" {
  description = "Region of the bus"
  type        = string
}

variable "account_ids" {
  description = "Accounts whose events the bus takes; this one too, if its tasks are to be watched"
  type        = list(string)

  validation {
    condition     = length(var.account_ids) > 0 && alltrue([for id in var.account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "account_ids must be one or more account ids of 12 digits."
  }
}

variable "lambda_zip" {
  description = "Path of the function's package"
  type        = string
}

variable "dsn_parameter" {
  description = "Name of the SSM parameter that holds the DSN"
  type        = string
  default     = "/ecs-failure-alerts/sentry-dsn"
}

variable "alarm_actions" {
  description = "ARNs to notify when alerting itself fails; [] is an explicit no"
  type        = list(string)
}

variable "service_events" {
  description = "Whether to alert on services, deployments, instances and daemons of ECS in trouble"
  type        = bool
  default     = true
  nullable    = false
}

variable "refused_runs" {
  description = "Whether to alert on runs that ECS refused; needs a CloudTrail trail with management events"
  type        = bool
  default     = false
  nullable    = false
}

variable "batch_events" {
  description = "Whether to alert on jobs of AWS Batch that failed for good and on blocked queues"
  type        = bool
  default     = false
  nullable    = false
}

variable "workflow_events" {
  description = "Whether to alert on executions of Step Functions that failed or timed out"
  type        = bool
  default     = false
  nullable    = false
}

variable "task_retirement" {
  description = "Whether to alert when AWS Health announces that standalone tasks will be stopped"
  type        = bool
  default     = false
  nullable    = false
}

variable "lookups" {
  description = "What the function looks up in AWS for an alert, as in the whole example; roles are the outputs lookup_role_arn of the forwarders, one an account"
  type = object({
    definition = optional(bool, false)
    logs       = optional(list(string), [])
    tags       = optional(list(string), [])
    roles      = optional(list(string), [])
  })
  default  = {}
  nullable = false
}

variable "config" {
  description = "The configuration document, as in the whole example: such as a route for each account; {} for none"
  type        = any
  default     = {}
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource"
  type        = map(string)
  default     = {}
}
