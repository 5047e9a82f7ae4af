"""Warnings about a document: what has no effect, and what may not be meant."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from ..exceptions import Problem
from ..policy.cases import tag_key
from ._contradictions import conditions_of, find_contradictions
from ._paths import at_index, at_key
from ._rule_order import find_silence, find_unreachable
from .values import Configuration

#: Keys of a route that are no conditions: with these alone it takes every alert.
_NO_CONDITIONS: Final = frozenset({"notifier", "collapse", "otherwise"})

#: The type of workload whose events carry their tags.
_TAGGED: Final = ("batch",)


def find_flaws(configuration: Configuration) -> Iterator[Problem]:
    """
    Find what may not be meant, whatever the environment says.

    A rule that fits nothing is not told where it should stand, and of one that has ended only
    `find_ended()` tells.

    Args:
        configuration: What a document says.
    """
    now = datetime.now(UTC)
    ended = {problem.path for problem in find_ended(configuration, now)}
    contradictions = [p for p in find_contradictions(configuration) if p.path not in ended]
    hopeless = ended | {problem.path for problem in contradictions}

    yield from (p for p in find_unreachable(configuration.rules) if p.path not in hopeless)
    yield from find_silence(configuration.rules, now)
    yield from contradictions
    yield from _find_unreachable_drop(configuration)
    yield from _find_unreachable_rest(configuration)
    yield from _find_unrouted_alerts(configuration)


def find_ended(configuration: Configuration, now: datetime) -> Iterator[Problem]:
    """Find the rules that have ended by *now*."""
    for index, rule in enumerate(configuration.rules):
        if rule.has_ended(now):
            message = "this rule has ended: remove it, or set a later until"
            yield Problem(at_index("rules", index), message)


def find_missing_parts(
    configuration: Configuration, notifiers: Mapping[str, str], lookups: Mapping[str, Any]
) -> Iterator[Problem]:
    """
    Find what has no effect because something else is missing.

    Args:
        configuration: What a document says.
        notifiers: The path or the variable that sets each notifier, by its name.
        lookups: The arguments of the look-ups, of the document and the environment.
    """
    named = {route.get("notifier") for route in configuration.routes}
    for name, path in notifiers.items():
        if configuration.routes and name not in named:
            yield Problem(path, f"no route names the notifier {name}, so it gets no alerts")

    yield from _find_unknown_tags(configuration, lookups)


def _find_unknown_tags(
    configuration: Configuration, lookups: Mapping[str, Any]
) -> Iterator[Problem]:
    """Find the tags that rules or routes ask for and no look-up finds."""
    keys = tuple(lookups.get("keys", ()))
    wanted = "tags" in lookups.get("wanted", ())

    for path, conditions in conditions_of(configuration):
        missing = [
            key
            for key in conditions.tag_keys
            if not wanted or tag_key(key) not in map(tag_key, keys)
        ]
        if missing and conditions.workload != _TAGGED:
            advice = _advice(missing, keys, wanted=wanted)
            yield Problem(at_key(path, "tag"), f"no look-up finds the tag {missing[0]}: {advice}")


def _advice(missing: Iterable[str], keys: Iterable[str], *, wanted: bool) -> str:
    """Return what to do for a look-up to find the *missing* keys."""
    for key in missing:
        alike = [known for known in keys if known != key and known.lower() == key.lower()]
        if alike:
            return f"lookups.tag_keys has {alike[0]}, not {key}: case matters"

    both = json.dumps(list(dict.fromkeys((*keys, *missing))))
    if wanted:
        return f"set lookups.tag_keys = {both}"
    return f'set lookups.wanted = ["tags"] and lookups.tag_keys = {both}'


def _find_unrouted_alerts(configuration: Configuration) -> Iterator[Problem]:
    """Find routes that leave some alerts to nobody."""
    routes = configuration.routes
    if routes and not any(set(route) <= {*_NO_CONDITIONS, "drop"} for route in routes):
        yield Problem(
            "routes",
            "an alert that no route takes counts as not delivered: add a last route with "
            "otherwise = true, or with drop = true",
        )


def _find_unreachable_drop(configuration: Configuration) -> Iterator[Problem]:
    """Find a route that drops nothing, because an earlier one takes every alert."""
    *others, last = configuration.routes or ({},)
    if "drop" not in last:
        return

    for index, route in enumerate(others):
        if set(route) <= _NO_CONDITIONS:
            yield Problem(
                at_index("routes", len(others)),
                f"nothing is left to drop: {at_index('routes', index)} takes every alert",
            )
            return


def _find_unreachable_rest(configuration: Configuration) -> Iterator[Problem]:
    """Find the routes for the rest of the alerts if another route takes every alert."""
    routes = list(enumerate(configuration.routes))
    open_ones = [
        at for at, route in routes if set(route) <= _NO_CONDITIONS and not route.get("otherwise")
    ]

    for index, route in routes:
        if open_ones and route.get("otherwise"):
            message = (
                f"nothing is left for this route: {at_index('routes', open_ones[0])} takes every "
                "alert"
            )
            yield Problem(at_index("routes", index), message)
