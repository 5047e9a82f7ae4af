"""A policy as one table. The last row that fits decides."""

# Theory of operation: a later row counts more than an earlier one. The conditions of a row on
# cause and type of workload (its kinds) are kept apart from the rest, because an event pattern
# knows only these two: it asks which rows may fit.

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

from ..causes import ANY, CAUSES, Cause, Level, WorkloadType
from .cases import Case
from .fields import NEVER_ALERTING

if TYPE_CHECKING:
    from .rules import Rule


#: A cause and a type of workload.
Kind: TypeAlias = tuple[Cause, WorkloadType]


@frozen(slots=False, eq=False, repr=False)
class Row:
    """
    One row of a policy's table.

    Attributes:
        name: Where the row comes from: ``default``, a field of the policy, or ``rules[0]``.
        conditions: What it fits, in words.
        level: The level of the alerts; None for silence.
        kinds: The causes that it is for, each with a type of workload.
        test: Returns whether a case of these kinds fits the other conditions; None for none.
        rule: The policy's rule that the row comes from, or None.
    """

    name: str
    conditions: str
    level: Level | None
    kinds: Collection[Kind]
    test: Callable[[Case], bool] | None = None
    rule: Rule | None = None

    @property
    def why(self) -> str | None:
        """The reason of the row's rule, if there is one."""
        return self.rule.why if self.rule else None


def _defaults() -> Iterator[Row]:
    for cause, entry in CAUSES.items():
        for level in dict.fromkeys(entry.levels.values()):
            types = [type_ for type_ in WorkloadType if entry.levels[type_] == level]
            kinds = tuple((cause, type_) for type_ in types)
            yield Row("default", words(cause, types), level, kinds)


def words(cause: str, types: Collection[WorkloadType]) -> str:
    """Return conditions in words: ``cause out_of_memory, workload service``."""
    what = [] if cause == ANY else [f"cause {cause}"]
    what += [f"workload {' or '.join(types)}"] if len(types) < len(WorkloadType) else []
    return ", ".join(what) or "everything"


#: The rows of every policy.
DEFAULTS: Final = tuple(_defaults())

#: The row of every policy that is for a kind.
DEFAULT_OF: Final[Mapping[Kind, Row]] = {kind: row for row in DEFAULTS for kind in row.kinds}


def candidates(rows: Sequence[Row], kind: Kind) -> Iterator[Row]:
    """
    Return the rows that may fit a cause and a type of workload, the last first.

    Args:
        rows: The rows of a policy.
        kind: The cause and the type of workload.

    Returns:
        The rows; the one that ends them has no test, so one of them always fits.
    """
    for row in reversed(rows) if kind[0] not in NEVER_ALERTING else ():
        if kind in row.kinds:
            yield row
            if row.test is None:
                return

    yield DEFAULT_OF[kind]
