"""An Amazon ECS task dies, and somebody learns why."""

from typing import TYPE_CHECKING

from ._version import __version__
from .alerter import FailureAlerter
from .alerts import Alert, Milestone
from .causes import Cause, WorkloadType
from .diagnosis import Diagnosis, Workload
from .exceptions import (
    DeliveryError,
    EcsFailureAlertsError,
    EventError,
    InvalidPattern,
    Problem,
    SettingsError,
    UnsupportedEvent,
)
from .judging import Judgement, build_alert, diagnose, judge
from .notifiers import Notifier, Receipt, function_notifier
from .policy import FailurePolicy
from .report import DeliveryFailed, Outcome, Report
from .settings import alerter_from_env
from .sources import SourceRecord, read_payload
from .tasks.events import Container, TaskStateChange
from .tasks.reader import parse_event

if TYPE_CHECKING:
    from .patterns._pattern import EventPattern

__all__ = [
    "Alert",
    "Cause",
    "Container",
    "DeliveryError",
    "DeliveryFailed",
    "Diagnosis",
    "EcsFailureAlertsError",
    "EventError",
    "EventPattern",
    "FailureAlerter",
    "FailurePolicy",
    "InvalidPattern",
    "Judgement",
    "Milestone",
    "Notifier",
    "Outcome",
    "Problem",
    "Receipt",
    "Report",
    "SettingsError",
    "SourceRecord",
    "TaskStateChange",
    "UnsupportedEvent",
    "Workload",
    "WorkloadType",
    "__version__",
    "alerter_from_env",
    "build_alert",
    "diagnose",
    "function_notifier",
    "judge",
    "parse_event",
    "read_payload",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    """Load the patterns for who asks for them: a Lambda does not."""
    if name == "EventPattern":
        from .patterns._pattern import EventPattern  # noqa: PLC0415

        return EventPattern
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
