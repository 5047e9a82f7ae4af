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

variable "tags" {
  description = "Tags of every resource"
  type        = map(string)
  default     = {}
}
