mock_provider "aws" {
  source = "../../../tests/aws"
}

variables {
  name            = "ecs-failure-alerts-forwarder"
  tags            = {}
  lookups         = null
  region          = "eu-central-1"
  event_bus_arn   = "arn:aws:events:eu-west-1:123456789012:event-bus/ecs-task-events"
  alarm_actions   = ["arn:aws:sns:eu-central-1:123456789012:on-call"]
  service_events  = true
  refused_runs    = false
  batch_events    = false
  workflow_events = false
  task_retirement = false
}

run "forwarder" {
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern) == jsondecode(file("../../../event_pattern.json")) && length(aws_cloudwatch_event_rule.this.event_pattern) <= 2048
    error_message = "The rule's pattern is not that of event_pattern.json."
  }

  assert {
    condition     = keys(aws_cloudwatch_event_target.this) == ["services", "tasks"] && alltrue([for target in aws_cloudwatch_event_target.this : target.arn == var.event_bus_arn && target.role_arn == aws_iam_role.this.arn])
    error_message = "A rule does not forward to the bus in its role."
  }

  assert {
    condition     = alltrue([for target in aws_cloudwatch_event_target.this : target.dead_letter_config[0].arn == aws_sqs_queue.undelivered.arn]) && alltrue([for policy in [aws_sqs_queue_policy.undelivered.policy, aws_iam_role.this.assume_role_policy] : reverse(jsondecode(policy).Statement)[0].Condition.ArnEquals["aws:SourceArn"] == [aws_cloudwatch_event_rule.notices["services"].arn, aws_cloudwatch_event_rule.this.arn]])
    error_message = "What the bus does not take is lost."
  }

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => "${alarm.namespace} ${alarm.metric_name} ${join(" ", values(alarm.dimensions))} ${alarm.statistic}" } == {
      undelivered               = "AWS/SQS ApproximateNumberOfMessagesVisible ecs-failure-alerts-forwarder-undelivered Maximum"
      undelivered-lost          = "AWS/Events InvocationsFailedToBeSentToDlq ecs-failure-alerts-forwarder Sum"
      undelivered-lost-services = "AWS/Events InvocationsFailedToBeSentToDlq ecs-failure-alerts-forwarder-services Sum"
    }
    error_message = "An alarm watches something else."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.threshold == 0 && alarm.alarm_actions == toset(var.alarm_actions)])
    error_message = "An alarm rings too late, or tells nobody."
  }

  assert {
    condition     = jsondecode(aws_iam_role_policy.this.policy).Statement[0].Resource == var.event_bus_arn
    error_message = "The role may send elsewhere."
  }

  assert {
    condition     = length(aws_iam_role.lookups) == 0 && output.lookup_role_arn == null
    error_message = "Somebody may look things up whom nobody asked."
  }
}

run "lookups" {
  variables {
    lookups = { function_role_arn = "arn:aws:iam::123456789012:role/ecs-failure-alerts-eu-west-1", logs = ["/ecs/*"] }
  }

  assert {
    condition     = jsondecode(aws_iam_role.lookups[0].assume_role_policy).Statement == [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "arn:aws:iam::123456789012:role/ecs-failure-alerts-eu-west-1" } }]
    error_message = "Somebody else may look things up."
  }

  assert {
    condition = jsondecode(aws_iam_role_policy.lookups[0].policy).Statement == [
      { Effect = "Allow", Sid = "DescribeTaskDefinitions", Action = ["ecs:DescribeTaskDefinition"], Resource = ["*"] },
      { Effect = "Allow", Sid = "ReadLogs", Action = ["logs:GetLogEvents"], Resource = ["arn:aws:logs:*:123456789012:log-group:/ecs/*:log-stream:*"] },
    ]
    error_message = "The function may read something else."
  }
}

run "lookups_by_anybody" {
  command = plan

  variables {
    lookups = { function_role_arn = "*" }
  }

  expect_failures = [var.lookups]
}

run "lookups_of_every_log" {
  command = plan

  variables {
    lookups = { function_role_arn = "arn:aws:iam::123456789012:role/a", logs = ["*"] }
  }

  expect_failures = [var.lookups]
}

run "lookups_of_nothing" {
  command = plan

  variables {
    lookups = { function_role_arn = "arn:aws:iam::123456789012:role/a", definition = false }
  }

  expect_failures = [var.lookups]
}

run "every_kind" {
  variables {
    refused_runs    = true
    batch_events    = true
    workflow_events = true
    task_retirement = true
  }

  assert {
    condition     = { for kind, rule in aws_cloudwatch_event_rule.notices : kind => jsondecode(rule.event_pattern) } == jsondecode(file("../../../notice_patterns.json"))
    error_message = "A rule has not the pattern of its kind."
  }
}

run "bus_by_name" {
  command = plan

  variables {
    event_bus_arn = "ecs-task-events"
  }

  expect_failures = [var.event_bus_arn]
}

run "any_bus" {
  command = plan

  variables {
    event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/*"
  }

  expect_failures = [var.event_bus_arn]
}

run "name_too_long" {
  command = plan

  variables {
    name = "a123456789a123456789a123456789a123456789a12345678"
  }

  expect_failures = [var.name]
}

run "alarm_to_an_address" {
  command = plan

  variables {
    alarm_actions = ["on-call@example.com"]
  }

  expect_failures = [var.alarm_actions]
}
