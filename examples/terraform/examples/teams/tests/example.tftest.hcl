mock_provider "aws" {
  source = "../../tests/aws"
}

variables {
  name           = "ecs-failure-alerts"
  region         = "eu-west-1"
  lambda_zip     = "../../event_pattern.json" # any file will do: nothing is uploaded
  dsn_parameters = { data = "/data/dsn", shop = "/shop/dsn" }
  alarm_actions  = []
  tags           = {}
}

override_resource {
  target = aws_sns_topic.this
  values = {
    arn = "arn:aws:sns:eu-west-1:123456789012:slack"
  }
}

run "teams" {
  assert {
    condition     = jsondecode(output.config) == local.config
    error_message = "The function gets another document."
  }

  assert {
    condition     = jsondecode(module.ecs_failure_alerts.event_pattern) == jsondecode(file("alerts_pattern.json"))
    error_message = "The rule leaves out what the document raises."
  }

  assert {
    condition = alltrue([for policy in aws_sns_topic_policy.this : jsondecode(policy.policy).Statement == [
      { Sid = "TlsOnly", Effect = "Deny", Action = "sns:Publish", Principal = "*", Resource = "arn:aws:sns:eu-west-1:123456789012:slack", Condition = { Bool = { "aws:SecureTransport" = "false" } } },
    ]])
    error_message = "Somebody may publish without TLS."
  }
}

# ARNs that are unknown before the apply change nothing about what there is.
run "plan" {
  command = plan

  assert {
    condition     = length(aws_sns_topic.this) == 2
    error_message = "A team has no topic."
  }
}
