"""
For tests: events to change, a notifier that records, a Sentry server on loopback.

Nothing here is loaded by ``import ecs_failure_alerts``.
"""

from ._envelopes import EnvelopeItem
from ._events import ABSENT, task_state_change
from ._inbox import SentryInbox
from ._recording import RecordingNotifier
from ._requests import InboxRequest

__all__ = [
    "ABSENT",
    "EnvelopeItem",
    "InboxRequest",
    "RecordingNotifier",
    "SentryInbox",
    "task_state_change",
]
