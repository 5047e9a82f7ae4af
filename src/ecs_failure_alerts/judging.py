"""
The judgement of a raw event: typed event, diagnosis and alert.

This is the only place that goes through all three. A kind of event is one row of `KINDS`, with its
reader, its diagnosis and its alert. Notices are loaded when the first one comes, because most
functions see only tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from attrs import field, frozen

from . import _texts
from ._frames import without_locals
from ._json import OBJECT, load
from ._values import Value
from .alerts import Alert
from .diagnosis import Diagnosis
from .exceptions import EventError, Problem, UnsupportedEvent
from .policy import FailurePolicy
from .policy.cases import Case
from .tasks.alert import build_task_alert, build_task_title
from .tasks.diagnosis import diagnose_task
from .tasks.events import DETAIL_TYPE, SOURCE, TaskStateChange
from .tasks.reader import parse_event

if TYPE_CHECKING:
    from .notices import Notice
    from .tasks.definitions import TaskDefinition

RawEvent: TypeAlias = Mapping[str, Any] | str | bytes | bytearray

#: A typed event of any kind.
Event: TypeAlias = "TaskStateChange | Notice"

_DEFAULT_POLICY: Final = FailurePolicy()

_BURIED: Final = (
    "expected a known event, got another one with {} inside: pass the inner event itself"
)


@frozen(slots=False, eq=False, repr=False)
class EventKind:
    """
    A kind of event that the library knows.

    Attributes:
        parse: Reads a raw event, or raises `EventError` with every fault that decides.
        diagnose: Explains a typed event; total and pure.
        build_alert: Puts a typed event and its diagnosis into words.
        build_title: Builds the alert's title alone.
    """

    parse: Callable[[Any], Event]
    diagnose: Callable[[Any, FailurePolicy], Diagnosis]
    build_alert: Callable[[Any, Diagnosis], Alert]
    build_title: Callable[[Any, Diagnosis], str]


@cache
def _tasks() -> EventKind:
    parse = partial(parse_event, strict=False)
    return EventKind(parse, diagnose_task, build_task_alert, build_task_title)


@cache
def _notices() -> EventKind:
    from . import notices  # noqa: PLC0415 - most functions never see one

    return EventKind(
        notices.parse_notice,
        notices.diagnose_notice,
        notices.build_notice_alert,
        notices.build_notice_title,
    )


#: The kinds, by what their typed events are.
KINDS: Final[Mapping[str, Callable[[], EventKind]]] = {"task": _tasks, "notice": _notices}


@frozen(slots=False, eq=False, repr=False)
class Judgement(Value):
    """
    The judgement of one event.

    Attributes:
        event: The typed event.
        diagnosis: Why the run failed, and whether that alerts.
        alert: The alert; None if none is due, or none was asked for.
        policy: The policy that decided.
    """

    event: Event
    diagnosis: Diagnosis
    alert: Alert | None = field(default=None, repr=False)
    policy: FailurePolicy = field(default=_DEFAULT_POLICY, repr=False)

    @property
    def case(self) -> Case:
        """The basis of the decision, for rules and routes."""
        return self.diagnosis.case

    @property
    def version(self) -> int:
        """The version of the failure's state; of several, the highest counts."""
        return self.event.version or 0

    @property
    def title(self) -> str:
        """The alert's title, or what it would be."""
        return KINDS[_kind_of(self.event)]().build_title(self.event, self.diagnosis)

    def as_alert(self) -> Alert:
        """Return the alert; if none is due, one at level ``info``."""
        return self.alert or build_alert(self.event, self.diagnosis)


@without_locals
def judge(
    event: RawEvent, policy: FailurePolicy | None = None, *, with_alert: bool = True
) -> Judgement:
    """
    Read *event*, diagnose it, and build the alert if one is due.

    Args:
        event: One EventBridge event, as a mapping or as JSON text.
        policy: What counts as a failure; None for the default policy.
        with_alert: Whether to build the alert. That takes as long as all the rest.

    Raises:
        EventError: The input is not an event, or fields that decide something have a wrong type;
            ``problems`` has every fault. A fault in another field is only named in the alert. It
            is raised if no alert is due and it hides whose event this is.
        UnsupportedEvent: The library does not know the event's source or detail-type.
        TypeError: *policy* is not a policy.
    """
    policy = policy_or_default(policy)
    raw = load(event) if isinstance(event, str | bytes | bytearray) else event
    kind = KINDS[_kind_of_raw(raw)]()

    try:
        typed = kind.parse(raw)
    except UnsupportedEvent:
        from .sources.buried import find_buried  # noqa: PLC0415 - for unknown events only

        if what := find_buried(raw):
            raise EventError([Problem("", _BURIED.format(what))]) from None
        raise
    diagnosis = kind.diagnose(typed, policy)
    if not diagnosis.alert and typed.hides_its_name:
        raise EventError(typed.faults)
    wanted = diagnosis.alert and with_alert
    alert = kind.build_alert(typed, diagnosis) if wanted else None

    return Judgement(typed, diagnosis, alert, policy)


@without_locals
def diagnose(
    event: Event,
    policy: FailurePolicy | None = None,
    definition: TaskDefinition | None = None,
) -> Diagnosis:
    """
    Explain why a run failed, and whether *policy* asks for an alert.

    Args:
        event: Any task state change, even of a task that has not stopped; or any notice.
        policy: What alerts, and which containers count; None for the default policy.
        definition: The task's definition, if it was looked up: it tells which containers are
            essential. It has no effect on a notice.

    Returns:
        The diagnosis. Every event gets one.

    Raises:
        TypeError: *policy* is not a policy.
    """
    policy = policy_or_default(policy)
    if definition is not None and isinstance(event, TaskStateChange):
        return diagnose_task(event, policy, definition)
    return KINDS[_kind_of(event)]().diagnose(event, policy)


@without_locals
def build_alert(event: Event, diagnosis: Diagnosis) -> Alert:
    """
    Build the alert for a failure.

    Args:
        event: The typed event.
        diagnosis: Its diagnosis, from `diagnose()`.

    Returns:
        The alert. It is built for any diagnosis, at level ``info`` if the policy asks for none.
    """
    return KINDS[_kind_of(event)]().build_alert(event, diagnosis)


def policy_or_default(policy: FailurePolicy | None) -> FailurePolicy:
    """Return *policy*, or the default one for None; refuse anything else."""
    if not isinstance(policy, FailurePolicy | None):
        raise TypeError(
            f"policy: expected a FailurePolicy, got {_texts.kind(policy)}: "
            "build one by FailurePolicy(...)"
        )
    return policy or _DEFAULT_POLICY


def _kind_of(event: Event) -> str:
    return "task" if isinstance(event, TaskStateChange) else "notice"


def _kind_of_raw(event: Any) -> str:
    """Return the kind of *event*; anything that is no event goes to the reader of tasks."""
    if not isinstance(event, OBJECT):
        return "task"
    source, detail_type = event.get("source"), event.get("detail-type")

    typed = isinstance(source, str) and isinstance(detail_type, str)
    return "notice" if typed and (source, detail_type) != (SOURCE, DETAIL_TYPE) else "task"
