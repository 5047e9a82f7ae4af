# What becomes of the configuration document: `terraform test`.

mock_provider "aws" {
  source = "./tests/aws"
}

variables {
  # Every variable, because Terraform would take the others from a terraform.tfvars beside these tests.
  name               = "ecs-failure-alerts"
  mode               = "queue"
  lambda_zip         = "event_pattern.json" # any file will do: nothing is uploaded
  sentry_dsn         = {}
  config             = {}
  config_text        = null
  notifier_access    = {}
  alarm_actions      = []
  clusters           = []
  event_bus_name     = "default"
  event_pattern      = null
  service_events     = false
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


run "small" {
  variables {
    config = {
      rules = [{ level = "silent", family = "importer", exit_code = 143, until = "2026-12-04" }]
      notifiers = {
        data  = { type = "sentry", dsn_ssm_parameter = "/data/dsn" }
        slack = { type = "sns", topic_arn = "arn:aws:sns:eu-west-1:123456789012:slack" }
        pager = { type = "apprise", url_secret_id = "pager" }
        hook = {
          type                      = "webhook"
          url                       = "https://example.com/hook"
          signing_key_ssm_parameter = "arn:aws:ssm:eu-west-1:999999999999:parameter/shared/key"
        }
      }
      routes = [{ notifier = "data", family = "etl-*" }, { drop = true }]
    }
  }

  assert {
    condition     = jsondecode(aws_lambda_function.this.environment[0].variables["ECS_ALERTS_CONFIG"]) == var.config && length(aws_lambda_function.this.environment[0].variables) == 2
    error_message = "The function gets another document."
  }

  assert {
    condition     = length(aws_ssm_parameter.config) == 0
    error_message = "A parameter nobody reads."
  }

  assert {
    condition = slice(jsondecode(aws_iam_role_policy.this.policy).Statement, 2, 5) == [
      { Effect = "Allow", Sid = "ReadParameters", Action = ["ssm:GetParameter"], Resource = ["arn:aws:ssm:eu-west-1:123456789012:parameter/data/dsn", "arn:aws:ssm:eu-west-1:999999999999:parameter/shared/key"] },
      { Effect = "Allow", Sid = "ReadSecrets", Action = ["secretsmanager:GetSecretValue"], Resource = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:pager-??????"] },
      { Effect = "Allow", Sid = "Publish", Action = ["sns:Publish"], Resource = ["arn:aws:sns:eu-west-1:123456789012:slack"] },
    ] && length(jsondecode(aws_iam_role_policy.this.policy).Statement) == 5
    error_message = "The role may do more or less than the document needs."
  }
}

run "larger_than_the_environment_takes" {
  variables {
    config = {
      rules     = [for number in range(30) : { level = "silent", family = "importer-${number}", exit_code = 143, why = "wird in Version 12 behoben: für später" }]
      notifiers = { data = { type = "sentry", dsn_ssm_parameter = "/data/dsn" } }
    }
    kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/ours"
  }

  assert {
    condition     = jsondecode(aws_ssm_parameter.config[0].value) == var.config && aws_ssm_parameter.config[0].tier == "Standard" && aws_ssm_parameter.config[0].type == "SecureString" && aws_ssm_parameter.config[0].key_id == var.kms_key_arn
    error_message = "The parameter holds another document, or in another way."
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables["ECS_ALERTS_CONFIG_SSM_PARAMETER"] == "/ecs-failure-alerts/ecs-failure-alerts/config" && aws_lambda_function.this.environment[0].variables["CONFIG_SHA256"] == sha256(aws_ssm_parameter.config[0].value) && !contains(keys(aws_lambda_function.this.environment[0].variables), "ECS_ALERTS_CONFIG")
    error_message = "The function reads another parameter, or does not start anew with another document."
  }

  assert {
    condition     = contains(jsondecode(aws_iam_role_policy.this.policy).Statement, { Effect = "Allow", Sid = "ReadConfig", Action = ["ssm:GetParameter"], Resource = [aws_ssm_parameter.config[0].arn] })
    error_message = "The function may not read its document."
  }
}

run "larger_than_a_standard_parameter_takes" {
  command = plan

  variables {
    config = {
      rules     = [for number in range(60) : { level = "silent", family = "importer-${number}", exit_code = 143, why = "wird in Version 12 behoben: für später" }]
      notifiers = { data = { type = "sentry", dsn_ssm_parameter = "/data/dsn" } }
    }
  }

  assert {
    condition     = aws_ssm_parameter.config[0].tier == "Advanced"
    error_message = "A standard parameter takes 4 KB."
  }
}

run "larger_than_any_parameter_takes" {
  command = plan

  variables {
    config_text = jsonencode({ notifiers = { log = { type = "log" } }, rules = [for number in range(200) : { level = "silent", family = "importer-${number}" }] })
  }

  expect_failures = [aws_ssm_parameter.config]
}

run "as_json" {
  variables {
    config_text = jsonencode({ notifiers = { data = { type = "sentry", dsn_ssm_parameter = "/data/dsn" } } })
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables["ECS_ALERTS_CONFIG"] == var.config_text && jsondecode(aws_iam_role_policy.this.policy).Statement[2].Resource == ["arn:aws:ssm:eu-west-1:123456789012:parameter/data/dsn"]
    error_message = "A text in JSON is another document than the same object."
  }
}

run "as_toml" {
  variables {
    config_text = "[notifiers.data]\ntype = \"sentry\"\ndsn_ssm_parameter = \"/data/dsn\"\n"
    notifier_access = {
      ssm_parameters     = ["/data/dsn"]
      secrets            = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:pager-AbCdEf"]
      topics             = ["arn:aws:sns:eu-west-1:123456789012:slack"]
      kms_key_arns       = ["arn:aws:kms:eu-west-1:123456789012:key/of-the-secret"]
      topic_kms_key_arns = ["arn:aws:kms:eu-west-1:123456789012:key/of-the-topic"]
    }
  }

  assert {
    condition = { for statement in slice(jsondecode(aws_iam_role_policy.this.policy).Statement, 2, 7) : join(" ", statement.Action) => statement.Resource } == {
      "kms:Decrypt"                     = ["arn:aws:kms:eu-west-1:123456789012:key/of-the-secret"]
      "kms:Decrypt kms:GenerateDataKey" = ["arn:aws:kms:eu-west-1:123456789012:key/of-the-topic"]
      "secretsmanager:GetSecretValue"   = ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:pager-AbCdEf"]
      "sns:Publish"                     = ["arn:aws:sns:eu-west-1:123456789012:slack"]
      "ssm:GetParameter"                = ["arn:aws:ssm:eu-west-1:123456789012:parameter/data/dsn"]
    }
    error_message = "The role may not use what notifier_access names, or more."
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables["ECS_ALERTS_CONFIG"] == var.config_text
    error_message = "The function gets another document."
  }
}

run "beside_the_dsn" {
  variables {
    sentry_dsn = { ssm_parameter = "/sentry/dsn" }
    config     = { rules = [{ level = "warning", cause = "container_exit" }] }
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[2].Sid == "ReadDsn" && aws_lambda_function.this.environment[0].variables["ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER"] == "/sentry/dsn"
    error_message = "A document without notifiers takes the DSN away."
  }
}

run "as_a_file_in_the_zip" {
  command = plan

  variables {
    settings = { ECS_ALERTS_CONFIG_FILE = "alerts.toml" }
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables["ECS_ALERTS_CONFIG_FILE"] == "alerts.toml"
    error_message = "The function does not know the file."
  }
}

run "lookups_of_the_document" {
  variables {
    config = {
      notifiers = { log = { type = "log" } }
      lookups   = { wanted = ["logs", "tags"], tag_keys = "team", roles = "arn:aws:iam::111111111111:role/alerts" }
    }
    lookups = { logs = ["/ecs/*"] }
  }

  assert {
    condition = [for statement in slice(jsondecode(aws_iam_role_policy.this.policy).Statement, 2, 5) : { (join(" ", statement.Action)) = statement.Resource }] == [
      { "ecs:DescribeTaskDefinition" = ["*"] },
      { "logs:GetLogEvents" = ["arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/*:log-stream:*"] },
      { "sts:AssumeRole" = ["arn:aws:iam::111111111111:role/alerts"] },
    ]
    error_message = "The function may look up something else than the document says."
  }

  assert {
    condition     = length(aws_lambda_function.this.environment[0].variables) == 2
    error_message = "A variable would win over the document."
  }
}

run "logs_by_templates_of_the_document" {
  command = plan

  variables {
    config = {
      notifiers = { log = { type = "log" } }
      lookups   = { wanted = "logs", log_group = "/ecs/{family}", log_stream = "ecs/{container}/{task_id}" }
    }
    lookups = { logs = ["/ecs/*"] }
  }

  assert {
    condition     = !local.describes
    error_message = "Templates need no task definition."
  }
}

run "links_by_templates_of_the_document" {
  command = plan

  variables {
    config = {
      notifiers = { log = { type = "log" } }
      lookups   = { log_group = "/ecs/{family}", log_stream = "ecs/{container}/{task_id}" }
    }
  }

  assert {
    condition     = length(local.lookup_statements) == 0
    error_message = "Links need no permission."
  }
}

run "lookups_of_both" {
  command = plan

  variables {
    config  = { notifiers = { log = { type = "log" } }, lookups = { wanted = "definition" } }
    lookups = { definition = true }
  }

  expect_failures = [var.lookups]
}

run "logs_of_no_group" {
  command = plan

  variables {
    config = { notifiers = { log = { type = "log" } }, lookups = { wanted = ["definition", "logs"] } }
  }

  expect_failures = [var.lookups]
}

run "groups_for_nothing" {
  command = plan

  variables {
    config  = { notifiers = { log = { type = "log" } }, lookups = { wanted = ["definition"] } }
    lookups = { logs = ["/ecs/*"] }
  }

  expect_failures = [var.lookups]
}

run "no_notifier" {
  command = plan

  variables {
    config = { rules = [{ level = "silent", family = "importer" }] }
  }

  expect_failures = [var.sentry_dsn]
}

run "text_for_an_object" {
  command = plan

  variables {
    sentry_dsn = { ssm_parameter = "/sentry/dsn" }
    config     = "[[rules]]"
  }

  expect_failures = [var.config]
}

run "null_for_a_section" {
  command = plan

  variables {
    sentry_dsn = { ssm_parameter = "/sentry/dsn" }
    config     = { lookups = null }
  }

  expect_failures = [var.config]
}

run "table_for_a_list" {
  command = plan

  variables {
    sentry_dsn = { ssm_parameter = "/sentry/dsn" }
    config     = { rules = { level = "silent", family = "importer" } }
  }

  expect_failures = [var.config]
}

run "null_for_a_key" {
  command = plan

  variables {
    config = { notifiers = { ours = { type = "sentry", dsn_ssm_parameter = null } } }
  }

  expect_failures = [var.config]
}

run "list_for_a_document" {
  command = plan

  variables {
    sentry_dsn  = { ssm_parameter = "/sentry/dsn" }
    config_text = "[]"
  }

  expect_failures = [var.config_text]
}

run "level_that_does_not_exist" {
  command = plan

  variables {
    config = {
      notifiers = { log = { type = "log" } }
      rules     = [{ level = "silent", family = "importer" }, { level = "loud", family = "etl" }]
    }
  }

  expect_failures = [aws_lambda_function.this]
}

run "notifier_that_does_not_exist" {
  command = plan

  variables {
    config = {
      notifiers = { log = { type = "log" } }
      routes    = [{ notifier = "log", family = "etl" }, { notifier = "sentry" }, { drop = true }, { notifier = "logs" }]
    }
  }

  expect_failures = [aws_lambda_function.this]
}

run "look_up_that_does_not_exist" {
  command = plan

  variables {
    config = {
      notifiers = { log = { type = "log" } }
      lookups   = { wanted = ["tags", "log"] }
    }
  }

  expect_failures = [aws_lambda_function.this]
}

run "cause_that_does_not_exist" {
  command = plan

  variables {
    config = {
      notifiers = { log = { type = "log" } }
      rules     = [{ level = "silent", cause = ["out_of_*", "failed_to_start"] }, { level = "silent", cause = "oom" }]
    }
  }

  expect_failures = [aws_lambda_function.this]
}

run "two_documents" {
  command = plan

  variables {
    config      = { notifiers = { log = { type = "log" } } }
    config_text = "{}"
  }

  expect_failures = [var.config_text]
}

run "file_beside_a_document" {
  command = plan

  variables {
    config   = { notifiers = { log = { type = "log" } } }
    settings = { ECS_ALERTS_CONFIG_FILE = "alerts.toml" }
  }

  expect_failures = [var.settings]
}

run "document_among_settings" {
  command = plan

  variables {
    sentry_dsn = { ssm_parameter = "/sentry/dsn" }
    settings   = { ECS_ALERTS_CONFIG = "{}" }
  }

  expect_failures = [var.settings]
}

run "name_of_a_file_for_its_text" {
  command = plan

  variables {
    config_text = "alerts.toml"
  }

  expect_failures = [var.config_text]
}

run "json_that_is_cut_off" {
  command = plan

  variables {
    config_text = "{\"rules\": ["
  }

  expect_failures = [var.config_text]
}

run "key_by_alias" {
  command = plan

  variables {
    config          = { notifiers = { log = { type = "log" } } }
    notifier_access = { topic_kms_key_arns = ["alias/aws/sns"] }
  }

  expect_failures = [var.notifier_access]
}

run "misspelt_keys" {
  command = plan

  variables {
    config = {
      notifiers = { data = { type = "sentry", dsn_ssm_paramater = "/data/dsn" } }
      rules     = [{ level = "silent", familly = "importer" }]
    }
  }

  expect_failures = [aws_lambda_function.this]
}

run "no_type" {
  command = plan

  variables {
    config = { notifiers = { data = { dsn_ssm_parameter = "/data/dsn" } } }
  }

  expect_failures = [aws_lambda_function.this]
}

run "unknown_type" {
  command = plan

  variables {
    config = { notifiers = { slack = { type = "slack" } } }
  }

  expect_failures = [aws_lambda_function.this]
}

run "too_many_settings" {
  command = plan

  variables {
    config   = { notifiers = { log = { type = "log" } } }
    settings = { ECS_ALERTS_LOG_REDACT = join("|", [for number in range(800) : "word${number}"]) }
  }

  expect_failures = [aws_lambda_function.this]
}

run "any_parameter" {
  command = plan

  variables {
    config = { notifiers = { data = { type = "sentry", dsn_ssm_parameter = "/data/*" } } }
  }

  expect_failures = [aws_iam_role_policy.this]
}

run "any_secret" {
  command = plan

  variables {
    config = { notifiers = { data = { type = "sentry", dsn_secret_id = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:*-AbCdEf" } } }
  }

  expect_failures = [aws_iam_role_policy.this]
}

run "any_topic" {
  command = plan

  variables {
    config = { notifiers = { slack = { type = "sns", topic_arn = "arn:aws:sns:eu-west-1:123456789012:*" } } }
  }

  expect_failures = [aws_iam_role_policy.this]
}

run "any_role" {
  command = plan

  variables {
    config = { notifiers = { log = { type = "log" } }, lookups = { wanted = "definition", roles = "arn:aws:iam::*:role/alerts" } }
  }

  expect_failures = [aws_iam_role_policy.this]
}

run "secret_in_plain" {
  command = plan

  variables {
    config = { notifiers = { data = { type = "sentry", dsn = "https://public@sentry.example/1" } } }
  }

  expect_failures = [check.secrets]
}

run "raised_cause_that_the_pattern_leaves_out" {
  command = plan

  variables {
    config = {
      notifiers = { log = { type = "log" } }
      rules     = [{ level = "error", cause = "spot_*", service = "checkout" }]
    }
  }

  expect_failures = [check.event_pattern]
}

run "every_cause_raised" {
  command = plan

  variables {
    config = {
      notifiers = { log = { type = "log" } }
      rules     = [{ level = "fatal", cause = ["out_of_memory", "*"], family = "payments" }]
    }
  }

  expect_failures = [check.event_pattern]
}

run "raised_cause_with_a_pattern_for_it" {
  command = plan

  variables {
    config = {
      notifiers = { log = { type = "log" } }
      rules     = [{ level = "error", cause = "user_stopped", family = "payments" }]
    }
    event_pattern = "{\"source\": [\"aws.ecs\"], \"detail-type\": [\"ECS Task State Change\"], \"detail\": {\"lastStatus\": [\"STOPPED\"]}}"
  }
}

run "what_the_pattern_passes_anyhow" {
  command = plan

  variables {
    config = {
      notifiers = { log = { type = "log" } }
      rules = [
        { level = "silent" },
        { level = null, cause = "user_stopped" },
        { level = "fatal", family = "payments" },
        { level = "error", cause = ["out_of_memory", "failed_to_start"], family = "payments" },
        { level = "error", cause = "spot_interruption", workload = ["scheduled", "standalone"] },
      ]
    }
  }
}

run "batches" {
  variables {
    config       = { notifiers = { log = { type = "log" } } }
    batch_size   = 1000
    batch_window = 300
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this[0].batch_size == 1000 && aws_lambda_event_source_mapping.this[0].maximum_batching_window_in_seconds == 300
    error_message = "Lambda does not gather events."
  }

  assert {
    condition     = aws_sqs_queue.this[0].visibility_timeout_seconds == 6 * aws_lambda_function.this.timeout + 300
    error_message = "AWS asks for six times the function's timeout and the window besides."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.this["late"].threshold >= aws_sqs_queue.this[0].visibility_timeout_seconds + 300 + 30 && aws_cloudwatch_metric_alarm.this["late"].threshold < 2 * aws_sqs_queue.this[0].visibility_timeout_seconds
    error_message = "The age never gets so high, or gets it without a failure."
  }

  assert {
    condition     = aws_sqs_queue.this[0].visibility_timeout_seconds * (jsondecode(aws_sqs_queue.this[0].redrive_policy).maxReceiveCount - 1) >= 6 * 3600
    error_message = "The attempts do not last for six hours."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.schedules.batch_size == 10
    error_message = "Dead letters of schedules wait."
  }
}

run "batch_without_a_window" {
  command = plan

  variables {
    config     = { notifiers = { log = { type = "log" } } }
    batch_size = 11
  }

  expect_failures = [var.batch_size]
}

run "empty_batches" {
  command = plan

  variables {
    config     = { notifiers = { log = { type = "log" } } }
    batch_size = 0
  }

  expect_failures = [var.batch_size]
}

run "window_too_long" {
  command = plan

  variables {
    config       = { notifiers = { log = { type = "log" } } }
    batch_window = 301
  }

  expect_failures = [var.batch_window]
}
