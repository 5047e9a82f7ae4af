"""A policy as one table, of which the last row that fits decides."""

# Theory of operation: the rows stand in the order in which they count, and the last that fits
# decides. What a row asks of cause and type of workload is told apart from the rest, because an
# event pattern knows no more than these two: it asks which rows may fit.

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Final, Protocol

from attrs import frozen

from ._policy_fields import NEVER_ALERTING
from .cases import Case
from .causes import ANY, CAUSES, Cause, Level, WorkloadType


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


def _defaults() -> Iterator[Row]:
    for cause, entry in CAUSES.items():
        for level in dict.fromkeys(entry.levels.values()):
            types = [type_ for type_ in WorkloadType if entry.levels[type_] == level]
            yield Row("default", words(cause, types), level, None, (cause,), types)


def words(cause: str, types: Collection[WorkloadType]) -> str:
    """Return a cause and types of workload in words."""
    what = [] if cause == ANY else [f"cause {cause}"]
    what += [f"workload {' or '.join(types)}"] if len(types) < len(WorkloadType) else []
    return ", ".join(what) or "everything"


#: The rows of every policy, and which of them counts.
DEFAULTS: Final = tuple(_defaults())
_DEFAULT: Final[Mapping[tuple[Cause, WorkloadType], Row]] = {
    (cause, type_): row for row in DEFAULTS for cause in row.causes for type_ in row.workloads
}


def candidates(rows: Sequence[Row], cause: Cause, type_: WorkloadType) -> Iterator[Row]:
    """
    Return the rows that may fit a cause of a type of workload, the last first.

    Args:
        rows: The rows of a policy.
        cause: The cause.
        type_: The type of workload.

    Returns:
        Rows of which the last has no test, so that one of them fits.
    """
    for row in reversed(rows) if cause not in NEVER_ALERTING else ():
        if cause in row.causes and type_ in row.workloads:
            yield row
            if row.test is None:
                return

    yield _DEFAULT[cause, type_]
