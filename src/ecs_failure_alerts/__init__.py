"""An Amazon ECS task dies, and somebody learns why."""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from ._version import __version__
from .alerts import Alert, LogLine, Milestone
from .causes import Cause, WorkloadType
from .diagnosis import Diagnosis, Workload
from .exceptions import (
    AwsError,
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
from .policy import FailurePolicy
from .tasks.events import Container, TaskStateChange
from .tasks.reader import parse_event

if TYPE_CHECKING:
    from .alerter import FailureAlerter
    from .delivery.routes import Route
    from .enrichment import Enricher, Evidence
    from .notices import Notice, parse_notice
    from .notifiers import Notifier, Receipt, function_notifier
    from .patterns import EventPattern
    from .policy.rules import Rule
    from .report import DeliveryFailed, Outcome, Report
    from .settings import alerter_from_env
    from .sources import SourceRecord, read_payload

__all__ = [
    "Alert",
    "AwsError",
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


#: Names and their modules that are loaded at first use, because judging the events of tasks needs
#: none of them: payloads, notices, delivery, patterns and settings.
_LOADED_LATER: Final = {
    "DeliveryFailed": ".report",
    "Enricher": ".enrichment",
    "EventPattern": ".patterns",
    "Evidence": ".enrichment",
    "FailureAlerter": ".alerter",
    "Notice": ".notices",
    "Notifier": ".notifiers",
    "Outcome": ".report",
    "Receipt": ".notifiers",
    "Report": ".report",
    "Route": ".delivery.routes",
    "Rule": ".policy.rules",
    "SourceRecord": ".sources",
    "alerter_from_env": ".settings",
    "function_notifier": ".notifiers",
    "parse_notice": ".notices",
    "read_payload": ".sources",
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
