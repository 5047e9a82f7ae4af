mock_provider "aws" {
  source = "../../tests/aws"
}

variables {
  region        = "eu-west-1"
  lambda_zip    = "../../event_pattern.json" # any file will do: nothing is uploaded
  account_ids   = ["111111111111", "222222222222"]
  alarm_actions = []
  dsn_parameter = "/ecs-failure-alerts/sentry-dsn"
  tags          = {}
}

override_resource {
  target = aws_cloudwatch_event_bus.this
  values = {
    arn = "arn:aws:events:eu-west-1:123456789012:event-bus/ecs-task-events"
  }
}

run "central_bus" {
  assert {
    condition     = jsondecode(aws_cloudwatch_event_bus_policy.this.policy).Statement[0].Principal.AWS == ["111111111111", "222222222222"] && jsondecode(aws_cloudwatch_event_bus_policy.this.policy).Statement[0].Condition.StringEquals["events:source"] == "aws.ecs"
    error_message = "The bus is open to others, or to other events."
  }
}

run "account_by_name" {
  command = plan

  variables {
    account_ids = ["production"]
  }

  expect_failures = [var.account_ids]
}
