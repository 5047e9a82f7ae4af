"""The rows that the fields of a policy are: its levels, its lists, its rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from attrs import frozen

from ._policy_table import DEFAULT_OF, Kind, Row, candidates, words
from .cases import Case
from .causes import TASK_CAUSES, Cause, WorkloadType, causes_named, workloads_named
from .conditions import Conditions
from .rules import Rule

if TYPE_CHECKING:
    from .policy import FailurePolicy

_EVERY_KIND: Final = frozenset(DEFAULT_OF)


def rows_of(policy: FailurePolicy) -> tuple[Row, ...]:
    """Return the rows of all that *policy* says, in the order in which they count."""
    levels = tuple(_levels(policy))
    return (*levels, *_ignored(policy), *_scopes(policy), *_rules(policy, levels))


def _levels(policy: FailurePolicy) -> Iterator[Row]:
    for (cause, type_), level in policy.levels.items():
        causes, types = causes_named(cause), workloads_named(type_)
        yield Row("levels", words(cause, types), level, _kinds(causes, types))


def _ignored(policy: FailurePolicy) -> Iterator[Row]:
    types, codes = policy.ignore_workloads, policy.ignore_exit_codes
    if types:
        tasks = f"tasks of workload {' or '.join(types)}"
        yield Row("ignore_workloads", tasks, None, _kinds(TASK_CAUSES, types))
    if codes:
        rule = Rule(None, cause=Cause.CONTAINER_EXIT, exit_code=sorted(codes))
        kinds = _kinds(rule.causes, rule.workloads)
        yield Row("ignore_exit_codes", str(rule), None, kinds, rule)


def _scopes(policy: FailurePolicy) -> Iterator[Row]:
    if policy.clusters:
        yield _outside("clusters", cluster=policy.clusters)
    if policy.services and policy.families:
        yield _outside("services, families", service=policy.services, family=policy.families)
    elif policy.services:
        yield _outside("services", service=policy.services)
    elif policy.families:
        yield _outside("families", family=policy.families)


def _outside(name: str, **places: Any) -> Row:
    outside = _Outside(tuple(Conditions(**{key: value}) for key, value in places.items()))
    return Row(name, str(outside), None, _EVERY_KIND, outside)


def _rules(policy: FailurePolicy, levels: tuple[Row, ...]) -> Iterator[Row]:
    if not policy.rules:
        return
    failures = frozenset(
        kind
        for kind, row in DEFAULT_OF.items()
        if row.level or next(candidates(levels, kind)).level
    )

    for index, rule in enumerate(policy.rules):
        kinds = _kinds(rule.causes, rule.workloads) if rule.cause or rule.workload else _EVERY_KIND
        if rule.level is not None and not rule.cause:
            kinds = failures.intersection(kinds)

        test = None if rule.is_certain else rule
        yield Row(f"rules[{index}]", str(rule), rule.level, kinds, test, rule)


def _kinds(causes: Iterable[Cause], types: Collection[WorkloadType]) -> frozenset[Kind]:
    return frozenset(product(causes, types))


@frozen(slots=False, eq=False, repr=False)
class _Outside:
    """
    What is at none of several places.

    Attributes:
        places: The places: clusters, or services and families, each with one condition.
    """

    places: tuple[Conditions, ...]

    def fits(self, case: Case) -> bool:
        """Return whether *case* is outside; a notice that does not say where it is, is not."""
        if case.cause not in TASK_CAUSES and not self._knows(case):
            return False
        return not any(place.fits(case) for place in self.places)

    def _knows(self, case: Case) -> bool:
        """Return whether *case* says where it is."""
        if any(place.cluster for place in self.places):
            return case.cluster is not None or case.cluster_arn is not None
        return case.service is not None or case.family is not None

    def __str__(self) -> str:
        return f"all but {' or '.join(map(str, self.places))}"
