"""The elements of a field list as plain values, and the fields that they fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..patterns.elements import BY_NAME
from ..patterns.operators import Operator, TextOperator
from ..tasks.fields import FieldKind

#: The values of a field of each kind, in words.
HOLDS: Final[Mapping[FieldKind, str]] = {
    "text": "strings",
    "number": "numbers",
    "boolean": "true or false",
    "object": "other fields",
}


#: The operators about strings.
_TEXTUAL: Final = tuple(
    name for name, operator in BY_NAME.items() if issubclass(operator, TextOperator)
)


def fits(element: Operator, kind: FieldKind) -> bool:
    """Return whether *element* is about values that a field of this kind can hold."""
    if element.kind == "number" and kind == "number":
        return all(map(_is_whole, _numbers(element.to_python())))
    return element.kind in {kind, "any"}


def _numbers(element: Any) -> list[Any]:
    """Return the numbers that an element accepts or excludes; a range has none."""
    if isinstance(element, dict):
        element = element.get("anything-but", [])
    return as_list(element)


def _is_whole(number: int | float) -> bool:
    return isinstance(number, int) or number.is_integer()


def as_list(value: Any) -> list[Any]:
    """Return a list as it is, and anything else as a list of one."""
    return value if isinstance(value, list) else [value]


def excluded(element: Any) -> Any:
    """Return what an ``anything-but`` excludes; None for another element."""
    return element.get("anything-but") if isinstance(element, dict) else None


def texts(element: Any) -> list[str]:
    """Return the whole strings that a plain element accepts or excludes."""
    operand = excluded(element) if isinstance(element, dict) else element
    return [value for value in as_list(operand) if isinstance(value, str)]


def affixes(element: Any, *names: str) -> list[str]:
    """Return the texts under any operator of *names*, excluded ones among them."""
    inner = excluded(element) if excluded(element) is not None else element
    operands = [inner[name] for name in names if isinstance(inner, dict) and name in inner]

    found = []
    for operand in operands:
        if isinstance(operand, dict):  # {"prefix": {"equals-ignore-case": "x"}}
            operand = list(operand.values())  # noqa: PLW2901
        found += [text for text in as_list(operand) if isinstance(text, str)]
    return found


def every_text(element: Any) -> list[str]:
    """Return every text that a plain element accepts or excludes, whole or in part."""
    return texts(element) + affixes(element, *_TEXTUAL)
