"""The counts of several events in one line."""

from __future__ import annotations

from collections import Counter
from typing import Final

from attrs import Factory, define

from .._texts import counted
from ..causes import Cause
from ..exceptions import EventError, UnsupportedEvent
from ..judging import Judgement

#: The group whose members' names are clear without it.
_START_FAILURES: Final = "failed_to_start"


@define
class Counts:
    """
    The counts of the events that a command has read.

    Attributes:
        alerts: The number of alerts by cause.
        silent: The number of events that do not alert.
        ignored: The number of events of another source or type.
        unreadable: The number of malformed events, and of inputs that are not events.
    """

    alerts: Counter[Cause] = Factory(Counter)
    silent: int = 0
    ignored: int = 0
    unreadable: int = 0

    def add(self, verdict: Judgement | EventError) -> None:
        """Count one more event, by its judgement or error."""
        if isinstance(verdict, UnsupportedEvent):
            self.ignored += 1
        elif isinstance(verdict, EventError):
            self.unreadable += 1
        elif not verdict.diagnosis.alert:
            self.silent += 1
        else:
            self.alerts[verdict.diagnosis.cause] += 1

    def __iadd__(self, other: Counts) -> Counts:
        """Add the counts of *other*."""
        for cause, number in other.alerts.items():
            self.alerts[cause] += number
        self.silent += other.silent
        self.ignored += other.ignored
        self.unreadable += other.unreadable
        return self

    @property
    def events(self) -> int:
        """The number of events."""
        return sum(self.alerts.values()) + self.silent + self.ignored + self.unreadable

    def __str__(self) -> str:
        causes = ", ".join(f"{n:,} {_short(cause)}" for cause, n in self.alerts.most_common())
        parts = [counted(self.alerts.total(), "alert") + (f" ({causes})" if causes else "")]

        others = {
            "silent": self.silent,
            "ignored": self.ignored,
            "unreadable": self.unreadable,
        }
        parts += [f"{number:,} {name}" for name, number in others.items() if number]

        return f"{counted(self.events, 'event')}: {', '.join(parts)}"


def _short(cause: Cause) -> str:
    """Return the name of *cause*, without the group if the rest is clear."""
    name = cause.value.removeprefix(f"{_START_FAILURES}.")
    return _START_FAILURES if name == "other" else name
