# The fewest parts: the rule invokes the function. Failures are retried for about three minutes
# and then kept in the queue of failures; see ../queue for what outlasts hours.

provider "aws" {
  region = var.region
}

module "ecs_failure_alerts" {
  source = "../../"

  mode          = "direct"
  lambda_zip    = var.lambda_zip
  sentry_dsn    = { ssm_parameter = var.dsn_parameter }
  alarm_actions = var.alarm_actions
  tags          = var.tags
}
