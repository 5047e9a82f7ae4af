"""One alert for several failures of one kind that came at once."""

# Theory of operation: a backend drops an alert whose id it has seen before, whatever is in it. So
# an alert for several failures has its own id, made of theirs: with one failure more or less it is
# another alert. A failure may be told twice, but is never left out.

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

#: Tasks that the alert names at most.
_MOST_TASKS: Final = 5

#: The tag of alerts about a task; alerts about a notice do not have it.
TASK_ID: Final = "ecs.task_id"

#: The time of a failure without one: it counts as the last.
_NO_TIME: Final = datetime.max.replace(tzinfo=UTC)


def shipments_of(
    alerts: Iterable[Alert], notifier: Notifier, book: ReceiptBook
) -> Iterator[Shipment]:
    """
    Find the shipments for *notifier*, with the alerts of one fingerprint as one.

    An alert that it has confirmed stays alone, because its receipt is in the book.

    Args:
        alerts: Alerts for the notifier.
        notifier: The notifier.
        book: The receipts of the notifier.
    """
    groups: dict[tuple[str, ...], list[Alert]] = {}
    for alert in sorted(alerts, key=by_time):
        if book.find(alert.event_id, notifier):
            yield Shipment(alert, notifier)
        else:
            groups.setdefault(alert.fingerprint, []).append(alert)

    for group in groups.values():
        yield Shipment(collapse(group), notifier, tuple(alert.event_id for alert in group))


def collapse(alerts: Sequence[Alert]) -> Alert:
    """
    Build one alert for several failures of one kind.

    It is the first alert, but its message begins with the number of failures and names the first
    few tasks. It keeps the id of the first alert only if there is no other.

    Args:
        alerts: At least one, sorted by `by_time()`.
    """
    first, count = alerts[0], len(alerts)
    if count == 1:
        return first
    tasks = [alert.tags[TASK_ID] for alert in alerts if TASK_ID in alert.tags]
    times = [alert.timestamp for alert in alerts if alert.timestamp is not None]

    context: dict[str, Any] = {
        "count": count,
        "task_ids": ", ".join(tasks[:_MOST_TASKS]),
        "first_at": iso_time(min(times, default=None)),
        "last_at": iso_time(max(times, default=None)),
    }
    first_with_tasks = add_line(first, _sentence(count, tasks)) if tasks else first
    return evolve(
        first_with_tasks,
        message=f"{count:,} failures at once. The first: {first_with_tasks.message}",
        event_id=_id(alert.event_id for alert in alerts),
        level=min((alert.level for alert in alerts), key=LEVELS.index),
        tags={**first.tags, "ecs.collapsed": str(count)},
        contexts={**first.contexts, "ecs_collapsed": {k: v for k, v in context.items() if v}},
    )


def _id(event_ids: Iterable[str]) -> str:
    """Return the id of an alert for these failures; their order does not matter."""
    from hashlib import sha256  # noqa: PLC0415 - slow to import, needed for alerts only

    return sha256(" ".join(("failures:", *sorted(event_ids))).encode()).hexdigest()[:32]


def _sentence(count: int, tasks: Sequence[str]) -> str:
    """Return a sentence with the first few tasks, and how many failures there are besides."""
    named = tasks[:_MOST_TASKS]
    more = count - len(named)
    rest = f" and {more} more" if more else ""
    return f"The failed tasks: {', '.join(named)}{rest}."


def by_time(alert: Alert) -> tuple[datetime, str]:
    """Return the sort key of an alert: the time of the failure, then the id."""
    return alert.timestamp or _NO_TIME, alert.event_id
