"""What a document has to no effect: a notifier that no route names, a rule that never decides."""

from __future__ import annotations

from collections.abc import Iterator

from ..conditions import Conditions
from ..exceptions import Problem
from ..rules import Rule
from ._paths import at_index, at_key
from .values import Configuration


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

    for index, rule in enumerate(rules):
        for later in range(index + 1, len(rules)):
            if rules[later].until is None and _covers(rules[later], rule):
                yield Problem(
                    at_index("rules", index),
                    f"it never decides: {at_index('rules', later)} stands later and fits "
                    "whatever it fits",
                )
                break


def _covers(wide: Conditions, narrow: Conditions) -> bool:
    """Return whether *wide* certainly fits whatever *narrow* fits."""
    given = narrow.given
    if isinstance(wide, Rule) and wide.level and ("cause" in given) > bool(wide.cause):
        return False  # without a cause, a rule with a level is for failures alone
    return all(
        name in given and ("*" in values or set(given[name]) <= set(values))
        for name, values in wide.given.items()
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
