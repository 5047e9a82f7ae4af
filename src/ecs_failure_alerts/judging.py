"""
From a raw event to its judgement: typed event, diagnosis, alert.

This is the only place that walks all three. A kind of event is one row of `KINDS`, which
brings its reader, its diagnosis, its alert's words and its event pattern.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import field, frozen

from ._json import load
from .alerts import Alert
from .diagnosis import Diagnosis
from .exceptions import EventError
from .policy import FailurePolicy
from .tasks.alert import build_task_alert
from .tasks.diagnosis import diagnose_task
from .tasks.events import DETAIL_TYPE, SOURCE, TaskStateChange
from .tasks.reader import parse_event

if TYPE_CHECKING:
    from .patterns import EventPattern

RawEvent: TypeAlias = Mapping[str, Any] | str | bytes | bytearray

_DEFAULT_POLICY: Final = FailurePolicy()


@frozen
class EventKind:
    """
    One kind of event that the library knows.

    Attributes:
        source: The ``source`` of its events.
        detail_type: Their ``detail-type``.
        type: The class of the typed event.
        parse: Reads an event, or raises `EventError` with every fault that decides.
        diagnose: Explains a typed event; total and pure.
        build_alert: Puts a typed event and its diagnosis into words.
        event_pattern: Builds the pattern of a rule that misses no alert.
    """

    source: str
    detail_type: str
    type: type[TaskStateChange]
    parse: Callable[[Mapping[str, Any]], TaskStateChange]
    diagnose: Callable[[TaskStateChange, FailurePolicy], Diagnosis]
    build_alert: Callable[[TaskStateChange, Diagnosis], Alert]
    event_pattern: Callable[[FailurePolicy], EventPattern]


_TASKS: Final = EventKind(
    SOURCE,
    DETAIL_TYPE,
    TaskStateChange,
    partial(parse_event, strict=False),
    diagnose_task,
    build_task_alert,
    FailurePolicy.event_pattern,
)

KINDS: Final = (_TASKS,)

_BY_DETAIL_TYPE: Final = {(kind.source, kind.detail_type): kind for kind in KINDS}
_BY_CLASS: Final = {kind.type: kind for kind in KINDS}


@frozen
class Judgement:
    """
    What the library makes of one event.

    Attributes:
        event: The typed event.
        diagnosis: Why the run failed, and whether that alerts.
        alert: The alert; None where none is due.
    """

    event: TaskStateChange
    diagnosis: Diagnosis
    alert: Alert | None = field(default=None, repr=False)

    def as_alert(self) -> Alert:
        """Return the alert, or how it would read where none is due: at level ``info``."""
        return self.alert or build_alert(self.event, self.diagnosis)


def judge(event: RawEvent, policy: FailurePolicy = _DEFAULT_POLICY) -> Judgement:
    """
    Read *event*, diagnose it, and build the alert where one is due.

    Args:
        event: One EventBridge event, as a mapping or as JSON text.
        policy: What counts as a failure.

    Raises:
        EventError: It is not an event, or fields that decide have a wrong type; ``problems``
            lists every one. A fault in another field leaves the alert standing, and is named in
            it; but where no alert is due and the fault hides whose event it is, it is raised.
        UnsupportedEvent: It is an event of a source or detail-type that the library does not
            know.
    """
    raw = load(event) if isinstance(event, str | bytes | bytearray) else event
    kind = _kind_of(raw)

    typed = kind.parse(raw)
    diagnosis = kind.diagnose(typed, policy)
    if typed.hides_its_name and not diagnosis.alert:
        raise EventError(typed.faults)
    alert = kind.build_alert(typed, diagnosis) if diagnosis.alert else None

    return Judgement(typed, diagnosis, alert)


def diagnose(event: TaskStateChange, policy: FailurePolicy = _DEFAULT_POLICY) -> Diagnosis:
    """
    Explain why a run failed, and whether *policy* asks for an alert.

    Args:
        event: Any task state change; one that has not stopped is a cause too.
        policy: What alerts, and which containers count.

    Returns:
        The diagnosis. Every event gets one.
    """
    return _BY_CLASS[type(event)].diagnose(event, policy)


def build_alert(event: TaskStateChange, diagnosis: Diagnosis) -> Alert:
    """
    Build the alert for a failure.

    Args:
        event: The typed event.
        diagnosis: What `diagnose()` made of it.

    Returns:
        The alert. It is built for any diagnosis, at level ``info`` where the policy asks
        for none.
    """
    return _BY_CLASS[type(event)].build_alert(event, diagnosis)


def _kind_of(event: Any) -> EventKind:
    """Return the kind that reads *event*; the tasks' reader refuses what is of no kind."""
    if not isinstance(event, Mapping):
        return _TASKS
    source, detail_type = event.get("source"), event.get("detail-type")

    if isinstance(source, str) and isinstance(detail_type, str):
        return _BY_DETAIL_TYPE.get((source, detail_type), _TASKS)
    return _TASKS
