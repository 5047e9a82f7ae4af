"""How often something was, and when first and last."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from attrs import Factory, define

from ..alerts import iso_time

#: What stands in the place of a level where there is no alert.
SILENT = "silent"


@define
class Span:
    """
    Events of one kind.

    Attributes:
        levels: How many there were at each level, or silent.
        first: When the first one was; None where no event has a time.
        last: When the last one was.
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
        """Count what *other* has counted as well."""
        self.levels += other.levels
        for at in (other.first, other.last):
            if at is not None:
                self.first = at if self.first is None else min(self.first, at)
                self.last = at if self.last is None else max(self.last, at)

    @property
    def events(self) -> int:
        """How many there were."""
        return self.levels.total()

    @property
    def alerts(self) -> int:
        """How many of them alert."""
        return self.events - self.levels[SILENT]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "events": self.events,
            "alerts": self.alerts,
            "levels": {level: n for level, n in self.levels.most_common() if level != SILENT},
            "first": iso_time(self.first),
            "last": iso_time(self.last),
        }
