"""An Amazon ECS task dies, and somebody learns why."""

from typing import TYPE_CHECKING

from ._version import __version__
from .alerter import FailureAlerter
from .alerts import Alert, LogLine, Milestone
from .causes import Cause, WorkloadType
from .diagnosis import Diagnosis, Workload
from .exceptions import (
    ConfigError,
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
    from .delivery.routes import Route
    from .enrichment import Enricher, Evidence
    from .notices import Notice, parse_notice
    from .patterns import EventPattern
    from .policy.rules import Rule

__all__ = [
    "Alert",
    "Cause",
    "ConfigError",
    "Container",
    "DeliveryError",
    "DeliveryFailed",
    "Diagnosis",
    "EcsFailureAlertsError",
    "Enricher",
    "EventError",
    "EventPattern",
    "Evidence",
    "FailureAlerter",
    "FailurePolicy",
    "InvalidPattern",
    "Judgement",
    "LogLine",
    "Milestone",
    "Notice",
    "Notifier",
    "Outcome",
    "Problem",
    "Receipt",
    "Report",
    "Route",
    "Rule",
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
    "parse_notice",
    "read_payload",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def __getattr__(name: str) -> object:
    """Load what a Lambda that sees tasks alone does without: notices, patterns, routes, rules."""
    if name in {"Enricher", "Evidence"}:
        from . import enrichment  # noqa: PLC0415

        return getattr(enrichment, name)
    if name in {"Notice", "parse_notice"}:
        from . import notices  # noqa: PLC0415

        return getattr(notices, name)
    if name == "EventPattern":
        from .patterns import EventPattern  # noqa: PLC0415

        return EventPattern
    if name == "Route":
        from .delivery.routes import Route  # noqa: PLC0415

        return Route
    if name == "Rule":
        from .policy.rules import Rule  # noqa: PLC0415

        return Rule
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
