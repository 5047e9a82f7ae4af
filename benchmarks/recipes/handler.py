"""The known recipe in Python: the SDK's own set-up, a message, and a flush."""

import os
from typing import Any

import sentry_sdk
from sentry_sdk.integrations.aws_lambda import AwsLambdaIntegration

sentry_sdk.init(dsn=os.environ["SENTRY_DSN"], integrations=[AwsLambdaIntegration()])


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ARG001
    """Send one message for the event."""
    detail = event["detail"]
    with sentry_sdk.new_scope() as scope:
        scope.set_context("ecs", {"task": detail["taskArn"], "reason": detail["stoppedReason"]})
        sentry_sdk.capture_message(f"ECS task failed: {detail['group']}", level="error")
    sentry_sdk.flush(2)
    return {"ok": True}
