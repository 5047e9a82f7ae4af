"""An Amazon ECS task dies, and somebody learns why."""

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
from .patterns import EventPattern
from .policy import FailurePolicy, WorkloadType
from .settings import alerter_from_env
from .sources import SourceRecord, read_payload

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
