"""An Amazon ECS task dies, and somebody learns why."""

from typing import TYPE_CHECKING

from ._version import __version__
from .alerter import FailureAlerter, Outcome, Report
from .alerts import Alert, Milestone, build_alert
from .causes import Cause
from .diagnosis import Diagnosis, Workload, diagnose
from .events import Container, TaskStateChange, parse_event
from .exceptions import (
    DeliveryError,
    DeliveryFailed,
    EcsFailureAlertsError,
    EventError,
    InvalidPattern,
    Problem,
    SettingsError,
    UnsupportedEvent,
)
from .notifiers import Notifier, Receipt, function_notifier
from .policy import FailurePolicy, WorkloadType
from .settings import alerter_from_env
from .sources import SourceRecord, read_payload

if TYPE_CHECKING:
    from .patterns import EventPattern

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
    "parse_event",
    "read_payload",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    """Load the patterns for who asks for them: a Lambda does not."""
    if name == "EventPattern":
        from .patterns import EventPattern  # noqa: PLC0415

        return EventPattern
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
