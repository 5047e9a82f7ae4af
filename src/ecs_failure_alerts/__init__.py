"""An Amazon ECS task dies, and somebody learns why."""

from importlib import import_module
from typing import TYPE_CHECKING, Final

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
from .sources import SourceRecord, read_payload
from .tasks.events import Container, TaskStateChange
from .tasks.reader import parse_event

if TYPE_CHECKING:
    from .delivery.routes import Route
    from .enrichment import Enricher, Evidence
    from .notices import Notice, parse_notice
    from .patterns import EventPattern
    from .policy.rules import Rule
    from .settings import alerter_from_env

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


#: What a function does without that sees tasks alone, or has its settings in code; by its module.
_LOADED_LATER: Final = {
    "Enricher": ".enrichment",
    "EventPattern": ".patterns",
    "Evidence": ".enrichment",
    "Notice": ".notices",
    "Route": ".delivery.routes",
    "Rule": ".policy.rules",
    "alerter_from_env": ".settings",
    "parse_notice": ".notices",
}


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# A type checker that saw this function would take any name for one of the package.
if not TYPE_CHECKING:  # pragma: no branch

    def __getattr__(name: str) -> object:
        """Load what not everybody needs when it is first asked for, and keep it."""
        if name not in _LOADED_LATER:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = globals()[name] = getattr(import_module(_LOADED_LATER[name], __name__), name)
        return value
