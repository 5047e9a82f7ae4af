"""What a document has to no effect: a notifier that no route names, a rule that never decides."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias

from ..causes import Level
from ..exceptions import Problem
from ._paths import at_index, at_key
from .values import Configuration

#: The values of each condition of a rule.
_Given: TypeAlias = Mapping[str, frozenset[Any]]

#: Where `_by_value()` keeps the rules that fit any value.
_WIDE: Final = (("", "*"),)


def find_unused(configuration: Configuration) -> Iterator[Problem]:
    """Find what has no effect."""
    yield from _unused_notifiers(configuration)
    yield from _unreachable_rules(configuration)
    yield from _unreachable_drop(configuration)


def _unused_notifiers(configuration: Configuration) -> Iterator[Problem]:
    named = {route.get("notifier") for route in configuration.routes}
    for name in configuration.notifiers:
        if configuration.routes and name not in named:
            yield Problem(
                at_key("notifiers", name), "no route names this notifier, so it gets no alerts"
            )


def _unreachable_rules(configuration: Configuration) -> Iterator[Problem]:
    rules = configuration.rules
    given = [{name: frozenset(values) for name, values in rule.given.items()} for rule in rules]
    endless = _by_value(given, [index for index, rule in enumerate(rules) if rule.until is None])

    for index, narrow in enumerate(given):
        # What covers a rule has every value of it, so that the first of each condition will do.
        values = [(name, next(iter(found))) for name, found in narrow.items()]
        near = {later for value in (*values, *_WIDE) for later in endless.get(value, ())}
        covers = (
            later
            for later in sorted(near)
            if later > index and _covers(given[later], narrow, rules[later].level)
        )
        for later in islice(covers, 1):
            yield Problem(
                at_index("rules", index),
                f"it never decides: {at_index('rules', later)} stands later and fits "
                "whatever it fits",
            )


def _by_value(
    given: Sequence[_Given], indexes: Iterable[int]
) -> Mapping[tuple[str, Any], Sequence[int]]:
    """Return rules by the values of the condition that the fewest rules share."""
    times = Counter(value for conditions in given for value in _values(conditions))
    found: dict[tuple[str, Any], list[int]] = defaultdict(list)

    for index in indexes:
        conditions = given[index] or {"": frozenset({"*"})}
        rarest = min(
            conditions, key=lambda name: sum(times[name, value] for value in conditions[name])
        )
        for value in conditions[rarest]:
            found["" if value == "*" else rarest, value].append(index)
    return found


def _values(conditions: _Given) -> Iterator[tuple[str, Any]]:
    return ((name, value) for name, values in conditions.items() for value in values)


def _covers(wide: _Given, narrow: _Given, level: Level | None) -> bool:
    """Return whether a rule of this level certainly fits whatever *narrow* fits."""
    if level and "cause" in narrow and "cause" not in wide:
        return False  # without a cause, a rule with a level is for failures alone
    return all(
        name in narrow and ("*" in values or narrow[name] <= values)
        for name, values in wide.items()
    )


def _unreachable_drop(configuration: Configuration) -> Iterator[Problem]:
    *others, last = configuration.routes or ({},)
    if "drop" not in last:
        return

    for index, route in enumerate(others):
        if set(route) <= {"notifier", "collapse"}:
            yield Problem(
                at_index("routes", len(others)),
                f"nothing is left to drop: {at_index('routes', index)} takes every alert",
            )
            return
