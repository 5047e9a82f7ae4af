"""
JSON as EventBridge reads it.

The standard reader loses two things that count in a pattern: how a number is spelled
(``9007199254740993`` and ``9007199254740992`` are the same double), and repeated keys. A pattern
keeps both. An event keeps the spelling if a double would be wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from math import isfinite
from typing import Any, TypeAlias

from .._json import read_json
from .._texts import echo
from ..exceptions import EventError, InvalidPattern, Problem

_EXACT_INTEGERS = 2**53
"""The largest whole number up to which every whole number has its own double."""


class Number:
    """
    A number and its spelling.

    Attributes:
        text: The literal.
        value: Its double; None if the double stands for another decimal. Such a number
            equals only its own spelling, and it is neither greater nor less than another.
    """

    __slots__ = ("text", "value")

    def __init__(self, text: str) -> None:
        self.text: str = text
        self.value: float | None = _double_of_text(text)


class Object:
    """
    An object with every key in the order of the document, repeated keys included.

    Attributes:
        pairs: The keys and their values.
    """

    __slots__ = ("pairs",)

    def __init__(self, pairs: Iterable[tuple[str, Json]]) -> None:
        self.pairs: tuple[tuple[str, Json], ...] = tuple(pairs)


class PatternPart:
    """A piece of a pattern: an operator, or the branches of ``$or``."""

    __slots__ = ()

    def to_json(self) -> Json:
        """Return its JSON."""
        raise NotImplementedError


Json: TypeAlias = "str | bool | Number | list[Json] | Object | None"
"""A pattern as it was read."""

Scalar: TypeAlias = str | bool | int | float | Number | None
"""A leaf of an event; a `Number` only if a float would be wrong."""


def _double_of_text(text: str) -> float | None:
    """Return the double of *text* if it prints as the very same decimal."""
    double = float(text)
    if double == 0:  # perhaps only because it is too small for a double
        digits = text.lower().partition("e")[0]
        return None if digits.strip("-0.") else double

    same = isfinite(double) and Decimal(text) == Decimal(repr(double))
    return double if same else None


def double_of(value: Scalar) -> float | None:
    """Return the double to compare *value* by, or None if it is not comparable."""
    if type(value) is int:
        if -_EXACT_INTEGERS <= value <= _EXACT_INTEGERS:
            return value
        return Number(spelling_of(value)).value
    if type(value) is float:
        return value
    return value.value if isinstance(value, Number) else None


def spelling_of(value: int | float | Number) -> str:
    """Return *value* as it is spelled."""
    if isinstance(value, Number):
        return value.text
    try:
        return repr(value)
    except ValueError:  # more digits than Python prints: equal to no literal, beyond any double
        return "-1e999" if value < 0 else "1e999"


def load_exactly(text: str | bytes | bytearray, path: str = "") -> Any:
    """
    Read the JSON text of an event; a number that a float would change becomes a `Number`.

    Args:
        text: The text; bytes in UTF-8, UTF-16 or UTF-32.
        path: The path of the text, for the error.

    Raises:
        EventError: It is not JSON. The text is not echoed.
    """
    return read_json(
        text, lambda message: EventError([Problem(path, message)]), parse_float=_event_float
    )


def read_pattern(text: str | bytes | bytearray) -> Json:
    """
    Read the JSON text of a pattern.

    Raises:
        InvalidPattern: It is not JSON.
    """
    return read_json(  # type: ignore[no-any-return]
        text,
        lambda message: InvalidPattern("", message),
        parse_float=Number,
        parse_int=Number,
        object_pairs_hook=Object,
    )


def _event_float(text: str) -> float | Number:
    number = Number(text)
    return number if number.value is None else number.value


def from_python(value: object, path: str = "") -> Json:
    """
    Read a pattern from Python values: mappings, lists, literals, operators.

    Raises:
        InvalidPattern: A value is not JSON: which, and where.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int | float):
        return _number_from_python(value, path)

    if isinstance(value, Mapping):
        return Object(_pairs_from_python(value, path))
    if isinstance(value, list | tuple):
        return [from_python(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if isinstance(value, PatternPart):
        return value.to_json()

    raise InvalidPattern(path, not_json(value))


def not_json(value: object) -> str:
    """Return the text of an error: *value* has no form in JSON."""
    found = repr(value) if isinstance(value, float) else f"a Python {type(value).__name__}"
    return f"expected a JSON value, got {found}"


def _number_from_python(value: int | float, path: str) -> Number:
    number = int(value) if isinstance(value, int) else float(value)
    if isinstance(number, float) and not isfinite(number):
        raise InvalidPattern(path, not_json(number))
    return Number(spelling_of(number))


def _pairs_from_python(value: Mapping[Any, object], path: str) -> Iterable[tuple[str, Json]]:
    for key, item in value.items():
        if not isinstance(key, str):
            raise InvalidPattern(path, f"expected a string as key, got {echo(key)}")
        yield str(key), from_python(item, f"{path}.{key}" if path else key)


def write(value: Json, indent: int | None = None, level: int = 0) -> str:
    """Write *value* as `json.dumps` does, with its spellings and repeated keys."""
    if isinstance(value, Number):
        return value.text
    if isinstance(value, list):
        return _enclose("[]", [write(item, indent, level + 1) for item in value], indent, level)

    if isinstance(value, Object):
        members = [
            f"{json.dumps(key, ensure_ascii=False)}: {write(item, indent, level + 1)}"
            for key, item in value.pairs
        ]
        return _enclose("{}", members, indent, level)

    return json.dumps(value, ensure_ascii=False)


def _enclose(brackets: str, members: list[str], indent: int | None, level: int) -> str:
    if indent is None or not members:
        return brackets[0] + ", ".join(members) + brackets[1]
    inner = "\n" + " " * indent * (level + 1)
    outer = "\n" + " " * indent * level
    return brackets[0] + inner + ("," + inner).join(members) + outer + brackets[1]
