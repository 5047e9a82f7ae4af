# What AWS would answer, where the provider checks its form.

mock_data "aws_caller_identity" {
  defaults = {
    account_id = "123456789012"
  }
}

mock_data "aws_partition" {
  defaults = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
  }
}

mock_data "aws_service" {
  defaults = {
    partition = "aws"
    region    = "eu-west-1"
  }
}

mock_resource "aws_iam_role" {
  defaults = {
    arn = "arn:aws:iam::123456789012:role/lambda"
  }
}

mock_resource "aws_lambda_function" {
  defaults = {
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:example"
  }
}

mock_resource "aws_sqs_queue" {
  defaults = {
    arn = "arn:aws:sqs:eu-west-1:123456789012:example"
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/example"
  }
}

mock_resource "aws_cloudwatch_event_rule" {
  defaults = {
    arn = "arn:aws:events:eu-west-1:123456789012:rule/example"
  }
}

mock_resource "aws_ssm_parameter" {
  defaults = {
    arn = "arn:aws:ssm:eu-west-1:123456789012:parameter/ecs-failure-alerts/example/config"
  }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = {
    arn = "arn:aws:logs:eu-west-1:123456789012:log-group:example"
  }
}

# Each of these has an ARN of its own, so that the tests can tell them apart.

override_resource {
  target = aws_sqs_queue.this
  values = {
    arn = "arn:aws:sqs:eu-west-1:123456789012:events"
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/events"
  }
}

override_resource {
  target = aws_sqs_queue.failed
  values = {
    arn = "arn:aws:sqs:eu-west-1:123456789012:failed"
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/failed"
  }
}

override_resource {
  target = aws_sqs_queue.schedules
  values = {
    arn = "arn:aws:sqs:eu-west-1:123456789012:schedules"
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/schedules"
  }
}

override_resource {
  target = aws_cloudwatch_event_rule.notices
  values = {
    arn = "arn:aws:events:eu-west-1:123456789012:rule/notices"
  }
}

override_resource {
  target = aws_sqs_queue.undelivered
  values = {
    arn = "arn:aws:sqs:eu-west-1:123456789012:undelivered"
    url = "https://sqs.eu-west-1.amazonaws.com/123456789012/undelivered"
  }
}
