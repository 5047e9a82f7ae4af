# What look-ups are granted, and which are refused: `terraform test`.

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

run "nothing" {
  assert {
    condition     = length(jsondecode(aws_iam_role_policy.this.policy).Statement) == 3 && !anytrue([for name in keys(aws_lambda_function.this.environment[0].variables) : strcontains(name, "LOOKUP") || strcontains(name, "TAG_KEYS")])
    error_message = "Something is granted or looked up that nobody asked for."
  }
}

run "definition" {
  variables {
    lookups = { definition = true }
  }

  assert {
    condition     = slice(jsondecode(aws_iam_role_policy.this.policy).Statement, 3, 4) == [{ Effect = "Allow", Sid = "DescribeTaskDefinitions", Action = ["ecs:DescribeTaskDefinition"], Resource = ["*"] }] && length(jsondecode(aws_iam_role_policy.this.policy).Statement) == 4
    error_message = "The definition takes another permission."
  }

  assert {
    condition     = aws_lambda_function.this.environment[0].variables["ECS_ALERTS_LOOKUPS"] == "definition"
    error_message = "The function does not look it up."
  }
}

run "everything" {
  variables {
    lookups = {
      definition = true
      logs       = ["/ecs/*", "arn:aws:logs:us-east-1:123456789012:log-group:all-regions"]
      tags       = ["team", "owner"]
      roles      = ["arn:aws:iam::111111111111:role/alerts", "arn:aws:iam::222222222222:role/alerts"]
    }
    settings = { ECS_ALERTS_LOG_LINES = "100", ECS_ALERTS_LOOKUP_SECONDS = "2.5" }
  }

  assert {
    condition = [for statement in slice(jsondecode(aws_iam_role_policy.this.policy).Statement, 3, 6) : { (join(" ", statement.Action)) = statement.Resource }] == [
      { "ecs:DescribeTaskDefinition" = ["*"] },
      { "logs:GetLogEvents" = ["arn:aws:logs:eu-west-1:123456789012:log-group:/ecs/*:log-stream:*", "arn:aws:logs:us-east-1:123456789012:log-group:all-regions:log-stream:*"] },
      { "sts:AssumeRole" = ["arn:aws:iam::111111111111:role/alerts", "arn:aws:iam::222222222222:role/alerts"] },
    ]
    error_message = "The function may read something else."
  }

  assert {
    condition = { for name, value in aws_lambda_function.this.environment[0].variables : name => value if strcontains(name, "LO") || strcontains(name, "TAG") } == {
      ECS_ALERTS_LOG_LINES      = "100"
      ECS_ALERTS_LOOKUP_SECONDS = "2.5"
      ECS_ALERTS_LOOKUPS        = "definition,logs,tags"
      ECS_ALERTS_LOOKUP_ROLES   = "arn:aws:iam::111111111111:role/alerts,arn:aws:iam::222222222222:role/alerts"
      ECS_ALERTS_TAG_KEYS       = "team,owner"
    }
    error_message = "The function looks something else up."
  }
}

run "logs_imply_the_definition" {
  variables {
    lookups = { logs = ["/ecs/*"] }
  }

  assert {
    condition     = [for statement in slice(jsondecode(aws_iam_role_policy.this.policy).Statement, 3, 5) : statement.Sid] == ["DescribeTaskDefinitions", "ReadLogs"]
    error_message = "Nothing says where the logs are."
  }
}

run "logs_by_templates" {
  variables {
    lookups  = { logs = ["/ecs/*"] }
    settings = { ECS_ALERTS_LOG_GROUP = "/ecs/{family}", ECS_ALERTS_LOG_STREAM = "ecs/{container}/{task_id}" }
  }

  assert {
    condition     = [for statement in slice(jsondecode(aws_iam_role_policy.this.policy).Statement, 3, 4) : statement.Sid] == ["ReadLogs"] && length(jsondecode(aws_iam_role_policy.this.policy).Statement) == 4
    error_message = "Templates need no task definition."
  }
}

run "every_log" {
  command = plan

  variables {
    lookups = { logs = ["*"] }
  }

  expect_failures = [var.lookups]
}

run "every_log_by_arn" {
  command = plan

  variables {
    lookups = { logs = ["arn:aws:logs:eu-west-1:123456789012:log-group:*"] }
  }

  expect_failures = [var.lookups]
}

run "tag_without_a_key" {
  command = plan

  variables {
    lookups = { tags = [""] }
  }

  expect_failures = [var.lookups]
}

run "tags_in_one_text" {
  command = plan

  variables {
    lookups = { tags = ["team,owner"] }
  }

  expect_failures = [var.lookups]
}

run "role_by_name" {
  command = plan

  variables {
    lookups = { definition = true, roles = ["alerts"] }
  }

  expect_failures = [var.lookups]
}

run "two_roles_of_one_account" {
  command = plan

  variables {
    lookups = { definition = true, roles = ["arn:aws:iam::111111111111:role/a", "arn:aws:iam::111111111111:role/b"] }
  }

  expect_failures = [var.lookups]
}

run "roles_for_nothing" {
  command = plan

  variables {
    lookups = { roles = ["arn:aws:iam::111111111111:role/alerts"] }
  }

  expect_failures = [var.lookups]
}

run "lookups_among_the_settings" {
  command = plan

  variables {
    settings = { ECS_ALERTS_LOOKUPS = "definition" }
  }

  expect_failures = [var.settings]
}

run "too_many_lines" {
  command = plan

  variables {
    settings = { ECS_ALERTS_LOG_LINES = "101" }
  }

  expect_failures = [var.settings]
}

run "too_many_seconds" {
  command = plan

  variables {
    settings = { ECS_ALERTS_LOOKUP_SECONDS = "11" }
  }

  expect_failures = [var.settings]
}

run "no_seconds" {
  command = plan

  variables {
    settings = { ECS_ALERTS_LOOKUP_SECONDS = "0" }
  }

  expect_failures = [var.settings]
}

run "a_group_without_a_stream" {
  command = plan

  variables {
    settings = { ECS_ALERTS_LOG_GROUP = "/ecs/{family}" }
  }

  expect_failures = [var.settings]
}
