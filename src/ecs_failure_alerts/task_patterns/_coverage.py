"""The coverage of a pattern: the typical failures that it misses, and its needless alerts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from ..patterns import EventPattern
from ..patterns.compiled import SubRule
from ._catalogue import CATALOGUE
from ._endings import FAILURES, ROUTINE
from ._notice_catalogue import typical_notices
from ._scope import in_scope
from ._subject import asked_types, notice_rules, task_rules
from ._typical import TypicalEvent

#: Columns of a kind in a table at least.
_LEAST_COLUMNS: Final = 40


@frozen
class Count:
    """
    The counts of typical events of a kind.

    Attributes:
        number: The number of events that are missed, or that wake somebody.
        total: The number of all events of the kind.
    """

    number: int
    total: int

    def __str__(self) -> str:
        return f"{self.number} of {self.total}"


@frozen
class Coverage:
    """
    The typical events, sorted by whether they match as EventBridge would match them.

    Attributes:
        about_tasks: Whether the pattern is about ECS tasks.
        caught: The failures that match.
        missed: The failures that do not match.
        woken: Events that match although nothing failed, or before the task has stopped.
        quiet: Events that do not match and should not.
        outside: Events of workloads that the pattern is not about, such as jobs if it names a
            service.
        about_notices: Whether the pattern asks by name for notices, such as "ECS Service Action",
            and for no task. It is tried on the types that it asks for.
    """

    about_tasks: bool
    caught: tuple[TypicalEvent, ...] = ()
    missed: tuple[TypicalEvent, ...] = ()
    woken: tuple[TypicalEvent, ...] = ()
    quiet: tuple[TypicalEvent, ...] = ()
    outside: tuple[TypicalEvent, ...] = ()
    about_notices: bool = False

    @property
    def is_tried(self) -> bool:
        """Whether the pattern is about events that typical ones exist for."""
        return self.about_tasks or self.about_notices

    @property
    def misses(self) -> Mapping[str, Count]:
        """The number of missed failures of each kind; empty if none is missed."""
        return _counts(FAILURES, self.missed, self.caught)

    @property
    def wakes_for(self) -> Mapping[str, Count]:
        """The number of matching events of each routine kind; empty if none matches."""
        return _counts(ROUTINE, self.woken, self.quiet)

    def to_dict(self) -> dict[str, Any]:
        """Return the coverage as JSON values: counts by kind, and the titles of the events."""
        return {
            "about_tasks": self.about_tasks,
            "about_notices": self.about_notices,
            "failures": len(self.caught) + len(self.missed),
            "caught": len(self.caught),
            "misses": _as_json(self.misses, self.missed),
            "wakes_for": _as_json(self.wakes_for, self.woken),
            "outside": len(self.outside),
        }

    def __str__(self) -> str:
        if not self.is_tried:
            return "not about known events: there is nothing to try it on"

        failures = len(self.caught) + len(self.missed)
        lines = [
            f"catches    {len(self.caught)} of {failures} typical failures",
            *_table("misses", self.misses),
            *_table("wakes for", self.wakes_for),
        ]
        if self.outside:
            lines.append(f"not about  {len(self.outside)} typical events of other workloads")
        return "\n".join(lines)


def coverage(pattern: EventPattern | str | bytes | Mapping[str, Any]) -> Coverage:
    """
    Match a pattern against typical events, exactly as EventBridge does.

    A pattern about ECS tasks is tried on some 60 ends of tasks. Any other is tried on the events
    of the types that it asks for by name, such as "ECS Service Action".

    If the pattern names a cluster, a service, a family or a container, the typical events get that
    name, if they can have it.

    Args:
        pattern: A pattern, or its JSON.

    Returns:
        The events that it catches, misses and wakes somebody for.

    Raises:
        InvalidPattern: EventBridge would refuse the pattern.
    """
    if not isinstance(pattern, EventPattern):
        pattern = EventPattern.from_json(pattern)

    if rules := task_rules(pattern):
        return _sort(pattern, rules, CATALOGUE, about_tasks=True)
    if rules := notice_rules(pattern):
        return _sort(pattern, rules, typical_notices(asked_types(rules)), about_tasks=False)
    return Coverage(about_tasks=False)


#: The place of an event: by whether it is a failure, and whether it matches.
_PLACES: Final = {
    (True, True): "caught",
    (True, False): "missed",
    (False, True): "woken",
    (False, False): "quiet",
}


def _sort(
    pattern: EventPattern,
    rules: Sequence[SubRule],
    events: Sequence[TypicalEvent],
    *,
    about_tasks: bool,
) -> Coverage:
    """Sort the typical events into their places."""
    variants = {event: in_scope(event.event, rules) for event in events}
    nobody = not any(variants.values())  # names that no workload has: the pattern misses all

    places: dict[str, list[TypicalEvent]] = {place: [] for place in (*_PLACES.values(), "outside")}
    for event, named in variants.items():
        matches = any(map(pattern.matches, named))
        place = _PLACES[event.is_failure, matches] if named or nobody else "outside"
        places[place].append(event)

    caught, missed, woken, quiet, outside = map(tuple, places.values())
    return Coverage(about_tasks, caught, missed, woken, quiet, outside, not about_tasks)


def _counts(
    kinds: Iterable[str], some: Sequence[TypicalEvent], others: Sequence[TypicalEvent]
) -> Mapping[str, Count]:
    numbers = Counter(event.kind for event in some)
    totals = numbers + Counter(event.kind for event in others)
    ordered = dict.fromkeys((*kinds, *(event.kind for event in some)))
    return {kind: Count(numbers[kind], totals[kind]) for kind in ordered if numbers[kind]}


def _table(label: str, counts: Mapping[str, Count]) -> Iterator[str]:
    width = max((_LEAST_COLUMNS, *map(len, counts)))
    for index, (kind, count) in enumerate(counts.items()):
        yield f"{label if index == 0 else '':<10} {kind:<{width}} {count}"


def _as_json(counts: Mapping[str, Count], events: Sequence[TypicalEvent]) -> dict[str, Any]:
    return {
        kind: {
            "number": count.number,
            "of": count.total,
            "events": [event.title for event in events if event.kind == kind],
        }
        for kind, count in counts.items()
    }
