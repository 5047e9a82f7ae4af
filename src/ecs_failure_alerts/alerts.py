"""
The alert: what leaves the account, field by field, independent of any backend.

Every value is named one by one. Nothing is copied from the raw event, because its ``overrides``
hold secrets.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from attrs import evolve, field, frozen

from ._texts import cut
from ._values import Value
from .causes import Cause, Level
from .diagnosis import Workload

#: The beginning of the last line of every alert's message: what to do next.
NEXT: Final = "Next: "


@frozen(slots=False, eq=False, repr=False)
class Milestone(Value):
    """
    A point of a task's life.

    Attributes:
        name: created, pull started, pull stopped, started, execution stopped, stopping, stopped.
        at: The time in UTC.
    """

    name: str
    at: datetime


def _aware(_: LogLine, __: object, at: datetime) -> None:
    """Check that a time has a time zone, because otherwise it could not be sorted."""
    if at.tzinfo is None:
        raise ValueError(f"expected a time with a time zone, got {at.isoformat()} without one")


@frozen(slots=False, eq=False, repr=False)
class LogLine(Value):
    """
    A line that a container wrote.

    Attributes:
        at: The time in UTC.
        message: The line, redacted and cut.
        container: The container's name in the task definition.

    Raises:
        ValueError: *at* has no time zone.
    """

    at: datetime = field(validator=_aware)
    message: str
    container: str


@frozen(slots=False, eq=False, repr=False)
class Alert(Value):
    """
    One failure, ready for any backend.

    Attributes:
        event_id: 32 hex digits that come from the task alone, so a backend can recognize a
            repeated delivery. A collapsed alert has an id made of those of its failures.
        timestamp: When the task stopped; None if the event has no time at all.
        title: A title to scan, such as ``OutOfMemory: daily-etl``; at most 200 characters.
        message: The summary, where and when, what ECS says about each container at fault, what
            the event cannot tell, and what to do next, each on its own line.
        level: fatal, error, warning or info.
        fingerprint: Equal for failures of the same kind: account, Region, cluster, workload,
            cause, containers at fault, and exit codes if the cause is container_exit.
        cause: Why the task stopped.
        workload: What it was part of.
        tags: Short and searchable values, each on one line of at most 200 characters.
        contexts: The details: ``ecs_task``, ``ecs_diagnosis``, ``ecs_timeline``, one for each
            container, and ``ecs_collapsed`` for several failures. Each is a flat mapping of JSON
            values.
        timeline: The task's life, oldest first.
        url: The task in the AWS console; None if the event does not tell enough.
        log: The last lines of its containers, if they were looked up.
        release: The release that failed, if it was looked up.
        links: Further helpful addresses, by what they show.
    """

    event_id: str
    timestamp: datetime | None
    title: str
    message: str
    level: Level
    fingerprint: tuple[str, ...]
    cause: Cause
    workload: Workload
    tags: Mapping[str, str]
    contexts: Mapping[str, Mapping[str, Any]]
    timeline: tuple[Milestone, ...]
    url: str | None
    log: tuple[LogLine, ...] = field(default=(), repr=False)
    release: str | None = None
    links: Mapping[str, str] = field(factory=dict)

    def __hash__(self) -> int:
        return object.__hash__(self)  # mappings have no hash

    def to_dict(self) -> dict[str, Any]:
        """Return the alert as JSON values."""
        return {
            "event_id": self.event_id,
            "timestamp": iso_time(self.timestamp),
            "title": self.title,
            "message": self.message,
            "level": self.level,
            "fingerprint": list(self.fingerprint),
            "cause": self.cause.value,
            "workload": {"type": self.workload.type.value, "name": self.workload.name},
            "tags": dict(self.tags),
            "contexts": {name: dict(context) for name, context in self.contexts.items()},
            "timeline": [{"name": m.name, "at": iso_time(m.at)} for m in self.timeline],
            "url": self.url,
            "log": [
                {"at": iso_time(line.at), "message": line.message, "container": line.container}
                for line in self.log
            ],
            "release": self.release,
            "links": dict(self.links),
        }


def iso_time(at: datetime | None) -> str | None:
    """Return a time in UTC as AWS writes it, with milliseconds."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z") if at else None


def named_links(alert: Alert) -> dict[str, str]:
    """Return the addresses in *alert* by what they show; ECS forgets a stopped task in an hour."""
    name = "AWS console (for an hour)" if "ecs_task" in alert.contexts else "AWS console"
    return {**({name: alert.url} if alert.url else {}), **alert.links}


def cut_message(message: str, limit: int) -> str:
    """Return an alert's message with *limit* characters at most; what to do next stays in it."""
    if len(message) <= limit:
        return message
    said, begins, hint = message.rpartition(f"\n{NEXT}")

    last = cut(begins + hint, limit * 3 // 4) if begins else ""
    return cut(said or hint, limit - len(last)) + last


def add_line(alert: Alert, line: str) -> Alert:
    """Return *alert* with one line more in its message, before what to do next."""
    said, hint_begins, hint = alert.message.rpartition(f"\n{NEXT}")
    return evolve(alert, message=f"{said}\n{line}{hint_begins}{hint}")
