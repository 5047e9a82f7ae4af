"""A span of events: their number, the first time and the last time."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from attrs import Factory, define

from ..alerts import iso_time

#: The word in place of a level for events without an alert.
SILENT = "silent"


@define
class Span:
    """
    The number and times of events of one kind.

    Attributes:
        levels: The number of events at each level, or silent.
        first: The time of the first one; None if no event has a time.
        last: The time of the last one.
    """

    levels: Counter[str] = Factory(Counter)
    first: datetime | None = None
    last: datetime | None = None

    def add(self, level: str, at: datetime | None) -> None:
        """Count an event."""
        self.levels[level] += 1
        if at is not None:
            self.first = at if self.first is None else min(self.first, at)
            self.last = at if self.last is None else max(self.last, at)

    def merge(self, other: Span) -> None:
        """Add the counts of *other*."""
        self.levels += other.levels
        for at in (other.first, other.last):
            if at is not None:
                self.first = at if self.first is None else min(self.first, at)
                self.last = at if self.last is None else max(self.last, at)

    @property
    def events(self) -> int:
        """The number of events."""
        return self.levels.total()

    @property
    def alerts(self) -> int:
        """The number of events that alert."""
        return self.events - self.levels[SILENT]

    def to_dict(self) -> dict[str, Any]:
        """Return the span as JSON values."""
        return {
            "events": self.events,
            "alerts": self.alerts,
            "levels": {level: n for level, n in self.levels.most_common() if level != SILENT},
            "first": iso_time(self.first),
            "last": iso_time(self.last),
        }
