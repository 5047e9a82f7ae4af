"""The literals: a string, a number, ``true``, ``false`` and ``null``."""

from __future__ import annotations

from ._addresses import read_address
from .documents import Number, Scalar, double_of, spelling_of
from .operators import Kind, Operator


class Constant(Operator):
    """The literal ``true``, ``false`` or ``null``."""

    __slots__ = ("_constant", "kind")

    def __init__(self, constant: bool | None) -> None:
        super().__init__(constant)
        self._constant = constant
        self.kind: Kind = "any" if constant is None else "boolean"

    def accepts(self, value: Scalar) -> bool:
        """Return whether *value* is this constant."""
        return value is self._constant


class Text(Operator):
    """A literal string; one that is an IP address accepts its other spellings too."""

    __slots__ = ("_address", "_text", "exact_text")
    kind: Kind = "text"

    def __init__(self, text: str) -> None:
        self._text = text
        self._address = read_address(text)
        self.exact_text = text if self._address is None else None
        super().__init__(text, self._address or text)

    def accepts(self, value: Scalar) -> bool:
        """Return whether *value* is the equal string, or the equal address."""
        if not isinstance(value, str):
            return False
        return value == self._text or (
            self._address is not None and read_address(value) == self._address
        )


class Equal(Operator):
    """A literal number; without an exact double, it accepts only its own spelling."""

    __slots__ = ("_number",)
    kind: Kind = "number"

    def __init__(self, number: Number) -> None:
        super().__init__(number, number.text if number.value is None else number.value)
        self._number = number

    def accepts(self, value: Scalar) -> bool:
        """Return whether *value* is the equal number."""
        if isinstance(value, bool) or not isinstance(value, int | float | Number):
            return False

        double = double_of(value)
        if double is None or self._number.value is None:
            return double is self._number.value and spelling_of(value) == self._number.text
        return double == self._number.value
