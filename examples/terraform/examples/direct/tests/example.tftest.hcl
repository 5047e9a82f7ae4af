mock_provider "aws" {
  source = "../../tests/aws"
}

variables {
  region        = "eu-west-1"
  lambda_zip    = "../../event_pattern.json" # any file will do: nothing is uploaded
  alarm_actions = []
  dsn_parameter = "/ecs-failure-alerts/sentry-dsn"
  tags          = {}
}

run "direct" {
  assert {
    condition     = output.function_name == "ecs-failure-alerts"
    error_message = "The function has another name."
  }
}
