# Rules for what is no stopped task. Each kind is a switch: a kind alerts when its events arrive.

locals {
  notice_patterns = jsondecode(file("${path.module}/notice_patterns.json"))

  notices = {
    services   = { wanted = var.service_events, description = "Services, deployments, instances and daemons of ECS in trouble" }
    runs       = { wanted = var.refused_runs, description = "Runs that ECS refused, as CloudTrail tells them" }
    batch      = { wanted = var.batch_events, description = "Jobs of AWS Batch that failed for good, and queues that are blocked" }
    workflows  = { wanted = var.workflow_events, description = "Executions of Step Functions that failed or timed out" }
    retirement = { wanted = var.task_retirement, description = "Tasks of ECS that AWS is going to stop" }
  }
  wanted_notices = { for kind, notice in local.notices : kind => notice if notice.wanted }

  # Events of ECS itself name a cluster, or none at all: what has none passes, as without clusters.
  notice_clusters = length(local.clusters) == 0 ? {} : {
    services = { clusterArn = concat(local.clusters, [{ exists = false }, null, ""]) }
  }
  narrowed_notices = {
    for kind, pattern in local.notice_patterns :
    kind => jsonencode(merge(pattern, can(local.notice_clusters[kind]) ? { detail = merge(pattern.detail, local.notice_clusters[kind]) } : {}))
  }

  # All rules, by what follows the name in theirs; "tasks" is the one without a suffix.
  rules     = merge({ tasks = aws_cloudwatch_event_rule.this }, aws_cloudwatch_event_rule.notices)
  rule_arns = [for rule in local.rules : rule.arn]
}

resource "aws_cloudwatch_event_rule" "notices" {
  for_each = local.wanted_notices

  name           = "${var.name}-${each.key}"
  description    = each.value.description
  event_bus_name = var.event_bus_name
  event_pattern  = local.narrowed_notices[each.key]
  tags           = var.tags

  lifecycle {
    precondition {
      condition     = length(local.narrowed_notices[each.key]) <= 2048
      error_message = "With these ${length(var.clusters)} clusters the event pattern of ${each.key} has ${length(local.narrowed_notices[each.key])} characters, and EventBridge takes 2048: name fewer clusters, several at once by *, or none to watch them all."
    }
  }
}

# Before there were several rules, what follows a rule stood for the one alone.
moved {
  from = aws_cloudwatch_event_target.this
  to   = aws_cloudwatch_event_target.this["tasks"]
}

moved {
  from = aws_lambda_permission.this[0]
  to   = aws_lambda_permission.this["tasks"]
}
