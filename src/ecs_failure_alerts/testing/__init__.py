"""
For tests: events to change, a notifier that records, a Sentry server on loopback.

``import ecs_failure_alerts`` loads nothing of it.
"""

from ._envelopes import EnvelopeItem
from ._events import ABSENT, task_state_change
from ._inbox import SentryInbox
from ._notices import (
    batch_job_state_change,
    deployment_state_change,
    execution_status_change,
    instance_health_change,
    schedule_dead_letter,
    service_action,
)
from ._recording import RecordingNotifier
from ._requests import InboxRequest

__all__ = [
    "ABSENT",
    "EnvelopeItem",
    "InboxRequest",
    "RecordingNotifier",
    "SentryInbox",
    "batch_job_state_change",
    "deployment_state_change",
    "execution_status_change",
    "instance_health_change",
    "schedule_dead_letter",
    "service_action",
    "task_state_change",
]
