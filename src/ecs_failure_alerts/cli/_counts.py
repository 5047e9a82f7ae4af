"""What several events were, in one line."""

from __future__ import annotations

from collections import Counter
from typing import Final

from attrs import Factory, define

from .._texts import counted
from ..causes import Cause
from ..exceptions import EventError, UnsupportedEvent
from ..judging import Judgement

#: The group whose members' own names say enough.
_START_FAILURES: Final = "failed_to_start"


@define
class Counts:
    """
    What the events were that a command has read.

    Attributes:
        alerts: How many alerts each cause has.
        silent: Events that do not alert.
        ignored: Events of another source or type.
        unreadable: What is no event, or a malformed one.
    """

    alerts: Counter[Cause] = Factory(Counter)
    silent: int = 0
    ignored: int = 0
    unreadable: int = 0

    def add(self, verdict: Judgement | EventError) -> None:
        """Count one more event, by what was made of it."""
        if isinstance(verdict, UnsupportedEvent):
            self.ignored += 1
        elif isinstance(verdict, EventError):
            self.unreadable += 1
        elif not verdict.diagnosis.alert:
            self.silent += 1
        else:
            self.alerts[verdict.diagnosis.cause] += 1

    def __iadd__(self, other: Counts) -> Counts:
        """Count what *other* has counted as well."""
        for cause, number in other.alerts.items():
            self.alerts[cause] += number
        self.silent += other.silent
        self.ignored += other.ignored
        self.unreadable += other.unreadable
        return self

    @property
    def events(self) -> int:
        """How many there were."""
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
    """Return the name of *cause*, without the group where the rest says enough."""
    name = cause.value.removeprefix(f"{_START_FAILURES}.")
    return _START_FAILURES if name == "other" else name
