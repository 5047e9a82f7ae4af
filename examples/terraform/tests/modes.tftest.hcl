# What comes of each mode and option, without an AWS account: `terraform test`.

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

run "queue" {
  assert {
    condition     = aws_cloudwatch_event_target.this["tasks"].arn == aws_sqs_queue.this[0].arn
    error_message = "The rule does not send to the queue."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern) == jsondecode(file("event_pattern.json"))
    error_message = "The rule's pattern is not that of event_pattern.json."
  }

  assert {
    condition     = aws_cloudwatch_event_target.this["tasks"].dead_letter_config[0].arn == aws_sqs_queue.undelivered.arn && aws_cloudwatch_event_target.this["tasks"].retry_policy[0].maximum_event_age_in_seconds == 86400
    error_message = "The target lacks its retry policy or its dead-letter queue."
  }

  assert {
    condition     = join(" ", [for key, policy in aws_sqs_queue_policy.this : key if length(jsondecode(policy.policy).Statement) == 2]) == "this undelivered" && alltrue([for key, policy in aws_sqs_queue_policy.this : jsondecode(policy.policy).Statement[1].Condition.ArnEquals["aws:SourceArn"] == [aws_cloudwatch_event_rule.notices["services"].arn, aws_cloudwatch_event_rule.this.arn] if key != "failed"])
    error_message = "The rules, and they alone, must be allowed to send to both of their queues."
  }

  assert {
    condition     = aws_sqs_queue.this[0].visibility_timeout_seconds >= 6 * aws_lambda_function.this.timeout + coalesce(aws_lambda_event_source_mapping.this[0].maximum_batching_window_in_seconds, 0)
    error_message = "The visibility timeout is shorter than six times the function's timeout."
  }

  assert {
    condition     = aws_sqs_queue.this[0].visibility_timeout_seconds * (jsondecode(aws_sqs_queue.this[0].redrive_policy).maxReceiveCount - 1) >= 6 * 3600
    error_message = "The attempts do not last for six hours."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["late"].threshold > aws_sqs_queue.this[0].visibility_timeout_seconds && aws_cloudwatch_metric_alarm.this["late"].threshold < 2 * aws_sqs_queue.this[0].visibility_timeout_seconds
    error_message = "The age never gets so high: SQS leaves a message out once it was received three times."
  }

  assert {
    condition = { for key, policy in aws_sqs_queue_policy.this : key => jsondecode(policy.policy).Statement[0] } == {
      for key, queue in { failed = aws_sqs_queue.failed, this = aws_sqs_queue.this[0], undelivered = aws_sqs_queue.undelivered } : key => {
        Sid                      = "TlsOnly"
        Effect                   = "Deny"
        Action                   = "sqs:*"
        Principal                = "*"
        Resource                 = queue.arn
        Condition                = { Bool = { "aws:SecureTransport" = "false" } }
      }
    }
    error_message = "A queue can be used without TLS."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.failed.redrive_allow_policy) == { redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.this[0].arn, aws_sqs_queue.schedules.arn] } && aws_sqs_queue_redrive_allow_policy.failed.queue_url == aws_sqs_queue.failed.url && alltrue([for queue in [aws_sqs_queue.this[0], aws_sqs_queue.undelivered] : jsondecode(queue.redrive_allow_policy).redrivePermission == "denyAll"])
    error_message = "Other queues may put their dead letters into one of these."
  }

  assert {
    condition     = aws_sqs_queue.this[0].message_retention_seconds == 1209600
    error_message = "Events do not wait for 14 days where the function cannot run."
  }

  assert {
    condition     = aws_sqs_queue.this[0].message_retention_seconds > aws_sqs_queue.this[0].visibility_timeout_seconds * jsondecode(aws_sqs_queue.this[0].redrive_policy).maxReceiveCount
    error_message = "Messages would expire before they become dead letters."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this[0].function_response_types == toset(["ReportBatchItemFailures"]) && aws_lambda_function.this.environment[0].variables["ECS_ALERTS_PARTIAL_BATCH"] == "1"
    error_message = "Partial answers need both the mapping's and the function's setting."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this[0].scaling_config[0].maximum_concurrency == 2
    error_message = "Nothing limits how many functions run at once."
  }

  assert {
    condition     = length(aws_lambda_permission.this) + length(aws_lambda_function_event_invoke_config.this) == 0
    error_message = "There are parts of the other mode."
  }

  assert {
    condition     = aws_lambda_function.this.runtime == "python3.13" && aws_lambda_function.this.architectures == tolist(["arm64"]) && aws_lambda_function.this.handler == "handler.lambda_handler"
    error_message = "The function is not the one that was tested."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/${aws_lambda_function.this.function_name}" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The log is not kept for 30 days, or is another than the function's."
  }

  assert {
    condition     = alltrue([for queue in [aws_sqs_queue.this[0], aws_sqs_queue.failed, aws_sqs_queue.undelivered] : queue.sqs_managed_sse_enabled])
    error_message = "A queue is not encrypted."
  }

  assert {
    condition     = join(" ", keys(aws_cloudwatch_metric_alarm.this)) == "errors failed late schedules-late undelivered undelivered-lost undelivered-lost-services"
    error_message = "The alarms are not those of this mode."
  }

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => "${alarm.metric_name} ${join(" ", values(alarm.dimensions))} ${alarm.statistic}" } == {
      errors                    = "Errors ecs-failure-alerts Sum"
      failed                    = "ApproximateNumberOfMessagesVisible ecs-failure-alerts-failed Maximum"
      late                      = "ApproximateAgeOfOldestMessage ecs-failure-alerts Maximum"
      schedules-late            = "ApproximateAgeOfOldestMessage ecs-failure-alerts-schedules Maximum"
      undelivered               = "ApproximateNumberOfMessagesVisible ecs-failure-alerts-undelivered Maximum"
      undelivered-lost          = "InvocationsFailedToBeSentToDlq ecs-failure-alerts Sum"
      undelivered-lost-services = "InvocationsFailedToBeSentToDlq ecs-failure-alerts-services Sum"
    }
    error_message = "An alarm watches something else."
  }

  assert {
    condition     = alltrue([for name, alarm in aws_cloudwatch_metric_alarm.this : alarm.comparison_operator == "GreaterThanThreshold" && alarm.treat_missing_data == "notBreaching" && alarm.evaluation_periods == 1 && (endswith(name, "late") || alarm.threshold == 0)])
    error_message = "An alarm rings too late, or never."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue.this[0].redrive_policy).deadLetterTargetArn == aws_sqs_queue.failed.arn && alltrue([for queue in [aws_sqs_queue.failed, aws_sqs_queue.undelivered] : queue.message_retention_seconds == 1209600])
    error_message = "What the function cannot deal with is not kept."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this[0].event_source_arn == aws_sqs_queue.this[0].arn && aws_lambda_event_source_mapping.this[0].function_name == aws_lambda_function.this.arn
    error_message = "The queue does not lead to the function."
  }

  assert {
    condition     = { for key, policy in aws_sqs_queue_policy.this : key => "${policy.queue_url} ${jsondecode(policy.policy).Statement[1].Resource} ${jsondecode(policy.policy).Statement[1].Principal.Service}" if key != "failed" } == { for key, queue in { this = aws_sqs_queue.this[0], undelivered = aws_sqs_queue.undelivered } : key => "${queue.url} ${queue.arn} events.amazonaws.com" }
    error_message = "A queue has the policy of another, or lets others send."
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement == [{ Action = "sts:AssumeRole", Effect = "Allow", Principal = { Service = "lambda.amazonaws.com" } }] && aws_lambda_function.this.role == aws_iam_role.this.arn && aws_iam_role_policy.this.role == aws_iam_role.this.name
    error_message = "The role is not the function's alone."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset(var.alarm_actions)])
    error_message = "An alarm tells nobody."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.this.policy).Statement == [
      { Effect = "Allow", Sid = "Log", Action = ["logs:CreateLogStream", "logs:PutLogEvents"], Resource = ["${aws_cloudwatch_log_group.this.arn}:log-stream:*"] },
      { Effect = "Allow", Sid = "TakeEvents", Action = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], Resource = ["arn:aws:sqs:eu-west-1:123456789012:events", "arn:aws:sqs:eu-west-1:123456789012:schedules"] },
      { Effect = "Allow", Sid = "ReadDsn", Action = ["ssm:GetParameter"], Resource = ["arn:aws:ssm:eu-west-1:123456789012:parameter/sentry/dsn"] },
    ]
    error_message = "The role may do more or less than it needs."
  }

  assert {
    condition     = nonsensitive(aws_lambda_function.this.environment[0].variables) == tomap({ ECS_ALERTS_PARTIAL_BATCH = "1", ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER = "/sentry/dsn" })
    error_message = "The function's settings are not those of this mode."
  }
}

# On the state of the run before: what a change of the mode does to a stack.
run "moved" {
  command = plan

  variables {
    mode = "direct"
  }
}

run "null_is_the_default" {
  command = plan

  variables {
    name               = null
    mode               = null
    architecture       = null
    log_retention_days = null
    tags               = null
  }

  assert {
    condition     = aws_lambda_function.this.function_name == "ecs-failure-alerts" && aws_lambda_function.this.architectures[0] == "arm64" && length(aws_sqs_queue.this) == 1 && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "A null, which a module around this one hands over for what it does not set, is not the default."
  }
}

run "direct" {
  variables {
    mode = "direct"
  }

  assert {
    condition     = aws_cloudwatch_event_target.this["tasks"].arn == aws_lambda_function.this.arn
    error_message = "The rule does not invoke the function."
  }

  assert {
    condition     = aws_cloudwatch_event_target.this["tasks"].dead_letter_config[0].arn == aws_sqs_queue.undelivered.arn && aws_cloudwatch_event_target.this["tasks"].retry_policy[0].maximum_retry_attempts == 185
    error_message = "The target lacks its retry policy or its dead-letter queue."
  }

  assert {
    condition     = { for kind, permission in aws_lambda_permission.this : kind => "${permission.principal} ${permission.action} ${permission.source_arn}" } == { for kind, rule in { services = aws_cloudwatch_event_rule.notices["services"], tasks = aws_cloudwatch_event_rule.this } : kind => "events.amazonaws.com lambda:InvokeFunction ${rule.arn}" }
    error_message = "The rules, and they alone, must be allowed to invoke the function."
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.this[0].destination_config[0].on_failure[0].destination == aws_sqs_queue.failed.arn && aws_lambda_function_event_invoke_config.this[0].maximum_event_age_in_seconds == 21600
    error_message = "What the function cannot deal with is not kept."
  }

  assert {
    condition     = length(aws_sqs_queue.this) + length(aws_lambda_event_source_mapping.this) == 0 && output.queue_url == null
    error_message = "There are parts of the other mode."
  }

  assert {
    condition     = nonsensitive(aws_lambda_function.this.environment[0].variables)["ECS_ALERTS_PARTIAL_BATCH"] == "1" && aws_lambda_event_source_mapping.schedules.function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "Partial answers need both the mapping's and the function's setting."
  }

  assert {
    condition     = join(" ", keys(aws_cloudwatch_metric_alarm.this)) == "errors failed failed-lost schedules-late throttled undelivered undelivered-lost undelivered-lost-services"
    error_message = "The alarms are not those of this mode."
  }

  assert {
    condition     = jsondecode(aws_sqs_queue_redrive_allow_policy.failed.redrive_allow_policy) == { redrivePermission = "byQueue", sourceQueueArns = [aws_sqs_queue.schedules.arn] }
    error_message = "Another queue may put its dead letters among the failures."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["throttled"].metric_name == "Throttles" && aws_cloudwatch_metric_alarm.this["throttled"].dimensions == tomap({ FunctionName = "ecs-failure-alerts" })
    error_message = "Nobody learns that the function may not run."
  }

  assert {
    condition     = contains(jsondecode(aws_iam_role_policy.this.policy).Statement, { Effect = "Allow", Sid = "KeepFailures", Action = ["sqs:SendMessage"], Resource = ["arn:aws:sqs:eu-west-1:123456789012:failed"] })
    error_message = "The function cannot hand its failures over."
  }
}

run "secret" {
  variables {
    sentry_dsn = {
      secret      = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sentry-AbCdEf"
      kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/of-the-secret"
    }
  }

  assert {
    condition     = nonsensitive(aws_lambda_function.this.environment[0].variables)["ECS_ALERTS_SENTRY_DSN_SECRET_ID"] == "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sentry-AbCdEf"
    error_message = "The function does not know the secret."
  }

  assert {
    condition     = slice(jsondecode(aws_iam_role_policy.this.policy).Statement, 2, 4) == [{ Effect = "Allow", Sid = "ReadDsn", Action = ["secretsmanager:GetSecretValue"], Resource = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:sentry-AbCdEf"] }, { Effect = "Allow", Sid = "Decrypt", Action = ["kms:Decrypt"], Resource = ["arn:aws:kms:eu-west-1:123456789012:key/of-the-secret"] }]
    error_message = "The role may not read the secret, or more than it."
  }
}

run "parameter_by_arn" {
  variables {
    sentry_dsn = { ssm_parameter = "arn:aws:ssm:eu-west-1:999999999999:parameter/shared/dsn" }
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[2].Resource == ["arn:aws:ssm:eu-west-1:999999999999:parameter/shared/dsn"]
    error_message = "The role may not read the parameter that was given by its ARN."
  }
}

run "plain" {
  variables {
    sentry_dsn = { plain = "https://public@sentry.example/1" }
  }

  assert {
    condition     = issensitive(aws_lambda_function.this.environment[0].variables["ECS_ALERTS_SENTRY_DSN"])
    error_message = "Terraform would print the DSN."
  }

  assert {
    condition     = length(jsondecode(aws_iam_role_policy.this.policy).Statement) == 2
    error_message = "The role may do more than it needs."
  }
}

run "narrowed" {
  variables {
    clusters       = ["arn:aws:ecs:eu-west-1:123456789012:cluster/jobs", "arn:aws:ecs:eu-west-1:123456789012:cluster/prod-*"]
    event_bus_name = "ecs"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail.clusterArn == ["arn:aws:ecs:eu-west-1:123456789012:cluster/jobs", { wildcard = "arn:aws:ecs:eu-west-1:123456789012:cluster/prod-*" }]
    error_message = "The rule is not narrowed to the clusters."
  }

  assert {
    condition     = length(jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail["$or"]) == length(jsondecode(file("event_pattern.json")).detail["$or"]) && !strcontains(jsonencode(jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail["$or"]), "clusterArn")
    error_message = "The clusters have replaced another condition."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.this.event_bus_name == "ecs" && aws_cloudwatch_event_target.this["tasks"].event_bus_name == "ecs" && aws_cloudwatch_metric_alarm.this["undelivered-lost"].dimensions["EventBusName"] == "ecs"
    error_message = "The rule is not on the bus that was named."
  }
}

run "narrowed_to_no_batch" {
  variables {
    clusters = [for name in ["jobs", "web", "api", "etl", "reports", "mail", "search", "billing"] : "arn:aws:ecs:eu-west-1:123456789012:cluster/${name}"]
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail["$or"] == [for branch in jsondecode(file("event_pattern.json")).detail["$or"] : branch if !can(branch.clusterArn)]
    error_message = "The branch for the clusters of AWS Batch lets others in, or another is missing."
  }
}

run "clusters_by_name" {
  variables {
    clusters = ["jobs", "prod-*"]
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail.clusterArn == [{ suffix = ":cluster/jobs" }, { wildcard = "*:cluster/prod-*" }]
    error_message = "The rule is not narrowed to the clusters of these names."
  }
}

run "own_pattern" {
  variables {
    clusters      = ["jobs"]
    event_pattern = "{\"source\": [\"aws.ecs\"], \"detail-type\": [\"ECS Task State Change\"], \"detail\": {\"lastStatus\": [\"STOPPED\"]}}"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern).detail == { lastStatus = ["STOPPED"], clusterArn = [{ suffix = ":cluster/jobs" }] }
    error_message = "The rule has not the pattern that was handed over."
  }
}

run "every_setting" {
  variables {
    settings = {
      ECS_ALERTS_IGNORE_CAUSES     = "clean_exit, failed_to_start"
      ECS_ALERTS_IGNORE_EXIT_CODES = "130, -1"
      ECS_ALERTS_SERVICES          = "api"
    }
  }

  assert {
    condition     = length(setsubtract(keys(var.settings), keys(nonsensitive(aws_lambda_function.this.environment[0].variables)))) == 0
    error_message = "The settings do not reach the function."
  }
}

run "keys" {
  variables {
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/ours"
    sentry_dsn = {
      secret      = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sentry-AbCdEf"
      kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/of-the-secret"
    }
  }

  assert {
    condition     = slice(jsondecode(aws_iam_role_policy.this.policy).Statement, 3, 4) == [{ Effect = "Allow", Sid = "Decrypt", Action = ["kms:Decrypt"], Resource = ["arn:aws:kms:eu-west-1:123456789012:key/ours", "arn:aws:kms:eu-west-1:123456789012:key/of-the-secret"] }]
    error_message = "The role may not read the queue or the secret, or more than these."
  }

  assert {
    condition     = alltrue([for queue in [aws_sqs_queue.this[0], aws_sqs_queue.failed, aws_sqs_queue.undelivered] : queue.kms_master_key_id == var.kms_key_arn]) && aws_lambda_function.this.kms_key_arn == var.kms_key_arn
    error_message = "The customer key is not used."
  }
}

run "options" {
  variables {
    name               = "alerts"
    mode               = "direct"
    alarm_actions      = []
    architecture       = "x86_64"
    kms_key_arn        = "arn:aws:kms:eu-west-1:123456789012:key/ours"
    log_retention_days = 365
    schedule_groups    = ["nightly-etl"]
    scheduled_rules    = ["nightly-etl"]
    settings           = { ECS_ALERTS_ENVIRONMENT = "production" }
    tags               = { team = "data" }
    vpc                = { subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
  }

  assert {
    condition     = alltrue([for queue in [aws_sqs_queue.failed, aws_sqs_queue.undelivered] : queue.kms_master_key_id == "arn:aws:kms:eu-west-1:123456789012:key/ours"]) && aws_cloudwatch_log_group.this.kms_key_id == "arn:aws:kms:eu-west-1:123456789012:key/ours"
    error_message = "The customer key is not used."
  }

  assert {
    condition     = slice(jsondecode(aws_iam_role_policy.this.policy).Statement, 4, 6) == [{ Effect = "Allow", Sid = "Decrypt", Action = ["kms:Decrypt"], Resource = ["arn:aws:kms:eu-west-1:123456789012:key/ours"] }, { Effect = "Allow", Sid = "EncryptFailures", Action = ["kms:GenerateDataKey"], Resource = ["arn:aws:kms:eu-west-1:123456789012:key/ours"] }]
    error_message = "The role may not use the customer key."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["refused-nightly-etl"].metric_name == "FailedInvocations" && aws_cloudwatch_metric_alarm.this["refused-nightly-etl"].dimensions == tomap({ RuleName = "nightly-etl" })
    error_message = "Nobody learns of refused runs."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["schedule-errors-nightly-etl"].namespace == "AWS/Scheduler" && aws_cloudwatch_metric_alarm.this["schedule-errors-nightly-etl"].metric_name == "TargetErrorCount" && aws_cloudwatch_metric_alarm.this["schedule-errors-nightly-etl"].dimensions == tomap({ ScheduleGroup = "nightly-etl" }) && aws_cloudwatch_metric_alarm.this["refused-nightly-etl"].namespace == "AWS/Events"
    error_message = "Nobody learns of refused runs of schedules."
  }

  assert {
    condition     = nonsensitive(aws_lambda_function.this.environment[0].variables)["ECS_ALERTS_ENVIRONMENT"] == "production"
    error_message = "The settings do not reach the function."
  }

  assert {
    condition     = aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-1"]) && length(aws_iam_role_policy_attachment.vpc) == 1
    error_message = "The function is not in the VPC."
  }

  assert {
    condition     = aws_lambda_function.this.tags == tomap({ team = "data" }) && aws_sqs_queue.failed.tags == tomap({ team = "data" }) && aws_cloudwatch_metric_alarm.this["errors"].tags == tomap({ team = "data" })
    error_message = "The tags are missing."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.retention_in_days == 365 && aws_lambda_function.this.architectures == tolist(["x86_64"]) && aws_iam_role.this.name == "alerts-eu-west-1"
    error_message = "An option has no effect."
  }
}
