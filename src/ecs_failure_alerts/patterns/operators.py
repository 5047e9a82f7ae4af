"""
What every element of a field list has in common, and the kinds of values that one is about.

An element is made from its operand, which it checks. It tells whether it accepts a leaf of an
event, what kind of values it is about, and how it is written. Absence is not its business:
`Exists` only carries the wish, and the matcher looks after it.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any, ClassVar, Literal, TypeAlias

from ..exceptions import InvalidPattern
from .documents import Json, Number, Object, PatternPart, Scalar, write

Kind: TypeAlias = Literal["text", "number", "boolean", "any"]
"""The values that an element tests: of one JSON type, or any (`exists` and ``null``)."""

MAX_INTEGER_DIGITS = 1000
"""A longer whole number is beyond any double, and Python may refuse to read it."""


class Operator(PatternPart):
    """
    One element of a field list: a literal, or an operator of EventBridge.

    Two elements are equal if their patterns ask for the same; the spelling of a number or of a
    list of one value does not count.

    Attributes:
        name: The name in EventBridge; empty for a literal.
        kind: The kind of values that it tests.
        excludable: Whether ``anything-but`` may hold it, with one text or a list of texts.
        exact_text: The only string that it accepts, if a comparison of strings is enough.
        allows_absence: Whether a missing value satisfies it.
        operand: The operand of the operator, or the literal.
    """

    __slots__ = ("_identity", "operand")

    name: ClassVar[str] = ""
    excludable: ClassVar[bool] = False

    kind: Kind
    exact_text: str | None = None
    allows_absence: bool = False

    def __init__(self, operand: Json, identity: Hashable = None) -> None:
        self.operand: Json = operand
        self._identity: Hashable = write(operand) if identity is None else identity

    def accepts(self, value: Scalar) -> bool:
        """Return whether one leaf of an event satisfies this element."""
        raise NotImplementedError

    def to_json(self) -> Json:
        """Return the element as JSON for a pattern."""
        return Object([(self.name, self.operand)]) if self.name else self.operand

    def to_python(self) -> Any:
        """Return the element as plain Python values, such as ``{"prefix": "x"}``."""
        return json.loads(write(self.to_json()), parse_int=_read_integer)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Operator):
            return NotImplemented
        return type(self) is type(other) and self._identity == other._identity

    def __hash__(self) -> int:
        return hash((type(self), self._identity))

    def __repr__(self) -> str:
        shown = write(self.to_json()) if hasattr(self, "operand") else "refused"
        return f"<{type(self).__name__} {shown}>"


class TextOperator(Operator):
    """An operator about strings."""

    __slots__ = ()
    kind: Kind = "text"


class NumberOperator(Operator):
    """An operator about numbers."""

    __slots__ = ()
    kind: Kind = "number"


class AnyOperator(Operator):
    """An operator about values of any type; the operand may narrow it down."""

    __slots__ = ()
    kind: Kind = "any"


def require_string(name: str, value: Json) -> str:
    """Return *value*, the operand of the operator *name*; raise InvalidPattern for no string."""
    if not isinstance(value, str):
        raise InvalidPattern("", f"{name} match pattern must be a string, not {kind_of(value)}")
    return value


def kind_of(value: Json) -> str:
    """Return what *value* is, in the words of EventBridge's errors."""
    if value is None:
        return "null"
    kinds = ((bool, "a boolean"), (Number, "a number"), (list, "an array"), (Object, "an object"))
    return next((kind for type_, kind in kinds if isinstance(value, type_)), "a string")


def _read_integer(text: str) -> int | float:
    return int(text) if len(text) < MAX_INTEGER_DIGITS else float(text)
