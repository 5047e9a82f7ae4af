"""The compiled form of a pattern: combinations of conditions, one of which must hold."""

from __future__ import annotations

from collections.abc import Callable

from attrs import define, field, frozen

from .documents import Json, Scalar
from .operators import Operator


@frozen(repr=False)
class Condition:
    """
    The field list of a path.

    Attributes:
        operators: Its elements; one of them must accept. Their order does not count.
        texts: The strings that are accepted as they are.
        asks: Returns whether another element accepts a value.
        allows_absence: Whether a missing leaf satisfies it.
    """

    operators: tuple[Operator, ...] = field(eq=frozenset)
    allows_absence: bool = field(init=False, eq=False)
    texts: frozenset[str] = field(init=False, eq=False)
    _others: tuple[Operator, ...] = field(init=False, eq=False)
    asks: Callable[[Scalar], bool] = field(init=False, eq=False)

    @allows_absence.default
    def _allows_absence(self) -> bool:
        return any(operator.allows_absence for operator in self.operators)

    @texts.default
    def _exact_texts(self) -> frozenset[str]:
        texts = (operator.exact_text for operator in self.operators)
        return frozenset(text for text in texts if text is not None)

    @_others.default
    def _other_operators(self) -> tuple[Operator, ...]:
        return tuple(
            operator
            for operator in self.operators
            if operator.exact_text is None and not operator.allows_absence
        )

    @asks.default
    def _ask(self) -> Callable[[Scalar], bool]:
        return self._others[0].accepts if len(self._others) == 1 else self._ask_others

    def accepts(self, value: Scalar) -> bool:
        """Return whether one leaf of an event satisfies the condition."""
        return value in self.texts or self.asks(value)

    def _ask_others(self, value: Scalar) -> bool:
        for operator in self._others:  # noqa: SIM110 - any() is slower here
            if operator.accepts(value):
                return True
        return False

    def to_json(self) -> Json:
        """Return the field list as JSON for a pattern."""
        return [operator.to_json() for operator in self.operators]


@define(eq=False, repr=False)
class SubRule:
    """
    Conditions that must hold together: one combination of ``$or`` branches.

    Attributes:
        conditions: The condition of each dotted path.
        branches: The branches of ``$or`` that led here, such as ``detail.$or[1]``.
        repeated: The paths that are given more than once; the last one counts.
    """

    conditions: dict[str, Condition] = field(factory=dict)
    branches: tuple[str, ...] = ()
    repeated: list[str] = field(factory=list)

    def add(self, path: str, condition: Condition) -> None:
        """Put a condition on *path*, in place of an earlier one."""
        if path in self.conditions:
            self.repeated.append(path)
        self.conditions[path] = condition

    def fork(self, branch: str) -> SubRule:
        """Return a copy of this sub-rule for one branch of ``$or``."""
        return SubRule(dict(self.conditions), (*self.branches, branch), list(self.repeated))
