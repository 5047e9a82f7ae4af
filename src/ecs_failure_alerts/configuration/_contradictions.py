"""Rules and routes that can never fit, because their conditions contradict each other."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache
from itertools import product
from typing import Final

from attrs import frozen

from ..causes import BLAMELESS, LEVELS, TASK_CAUSES, TASK_WORKLOADS, Level, WorkloadType
from ..exceptions import Problem
from ..policy import FailurePolicy
from ..policy.conditions import CONDITIONS, Conditions
from ..policy.table import Kind, candidates
from ._paths import at_index
from .values import Configuration

#: The types of workload whose events may name a service.
_OF_SERVICES: Final = (WorkloadType.SERVICE, WorkloadType.BATCH)

#: The account in a cluster's ARN.
_ACCOUNT: Final = re.compile("arn:[^:*]*:ecs:[^:*]*:([0-9]{12}):")


@frozen(slots=False, eq=False, repr=False)
class _Trait:
    """
    A property that only some failures have.

    Attributes:
        name: The condition that asks for it.
        words: Why failures do not have it; ``{}`` stands for their cause and type of workload.
        has: Whether failures of a cause and a type of workload can have it.
    """

    name: str
    words: str
    has: Callable[[Kind], bool]


def _may_be_task(kind: Kind) -> bool:
    return kind[0] in TASK_CAUSES and kind[1] in TASK_WORKLOADS


def _may_blame(kind: Kind) -> bool:
    return kind[0] not in BLAMELESS


_TRAITS: Final = (
    _Trait(
        "cause",
        "only tasks have such a cause, and it asks for {}",
        lambda kind: kind[0] not in TASK_CAUSES or _may_be_task(kind),
    ),
    _Trait("container", "only tasks have containers, and it asks for {}", _may_be_task),
    _Trait("exit_code", "only tasks have exit codes, and it asks for {}", _may_be_task),
    _Trait("container", "container asks for one at fault, and with {} none is", _may_blame),
    _Trait(
        "exit_code", "exit_code is that of a container at fault, and with {} none is", _may_blame
    ),
    _Trait(
        "service",
        "only services have a service name, and it asks for {}",
        lambda kind: kind[1] in _OF_SERVICES,
    ),
)


def conditions_of(configuration: Configuration) -> Iterator[tuple[str, Conditions]]:
    """Yield the conditions of each rule and each route, with its path."""
    for index, rule in enumerate(configuration.rules):
        yield at_index("rules", index), rule
    for index, route in enumerate(configuration.routes):
        given = {name: route[name] for name in CONDITIONS if name in route}
        yield at_index("routes", index), Conditions(**given)


def find_contradictions(configuration: Configuration) -> Iterator[Problem]:
    """Find the rules and routes that fit no failure, and the routes whose level takes none."""
    policy = FailurePolicy(rules=configuration.rules)

    @cache
    def loudest(kind: Kind) -> int:
        levels = (row.level for row in candidates(policy.own_rows, kind))
        return min((LEVELS.index(level) for level in levels if level), default=len(LEVELS))

    routes = {at_index("routes", n): route for n, route in enumerate(configuration.routes)}
    for path, conditions in conditions_of(configuration):
        why = _exclusion(conditions) or _other_account(conditions)
        if why:
            what = "route" if path in routes else "rule"
            yield Problem(path, f"this {what} never fits, because {why}: leave out one of them")

        elif path in routes and {"cause", "workload", "min_level"} & routes[path].keys():
            highest = min(map(loudest, _kinds(conditions)))
            if highest > LEVELS.index(routes[path].get("min_level", LEVELS[-1])):
                yield Problem(path, _why_nothing(highest))


def _kinds(conditions: Conditions) -> Iterator[Kind]:
    return product(conditions.causes, conditions.workloads)


def _exclusion(conditions: Conditions) -> str:
    """Name the conditions that exclude each other; empty if none do."""
    asked = [trait for trait in _TRAITS if trait.name in conditions.given]
    kinds = list(_kinds(conditions)) if asked else []

    for trait in asked:
        kinds = [kind for kind in kinds if trait.has(kind)]
        if not kinds:
            rest = [name for name in ("cause", "workload") if name != trait.name]
            asked_for = Conditions(**{k: v for k, v in conditions.given.items() if k in rest})
            return trait.words.format(asked_for)
    return ""


def _other_account(conditions: Conditions) -> str:
    """Explain why no cluster is in the accounts asked for; empty if one may be."""
    found = [_ACCOUNT.match(cluster) for cluster in conditions.cluster]
    accounts = [match[1] for match in found if match]

    is_certain = len(accounts) == len(found) and "*" not in "".join(conditions.account)
    if not (accounts and conditions.account and is_certain) or {*accounts} & {*conditions.account}:
        return ""
    is_in, asked_for = map(" or ".join, (accounts, conditions.account))
    return f"the cluster is in account {is_in}, and it asks for account {asked_for}"


def _why_nothing(highest: int) -> str:
    """Explain why a route takes no alert; *highest* indexes the highest level of its alerts."""
    levels: tuple[Level, ...] = LEVELS[highest:]
    if not levels:
        return "this route takes nothing, because its failures are silent: add a rule with a level"
    return (
        f"this route takes nothing, because its failures are at most {levels[0]}: lower min_level, "
        "or add a rule with a higher level"
    )
