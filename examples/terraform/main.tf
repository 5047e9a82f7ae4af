locals {
  queued = var.mode == "queue"

  # Without the DSN itself nothing of it is secret.
  dsn_parameter = nonsensitive(var.sentry_dsn.ssm_parameter)
  dsn_secret    = nonsensitive(var.sentry_dsn.secret)
  dsn_in_plain  = nonsensitive(var.sentry_dsn.plain != null)
  dsn_key       = nonsensitive(var.sentry_dsn.kms_key_arn)

  # Measured: a new sandbox loads boto3 while it starts, with a whole processor. Of that, the first
  # alert, which reads the DSN from SSM, takes 20 ms, and has a seventh of it with 256 MB. Ten alerts
  # in a warm sandbox took 0.3 s with 256 MB. It used 57 MB at most.
  memory_size = 256
  # Seconds. Reading the DSN takes up to 9 without a network, three attempts at Sentry up to 16.
  timeout = 30

  # AWS asks for six times the function's timeout, and the batching window besides. Each failure
  # costs that long until the next attempt, so this many attempts outlast six hours without Sentry.
  # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  visibility_timeout = 6 * local.timeout + var.batch_window
  max_receive_count  = ceil(6 * 3600 / local.visibility_timeout) + 1

  environment = merge(
    # A job that fails for good is told by Batch, its attempts before by nobody.
    var.batch_events ? { ECS_ALERTS_IGNORE_WORKLOADS = "batch" } : {},
    # Where a rule cannot be narrowed, the function leaves out what is of other clusters.
    length(var.clusters) == 0 ? {} : { ECS_ALERTS_CLUSTERS = join(",", var.clusters) },
    var.settings,
    local.lookup_settings,
    local.document_settings,
    # Goes with ReportBatchItemFailures of every mapping; it is about messages of queues alone.
    { ECS_ALERTS_PARTIAL_BATCH = "1" },
    local.dsn_parameter == null ? {} : { ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER = local.dsn_parameter },
    local.dsn_secret == null ? {} : { ECS_ALERTS_SENTRY_DSN_SECRET_ID = local.dsn_secret },
    local.dsn_in_plain ? { ECS_ALERTS_SENTRY_DSN = var.sentry_dsn.plain } : {},
  )
  # As Lambda measures them.
  environment_bytes = nonsensitive(length(base64encode(jsonencode(local.environment)))) / 4 * 3

  event_pattern = jsondecode(coalesce(var.event_pattern, file("${path.module}/event_pattern.json")))
  cluster_arns  = [for cluster in var.clusters : cluster if startswith(cluster, "arn:")]
  cluster_names = [for cluster in var.clusters : cluster if !startswith(cluster, "arn:")]
  clusters = concat(
    [for arn in local.cluster_arns : arn if !strcontains(arn, "*")],
    [for arn in local.cluster_arns : { wildcard = arn } if strcontains(arn, "*")],
    [for name in local.cluster_names : { suffix = ":cluster/${name}" } if !strcontains(name, "*")],
    [for name in local.cluster_names : { wildcard = "*:cluster/${name}" } if strcontains(name, "*")],
  )

  # Of two conditions on one field, one in a branch of $or and one outside, EventBridge keeps one.
  # So the branch that has its own, for the clusters of AWS Batch, goes where none of these
  # clusters can be Batch's. Else it stays without it, passes more, and the function decides.
  # https://github.com/aws/event-ruler#and-and-or-relationship-among-fields-with-event-ruler
  narrowed_branches = [
    for branch in try(local.event_pattern.detail["$or"], []) : { for key, value in branch : key => value if key != "clusterArn" }
    if !can(branch.clusterArn) || anytrue([
      for pair in setproduct(var.clusters, try(branch.clusterArn[*].wildcard, [])) :
      strcontains(pair[0], "*") || strcontains(pair[0], trim(pair[1], "*"))
    ])
  ]

  # Encoded anew, since EventBridge counts the spaces too.
  narrowed_pattern = jsonencode(merge(local.event_pattern, length(local.clusters) == 0 ? {} : {
    detail = merge(
      local.event_pattern.detail,
      { clusterArn = local.clusters },
      length(local.narrowed_branches) == 0 ? {} : { "$or" = local.narrowed_branches },
    )
  }))
}

################################################################################
# Events
################################################################################

resource "aws_cloudwatch_event_rule" "this" {
  name           = var.name
  description    = "ECS tasks that stopped, except those that certainly did not fail"
  event_bus_name = var.event_bus_name
  event_pattern  = local.narrowed_pattern
  tags           = var.tags

  lifecycle {
    precondition {
      condition     = length(local.narrowed_pattern) <= 2048
      error_message = "With these ${length(var.clusters)} clusters the event pattern has ${length(local.narrowed_pattern)} characters, and EventBridge takes 2048: name fewer clusters (about eight ARNs or twenty names fit), several at once by *, or none to watch them all; or pass a shorter event_pattern."
    }
  }
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.rules

  rule           = each.value.name
  event_bus_name = var.event_bus_name
  target_id      = "alerts" # in either mode, so that the rule is not without one while it changes
  arn            = local.queued ? aws_sqs_queue.this[0].arn : aws_lambda_function.this.arn

  retry_policy {
    maximum_event_age_in_seconds = 24 * 3600
    maximum_retry_attempts       = 185
  }

  dead_letter_config {
    arn = aws_sqs_queue.undelivered.arn
  }

  # The whole way is there before the first event takes it: without the permissions, EventBridge
  # would give events up at once.
  depends_on = [
    aws_lambda_event_source_mapping.this,
    aws_lambda_function_event_invoke_config.this,
    aws_lambda_permission.this,
    aws_sqs_queue_policy.this,
  ]
}

# What EventBridge could not hand over.
resource "aws_sqs_queue" "undelivered" {
  name                      = "${var.name}-undelivered"
  message_retention_seconds = 14 * 24 * 3600
  redrive_allow_policy      = jsonencode({ redrivePermission = "denyAll" })
  sqs_managed_sse_enabled   = var.kms_key_arn == null ? true : null
  kms_master_key_id         = var.kms_key_arn
  tags                      = var.tags
}

# What the function could not deal with.
resource "aws_sqs_queue" "failed" {
  name                      = "${var.name}-failed"
  message_retention_seconds = 14 * 24 * 3600
  sqs_managed_sse_enabled   = var.kms_key_arn == null ? true : null
  kms_master_key_id         = var.kms_key_arn
  tags                      = var.tags
}

# Dead letters of the queues in front alone. A resource of its own, because each queue names the other.
resource "aws_sqs_queue_redrive_allow_policy" "failed" {
  queue_url = aws_sqs_queue.failed.url
  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = concat(aws_sqs_queue.this[*].arn, [aws_sqs_queue.schedules.arn])
  })
}

################################################################################
# Function
################################################################################

# Before the function: Lambda would make one that keeps the log for ever.
resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:log_retention_days decides, and the alerts themselves are in Sentry
  name              = "/aws/lambda/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:one short request to Sentry leaves nothing to trace
  #checkov:skip=CKV_AWS_115:scaling_config limits mode "queue"; events come one by one in the other
  #checkov:skip=CKV_AWS_116:what fails goes to the queue "failed", by redrive or as a destination
  #checkov:skip=CKV_AWS_272:code signing needs a profile of the account's own
  function_name    = var.name
  description      = "Alerts Sentry when an ECS task fails"
  filename         = var.lambda_zip
  source_code_hash = filebase64sha256(var.lambda_zip)
  handler          = "handler.lambda_handler"
  runtime          = "python3.13"
  architectures    = [var.architecture]
  memory_size      = local.memory_size
  timeout          = local.timeout
  role             = aws_iam_role.this.arn
  kms_key_arn      = var.kms_key_arn
  tags             = var.tags

  environment {
    variables = local.environment
  }

  dynamic "vpc_config" {
    for_each = var.vpc[*]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  depends_on = [
    aws_cloudwatch_log_group.this,
    aws_iam_role_policy.this,
    aws_iam_role_policy_attachment.vpc,
  ]

  lifecycle {
    precondition {
      condition     = length(local.misspelt) == 0
      error_message = "config has what is no key, cause, level, look-up, notifier or type of one: ${join(", ", local.misspelt)}. `ecs-failure-alerts check` says what may be meant."
    }

    precondition {
      condition     = local.environment_bytes <= local.environment_limit
      error_message = "The function's variables have ${local.environment_bytes} bytes, and Lambda takes ${local.environment_limit}: move settings into config."
    }
  }
}

################################################################################
# Mode "queue": rule, queue, function
################################################################################

resource "aws_sqs_queue" "this" {
  count = local.queued ? 1 : 0

  name                       = var.name
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

resource "aws_lambda_event_source_mapping" "this" {
  count = local.queued ? 1 : 0

  event_source_arn = aws_sqs_queue.this[0].arn
  function_name    = aws_lambda_function.this.arn
  batch_size       = var.batch_size

  maximum_batching_window_in_seconds = var.batch_window
  # Goes with ECS_ALERTS_PARTIAL_BATCH: either without the other loses or repeats alerts.
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  scaling_config {
    maximum_concurrency = 2
  }
}

################################################################################
# Mode "direct": rule, function
################################################################################

resource "aws_lambda_permission" "this" {
  for_each = { for kind, rule in local.rules : kind => rule.arn if !local.queued }

  function_name = aws_lambda_function.this.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = each.value
}

resource "aws_lambda_function_event_invoke_config" "this" {
  count = local.queued ? 0 : 1

  function_name                = aws_lambda_function.this.function_name
  maximum_event_age_in_seconds = 6 * 3600
  maximum_retry_attempts       = 2

  destination_config {
    on_failure {
      destination = aws_sqs_queue.failed.arn
    }
  }
}
