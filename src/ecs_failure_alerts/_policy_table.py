"""A policy as one table: every field of it becomes rows, and the last row that fits decides."""

# Theory of operation: the rows that can fit a cause of a type of workload are found once, when the
# policy is made. They stand last first, and end with the last one that needs nothing else to fit;
# for the default policy that is one row. So an event is compared with few rows, whatever the
# policy has, and an event pattern can ask whether any of them alerts.

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from attrs import frozen

from ._policy_fields import NEVER_ALERTING
from .cases import Case
from .causes import ANY, CAUSES, TASK_CAUSES, Cause, Level, WorkloadType, causes_named
from .causes import workloads_named as types_named
from .conditions import Conditions
from .rules import Rule

if TYPE_CHECKING:
    from .policy import FailurePolicy


class Test(Protocol):
    """What a row asks of a case, beside its cause and its type of workload."""

    def fits(self, case: Case) -> bool:
        """Return whether *case* fits."""


@frozen(slots=False, eq=False, repr=False)
class Row:
    """
    One row of a policy's table.

    Attributes:
        name: Where the row comes from: ``default``, a field of the policy, or ``rules[0]``.
        conditions: What it fits, in words.
        level: The level at which what fits alerts; None for silence.
        why: Why there is this row; None where nobody has said it.
        causes: The causes that it is for.
        workloads: The types of workload that it is for.
        test: What else a case has to fit; None where that is nothing.
    """

    name: str
    conditions: str
    level: Level | None
    why: str | None
    causes: Collection[Cause]
    workloads: Collection[WorkloadType]
    test: Test | None = None


#: For each cause and type of workload the rows that can fit, the last first.
Table: TypeAlias = Mapping[tuple[Cause, WorkloadType], tuple[Row, ...]]


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


def rows_of(policy: FailurePolicy) -> tuple[Row, ...]:
    """Return the rows of all that *policy* says, in the order in which they count."""
    return (*_levels(policy), *_ignored(policy), *_scopes(policy), *_rules(policy))


def _defaults() -> Iterator[Row]:
    for cause, entry in CAUSES.items():
        for level in dict.fromkeys(entry.levels.values()):
            types = [type_ for type_ in WorkloadType if entry.levels[type_] == level]
            yield Row("default", _words(cause, types), level, None, (cause,), types)


def _levels(policy: FailurePolicy) -> Iterator[Row]:
    for (cause, type_), level in policy.levels.items():
        causes, types = causes_named(cause), types_named(type_)
        yield Row("levels", _words(cause, types), level, None, causes, types)


def _ignored(policy: FailurePolicy) -> Iterator[Row]:
    types, codes = policy.ignore_workloads, policy.ignore_exit_codes
    if types:
        words = f"tasks of workload {' or '.join(types)}"
        yield Row("ignore_workloads", words, None, None, tuple(TASK_CAUSES), types)
    if codes:
        rule = Rule(None, cause=Cause.CONTAINER_EXIT, exit_code=sorted(codes))
        yield _row("ignore_exit_codes", rule)


def _scopes(policy: FailurePolicy) -> Iterator[Row]:
    if policy.clusters:
        yield _outside("clusters", cluster=policy.clusters)
    if policy.services and policy.families:
        yield _outside("services, families", service=policy.services, family=policy.families)
    elif policy.services:
        yield _outside("services", service=policy.services)
    elif policy.families:
        yield _outside("families", family=policy.families)


def _rules(policy: FailurePolicy) -> Iterator[Row]:
    for index, rule in enumerate(policy.rules):
        yield _row(f"rules[{index}]", rule)


def _outside(name: str, **places: Any) -> Row:
    outside = _Outside(tuple(Conditions(**{key: value}) for key, value in places.items()))
    return Row(name, str(outside), None, None, tuple(Cause), tuple(WorkloadType), outside)


def _row(name: str, rule: Rule) -> Row:
    test = None if rule.is_certain else rule
    return Row(name, str(rule), rule.level, rule.why, rule.causes, rule.workloads, test)


def _words(cause: str, types: Collection[WorkloadType]) -> str:
    """Return a cause and types of workload in words."""
    what = [] if cause == ANY else [f"cause {cause}"]
    what += [f"workload {' or '.join(types)}"] if len(types) < len(WorkloadType) else []
    return ", ".join(what) or "everything"


def resolve(rows: Iterable[Row]) -> Table:
    """Return which of *rows*, after those of every policy, can fit each cause and workload."""
    table = dict(_DEFAULT_TABLE)
    for row in rows:
        for cause in row.causes:
            for type_ in row.workloads if cause not in NEVER_ALERTING else ():
                key = cause, type_
                table[key] = (row, *table[key]) if row.test else (row,)
    return table


#: The rows of every policy, and which of them decides.
DEFAULTS: Final = tuple(_defaults())
_DEFAULT_TABLE: Final[Table] = {
    (cause, type_): (row,) for row in DEFAULTS for cause in row.causes for type_ in row.workloads
}
