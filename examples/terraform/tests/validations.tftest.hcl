# What is refused, and that each refusal is the one meant: `terraform test`.

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
  alarm_actions      = []
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

run "name_with_spaces" {
  command = plan

  variables {
    name = "ecs failure alerts"
  }

  expect_failures = [var.name]
}

run "name_too_long" {
  command = plan

  variables {
    name = "a123456789a123456789a123456789a123456789a12345678"
  }

  expect_failures = [var.name]
}

run "unknown_mode" {
  command = plan

  variables {
    mode = "stream"
  }

  expect_failures = [var.mode]
}

run "no_zip" {
  command = plan

  variables {
    lambda_zip = "dist/no-such.zip"
  }

  expect_failures = [var.lambda_zip]
}

run "zip_that_was_not_built" {
  command = plan

  variables {
    lambda_zip = "" # what `ls` gives where there is none
  }

  expect_failures = [var.lambda_zip]
}

run "folder_for_the_zip" {
  command = plan

  variables {
    lambda_zip = "."
  }

  expect_failures = [var.lambda_zip]
}

run "no_dsn" {
  command = plan

  variables {
    sentry_dsn = {}
  }

  expect_failures = [var.sentry_dsn]
}

run "two_dsns" {
  command = plan

  variables {
    sentry_dsn = { ssm_parameter = "/sentry/dsn", plain = "https://public@sentry.example/1" }
  }

  expect_failures = [var.sentry_dsn]
}

run "dsn_as_parameter" {
  command = plan

  variables {
    sentry_dsn = { ssm_parameter = "https://public@sentry.example/1" }
  }

  expect_failures = [var.sentry_dsn]
}

run "secret_by_name" {
  command = plan

  variables {
    sentry_dsn = { secret = "sentry" }
  }

  expect_failures = [var.sentry_dsn]
}

run "secret_without_suffix" {
  command = plan

  variables {
    sentry_dsn = { secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sentry" }
  }

  expect_failures = [var.sentry_dsn]
}

run "dsn_without_key" {
  command = plan

  variables {
    sentry_dsn = { plain = "https://sentry.example/1" }
  }

  expect_failures = [var.sentry_dsn]
}

run "dsn_key_by_alias" {
  command = plan

  variables {
    sentry_dsn = { ssm_parameter = "/sentry/dsn", kms_key_arn = "arn:aws:kms:eu-west-1:123456789012:alias/ours" }
  }

  expect_failures = [var.sentry_dsn]
}

run "alarm_to_an_address" {
  command = plan

  variables {
    alarm_actions = ["on-call@example.com"]
  }

  expect_failures = [var.alarm_actions]
}

run "cluster_by_url" {
  command = plan

  variables {
    clusters = ["https://eu-west-1.console.aws.amazon.com/ecs/v2/clusters/jobs"]
  }

  expect_failures = [var.clusters]
}

run "service_for_a_cluster" {
  command = plan

  variables {
    clusters = ["arn:aws:ecs:eu-west-1:123456789012:service/jobs/api"]
  }

  expect_failures = [var.clusters]
}

run "too_many_clusters" {
  command = plan

  variables {
    clusters = [for number in range(20) : "arn:aws:ecs:eu-west-1:123456789012:cluster/cluster-${number}"]
  }

  expect_failures = [aws_cloudwatch_event_rule.this]
}

run "foreign_setting" {
  command = plan

  variables {
    settings = { AWS_REGION = "eu-west-1" }
  }

  expect_failures = [var.settings]
}

run "dsn_among_settings" {
  command = plan

  variables {
    settings = { ECS_ALERTS_SENTRY_DSN = "https://public@sentry.example/1" }
  }

  expect_failures = [var.settings]
}

run "partial_batch_among_settings" {
  command = plan

  variables {
    settings = { ECS_ALERTS_PARTIAL_BATCH = "1" }
  }

  expect_failures = [var.settings]
}

run "misspelt_setting" {
  command = plan

  variables {
    settings = { ECS_ALERTS_IGNORE_CAUSE = "clean_exit" }
  }

  expect_failures = [var.settings]
}

run "cause_that_does_not_exist" {
  command = plan

  variables {
    settings = { ECS_ALERTS_IGNORE_CAUSES = "clean_exit, oom" }
  }

  expect_failures = [var.settings]
}

run "every_cause" {
  command = plan

  variables {
    settings = { ECS_ALERTS_IGNORE_CAUSES = "*" }
  }

  expect_failures = [var.settings]
}

run "workload_without_tasks" {
  command = plan

  variables {
    settings = { ECS_ALERTS_IGNORE_WORKLOADS = "batch, daemon" }
  }

  expect_failures = [var.settings]
}

run "exit_code_by_name" {
  command = plan

  variables {
    settings = { ECS_ALERTS_IGNORE_EXIT_CODES = "SIGTERM" }
  }

  expect_failures = [var.settings]
}

run "exit_codes_as_a_range" {
  command = plan

  variables {
    settings = { ECS_ALERTS_IGNORE_EXIT_CODES = "1-3" }
  }

  expect_failures = [var.settings]
}

run "part_of_a_template_that_does_not_exist" {
  command = plan

  variables {
    settings = { ECS_ALERTS_LOG_GROUP = "/ecs/{name}", ECS_ALERTS_LOG_STREAM = "ecs/{container}" }
  }

  expect_failures = [var.settings]
}

run "family_with_its_revision" {
  command = plan

  variables {
    settings = { ECS_ALERTS_FAMILIES = "etl,importer:3" }
  }

  expect_failures = [var.settings]
}

run "environment_with_a_slash" {
  command = plan

  variables {
    settings = { ECS_ALERTS_ENVIRONMENT = "prod/eu" }
  }

  expect_failures = [var.settings]
}

# As "variable = condition ? value : null" leaves them.
run "settings_that_are_null_or_blank" {
  command = plan

  variables {
    settings = {
      ECS_ALERTS_ENVIRONMENT       = null
      ECS_ALERTS_FAMILIES          = null
      ECS_ALERTS_IGNORE_CAUSES     = null
      ECS_ALERTS_IGNORE_EXIT_CODES = null
      ECS_ALERTS_IGNORE_WORKLOADS  = null
      ECS_ALERTS_LOG_GROUP         = null
      ECS_ALERTS_LOG_LINES         = " "
      ECS_ALERTS_LOG_STREAM        = ""
      ECS_ALERTS_LOOKUP_SECONDS    = null
    }
  }
}

run "settings_as_the_function_takes_them" {
  command = plan

  variables {
    settings = {
      ECS_ALERTS_CLUSTERS          = "jobs, arn:aws:ecs:*:*:cluster/prod-*,"
      ECS_ALERTS_ENVIRONMENT       = " prod eu "
      ECS_ALERTS_IGNORE_EXIT_CODES = " -1, 0143 ,"
      ECS_ALERTS_LOG_GROUP         = "/ecs/{family}"
      ECS_ALERTS_LOG_LINES         = "030"
      ECS_ALERTS_LOG_STREAM        = "ecs/{container}/{task_id}"
      ECS_ALERTS_LOOKUP_SECONDS    = "10.0"
    }
  }
}

run "pattern_of_something_else" {
  command = plan

  variables {
    event_pattern = "{\"source\": [\"aws.ec2\"], \"detail\": {}}"
  }

  expect_failures = [var.event_pattern]
}

run "unknown_architecture" {
  command = plan

  variables {
    architecture = "arm"
  }

  expect_failures = [var.architecture]
}

run "odd_retention" {
  command = plan

  variables {
    log_retention_days = 42
  }

  expect_failures = [var.log_retention_days]
}

run "key_by_alias" {
  command = plan

  variables {
    kms_key_arn = "alias/ours"
  }

  expect_failures = [var.kms_key_arn]
}

run "vpc_without_subnets" {
  command = plan

  variables {
    vpc = { subnet_ids = [], security_group_ids = ["sg-1"] }
  }

  expect_failures = [var.vpc]
}

run "no_name" {
  command = plan

  variables {
    name = ""
  }

  expect_failures = [var.name]
}

run "too_many_actions" {
  command = plan

  variables {
    alarm_actions = [for number in range(6) : "arn:aws:sns:eu-west-1:123456789012:on-call-${number}"]
  }

  expect_failures = [var.alarm_actions]
}

run "double_wildcard" {
  command = plan

  variables {
    clusters = ["arn:aws:ecs:eu-west-1:123456789012:cluster/prod-**"]
  }

  expect_failures = [var.clusters]
}

run "bus_by_arn" {
  command = plan

  variables {
    event_bus_name = "arn:aws:events:eu-west-1:123456789012:event-bus/ecs"
  }

  expect_failures = [var.event_bus_name]
}

run "scheduled_rule_by_arn" {
  command = plan

  variables {
    scheduled_rules = ["arn:aws:events:eu-west-1:123456789012:rule/nightly-etl"]
  }

  expect_failures = [var.scheduled_rules]
}

run "schedule_with_its_group" {
  command = plan

  variables {
    schedule_groups = ["default/nightly-etl"]
  }

  expect_failures = [var.schedule_groups]
}

run "no_retention" {
  command = plan

  variables {
    log_retention_days = 0
  }

  expect_failures = [var.log_retention_days]
}

run "any_secret" {
  command = plan

  variables {
    sentry_dsn = { secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:*-AbCdEf" }
  }

  expect_failures = [var.sentry_dsn]
}

run "one_of_several_secrets" {
  command = plan

  variables {
    sentry_dsn = { secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sentr?-AbCdEf" }
  }

  expect_failures = [var.sentry_dsn]
}

run "any_parameter" {
  command = plan

  variables {
    sentry_dsn = { ssm_parameter = "/sentry/*" }
  }

  expect_failures = [var.sentry_dsn]
}

run "one_of_several_parameters" {
  command = plan

  variables {
    sentry_dsn = { ssm_parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/sentry/ds?" }
  }

  expect_failures = [var.sentry_dsn]
}
