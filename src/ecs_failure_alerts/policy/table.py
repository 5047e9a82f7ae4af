"""A policy as one table, of which the last row that fits decides."""

# Theory of operation: the rows stand in the order in which they count, and the last that fits
# decides. What a row asks of cause and type of workload (its kinds) is told apart from the rest,
# because an event pattern knows no more than these two: it asks which rows may fit.

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from attrs import frozen

from ..causes import ANY, CAUSES, Cause, Level, WorkloadType
from .cases import Case
from .fields import NEVER_ALERTING

if TYPE_CHECKING:
    from .rules import Rule


#: A cause of a type of workload.
Kind: TypeAlias = tuple[Cause, WorkloadType]


@frozen(slots=False, eq=False, repr=False)
class Row:
    """
    One row of a policy's table.

    Attributes:
        name: Where the row comes from: ``default``, a field of the policy, or ``rules[0]``.
        conditions: What it fits, in words.
        level: The level at which what fits alerts; None for silence.
        kinds: The causes that it is for, each with a type of workload.
        test: Whether a case of these kinds fits in all else; None where it always does.
        rule: The rule of the policy that it is; None where it is none.
    """

    name: str
    conditions: str
    level: Level | None
    kinds: Collection[Kind]
    test: Callable[[Case], bool] | None = None
    rule: Rule | None = None

    @property
    def why(self) -> str | None:
        """Why there is this row; None where nobody has said it."""
        return self.rule.why if self.rule else None


def _defaults() -> Iterator[Row]:
    for cause, entry in CAUSES.items():
        for level in dict.fromkeys(entry.levels.values()):
            types = [type_ for type_ in WorkloadType if entry.levels[type_] == level]
            kinds = tuple((cause, type_) for type_ in types)
            yield Row("default", words(cause, types), level, kinds)


def words(cause: str, types: Collection[WorkloadType]) -> str:
    """Return a cause and types of workload in words."""
    what = [] if cause == ANY else [f"cause {cause}"]
    what += [f"workload {' or '.join(types)}"] if len(types) < len(WorkloadType) else []
    return ", ".join(what) or "everything"


#: The rows of every policy, and which of them counts.
DEFAULTS: Final = tuple(_defaults())
DEFAULT_OF: Final[Mapping[Kind, Row]] = {kind: row for row in DEFAULTS for kind in row.kinds}


def candidates(rows: Sequence[Row], kind: Kind) -> Iterator[Row]:
    """
    Return the rows that may fit a cause of a type of workload, the last first.

    Args:
        rows: The rows of a policy.
        kind: The cause, with the type of workload.

    Returns:
        Rows of which the last has no test, so that one of them fits.
    """
    for row in reversed(rows) if kind[0] not in NEVER_ALERTING else ():
        if kind in row.kinds:
            yield row
            if row.test is None:
                return

    yield DEFAULT_OF[kind]
