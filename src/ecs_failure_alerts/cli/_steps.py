"""How an event is decided, step by step: each rule and route, and why it does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from attrs import frozen

from .._policy_table import Row
from ..cases import Case, tag_key
from ..conditions import CONDITIONS, Conditions
from ..judging import Judgement
from ..routes import Route
from ..rules import Rule

#: What a case has of what a condition asks for, in words; empty where it has nothing.
_HAS: Final[Mapping[str, Callable[[Case], str]]] = {
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
    A rule or a route, and what it makes of an event.

    Attributes:
        name: Its place, such as ``rules[0]``.
        fits: Whether it is for the event.
        why_not: Why it is not; empty where it is.
    """

    name: str
    fits: bool
    why_not: str = ""


@frozen(slots=False, eq=False, repr=False)
class Course:
    """
    What becomes of an event.

    Attributes:
        judgement: What is made of it.
        row: The row of the policy that decided.
        rules: Each row that the policy has of its own.
        routes: Each route; none where nobody is to be told.
        told: The notifiers that are told.
        end: Why nobody is told; empty where somebody is.
        is_lost: Whether an alert is due that no route takes.
    """

    judgement: Judgement
    row: Row
    rules: Sequence[Step]
    routes: Sequence[Step]
    told: Sequence[str]
    end: str
    is_lost: bool


def course_of(judgement: Judgement, routes: Sequence[Route]) -> Course:
    """Follow an event through the rules of its policy, and through *routes*."""
    policy, case = judgement.policy, judgement.case
    misfits = [(row.name, _row_misfit(row, case)) for row in policy.own_rows]
    rules = [Step(name, not why, why) for name, why in misfits]
    row = policy.find_row(case)
    if not judgement.diagnosis.alert:
        return Course(judgement, row, rules, (), (), "there is no alert", is_lost=False)

    takers = [route for route in routes if not route.drop and route.takes(judgement)]
    told = tuple(dict.fromkeys(route.notifier.name for route in takers if route.notifier))
    steps = tuple(_route_steps(judgement, routes, taken=bool(told)))
    is_dropped = not told and any(route.drop and route.takes(judgement) for route in routes)
    end = "a route drops it" if is_dropped else "no route takes it, so it counts as not delivered"
    return Course(
        judgement, row, rules, steps, told, "" if told else end, is_lost=not (told or is_dropped)
    )


def _row_misfit(row: Row, case: Case) -> str:
    """Return why a row of a policy does not fit; empty where it does."""
    kind_fits = (case.cause, case.workload.type) in row.kinds
    if kind_fits and (row.test is None or row.test(case)):
        return ""
    if not isinstance(row.rule, Rule):
        return f"it is for {row.conditions}"

    why = misfit(row.rule, case)
    if why:
        return why
    if not kind_fits:
        return "it names no cause, so it is for failures alone"
    return "it has ended" if case.time else "it ends some day, and the event has no time"


def _route_steps(judgement: Judgement, routes: Sequence[Route], *, taken: bool) -> Iterator[Step]:
    for index, route in enumerate(routes):
        why = misfit(route, judgement.case)
        if not why and not route.takes(judgement):
            why = f"it takes {route.min_level} and above, and this is {judgement.diagnosis.level}"
        if not why and route.drop and taken:
            why = "another route takes it"
        yield Step(f"routes[{index}]", not why, why)


def misfit(conditions: Conditions, case: Case) -> str:
    """Return which condition does not fit *case*, and what the case has; empty if all fit."""
    for name, values in conditions.given.items():
        condition = CONDITIONS[name]
        if not condition.fits(condition.resolve(values), case):
            return _tag_misfit(values, case) if name == "tag" else _misfit(name, values, case)
    return ""


def _misfit(name: str, values: Sequence[Any], case: Case) -> str:
    has = _HAS[name](case)
    if has:
        return f"{name} is {has}, not {' or '.join(map(str, values))}"
    return "no container is at fault" if name in _OF_CONTAINERS else f"it has no {name}"


def _tag_misfit(tags: Sequence[str], case: Case) -> str:
    key, _, wanted = tags[0].partition("=")
    has = case.tags.get(tag_key(key))
    if has is None:
        return f"tag {key} is not known: only a look-up may find it"
    return f"tag {key} is {has}, not {wanted}"
