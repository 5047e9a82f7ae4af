# What the function looks up in AWS for an alert, and may read for it: nothing by default.

locals {
  # The task definition says where a log is, unless templates do.
  log_templates = contains(keys(var.settings), "ECS_ALERTS_LOG_GROUP")
  describes     = var.lookups.definition || length(var.lookups.tags) > 0 || length(var.lookups.logs) > 0 && !local.log_templates

  lookups = {
    definition = var.lookups.definition
    logs       = length(var.lookups.logs) > 0
    tags       = length(var.lookups.tags) > 0
  }
  lookup_settings = {
    for name, values in {
      ECS_ALERTS_LOOKUPS      = [for lookup, wanted in local.lookups : lookup if wanted]
      ECS_ALERTS_TAG_KEYS     = var.lookups.tags
      ECS_ALERTS_LOOKUP_ROLES = var.lookups.roles
    } : name => join(",", values) if length(values) > 0
  }

  log_group_arns = [
    for group in var.lookups.logs :
    startswith(group, "arn:") ? group : "arn:${local.partition}:logs:${local.region}:${data.aws_caller_identity.current.account_id}:log-group:${group}"
  ]
  lookup_statements = concat(
    # AWS takes no resource here, nor a condition.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticcontainerservice.html
    !local.describes ? [] : [
      {
        Sid      = "DescribeTaskDefinitions"
        Action   = ["ecs:DescribeTaskDefinition"]
        Resource = ["*"]
      },
    ],
    length(local.log_group_arns) == 0 ? [] : [
      {
        Sid      = "ReadLogs"
        Action   = ["logs:GetLogEvents"]
        Resource = [for arn in local.log_group_arns : "${arn}:log-stream:*"]
      },
    ],
    length(var.lookups.roles) == 0 ? [] : [
      {
        Sid      = "LookUpElsewhere"
        Action   = ["sts:AssumeRole"]
        Resource = var.lookups.roles
      },
    ],
  )
}
