variable "region" {
  description = "Region to watch"
  type        = string
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
