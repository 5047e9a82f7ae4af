"""The operator ``numeric``."""

from __future__ import annotations

from ..exceptions import InvalidPattern
from .documents import Json, Number, Scalar, double_of
from .operators import NumberOperator

_LOWER_BOUNDS = (">", ">=")
_UPPER_BOUNDS = ("<", "<=")

COMPARISONS = ("=", *_LOWER_BOUNDS, *_UPPER_BOUNDS)
"""The comparisons that ``numeric`` knows."""


class Numeric(NumberOperator):
    """``numeric``: a number that equals another or lies in a range."""

    __slots__ = ("_bottom", "_open_bottom", "_open_top", "_top")
    name = "numeric"

    def __init__(self, terms: Json) -> None:
        if not isinstance(terms, list):
            raise InvalidPattern("", "Value of numeric must be an array.")
        self._bottom, self._top = float("-inf"), float("inf")
        self._open_bottom = self._open_top = False

        left = list(terms)
        self._set_bounds(left)
        if left:
            raise InvalidPattern("", "Too many terms in numeric range expression")

        super().__init__(terms, (self._bottom, self._top, self._open_bottom, self._open_top))

    def _set_bounds(self, left: list[Json]) -> None:
        """Read one or two comparisons from the remaining terms."""
        name = _take_comparison(left)
        if name == "=":
            self._bottom = self._top = _take_number(name, left)
        elif name in _UPPER_BOUNDS:
            self._set_top(name, left)
        elif name in _LOWER_BOUNDS:
            self._bottom, self._open_bottom = _take_number(name, left), name == ">"

            if left:
                self._set_top(_take_comparison(left), left)
                if self._bottom >= self._top:
                    raise InvalidPattern("", "Bottom must be less than top")
        else:
            raise InvalidPattern("", f"Unrecognized numeric range operator: {name}")

    def _set_top(self, name: str, left: list[Json]) -> None:
        if name not in _UPPER_BOUNDS:
            raise InvalidPattern("", f"Bad numeric range operator: {name}")
        self._top, self._open_top = _take_number(name, left), name == "<"

    def accepts(self, value: Scalar) -> bool:
        """Return whether *value* is a number within the bounds."""
        double = double_of(value)
        if double is None or not self._bottom <= double <= self._top:
            return False
        return not (
            (self._open_bottom and double == self._bottom)
            or (self._open_top and double == self._top)
        )


def comparable(number: Number) -> float:
    """Return the double of *number*; raise InvalidPattern if it has none."""
    if number.value is None:
        raise InvalidPattern("", f"Cannot compare number : {number.text}")
    return number.value


def _take_comparison(left: list[Json]) -> str:
    name = left.pop(0) if left else None
    if not isinstance(name, str):
        raise InvalidPattern("", "Invalid member in numeric match: expected =, <, <=, > or >=")
    return name


def _take_number(name: str, left: list[Json]) -> float:
    number = left.pop(0) if left else None
    if not isinstance(number, Number):
        raise InvalidPattern("", f"Value of {name} must be numeric")
    return comparable(number)
