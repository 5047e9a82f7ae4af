# The rules of notices, and the queue for dead letters of schedules, without an AWS account: `terraform test`.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  # Every variable, because Terraform would take the others from a terraform.tfvars beside these tests.
  name               = "ecs-failure-alerts"
  mode               = "queue"
  lambda_zip         = "event_pattern.json" # any file will do: nothing is uploaded
  sentry_dsn         = { ssm_parameter = "/sentry/dsn" }
  config             = {}
  config_text        = null
  notifier_access    = {}
  alarm_actions      = ["arn:aws:sns:eu-west-1:123456789012:on-call", "arn:aws:lambda:eu-west-1:123456789012:function:page"]
  clusters           = []
  event_bus_name     = "default"
  event_pattern      = null
  service_events     = true
  refused_runs       = false
  batch_events       = false
  workflow_events    = false
  task_retirement    = false
  lookups            = {}
  settings           = {}
  batch_size         = 10
  batch_window       = 0
  scheduled_rules    = []
  schedule_groups    = []
  architecture       = "arm64"
  log_retention_days = 30
  kms_key_arn        = null
  vpc                = null
  tags               = {}
}

# The rules are told apart by their pattern, since all of them have one ARN here.
run "services_alone_is_the_default" {
  variables {
    service_events  = null
    refused_runs    = null
    batch_events    = null
    workflow_events = null
    task_retirement = null
  }

  assert {
    condition     = keys(output.rule_arns) == ["services", "tasks"] && keys(aws_cloudwatch_event_target.this) == ["services", "tasks"]
    error_message = "The rules are not those of tasks and services."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.this.name == "ecs-failure-alerts" && aws_cloudwatch_event_rule.notices["services"].name == "ecs-failure-alerts-services"
    error_message = "The names of the rules have changed."
  }

  assert {
    condition     = !contains(keys(nonsensitive(aws_lambda_function.this.environment[0].variables)), "ECS_ALERTS_CLUSTERS")
    error_message = "The function leaves out clusters that nobody left out."
  }

  assert {
    condition     = !contains(keys(nonsensitive(aws_lambda_function.this.environment[0].variables)), "ECS_ALERTS_IGNORE_WORKLOADS")
    error_message = "Tasks of Batch must alert while nothing else tells of its jobs."
  }
}

run "nothing_but_tasks" {
  command = plan

  variables {
    service_events = false
  }

  assert {
    condition     = keys(aws_cloudwatch_event_target.this) == ["tasks"] && length(aws_cloudwatch_event_rule.notices) == 0
    error_message = "There are rules that nobody wants."
  }
}

run "every_kind" {
  variables {
    refused_runs    = true
    batch_events    = true
    workflow_events = true
    task_retirement = true
  }

  assert {
    condition     = { for kind, rule in aws_cloudwatch_event_rule.notices : kind => jsondecode(rule.event_pattern) } == jsondecode(file("notice_patterns.json"))
    error_message = "A rule has not the pattern of its kind."
  }

  assert {
    condition     = alltrue([for kind, target in aws_cloudwatch_event_target.this : target.rule == (kind == "tasks" ? "ecs-failure-alerts" : "ecs-failure-alerts-${kind}") && target.arn == aws_sqs_queue.this[0].arn && target.dead_letter_config[0].arn == aws_sqs_queue.undelivered.arn && target.retry_policy[0].maximum_retry_attempts == 185 && target.retry_policy[0].maximum_event_age_in_seconds == 86400])
    error_message = "A rule leads elsewhere than the rule of tasks."
  }

  assert {
    condition     = alltrue([for key in ["this", "undelivered"] : length(jsondecode(aws_sqs_queue_policy.this[key].policy).Statement[1].Condition.ArnEquals["aws:SourceArn"]) == 6])
    error_message = "A rule may not send to a queue."
  }

  assert {
    condition     = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => alarm.dimensions.RuleName if startswith(name, "undelivered-lost-") } == { for kind in keys(jsondecode(file("notice_patterns.json"))) : "undelivered-lost-${kind}" => "ecs-failure-alerts-${kind}" }
    error_message = "Nobody learns that a rule lost events."
  }

  assert {
    condition     = nonsensitive(aws_lambda_function.this.environment[0].variables)["ECS_ALERTS_IGNORE_WORKLOADS"] == "batch"
    error_message = "A job of Batch would alert twice: as a task and as a job."
  }
}

run "every_kind_without_a_queue" {
  variables {
    mode            = "direct"
    refused_runs    = true
    batch_events    = true
    workflow_events = true
    task_retirement = true
    settings        = { ECS_ALERTS_IGNORE_WORKLOADS = "standalone" }
  }

  assert {
    condition     = keys(aws_lambda_permission.this) == ["batch", "retirement", "runs", "services", "tasks", "workflows"]
    error_message = "A rule may not invoke the function."
  }

  assert {
    condition     = nonsensitive(aws_lambda_function.this.environment[0].variables)["ECS_ALERTS_IGNORE_WORKLOADS"] == "standalone"
    error_message = "A setting of one's own does not win."
  }

  assert {
    condition     = contains(jsondecode(aws_iam_role_policy.this.policy).Statement, { Effect = "Allow", Sid = "TakeEvents", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource = ["arn:aws:sqs:eu-west-1:123456789012:schedules"] })
    error_message = "The function cannot take dead letters of schedules, or may take more."
  }
}

run "schedules" {
  assert {
    condition     = output.schedules_queue_arn == aws_sqs_queue.schedules.arn && aws_sqs_queue.schedules.name == "ecs-failure-alerts-schedules"
    error_message = "The output is not the queue for dead letters of schedules."
  }

  assert {
    condition = jsondecode(aws_sqs_queue_policy.schedules.policy).Statement == [
      { Sid = "TlsOnly", Effect = "Deny", Action = "sqs:*", Principal = "*", Resource = aws_sqs_queue.schedules.arn, Condition = { Bool = { "aws:SecureTransport" = "false" } } },
      { Sid = "RulesSend", Effect = "Allow", Action = "sqs:SendMessage", Principal = { Service = "events.amazonaws.com" }, Resource = aws_sqs_queue.schedules.arn, Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:events:eu-west-1:123456789012:rule/*" } } },
    ] && aws_sqs_queue_policy.schedules.queue_url == aws_sqs_queue.schedules.url
    error_message = "Rules of this account and Region, and nobody else, may send to the queue."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.schedules.event_source_arn == aws_sqs_queue.schedules.arn && aws_lambda_event_source_mapping.schedules.function_name == aws_lambda_function.this.arn && aws_lambda_event_source_mapping.schedules.function_response_types == toset(["ReportBatchItemFailures"]) && aws_lambda_event_source_mapping.schedules.scaling_config[0].maximum_concurrency == 2
    error_message = "The queue does not lead to the function as the other does."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.schedules.redrive_policy) == jsondecode(aws_sqs_queue.this[0].redrive_policy) && aws_sqs_queue.schedules.visibility_timeout_seconds == aws_sqs_queue.this[0].visibility_timeout_seconds && aws_sqs_queue.schedules.message_retention_seconds == 1209600 && aws_sqs_queue.schedules.sqs_managed_sse_enabled && jsondecode(aws_sqs_queue.schedules.redrive_allow_policy).redrivePermission == "denyAll"
    error_message = "The queue keeps its messages less well than the other."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["schedules-late"].threshold == aws_cloudwatch_metric_alarm.this["late"].threshold
    error_message = "The alarm of the queue rings at another time than that of the other."
  }
}

run "narrowed" {
  command = plan

  variables {
    clusters     = ["jobs", "arn:aws:ecs:eu-west-1:123456789012:cluster/prod-*"]
    refused_runs = true
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.notices["services"].event_pattern).detail.clusterArn == [{ wildcard = "arn:aws:ecs:eu-west-1:123456789012:cluster/prod-*" }, { suffix = ":cluster/jobs" }, { exists = false }, null, ""]
    error_message = "The rule of services is not narrowed to the clusters."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.notices["runs"].event_pattern) == jsondecode(file("notice_patterns.json")).runs
    error_message = "An event without a cluster's ARN is narrowed by it."
  }

  assert {
    condition     = nonsensitive(aws_lambda_function.this.environment[0].variables)["ECS_ALERTS_CLUSTERS"] == "jobs,arn:aws:ecs:eu-west-1:123456789012:cluster/prod-*"
    error_message = "The function does not know which clusters to leave out where a rule cannot."
  }
}

run "keys" {
  command = plan

  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/ours"
  }

  assert {
    condition     = aws_sqs_queue.schedules.kms_master_key_id == var.kms_key_arn
    error_message = "The customer key is not used."
  }
}
