mock_provider "aws" {
  source = "../../../tests/aws"
}

variables {
  name          = "ecs-failure-alerts-forwarder"
  tags          = {}
  region        = "eu-central-1"
  event_bus_arn = "arn:aws:events:eu-west-1:123456789012:event-bus/ecs-task-events"
  alarm_actions = ["arn:aws:sns:eu-central-1:123456789012:on-call"]
}

run "forwarder" {
  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.this.event_pattern) == jsondecode(file("../../../event_pattern.json")) && length(aws_cloudwatch_event_rule.this.event_pattern) <= 2048
    error_message = "The rule's pattern is not that of event_pattern.json."
  }

  assert {
    condition     = aws_cloudwatch_event_target.this.arn == var.event_bus_arn && aws_cloudwatch_event_target.this.role_arn == aws_iam_role.this.arn
    error_message = "The rule does not forward to the bus in its role."
  }

  assert {
    condition     = aws_cloudwatch_event_target.this.dead_letter_config[0].arn == aws_sqs_queue.undelivered.arn && jsondecode(aws_sqs_queue_policy.undelivered.policy).Statement[1].Condition.ArnEquals["aws:SourceArn"] == aws_cloudwatch_event_rule.this.arn
    error_message = "What the bus does not take is lost."
  }

  assert {
    condition = { for name, alarm in aws_cloudwatch_metric_alarm.this : name => "${alarm.namespace} ${alarm.metric_name} ${join(" ", values(alarm.dimensions))} ${alarm.statistic}" } == {
      undelivered      = "AWS/SQS ApproximateNumberOfMessagesVisible ecs-failure-alerts-forwarder-undelivered Maximum"
      undelivered-lost = "AWS/Events InvocationsFailedToBeSentToDlq ecs-failure-alerts-forwarder Sum"
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
