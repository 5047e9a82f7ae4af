variable "name" {
  description = "Beginning of every name"
  type        = string
  default     = "ecs-failure-alerts"
}

variable "region" {
  description = "Region to watch"
  type        = string
}

variable "lambda_zip" {
  description = "Path of the function's package"
  type        = string
}

variable "dsn_parameters" {
  description = "Names of the SSM parameters that hold the teams' DSNs"
  type = object({
    data = string
    shop = string
  })
  default = {
    data = "/ecs-failure-alerts/data/sentry-dsn"
    shop = "/ecs-failure-alerts/shop/sentry-dsn"
  }
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
