variable "name" {
  description = "Name of the function, and prefix of all other names"
  type        = string
  default     = "ecs-failure-alerts"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,48}$", var.name))
    error_message = "name must be 1 to 48 letters, digits, hyphens or underscores: AWS takes 64, and suffixes are added."
  }
}

variable "mode" {
  description = "How events reach the function: \"queue\" (rule, SQS, function; outlasts hours without Sentry) or \"direct\" (rule, function; fewer parts, outlasts minutes)"
  type        = string
  default     = "queue"
  nullable    = false

  validation {
    condition     = contains(["queue", "direct"], var.mode)
    error_message = "mode must be \"queue\" or \"direct\"."
  }
}

variable "lambda_zip" {
  description = "Path of the function's package, built by adapters/lambda/build.py"
  type        = string
  nullable    = false

  validation {
    condition     = can(filesha256(var.lambda_zip))
    error_message = "lambda_zip must be the path of an existing file: python adapters/lambda/build.py makes it in dist/."
  }
}

variable "sentry_dsn" {
  description = "Where the DSN is, one of three: ssm_parameter (name or ARN), secret (full ARN), or plain (the DSN itself, visible in the state and in the function's configuration); kms_key_arn if a customer key encrypts the parameter or secret; {} if config has the notifiers"
  type = object({
    ssm_parameter = optional(string)
    secret        = optional(string)
    plain         = optional(string)
    kms_key_arn   = optional(string)
  })
  default   = {}
  sensitive = true
  nullable  = false

  # Of what a condition names one by one, Terraform would print the value: hence the loops.
  validation {
    condition     = length([for key, value in var.sentry_dsn : key if key != "kms_key_arn" && value != null]) <= 1
    error_message = "sentry_dsn must have one of ssm_parameter, secret and plain, not several."
  }

  validation {
    condition     = length([for key, value in var.sentry_dsn : key if key != "kms_key_arn" && value != null]) == 1 || local.has_notifiers
    error_message = "sentry_dsn must have one of ssm_parameter, secret and plain, or config must have a notifier: otherwise nobody gets an alert."
  }

  validation {
    condition     = alltrue([for key, value in var.sentry_dsn : key != "ssm_parameter" || value == null || can(regex("^(arn:aws[a-z-]*:ssm:[a-z0-9-]+:[0-9]{12}:parameter/)?[A-Za-z0-9_./-]+$", value))])
    error_message = "sentry_dsn.ssm_parameter must be a parameter's name, such as /sentry/dsn, or its ARN; not the DSN."
  }

  validation {
    condition     = alltrue([for key, value in var.sentry_dsn : key != "secret" || value == null || can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$", value))])
    error_message = "sentry_dsn.secret must be the secret's full ARN, with the six characters that AWS adds, because the role may read only that secret."
  }

  validation {
    condition     = alltrue([for key, value in var.sentry_dsn : key != "plain" || value == null || can(regex("^https?://[^/@]+@[^/@]+/.*[0-9]+$", value))])
    error_message = "sentry_dsn.plain must be a DSN of the form https://PUBLIC_KEY@HOST/PROJECT_ID."
  }

  validation {
    condition     = var.sentry_dsn.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.sentry_dsn.kms_key_arn))
    error_message = "sentry_dsn.kms_key_arn must be the ARN of a key, not of an alias."
  }
}

variable "config" {
  description = "The configuration document (rules, notifiers, routes, lookups) as an object; the function's role gets access to what it names; {} for none"
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = try(alltrue([for section in values(var.config) : section != null]), false)
    error_message = "config must be an object with rules, notifiers, routes or lookups, none of them null; pass text as config_text."
  }

  validation {
    condition     = try(alltrue(flatten([for entry in concat(lookup(var.config, "rules", []), lookup(var.config, "routes", []), values(lookup(var.config, "notifiers", {})), [lookup(var.config, "lookups", {})]) : [for key in keys(entry) : key == "level" || entry[key] != null]])), false)
    error_message = "config must have lists of objects as rules and routes, objects by their names as notifiers, and an object as lookups; leave out a key rather than set it to null."
  }
}

variable "config_text" {
  description = "The same as text, in place of config: JSON, which Terraform reads too, or TOML, which it cannot read (then see notifier_access and lookups)"
  type        = string
  default     = null

  validation {
    condition     = var.config_text == null || length(var.config) == 0
    error_message = "config_text and config must not both be set: there is one document."
  }

  validation {
    condition     = var.config_text == null || (startswith(trimspace(coalesce(var.config_text, "-")), "{") ? can(keys(jsondecode(var.config_text))) : can(regex("[[=]", var.config_text)))
    error_message = "config_text must be a document in JSON or TOML, such as file(\"alerts.json\")."
  }

  validation {
    condition     = !can(jsondecode(var.config_text)) || try(alltrue(flatten([for entry in concat(lookup(jsondecode(var.config_text), "rules", []), lookup(jsondecode(var.config_text), "routes", []), values(lookup(jsondecode(var.config_text), "notifiers", {})), [lookup(jsondecode(var.config_text), "lookups", {})]) : [for key in keys(entry) : key == "level" || entry[key] != null]])), false)
    error_message = "config_text must have lists of objects as rules and routes, objects by their names as notifiers, and an object as lookups; leave out a key rather than set it to null."
  }
}

variable "notifier_access" {
  description = "What the function may use in addition to what config names, for a document in TOML and for customer keys: ssm_parameters (names or ARNs), secrets (names or full ARNs), topics (ARNs), kms_key_arns of the keys that encrypt parameters and secrets, topic_kms_key_arns of the keys that encrypt topics"
  type = object({
    ssm_parameters     = optional(list(string), [])
    secrets            = optional(list(string), [])
    topics             = optional(list(string), [])
    kms_key_arns       = optional(list(string), [])
    topic_kms_key_arns = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for arn in concat(var.notifier_access.kms_key_arns, var.notifier_access.topic_kms_key_arns) : can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", arn))])
    error_message = "notifier_access.kms_key_arns and topic_kms_key_arns must be ARNs of keys, not of aliases."
  }
}

variable "alarm_actions" {
  description = "ARNs to notify when alerting itself fails, such as an SNS topic; [] for none"
  type        = list(string)
  nullable    = false

  validation {
    condition     = length(var.alarm_actions) <= 5 && alltrue([for arn in var.alarm_actions : can(regex("^arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[^:]*:.+$", arn))])
    error_message = "alarm_actions must be ARNs, five at most: CloudWatch takes no more."
  }
}

variable "clusters" {
  description = "Clusters to watch, by name or ARN, in which * stands for any characters; [] for all"
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for cluster in var.clusters : can(regex("^(arn:aws[a-z*-]*:ecs:[a-z0-9*-]+:[0-9*]+:cluster/)?[A-Za-z0-9_*-]+$", cluster))])
    error_message = "clusters must be names such as jobs, or ARNs such as arn:aws:ecs:eu-west-1:123456789012:cluster/jobs; * is allowed in both."
  }

  validation {
    condition     = !anytrue([for cluster in var.clusters : strcontains(cluster, "**")])
    error_message = "clusters must not have ** in it: EventBridge refuses that, and one * stands for any characters."
  }
}

variable "event_bus_name" {
  description = "Bus of the events; AWS puts those of the account and Region on \"default\""
  type        = string
  default     = "default"
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9_./-]{1,256}$", var.event_bus_name))
    error_message = "event_bus_name must be a bus's name, not its ARN: a rule and its bus are in one account."
  }
}

variable "event_pattern" {
  description = "Pattern of the rule for tasks as JSON, for a policy in code; null for event_pattern.json, the pattern of the default policy"
  type        = string
  default     = null

  validation {
    condition     = var.event_pattern == null || try(contains(jsondecode(var.event_pattern).source, "aws.ecs") && can(keys(jsondecode(var.event_pattern).detail)), false)
    error_message = "event_pattern must be the JSON that FailurePolicy(...).event_pattern().to_json() returns: an object with source and detail."
  }
}

variable "service_events" {
  description = "Whether to alert on services, deployments, instances and daemons of ECS in trouble"
  type        = bool
  default     = true
  nullable    = false
}

variable "refused_runs" {
  description = "Whether to alert on runs that ECS refused; needs a CloudTrail trail with management events, which is not created here"
  type        = bool
  default     = false
  nullable    = false
}

variable "batch_events" {
  description = "Whether to alert on jobs of AWS Batch that failed for good and on blocked queues, and no longer on the single tasks of Batch"
  type        = bool
  default     = false
  nullable    = false
}

variable "workflow_events" {
  description = "Whether to alert on executions of Step Functions (standard workflows) that failed or timed out, whatever they run"
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
  description = "What the function looks up in AWS for an alert, and may read for that; nothing by default. definition: the task definition, for which the permission cannot be narrowed (see SECURITY.md of the project); logs: the last lines of the containers, from the log groups of these names (* stands for any characters) or ARNs; tags: keys of tags of task definitions or of Docker labels that become tags of the alert; roles: roles to assume for tasks of other accounts, one per account. If config has lookups, logs alone"
  type = object({
    definition = optional(bool, false)
    logs       = optional(list(string), [])
    tags       = optional(list(string), [])
    roles      = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for group in var.lookups.logs : can(regex("^(arn:aws[a-z-]*:logs:[a-z0-9-]+:[0-9]{12}:log-group:)?[A-Za-z0-9_./#*-]{1,512}$", group)) && can(regex("[A-Za-z0-9]", reverse(split(":", group))[0]))])
    error_message = "lookups.logs must be names or ARNs of log groups, such as \"/ecs/*\"; \"*\" alone would let the function read every log of the account."
  }

  validation {
    condition     = alltrue([for key in var.lookups.tags : can(regex("^[A-Za-z0-9_.:/=+@ -]{1,128}$", key)) && trimspace(key) == key && key != ""])
    error_message = "lookups.tags must be keys of tags or Docker labels, such as \"team\"."
  }

  validation {
    condition     = alltrue([for arn in var.lookups.roles : can(regex("^arn:aws[a-z-]*:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]{1,512}$", arn)) && !strcontains(arn, ",")]) && length(distinct([for arn in var.lookups.roles : try(split(":", arn)[4], "")])) == length(var.lookups.roles)
    error_message = "lookups.roles must be ARNs of roles, one for each other account."
  }

  validation {
    condition     = length(var.lookups.roles) == 0 || var.lookups.definition || length(var.lookups.logs) > 0 || length(var.lookups.tags) > 0
    error_message = "lookups.roles have no effect without definition, logs or tags."
  }

  validation {
    condition     = !local.by_document || !var.lookups.definition && length(var.lookups.tags) + length(var.lookups.roles) == 0
    error_message = "lookups must have logs alone if config has lookups: config decides what is looked up, and this variable which log groups may be read."
  }

  validation {
    condition     = !local.by_document || contains(local.document_wanted, "logs") == (length(var.lookups.logs) > 0)
    error_message = "lookups.logs must name the log groups that may be read, if and only if config.lookups.wanted has logs."
  }
}

variable "settings" {
  description = "Further settings of the function, such as { ECS_ALERTS_ENVIRONMENT = \"production\" }"
  type        = map(string)
  default     = {}
  nullable    = false

  # One that is null or blank is not set, as for the function: hence try(trimspace(...), "").

  validation {
    condition     = alltrue([for name in keys(var.settings) : !startswith(name, "ECS_ALERTS_SENTRY_DSN") && !contains(["ECS_ALERTS_CONFIG", "ECS_ALERTS_CONFIG_SSM_PARAMETER", "ECS_ALERTS_PARTIAL_BATCH", "ECS_ALERTS_LOOKUPS", "ECS_ALERTS_LOOKUP_ROLES", "ECS_ALERTS_TAG_KEYS"], name)])
    error_message = "settings must not have the DSN (use sentry_dsn), the document (use config), ECS_ALERTS_LOOKUPS, ECS_ALERTS_LOOKUP_ROLES and ECS_ALERTS_TAG_KEYS (use lookups), or ECS_ALERTS_PARTIAL_BATCH (set with the queues)."
  }

  validation {
    condition     = try(trimspace(var.settings.ECS_ALERTS_CONFIG_FILE), "") == "" || length(var.config) == 0 && var.config_text == null
    error_message = "settings must not have ECS_ALERTS_CONFIG_FILE together with config or config_text: there is one document."
  }

  validation {
    condition     = length(setsubtract(keys(var.settings), jsondecode(file("${path.module}/known_settings.json")).variables)) == 0
    error_message = "settings must be variables that the function knows: ${join(", ", jsondecode(file("${path.module}/known_settings.json")).variables)}."
  }

  validation {
    condition     = length(setsubtract(compact([for cause in split(",", try(trimspace(var.settings.ECS_ALERTS_IGNORE_CAUSES), "")) : trimspace(cause)]), jsondecode(file("${path.module}/known_settings.json")).causes)) == 0
    error_message = "settings.ECS_ALERTS_IGNORE_CAUSES must be causes, separated by commas: ${join(", ", jsondecode(file("${path.module}/known_settings.json")).causes)}."
  }

  validation {
    condition     = length(setsubtract(compact([for type in split(",", try(trimspace(var.settings.ECS_ALERTS_IGNORE_WORKLOADS), "")) : trimspace(type)]), ["batch", "scheduled", "service", "standalone"])) == 0
    error_message = "settings.ECS_ALERTS_IGNORE_WORKLOADS must be workload types, separated by commas: batch, scheduled, service, standalone."
  }

  validation {
    condition     = can(regex("^( *(-?[0-9]{1,10})? *(,|$))*$", try(trimspace(var.settings.ECS_ALERTS_IGNORE_EXIT_CODES), "")))
    error_message = "settings.ECS_ALERTS_IGNORE_EXIT_CODES must be exit codes, separated by commas, such as 130,143."
  }

  validation {
    condition     = can(regex("^(|0*([1-9][0-9]?|100))$", try(trimspace(var.settings.ECS_ALERTS_LOG_LINES), "")))
    error_message = "settings.ECS_ALERTS_LOG_LINES must be a number from 1 to 100."
  }

  validation {
    condition     = try(trimspace(var.settings.ECS_ALERTS_LOOKUP_SECONDS), "") == "" || try(ceil(regex("^[0-9]{1,9}(?:[.][0-9]{1,9})?$", trimspace(var.settings.ECS_ALERTS_LOOKUP_SECONDS)) / 10) == 1, false)
    error_message = "settings.ECS_ALERTS_LOOKUP_SECONDS must be more than 0 and at most 10."
  }

  validation {
    condition     = (try(trimspace(var.settings.ECS_ALERTS_LOG_GROUP), "") == "") == (try(trimspace(var.settings.ECS_ALERTS_LOG_STREAM), "") == "")
    error_message = "settings must have both ECS_ALERTS_LOG_GROUP and ECS_ALERTS_LOG_STREAM, or neither."
  }

  validation {
    condition     = alltrue([for name in ["ECS_ALERTS_LOG_GROUP", "ECS_ALERTS_LOG_STREAM"] : can(regex("^([^{}]|[{](family|service|container|task_id|cluster)[}])*$", try(trimspace(var.settings[name]), "")))])
    error_message = "settings.ECS_ALERTS_LOG_GROUP and ECS_ALERTS_LOG_STREAM must have no braces but those of {family}, {service}, {container}, {task_id} and {cluster}."
  }

  validation {
    condition     = alltrue(flatten([for name in ["ECS_ALERTS_CLUSTERS", "ECS_ALERTS_SERVICES", "ECS_ALERTS_FAMILIES"] : [for entry in split(",", try(trimspace(var.settings[name]), "")) : can(regex(name == "ECS_ALERTS_CLUSTERS" ? "^(arn:[A-Za-z0-9_*:/-]*|[A-Za-z0-9_*-]*)$" : "^[A-Za-z0-9_*-]*$", trimspace(entry)))]]))
    error_message = "settings.ECS_ALERTS_CLUSTERS, ECS_ALERTS_SERVICES and ECS_ALERTS_FAMILIES must be names of letters, digits, - and _, in which * stands for any characters, separated by commas; a cluster may be an ARN."
  }

  validation {
    condition     = can(regex("^[^/\\\\\\x00-\\x1f\\x7f]{0,64}$", try(trimspace(var.settings.ECS_ALERTS_ENVIRONMENT), ""))) && !contains(["none", ".", ".."], lower(try(trimspace(var.settings.ECS_ALERTS_ENVIRONMENT), "")))
    error_message = "settings.ECS_ALERTS_ENVIRONMENT must be at most 64 characters on one line, without / or \\, and not none: Sentry would remove it."
  }
}

variable "batch_size" {
  description = "Events at most that the function gets from the queue at once, in mode \"queue\"; more than 10 need a batch_window"
  type        = number
  default     = 10
  nullable    = false

  validation {
    condition     = var.batch_size >= 1 && var.batch_size <= 10000 && floor(var.batch_size) == var.batch_size
    error_message = "batch_size must be a whole number from 1 to 10000."
  }

  validation {
    condition     = var.batch_size <= 10 || var.batch_window >= 1
    error_message = "batch_size must be at most 10 without a batch_window of a second or more: Lambda requires that."
  }
}

variable "batch_window" {
  description = "Seconds, up to 300, for which Lambda gathers events before it invokes the function, in mode \"queue\"; alerts come that much later, and similar ones can become one"
  type        = number
  default     = 0
  nullable    = false

  validation {
    condition     = var.batch_window >= 0 && var.batch_window <= 300 && floor(var.batch_window) == var.batch_window
    error_message = "batch_window must be a whole number of seconds from 0 to 300."
  }
}

variable "scheduled_rules" {
  description = "Names of EventBridge rules that run tasks on a schedule: an alarm goes off when a run was refused, even if the target has no dead-letter queue"
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.scheduled_rules : can(regex("^[A-Za-z0-9_.-]{1,64}$", name))])
    error_message = "scheduled_rules must be names of EventBridge rules, not their ARNs: an alarm on anything else never goes off."
  }
}

variable "schedule_groups" {
  description = "Names of groups of EventBridge Scheduler, such as \"default\", whose schedules run tasks: an alarm goes off when a run was refused"
  type        = set(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for name in var.schedule_groups : can(regex("^[A-Za-z0-9_.-]{1,64}$", name))])
    error_message = "schedule_groups must be names of schedule groups, not of schedules with their group, nor ARNs: an alarm on anything else never goes off."
  }
}

variable "architecture" {
  description = "Architecture of the function; the package works on both"
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be \"arm64\" or \"x86_64\"."
  }
}

variable "log_retention_days" {
  description = "Days to keep the function's log"
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be a number of days that CloudWatch Logs takes, such as 14, 30, 90 or 365."
  }
}

variable "kms_key_arn" {
  description = "Customer key for the queues, the log and the function's settings, in place of AWS's own; examples/queue shows the policy that it needs"
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:aws[a-z-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key, not of an alias."
  }
}

variable "vpc" {
  description = "Subnets and security groups, only if Sentry can only be reached from there; they need routes to Sentry and to the DSN's service"
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  default = null

  validation {
    condition     = var.vpc == null || try(length(var.vpc.subnet_ids) > 0 && length(var.vpc.security_group_ids) > 0, false)
    error_message = "vpc must name at least one subnet and one security group."
  }
}

variable "tags" {
  description = "Tags of every resource"
  type        = map(string)
  default     = {}
  nullable    = false
}
