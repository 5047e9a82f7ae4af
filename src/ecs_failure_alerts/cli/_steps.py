"""The trace of an event: each rule and route, and why it does not fit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Final, TypeAlias

from attrs import evolve, frozen

from ..causes import LEVELS
from ..delivery.routes import Route
from ..judging import Judgement
from ..policy.cases import Case, tag_key
from ..policy.conditions import CONDITIONS, Conditions
from ..policy.rules import Rule
from ..policy.table import Row

#: A route, with its place, such as ``routes[0]``.
NamedRoute: TypeAlias = tuple[str, Route]

#: The value of a case that each condition looks at, in words; empty if it has none.
_VALUES: Final[Mapping[str, Callable[[Case], str]]] = {
    "cause": lambda case: case.cause,
    "workload": lambda case: case.workload.type,
    "cluster": lambda case: case.cluster or "",
    "service": lambda case: case.service or "",
    "family": lambda case: case.family or "",
    "account": lambda case: case.account or "",
    "container": lambda case: " and ".join(case.containers),
    "exit_code": lambda case: " and ".join(
        "none" if code is None else str(code) for code in sorted(case.exit_codes, key=str)
    ),
}

_OF_CONTAINERS: Final = frozenset({"container", "exit_code"})


@frozen(slots=False, eq=False, repr=False)
class Step:
    """
    A rule or a route, and whether it fits an event.

    Attributes:
        name: Its place, such as ``rules[0]``.
        fits: Whether it fits.
        why_not: Why it does not fit; empty if it does.
        is_open: Whether a look-up decides if it fits.
    """

    name: str
    fits: bool
    why_not: str = ""
    is_open: bool = False


@frozen(slots=False, eq=False, repr=False)
class Trace:
    """
    The way of an event through the rules and the routes.

    Attributes:
        judgement: The judgement of the event.
        row: The row of the policy that decided.
        rules: A step for each rule and setting of the policy.
        routes: A step for each route; none without an alert.
        told: The names of the notifiers that get the alert.
        possible: The notifiers that get it too if a look-up finds a tag, in words.
        end: Why no notifier gets it; empty if one does.
        is_lost: Whether no route takes an alert that is due.
        is_rest: Whether only routes for the rest take it.
    """

    judgement: Judgement
    row: Row
    rules: Sequence[Step]
    routes: Sequence[Step]
    told: Sequence[str]
    possible: Sequence[str]
    end: str
    is_lost: bool
    is_rest: bool = False


def trace_event(
    judgement: Judgement, routes: Sequence[NamedRoute], looked_up: Collection[str] = ()
) -> Trace:
    """
    Follow an event through the rules of its policy and through the routes.

    Args:
        judgement: The judgement of the event.
        routes: The routes, each with its place.
        looked_up: The keys of the tags that are looked up for alerts, by `tag_key()`.
    """
    policy, case = judgement.policy, judgement.case
    row = policy.find_row(case)
    rules = [_rule_step(row, case, looked_up) for row in policy.own_rows]
    if not judgement.diagnosis.alert:
        return Trace(judgement, row, rules, (), (), (), "there is no alert", is_lost=False)

    fitting = [route for _, route in routes if route.takes(judgement)]
    first = [route for route in fitting if not (route.otherwise or route.drop)]
    takers = first or fitting
    told = tuple(dict.fromkeys(route.notifier.name for route in takers if route.notifier))
    steps = [
        _route_step(name, route, judgement, looked_up, taken=bool(first or (route.drop and told)))
        for name, route in routes
    ]
    possible = [
        f"{route.notifier.name} if it has the tag {' or '.join(route.tag)}"
        for (_, route), step in zip(routes, steps, strict=True)
        if step.is_open and route.notifier and route.notifier.name not in told
    ]

    is_dropped = not told and any(route.drop for route in takers)
    is_lost = not (told or is_dropped)
    end = _end(is_dropped=is_dropped, is_lost=is_lost)
    return Trace(
        judgement, row, rules, steps, told, possible, end, is_lost=is_lost, is_rest=not first
    )


def _end(*, is_dropped: bool, is_lost: bool) -> str:
    """Return why no notifier gets an alert; empty if one does."""
    if is_dropped:
        return "a route drops it"
    return "no route takes it, so it counts as not delivered" if is_lost else ""


def _rule_step(row: Row, case: Case, looked_up: Collection[str]) -> Step:
    why = _row_misfit(row, case)
    if why and row.rule and (case.cause, case.workload.type) in row.kinds:
        waits = _missing_tag(row.rule, case, looked_up)
        return Step(row.name, fits=False, why_not=waits or why, is_open=bool(waits))
    return Step(row.name, not why, why)


def _route_step(
    name: str, route: Route, judgement: Judgement, looked_up: Collection[str], *, taken: bool
) -> Step:
    case, level = judgement.case, judgement.as_alert().level
    why = misfit(route, case)
    waits = _missing_tag(route, case, looked_up) if why else ""

    if (not why or waits) and LEVELS.index(level) > LEVELS.index(route.min_level or LEVELS[-1]):
        least = "only fatal" if route.min_level == LEVELS[0] else f"{route.min_level} and above"
        return Step(name, fits=False, why_not=f"it takes {least}, and this is {level}")
    if not why and (route.drop or route.otherwise) and taken:
        why = "another route takes it"
    return Step(name, not why, waits or why, bool(waits))


def _missing_tag(conditions: Conditions, case: Case, looked_up: Collection[str]) -> str:
    """Name a tag that is looked up, if only that is missing; return an empty text if not."""
    pairs = [(key, tag_key(key), value) for key, _, value in map(_split, conditions.tag)]
    found = {
        spelled: value
        for _, spelled, value in pairs
        if spelled in looked_up and spelled not in case.tags
    }
    if not found or not conditions.fits(evolve(case, tags={**case.tags, **found})):
        return ""

    keys = dict.fromkeys(key for key, spelled, _ in pairs if spelled in found)
    return f"tag {' or '.join(keys)} is looked up when an alert is due"


def _split(tag: str) -> tuple[str, str, str]:
    return tag.partition("=")


def _row_misfit(row: Row, case: Case) -> str:
    """Return why a row of a policy does not fit; empty if it does."""
    kind_fits = (case.cause, case.workload.type) in row.kinds
    if kind_fits and (row.test is None or row.test(case)):
        return ""
    if not isinstance(row.rule, Rule):
        return f"it is for {row.conditions}"

    why = misfit(row.rule, case)
    if why:
        return why
    if not kind_fits:
        return "it names no cause, so it is for failures only"
    return "it has ended" if case.time else "it has an end, and the event has no time"


def misfit(conditions: Conditions, case: Case) -> str:
    """Name the condition that does not fit *case*, and the case's value; empty if all fit."""
    for name, values in conditions.given.items():
        condition = CONDITIONS[name]
        if not condition.fits(condition.resolve(values), case):
            return _tag_misfit(values, case) if name == "tag" else _misfit(name, values, case)
    return ""


def _misfit(name: str, values: Sequence[Any], case: Case) -> str:
    has = _VALUES[name](case)
    if has:
        why = f"{name} is {has}, not {' or '.join(map(str, values))}"
        alike = has.lower() in {str(value).lower() for value in values}
        return f"{why} (case matters)" if alike else why
    return "no container is at fault" if name in _OF_CONTAINERS else f"it has no {name}"


def _tag_misfit(tags: Sequence[str], case: Case) -> str:
    key, _, wanted = _split(tags[0])
    has = case.tags.get(tag_key(key))
    if has is None:
        return f"tag {key} is not known: only a look-up may find it"
    return f"tag {key} is {has}, not {wanted}"
