"""The Lambda with a connection of its own for each alert: one attempt, so none is kept."""

import os
from typing import Any

from ecs_failure_alerts import FailureAlerter
from ecs_failure_alerts.notifiers.sentry import SentryNotifier

ALERTER = FailureAlerter(SentryNotifier(os.environ["ECS_ALERTS_SENTRY_DSN"], attempts=1))


def lambda_handler(event: Any, context: Any) -> dict[str, Any]:
    """Deal with whatever Lambda hands over."""
    return ALERTER.handle(event, context)
