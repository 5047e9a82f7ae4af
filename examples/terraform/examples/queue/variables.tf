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

variable "dsn_secret_arn" {
  description = "Full ARN of the secret that holds the DSN, encrypted with AWS's own key"
  type        = string
}

variable "alarm_emails" {
  description = "Addresses that are told when alerting itself fails; each has to confirm"
  type        = set(string)
}

variable "environment" {
  description = "Environment of the Sentry events"
  type        = string
  default     = "production"
}

variable "clusters" {
  description = "Clusters to watch, by name or ARN; [] for all"
  type        = list(string)
  default     = []
}

variable "scheduled_rules" {
  description = "Names of EventBridge rules that run tasks on a schedule"
  type        = set(string)
  default     = []
}

variable "schedule_groups" {
  description = "Names of groups of EventBridge Scheduler whose schedules run tasks"
  type        = set(string)
  default     = []
}

variable "tags" {
  description = "Tags of every resource"
  type        = map(string)
  default     = {}
}
