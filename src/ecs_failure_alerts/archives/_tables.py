"""The tables of a report, for its text and its page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from attrs import frozen

from .._texts import clean, counted
from ..diagnosis import Workload
from ._archive import ArchiveReport, by_alerts
from ._comparison import Comparison
from ._span import Span

#: Characters at most of a workload's name, and of an ARN.
_NAME_CHARACTERS: Final = 60
_ARN_CHARACTERS: Final = 200

#: Changes in the table at most; the JSON form has all.
_MOST_CHANGES: Final = 50

#: The text in place of an empty table of changes.
NO_DIFFERENCE: Final = "The policies judge every event alike."


@frozen
class Table:
    """
    A table.

    Attributes:
        title: Its title.
        head: The titles of its columns.
        rows: Its rows; numbers are integers.
    """

    title: str
    head: tuple[str, ...]
    rows: list[tuple[str | int, ...]]


def named_reports(report: ArchiveReport | Comparison) -> list[tuple[str, ArchiveReport]]:
    """Return the reports in *report*, each with the prefix of its headline."""
    if isinstance(report, Comparison):
        return [("A: ", report.a), ("B: ", report.b)]
    return [("", report)]


def headline(report: ArchiveReport) -> str:
    """Return the counts of a report in one line."""
    total = report.total
    parts = [
        counted(report.events, "event"),
        counted(total.alerts, "alert"),
        f"{total.events - total.alerts:,} silent",
        *(what.format(n) for n, what in _others(report) if n),
    ]
    when = f", {_day(total.first)} to {_day(total.last)}" if total.first else ""
    return f"{parts[0]}: {', '.join(parts[1:])}{when}"


def _others(report: ArchiveReport) -> Iterator[tuple[int, str]]:
    yield report.ignored, "{:,} ignored"
    yield report.unreadable, "{:,} unreadable"
    yield report.repeated, "at least {:,} repeated"


def tables(report: ArchiveReport | Comparison) -> Iterator[Table]:
    """Build the tables of a report or a comparison; empty ones are left out."""
    built = _compared(report) if isinstance(report, Comparison) else _reported(report)
    yield from (table for table in built if table.rows)


def _reported(report: ArchiveReport) -> Iterator[Table]:
    yield Table(
        "By cause",
        ("cause", "workload", "alerts", "silent", "first", "last"),
        [
            (cause.value, kind.value, *_cells(span))
            for (cause, kind), span in by_alerts(report.causes)
        ],
    )

    yield Table(
        "The workloads with the most alerts",
        ("workload", "main cause", "alerts", "silent", "first", "last"),
        [
            (_name(workload), report.blame[workload].most_common(1)[0][0].value, *_cells(span))
            for workload, span in report.worst
        ],
    )

    yield Table(
        "By day",
        ("day (UTC)", "main cause", "alerts"),
        [
            (day.isoformat(), causes.most_common(1)[0][0].value, causes.total())
            for day, causes in sorted(report.days.items())
        ],
    )


def _compared(comparison: Comparison) -> Iterator[Table]:
    yield Table(
        "Where the policies differ",
        ("cause", "workload", "A", "B", "events", "first", "last", "example"),
        [
            (
                change.cause.value,
                _name(change.workload),
                change.before,
                change.after,
                changed.span.events,
                _day(changed.span.first),
                _day(changed.span.last),
                clean(changed.examples[0], _ARN_CHARACTERS) if changed.examples else "",
            )
            for change, changed in comparison.by_size[:_MOST_CHANGES]
        ],
    )


def _cells(span: Span) -> tuple[int, int, str, str]:
    return span.alerts, span.events - span.alerts, _day(span.first), _day(span.last)


def _name(workload: Workload) -> str:
    return clean(str(workload), _NAME_CHARACTERS)


def _day(at: datetime | None) -> str:
    return at.date().isoformat() if at else ""
