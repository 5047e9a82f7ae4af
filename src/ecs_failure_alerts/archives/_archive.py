"""A report on past events, in a form that adds up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

from attrs import Factory, define, field

from .._frames import without_locals
from ..causes import Cause, WorkloadType
from ..diagnosis import Diagnosis, Workload
from ..exceptions import EventError, UnsupportedEvent
from ..judging import Event, RawEvent, judge
from ..policy import FailurePolicy
from ..tasks.events import TaskStateChange
from ._span import SILENT, Span

#: Workloads in the list of the worst.
WORST: Final = 10


def _spans() -> defaultdict[Any, Span]:
    return defaultdict(Span)


def _counters() -> defaultdict[Any, Counter[Cause]]:
    return defaultdict(Counter)


@define
class ArchiveReport:
    """
    How a policy judges past events.

    Reports add up: build one for each part of an archive, in any process, and `merge()` them.

    Attributes:
        policy: What counts as a failure.
        ignored: The number of events of another source or type.
        unreadable: The number of malformed events, and of inputs that are not events.
        repeated: The number of events that came a second time, as far as is known; they count as
            any other.
        skipped: The number of lines without JSON; they are no events.
        causes: The events by cause and type of workload.
        workloads: The events by workload.
        blame: The alerts of each workload by cause.
        days: The alerts of each day, in UTC, by cause.
    """

    policy: FailurePolicy = field(factory=FailurePolicy, repr=False)
    ignored: int = 0
    unreadable: int = 0
    repeated: int = 0
    skipped: int = 0
    causes: dict[tuple[Cause, WorkloadType], Span] = Factory(_spans)
    workloads: dict[Workload, Span] = Factory(_spans)
    blame: dict[Workload, Counter[Cause]] = Factory(_counters)
    days: dict[date, Counter[Cause]] = Factory(_counters)

    @without_locals
    def add(self, event: RawEvent) -> None:
        """
        Count one event.

        Args:
            event: One EventBridge event, as a mapping or as JSON text. One that cannot be read is
                counted as unreadable or ignored.
        """
        try:
            judgement = judge(event, self.policy, with_alert=False)
        except EventError as error:
            self.add_error(error)
        else:
            self.add_diagnosis(judgement.event, judgement.diagnosis)

    def add_error(self, error: EventError) -> None:
        """Count an input for which `judge()` or `read_payload()` raised *error*."""
        if isinstance(error, UnsupportedEvent):
            self.ignored += 1
        else:
            self.unreadable += 1

    def add_repeats(self, number: int) -> None:
        """Count so many of the events as ones that came a second time."""
        self.repeated += number

    def add_skipped(self, number: int) -> None:
        """Count so many lines without JSON."""
        self.skipped += number

    @without_locals
    def add_diagnosis(self, event: Event, diagnosis: Diagnosis) -> None:
        """Count an event by its diagnosis."""
        at = time_of(event)
        cause, workload = diagnosis.cause, diagnosis.workload
        level = diagnosis.level or SILENT

        self.causes[cause, workload.type].add(level, at)
        self.workloads[workload].add(level, at)
        if diagnosis.alert:
            self.blame[workload][cause] += 1
            if at is not None:
                self.days[at.date()][cause] += 1

    def merge(self, other: ArchiveReport) -> None:
        """
        Add the counts of *other*.

        Raises:
            ValueError: The policies differ.
        """
        check_policies(self, other)
        self.ignored += other.ignored
        self.unreadable += other.unreadable
        self.repeated += other.repeated
        self.skipped += other.skipped

        for key, span in other.causes.items():
            self.causes[key].merge(span)
        for workload, span in other.workloads.items():
            self.workloads[workload].merge(span)
        for workload, causes in other.blame.items():
            self.blame[workload] += causes
        for day, causes in other.days.items():
            self.days[day] += causes

    @property
    def events(self) -> int:
        """The number of events, including those that are ignored or unreadable."""
        return self.total.events + self.ignored + self.unreadable

    @property
    def total(self) -> Span:
        """The span of all events that could be read."""
        total = Span()
        for span in self.causes.values():
            total.merge(span)
        return total

    @property
    def worst(self) -> list[tuple[Workload, Span]]:
        """The ten workloads with the most alerts, the worst first."""
        alerting = [pair for pair in self.workloads.items() if pair[1].alerts]
        return sorted(alerting, key=lambda pair: (-pair[1].alerts, str(pair[0])))[:WORST]

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON values."""
        total = self.total

        return {
            **total.to_dict(),
            "events": self.events,
            "silent": total.events - total.alerts,
            "ignored": self.ignored,
            "unreadable": self.unreadable,
            "repeated": self.repeated,
            "skipped": self.skipped,
            "causes": [
                {"cause": cause.value, "workload": kind.value, **span.to_dict()}
                for (cause, kind), span in by_alerts(self.causes)
            ],
            "workloads": [
                {
                    "workload": {"type": workload.type.value, "name": workload.name},
                    **span.to_dict(),
                    "causes": {
                        c.value: n for c, n in self.blame.get(workload, Counter()).most_common()
                    },
                }
                for workload, span in by_alerts(self.workloads)
            ],
            "days": {
                day.isoformat(): {cause.value: n for cause, n in causes.most_common()}
                for day, causes in sorted(self.days.items())
            },
        }


def by_alerts(spans: Mapping[Any, Span]) -> list[tuple[Any, Span]]:
    """Sort *spans*, the most alerts first, then the most events."""
    return sorted(spans.items(), key=lambda pair: (-pair[1].alerts, -pair[1].events, str(pair[0])))


def check_policies(report: ArchiveReport, other: ArchiveReport) -> None:
    """
    Check that two reports have the same policy.

    Raises:
        ValueError: The policies differ.
    """
    if report.policy != other.policy:
        raise ValueError(
            "expected two reports with the same policy, got different ones: build both with equal "
            "policies"
        )


def time_of(event: Event) -> datetime | None:
    """Return the time at which *event* happened."""
    if isinstance(event, TaskStateChange):
        return event.stopped_at or event.time
    return event.time
