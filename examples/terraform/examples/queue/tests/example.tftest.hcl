mock_provider "aws" {
  source = "../../tests/aws"
}

variables {
  lambda_zip      = "../../event_pattern.json" # any file will do: nothing is uploaded
  dsn_secret_arn  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sentry-AbCdEf"
  alarm_emails    = ["on-call@example.com"]
  scheduled_rules = ["nightly-etl"]
}

override_resource {
  target = aws_kms_key.this
  values = {
    arn = "arn:aws:kms:eu-west-1:123456789012:key/ours"
  }
}

override_resource {
  target = aws_sns_topic.this
  values = {
    arn = "arn:aws:sns:eu-west-1:123456789012:alarms"
  }
}

run "queue" {
  assert {
    condition     = output.queue_url != null
    error_message = "There is no queue."
  }

  assert {
    condition     = contains(flatten([for statement in jsondecode(aws_kms_key.this.policy).Statement : try(statement.Principal.Service, [])]), "events.amazonaws.com")
    error_message = "The key's policy does not let EventBridge use it."
  }

  assert {
    condition     = [for subscription in aws_sns_topic_subscription.this : subscription.endpoint] == ["on-call@example.com"]
    error_message = "Nobody is told."
  }
}
