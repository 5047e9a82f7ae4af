# The configuration document: where the function finds it, and what it may use of what it names.

locals {
  known = jsondecode(file("${path.module}/known_settings.json"))

  # No `can` or `try` on var.config: where it holds an ARN that is unknown before the apply, their
  # results would be unknown too, and with them the number of resources.
  document = merge(
    { rules = [], notifiers = {}, routes = [], lookups = {} },
    var.config,
    try(jsondecode(var.config_text), {}), # of TOML nothing: Terraform does not read it
  )
  document_text = var.config_text != null ? var.config_text : jsonencode(var.config)
  has_document  = var.config_text != null || length(var.config) > 0

  # A document that Terraform does not read may well name a notifier.
  unread        = try(trimspace(var.settings.ECS_ALERTS_CONFIG_FILE), "") != "" || !can(jsondecode(coalesce(var.config_text, "{}")))
  has_notifiers = local.unread || length(local.document.notifiers) > 0

  # What refers to something in AWS, by the end of its key.
  suffixes = { parameters = "_ssm_parameter", secrets = "_secret_id", topics = "_arn" }
  references = {
    for kind, suffix in local.suffixes :
    kind => flatten([for notifier in local.document.notifiers : [for key, value in notifier : value if endswith(key, suffix)]])
  }
}

################################################################################
# Where it is: in the function's environment, or in a parameter
################################################################################

locals {
  # Bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
  environment_limit = 4096
  inline_limit      = 2048 # leaves as much for the other variables
  # https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
  standard_limit = 4096
  advanced_limit = 8192

  # Four characters of base64 stand for three bytes, and = for none.
  document_base64 = base64encode(local.document_text)
  document_bytes  = length(local.document_base64) / 4 * 3 - length(regexall("=", local.document_base64))

  # The place has to be known before the apply, and names and ARNs of other resources need not be:
  # each counts as 128 bytes, which is more than they usually have.
  without_references = merge(local.document, {
    notifiers = {
      for name, notifier in local.document.notifiers :
      name => { for key, value in notifier : key => value if !anytrue([for suffix in values(local.suffixes) : endswith(key, suffix)]) }
    }
  })
  expected_bytes = var.config_text != null ? local.document_bytes : length(base64encode(jsonencode(local.without_references))) / 4 * 3 + 128 * length(flatten(values(local.references)))
  in_parameter   = local.has_document && local.expected_bytes > local.inline_limit

  document_settings = merge(
    local.has_document && !local.in_parameter ? { ECS_ALERTS_CONFIG = local.document_text } : {},
    local.in_parameter ? {
      ECS_ALERTS_CONFIG_SSM_PARAMETER = aws_ssm_parameter.config[0].name
      # The function reads it at its start alone, and Lambda starts it anew where a variable changes.
      CONFIG_SHA256 = sha256(local.document_text)
    } : {},
  )
}

resource "aws_ssm_parameter" "config" {
  #checkov:skip=CKV_AWS_337:kms_key_arn decides, and secrets are not in it
  count = local.in_parameter ? 1 : 0

  name        = "/ecs-failure-alerts/${var.name}/config" # SSM takes none that begins with aws or ssm
  description = "What the function ${var.name} alerts on, and where"
  type        = "SecureString"
  key_id      = var.kms_key_arn
  tier        = local.document_bytes > local.standard_limit ? "Advanced" : "Standard"
  value       = local.document_text
  tags        = var.tags

  lifecycle {
    precondition {
      condition     = local.document_bytes <= local.advanced_limit
      error_message = "The document of config has ${local.document_bytes} bytes, and SSM takes ${local.advanced_limit}: put it into the zip as a file, and its name into settings as ECS_ALERTS_CONFIG_FILE."
    }
  }
}

################################################################################
# What the function may use
################################################################################

locals {
  ssm_arn_prefix    = "arn:${local.partition}:ssm:${local.region}:${data.aws_caller_identity.current.account_id}:parameter/"
  secret_arn_prefix = "arn:${local.partition}:secretsmanager:${local.region}:${data.aws_caller_identity.current.account_id}:secret:"

  named_parameters = distinct(concat(local.references.parameters, var.notifier_access.ssm_parameters))
  named_secrets    = distinct(concat(local.references.secrets, var.notifier_access.secrets))
  named_topics     = distinct(concat(local.references.topics, var.notifier_access.topics))

  document_statements = concat(
    !local.in_parameter ? [] : [
      {
        Sid      = "ReadConfig"
        Action   = ["ssm:GetParameter"]
        Resource = aws_ssm_parameter.config[*].arn
      },
    ],
    length(local.named_parameters) == 0 ? [] : [
      {
        Sid      = "ReadParameters"
        Action   = ["ssm:GetParameter"]
        Resource = [for name in local.named_parameters : startswith(name, "arn:") ? name : "${local.ssm_arn_prefix}${trimprefix(name, "/")}"]
      },
    ],
    # Where only the name is known, ? stands for each of the six characters that AWS adds to it.
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/permissions_grant-limited-resources.html
    length(local.named_secrets) == 0 ? [] : [
      {
        Sid      = "ReadSecrets"
        Action   = ["secretsmanager:GetSecretValue"]
        Resource = [for id in local.named_secrets : startswith(id, "arn:") ? id : "${local.secret_arn_prefix}${id}-??????"]
      },
    ],
    length(local.named_topics) == 0 ? [] : [
      {
        Sid      = "Publish"
        Action   = ["sns:Publish"]
        Resource = local.named_topics
      },
    ],
    # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
    length(var.notifier_access.topic_kms_key_arns) == 0 ? [] : [
      {
        Sid      = "PublishEncrypted"
        Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
        Resource = var.notifier_access.topic_kms_key_arns
      },
    ],
  )
}

################################################################################
# What a plan can tell of it
################################################################################

locals {
  # As `ecs-failure-alerts check` finds them, which finds much more.
  misspelt = concat(
    [for key in keys(local.document) : key if !contains(local.known.config.top, key)],
    [for key in keys(local.document.lookups) : "lookups.${key}" if !contains(local.known.config.lookups, key)],
    flatten([for index, rule in local.document.rules : [for key in keys(rule) : "rules[${index}].${key}" if !contains(local.known.config.rules, key)]]),
    flatten([for index, route in local.document.routes : [for key in keys(route) : "routes[${index}].${key}" if !contains(local.known.config.routes, key)]]),
    flatten([
      for name, notifier in local.document.notifiers :
      contains(keys(local.known.config.notifiers), lookup(notifier, "type", ""))
      ? [for key in keys(notifier) : "notifiers.${name}.${key}" if !contains(local.known.config.notifiers[notifier.type], key)]
      : ["notifiers.${name}.type"]
    ]),
    flatten([
      for section in ["rules", "routes"] : [
        for index, entry in local.document[section] : [
          for glob in flatten([lookup(entry, "cause", [])]) : "${section}[${index}].cause ${glob}"
          if !anytrue([for cause in local.known.causes : can(regex("^${replace(replace(glob, ".", "[.]"), "*", ".*")}$", cause))])
        ]
      ]
    ]),
    [for index, rule in local.document.rules : "rules[${index}].level ${rule.level}" if !contains(["silent", "info", "warning", "error", "fatal"], coalesce(lookup(rule, "level", null), "silent"))],
    # sentry_dsn is the notifier "sentry".
    [for index, route in local.document.routes : "routes[${index}].notifier ${route.notifier}" if !contains(concat(keys(local.document.notifiers), ["sentry"]), lookup(route, "notifier", "sentry"))],
    [for lookup in local.document_wanted : "lookups.wanted ${lookup}" if !contains(["definition", "logs", "tags"], lookup)],
  )

  # A name with * or ? would allow more than it names.
  forms = {
    parameters = "^(arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/)?[A-Za-z0-9_./-]+$"
    secrets    = "^[A-Za-z0-9/_+=.@-]+$|^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$"
    topics     = "^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_.-]+$"
    roles      = "^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}$"
  }
  malformed = flatten([
    for kind, values in { parameters = local.named_parameters, secrets = local.named_secrets, topics = local.named_topics, roles = local.lookup_roles } :
    [for value in values : value if !can(regex(local.forms[kind], value))]
  ])

  # Causes that rules raise, and that event_pattern.json leaves out. A rule that names none raises none.
  raised = distinct(flatten([
    for rule in local.document.rules : [
      for cause, workloads in local.known.left_out : cause
      if coalesce(lookup(rule, "level", null), "silent") != "silent"
      && anytrue([for glob in flatten([lookup(rule, "cause", [])]) : can(regex("^${replace(replace(glob, ".", "[.]"), "*", ".*")}$", cause))])
      && anytrue([for pair in setproduct(flatten([lookup(rule, "workload", "*")]), workloads) : can(regex("^${replace(pair[0], "*", ".*")}$", pair[1]))])
    ]
  ]))
  plain_secrets = flatten([
    for name, notifier in local.document.notifiers :
    [for key in keys(notifier) : "notifiers.${name}.${key}" if contains(["dsn", "signing_key"], key) || key == "url" && lookup(notifier, "type", "") == "apprise"]
  ])
}

check "event_pattern" {
  assert {
    condition     = var.event_pattern != null || length(local.raised) == 0
    error_message = "The rules of config raise ${join(", ", local.raised)}, which event_pattern.json leaves out in part, so such events do not reach the function: pass the event_pattern that `ecs-failure-alerts pattern --config FILE` prints."
  }
}

check "secrets" {
  assert {
    condition     = length(local.plain_secrets) == 0
    error_message = "config has secrets in plain text, visible in the state and in the function's configuration: ${join(", ", local.plain_secrets)}. Keep them in SSM or Secrets Manager, and name them with ..._ssm_parameter or ..._secret_id."
  }
}
