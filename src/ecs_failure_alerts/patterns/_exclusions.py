"""The operator ``anything-but``, around values or around another operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..exceptions import InvalidPattern
from ._ranges import comparable
from ._strings import Affix
from ._table import OPERATORS
from .documents import Json, Number, Object, Scalar, double_of
from .operators import AnyOperator, Kind, Operator, kind_of, require_string

_EXCLUDABLE = {operator.name: operator for operator in OPERATORS if operator.excludable}


class AnythingBut(AnyOperator):
    """``anything-but``: a leaf that none of the excluded elements accepts."""

    __slots__ = ("_numbers", "_operators", "_texts", "kind")
    name = "anything-but"

    def __init__(self, operand: Json) -> None:
        self._texts: frozenset[str] = frozenset()
        self._numbers: frozenset[float] = frozenset()
        self._operators: tuple[Operator, ...] = ()

        if isinstance(operand, Object):
            self._operators = tuple(_read_excluded(operand))
        else:
            self._exclude_values(operand if isinstance(operand, list) else [operand])

        self.kind: Kind = "number" if self._numbers else "text"
        super().__init__(operand, (self._texts, self._numbers, frozenset(self._operators)))

    def _exclude_values(self, values: Sequence[Json]) -> None:
        texts = {value for value in values if isinstance(value, str)}
        numbers = {comparable(value) for value in values if isinstance(value, Number)}

        for value in values:
            if not isinstance(value, str | Number):
                raise InvalidPattern(
                    "",
                    "Value of anything-but must be an array or single string/number value."
                    f" Inside anything but list, {kind_of(value)} is not supported.",
                )
        if bool(texts) is bool(numbers):
            raise InvalidPattern(
                "",
                "Inside anything but list, either all strings or all numbers: "
                "mixed type is not supported",
            )

        self._texts, self._numbers = frozenset(texts), frozenset(numbers)

    def accepts(self, value: Scalar) -> bool:
        """Return whether *value*, of any type, is none of these."""
        if isinstance(value, str):
            return value not in self._texts and not any(
                operator.accepts(value) for operator in self._operators
            )
        return not self._numbers or double_of(value) not in self._numbers


def _read_excluded(operand: Object) -> Iterator[Operator]:
    """Read the operators inside, one for each text."""
    if not operand.pairs:
        raise InvalidPattern("", "Anything-But expression name not found")

    name, texts = operand.pairs[0]
    operator = _EXCLUDABLE.get(name)
    if operator is None:
        raise InvalidPattern("", f"Unsupported anything-but pattern: {name}")
    if len(operand.pairs) > 1:
        raise InvalidPattern("", "Only one key allowed in match expression")
    if texts == []:
        raise InvalidPattern("", f"{name} match pattern must not be an empty array")

    for text in texts if isinstance(texts, list) else [texts]:
        if text == "" and issubclass(operator, Affix):
            raise InvalidPattern("", "Null prefix/suffix not allowed")
        yield operator(require_string(name, text))
