"""A comparison of how two policies judge the same events."""

from __future__ import annotations

from typing import Any, Final

from attrs import Factory, define, field

from .._frames import without_locals
from ..causes import Cause
from ..diagnosis import Workload
from ..exceptions import EventError
from ..judging import Event, RawEvent, diagnose, judge
from ..policy import FailurePolicy
from ._archive import ArchiveReport, check_policies, time_of
from ._span import SILENT, Span

#: Examples of a change at most: tasks, or other subjects.
_MOST_EXAMPLES: Final = 3


@define(frozen=True)
class Change:
    """
    A kind of event that two policies judge differently.

    Attributes:
        cause: The cause.
        workload: The workload.
        before: The level by the first policy, or silent.
        after: The level by the second policy, or silent.
    """

    cause: Cause
    workload: Workload
    before: str
    after: str


@define
class ChangedEvents:
    """
    The events of one change.

    Attributes:
        span: Their number and times.
        examples: The ARNs of a few tasks, or of other subjects.
    """

    span: Span = Factory(Span)
    examples: list[str] = Factory(list)

    def add(self, event: Event, level: str) -> None:
        """Count an event."""
        self.span.add(level, time_of(event))
        if event.subject and len(self.examples) < _MOST_EXAMPLES:
            self.examples.append(event.subject)

    def merge(self, other: ChangedEvents) -> None:
        """Add the counts of *other*."""
        self.span.merge(other.span)
        self.examples = [*self.examples, *other.examples][:_MOST_EXAMPLES]


@define
class Comparison:
    """
    How two policies judge past events, and where they differ.

    Comparisons add up, as reports do.

    Attributes:
        a: The report of the first policy.
        b: The report of the second policy.
        changes: The events that they judge differently, by kind.
    """

    a: ArchiveReport
    b: ArchiveReport
    changes: dict[Change, ChangedEvents] = field(factory=dict)

    @classmethod
    def of(cls, a: FailurePolicy, b: FailurePolicy) -> Comparison:
        """Build an empty comparison of two policies."""
        return cls(ArchiveReport(a), ArchiveReport(b))

    @without_locals
    def add(self, event: RawEvent) -> None:
        """
        Count one event.

        Args:
            event: One EventBridge event, as a mapping or as JSON text. One that cannot be read is
                counted as unreadable or ignored.
        """
        try:
            judgement = judge(event, self.a.policy, with_alert=False)
        except EventError as error:
            self.add_error(error)
            return

        typed, before = judgement.event, judgement.diagnosis
        after = diagnose(typed, self.b.policy)
        self.a.add_diagnosis(typed, before)
        self.b.add_diagnosis(typed, after)

        levels = before.level or SILENT, after.level or SILENT
        if levels[0] != levels[1]:
            change = Change(before.cause, before.workload, *levels)
            self.changes.setdefault(change, ChangedEvents()).add(typed, levels[1])

    def add_error(self, error: EventError) -> None:
        """Count an input for which `judge()` or `read_payload()` raised *error*."""
        self.a.add_error(error)
        self.b.add_error(error)

    def add_repeats(self, number: int) -> None:
        """Count so many of the events as ones that came a second time."""
        self.a.add_repeats(number)
        self.b.add_repeats(number)

    def add_skipped(self, number: int) -> None:
        """Count so many lines without JSON."""
        self.a.add_skipped(number)
        self.b.add_skipped(number)

    def merge(self, other: Comparison) -> None:
        """
        Add the counts of *other*.

        Raises:
            ValueError: The policies differ.
        """
        check_policies(self.a, other.a)
        check_policies(self.b, other.b)

        self.a.merge(other.a)
        self.b.merge(other.b)
        for change, events in other.changes.items():
            self.changes.setdefault(change, ChangedEvents()).merge(events)

    @property
    def by_size(self) -> list[tuple[Change, ChangedEvents]]:
        """The changes, the one with the most events first."""
        return sorted(
            self.changes.items(), key=lambda pair: (-pair[1].span.events, str(pair[0].workload))
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the comparison as JSON values."""
        return {
            "a": self.a.to_dict(),
            "b": self.b.to_dict(),
            "changes": [
                {
                    "cause": change.cause.value,
                    "workload": {"type": change.workload.type.value, "name": change.workload.name},
                    "a": change.before,
                    "b": change.after,
                    "events": changed.span.events,
                    "first": changed.span.to_dict()["first"],
                    "last": changed.span.to_dict()["last"],
                    "examples": changed.examples,
                }
                for change, changed in self.by_size
            ],
        }
