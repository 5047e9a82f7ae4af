# What the function looks up in AWS for an alert, and may read for it: nothing by default.

locals {
  # Of the document and the variable one says what is looked up. Which log groups may be read, the
  # variable says in either case.
  document_lookups = merge({ wanted = [], roles = [], log_group = null }, local.document.lookups)
  by_document      = length(local.document.lookups) > 0
  document_wanted  = flatten([local.document_lookups.wanted])

  lookups = {
    definition = var.lookups.definition
    logs       = length(var.lookups.logs) > 0
    tags       = length(var.lookups.tags) > 0
  }
  wanted_lookups = local.by_document ? local.document_wanted : [for lookup, wanted in local.lookups : lookup if wanted]
  lookup_roles   = local.by_document ? flatten([local.document_lookups.roles]) : var.lookups.roles

  # The task definition says where a log is, unless templates do.
  log_templates = try(trimspace(var.settings.ECS_ALERTS_LOG_GROUP), "") != "" || local.document_lookups.log_group != null
  describes     = anytrue([for lookup in local.wanted_lookups : lookup != "logs" || !local.log_templates])

  lookup_settings = local.by_document ? {} : {
    for name, values in {
      ECS_ALERTS_LOOKUPS      = local.wanted_lookups
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
    length(local.lookup_roles) == 0 ? [] : [
      {
        Sid      = "LookUpElsewhere"
        Action   = ["sts:AssumeRole"]
        Resource = local.lookup_roles
      },
    ],
  )
}
