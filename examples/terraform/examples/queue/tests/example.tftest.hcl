mock_provider "aws" {
  source = "../../tests/aws"
}

variables {
  region          = "eu-west-1"
  lambda_zip      = "../../event_pattern.json" # any file will do: nothing is uploaded
  dsn_secret_arn  = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:sentry-AbCdEf"
  alarm_emails    = ["on-call@example.com"]
  scheduled_rules = ["nightly-etl"]
  schedule_groups = []
  name            = "ecs-failure-alerts"
  environment     = "production"
  clusters        = []
  tags            = {}
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
    condition = { for statement in jsondecode(aws_kms_key.this.policy).Statement : statement.Principal.Service => jsonencode(try(statement.Condition, null)) if can(statement.Principal.Service) } == {
      "events.amazonaws.com"         = "null" # EventBridge does not support one
      "cloudwatch.amazonaws.com"     = jsonencode({ StringEquals = { "aws:SourceAccount" = "123456789012" } })
      "logs.eu-west-1.amazonaws.com" = jsonencode({ ArnEquals = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/ecs-failure-alerts" } })
    }
    error_message = "The key's policy does not let these services use it, or others too."
  }

  assert {
    condition     = [for subscription in aws_sns_topic_subscription.this : subscription.endpoint] == ["on-call@example.com"]
    error_message = "Nobody is told."
  }

  assert {
    condition = aws_sns_topic_policy.this.arn == aws_sns_topic.this.arn && jsondecode(aws_sns_topic_policy.this.policy).Statement == [
      { Sid = "TlsOnly", Effect = "Deny", Action = "sns:Publish", Principal = "*", Resource = aws_sns_topic.this.arn, Condition = { Bool = { "aws:SecureTransport" = "false" } } },
      { Sid = "Alarms", Effect = "Allow", Action = "sns:Publish", Principal = { Service = "cloudwatch.amazonaws.com" }, Resource = aws_sns_topic.this.arn, Condition = { StringEquals = { "aws:SourceAccount" = "123456789012" } } },
    ]
    error_message = "Others than the alarms may publish, or somebody may without TLS."
  }
}

run "china" {
  command = plan

  variables {
    region = "cn-north-1"
  }

  override_data {
    target = data.aws_partition.current
    values = {
      partition  = "aws-cn"
      dns_suffix = "amazonaws.com.cn"
    }
  }

  assert {
    condition     = strcontains(aws_kms_key.this.policy, "\"logs.cn-north-1.amazonaws.com.cn\"") && strcontains(aws_kms_key.this.policy, "\"arn:aws-cn:logs:cn-north-1:")
    error_message = "The key's policy names a service that this partition does not have."
  }
}
