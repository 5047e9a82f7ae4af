# The queue for dead letters of other people's schedules: of a run that could not even be asked
# for, nothing else tells. It leads to the function in either mode.

resource "aws_sqs_queue" "schedules" {
  name                       = "${var.name}-schedules"
  visibility_timeout_seconds = local.visibility_timeout
  message_retention_seconds  = 14 * 24 * 3600
  sqs_managed_sse_enabled    = var.kms_key_arn == null ? true : null
  kms_master_key_id          = var.kms_key_arn
  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.failed.arn
    maxReceiveCount     = local.max_receive_count
  })
  redrive_allow_policy = jsonencode({ redrivePermission = "denyAll" })
  tags                 = var.tags
}

# Rules send by this policy; schedules of EventBridge Scheduler in their own role, by its policy.
resource "aws_sqs_queue_policy" "schedules" {
  queue_url = aws_sqs_queue.schedules.url

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "TlsOnly"
        Effect    = "Deny"
        Action    = "sqs:*"
        Principal = "*"
        Resource  = aws_sqs_queue.schedules.arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
      {
        Sid       = "RulesSend"
        Effect    = "Allow"
        Action    = "sqs:SendMessage"
        Principal = { Service = "events.amazonaws.com" }
        Resource  = aws_sqs_queue.schedules.arn
        Condition = {
          ArnLike = { "aws:SourceArn" = "arn:${local.partition}:events:${local.region}:${data.aws_caller_identity.current.account_id}:rule/*" }
        }
      },
    ]
  })
}

resource "aws_lambda_event_source_mapping" "schedules" {
  event_source_arn        = aws_sqs_queue.schedules.arn
  function_name           = aws_lambda_function.this.arn
  batch_size              = 10
  function_response_types = ["ReportBatchItemFailures"] # goes with ECS_ALERTS_PARTIAL_BATCH
  tags                    = var.tags

  scaling_config {
    maximum_concurrency = 2
  }
}
