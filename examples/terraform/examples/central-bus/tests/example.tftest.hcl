mock_provider "aws" {
  source = "../../tests/aws"
}

variables {
  region          = "eu-west-1"
  lambda_zip      = "../../event_pattern.json" # any file will do: nothing is uploaded
  account_ids     = ["111111111111", "222222222222"]
  alarm_actions   = []
  dsn_parameter   = "/ecs-failure-alerts/sentry-dsn"
  tags            = {}
  lookups         = {}
  config          = {}
  service_events  = true
  refused_runs    = false
  batch_events    = false
  workflow_events = false
  task_retirement = false
}

override_resource {
  target = aws_cloudwatch_event_bus.this
  values = {
    arn = "arn:aws:events:eu-west-1:123456789012:event-bus/ecs-task-events"
  }
}

run "central_bus" {
  assert {
    condition     = jsondecode(aws_cloudwatch_event_bus_policy.this.policy).Statement[0].Principal.AWS == ["111111111111", "222222222222"] && jsondecode(aws_cloudwatch_event_bus_policy.this.policy).Statement[0].Condition.StringEquals == { "events:source" = ["aws.ecs"], "events:detail-type" = concat(["ECS Task State Change"], jsondecode(file("../../notice_patterns.json")).services["detail-type"]) }
    error_message = "The bus is open to others, or to other events."
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
    condition     = sort(jsondecode(aws_cloudwatch_event_bus_policy.this.policy).Statement[0].Condition.StringEquals["events:source"]) == tolist(["aws.batch", "aws.ecs", "aws.health", "aws.states"])
    error_message = "The bus does not take the events of every kind."
  }

  assert {
    condition     = length(setsubtract(["AWS API Call via CloudTrail", "AWS Health Event", "Batch Job Queue Blocked", "Batch Job State Change", "Step Functions Execution Status Change"], jsondecode(aws_cloudwatch_event_bus_policy.this.policy).Statement[0].Condition.StringEquals["events:detail-type"])) == 0
    error_message = "The bus does not take every type of event."
  }
}

run "config" {
  variables {
    config = { routes = [{ notifier = "sentry", account = "111111111111" }, { drop = true }] }
  }

  assert {
    condition     = jsondecode(output.config).routes == var.config.routes
    error_message = "The function gets another document."
  }
}

run "account_by_name" {
  command = plan

  variables {
    account_ids = ["production"]
  }

  expect_failures = [var.account_ids]
}

run "lookups" {
  variables {
    lookups = { definition = true, roles = ["arn:aws:iam::111111111111:role/ecs-failure-alerts-forwarder-lookups"] }
  }

  assert {
    condition     = output.function_role_arn != null
    error_message = "The forwarders cannot know whom to trust."
  }
}
