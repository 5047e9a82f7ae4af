"""Which rules and routes of a document can never fit, because what they ask for excludes itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from functools import cache
from itertools import product
from typing import Final

from attrs import frozen

from ..causes import LEVELS, TASK_CAUSES, TASK_WORKLOADS, Level, WorkloadType
from ..exceptions import Problem
from ..policy import FailurePolicy
from ..policy.conditions import CONDITIONS, Conditions
from ..policy.table import Kind, candidates
from ._paths import at_index
from .values import Configuration

#: A service's name is known of what is a service's; of a job of AWS Batch it could be.
_OF_SERVICES: Final = (WorkloadType.SERVICE, WorkloadType.BATCH)

#: The account in a cluster's ARN.
_ACCOUNT: Final = re.compile("arn:[^:*]*:ecs:[^:*]*:([0-9]{12}):")


@frozen(slots=False, eq=False, repr=False)
class _Trait:
    """
    What only some kinds of failures have.

    Attributes:
        name: The condition that asks for it.
        whose: Who has it, in words.
        has: Whether a cause of a type of workload can have it.
    """

    name: str
    whose: str
    has: Callable[[Kind], bool]


def _may_be_task(kind: Kind) -> bool:
    return kind[0] in TASK_CAUSES and kind[1] in TASK_WORKLOADS


_TRAITS: Final = (
    _Trait("cause", "tasks", lambda kind: kind[0] not in TASK_CAUSES or _may_be_task(kind)),
    _Trait("container", "tasks", _may_be_task),
    _Trait("exit_code", "tasks", _may_be_task),
    _Trait("service", "services", lambda kind: kind[1] in _OF_SERVICES),
)


def conditions_of(configuration: Configuration) -> Iterator[tuple[str, Conditions]]:
    """Yield what each rule and each route asks for, with its path."""
    for index, rule in enumerate(configuration.rules):
        yield at_index("rules", index), rule
    for index, route in enumerate(configuration.routes):
        given = {name: route[name] for name in CONDITIONS if name in route}
        yield at_index("routes", index), Conditions(**given)


def find_contradictions(configuration: Configuration) -> Iterator[Problem]:
    """Find the rules and routes that certainly fit nothing, and the routes that hear nothing."""
    policy = FailurePolicy(rules=configuration.rules)

    @cache
    def loudest(kind: Kind) -> int:
        levels = (row.level for row in candidates(policy.own_rows, kind))
        return min((LEVELS.index(level) for level in levels if level), default=len(LEVELS))

    routes = {at_index("routes", n): route for n, route in enumerate(configuration.routes)}
    for path, conditions in conditions_of(configuration):
        why = _exclusion(conditions) or _other_account(conditions)
        if why:
            yield Problem(path, f"it never fits: {why}: leave out one of them")
        elif path in routes and {"cause", "workload", "min_level"} & routes[path].keys():
            heard = min(map(loudest, _kinds(conditions)))
            if heard > LEVELS.index(routes[path].get("min_level", LEVELS[-1])):
                yield Problem(path, _silence(heard))


def _kinds(conditions: Conditions) -> Iterator[Kind]:
    return product(conditions.causes, conditions.workloads)


def _exclusion(conditions: Conditions) -> str:
    """Return which conditions exclude each other; empty if none do."""
    asked = [trait for trait in _TRAITS if trait.name in conditions.given]
    kinds = list(_kinds(conditions)) if asked else []

    for trait in asked:
        kinds = [kind for kind in kinds if trait.has(kind)]
        if not kinds:
            others = [name for name in ("cause", "workload") if name != trait.name]
            what, rest = (_words(conditions, names) for names in ([trait.name], others))
            return f"{what} is of {trait.whose}, and {rest} is not"
    return ""


def _words(conditions: Conditions, names: Collection[str]) -> str:
    return str(Conditions(**{k: v for k, v in conditions.given.items() if k in names}))


def _other_account(conditions: Conditions) -> str:
    """Return that every cluster is certainly of an account that is not asked for."""
    found = [_ACCOUNT.match(cluster) for cluster in conditions.cluster]
    accounts = [match[1] for match in found if match]

    is_certain = len(accounts) == len(found) and "*" not in "".join(conditions.account)
    if not (accounts and conditions.account and is_certain) or {*accounts} & {*conditions.account}:
        return ""
    return (
        f"the cluster is of account {' or '.join(accounts)}, not {' or '.join(conditions.account)}"
    )


def _silence(heard: int) -> str:
    """Return why a route takes nothing of what it fits."""
    levels: tuple[Level, ...] = LEVELS[heard:]
    if not levels:
        return "it takes nothing: what it fits is silent: add a rule that gives it a level"
    return (
        f"it takes nothing: what it fits is {levels[0]} at most: lower min_level, or add a rule "
        "with a higher level"
    )
