"""Failures of one kind that came at once, told as one alert."""

# Theory of operation: a backend drops an alert whose id it has had before, whatever is in it. So an
# alert for several failures has an id of its own, made of exactly these: with one more or less of
# them it is another alert. A failure may be told twice, never not at all.

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from attrs import evolve

from ..alerts import Alert, add_line, iso_time
from ..causes import LEVELS
from ..notifiers import Notifier
from ._delivery import Shipment
from ._receipts import ReceiptBook

#: So many tasks are named.
_NAMED: Final = 5

#: The tag that alerts about a task have, and notices have not.
TASK_ID: Final = "ecs.task_id"

#: When a failure without time counts as having happened: after all others.
_NO_TIME: Final = datetime.max.replace(tzinfo=UTC)


def shipments_of(
    alerts: Iterable[Alert], notifier: Notifier, book: ReceiptBook
) -> Iterator[Shipment]:
    """
    Find what *notifier* is to be sent, if alerts with one fingerprint are to be one.

    What it has confirmed already goes alone, because the book answers for it.

    Args:
        alerts: Alerts for the notifier.
        notifier: The notifier.
        book: What it has confirmed.
    """
    groups: dict[tuple[str, ...], list[Alert]] = {}
    for alert in sorted(alerts, key=in_order):
        if book.find(alert.event_id, notifier):
            yield Shipment(alert, notifier)
        else:
            groups.setdefault(alert.fingerprint, []).append(alert)

    for group in groups.values():
        yield Shipment(collapse(group), notifier, tuple(alert.event_id for alert in group))


def collapse(alerts: Sequence[Alert]) -> Alert:
    """
    Return one alert for several failures of one kind.

    It is the first of them, and tells how many there are and whose the first few. Its id is that of
    the first only where it is alone.

    Args:
        alerts: At least one, sorted by `in_order()`.
    """
    first, count = alerts[0], len(alerts)
    if count == 1:
        return first
    tasks = [alert.tags[TASK_ID] for alert in alerts if TASK_ID in alert.tags]
    times = [alert.timestamp for alert in alerts if alert.timestamp is not None]

    context: dict[str, Any] = {
        "count": count,
        "task_ids": ", ".join(tasks[:_NAMED]),
        "first_at": iso_time(min(times, default=None)),
        "last_at": iso_time(max(times, default=None)),
    }
    return evolve(
        add_line(first, _sentence(count, tasks)),
        event_id=_id(alert.event_id for alert in alerts),
        level=min((alert.level for alert in alerts), key=LEVELS.index),
        tags={**first.tags, "ecs.collapsed": str(count)},
        contexts={**first.contexts, "ecs_collapsed": {k: v for k, v in context.items() if v}},
    )


def _id(event_ids: Iterable[str]) -> str:
    """Return the id of an alert for these failures, in whatever order they came."""
    from hashlib import sha256  # noqa: PLC0415 - slow to import, needed for alerts only

    return sha256(" ".join(("failures:", *sorted(event_ids))).encode()).hexdigest()[:32]


def _sentence(count: int, tasks: Sequence[str]) -> str:
    """Return how many failures an alert tells, and the first few tasks."""
    said = f"{count} failures of this kind came at once; this alert stands for all of them"
    if not tasks:
        return f"{said}."

    more = count - len(tasks[:_NAMED])
    rest = f" and {more} more" if more else ""
    return f"{said}: {', '.join(tasks[:_NAMED])}{rest}."


def in_order(alert: Alert) -> tuple[datetime, str]:
    """Return by what alerts are sorted: when it happened, and then the id."""
    return alert.timestamp or _NO_TIME, alert.event_id
