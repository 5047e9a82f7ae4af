"""
The readers of single JSON values: each takes a value, or None for a missing one.

They are tolerant where real events vary, and raise `Unexpected` for what they cannot read.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, Final

from .._texts import echo

_INTEGER: Final = r"-?[0-9]+"
#: The most digits of an integer, because Python refuses to read and print thousands of them.
_DIGITS: Final = 20
_TOO_LARGE: Final = 10**_DIGITS


class Unexpected(Exception):
    """A value has a wrong type; the text names what was expected and what came."""

    def __init__(self, expected: str, value: object) -> None:
        found = f"got {echo(value)}" if value is not None else "got nothing"
        super().__init__(f"expected {expected}, {found}")


def read_text(value: Any) -> str | None:
    """Read a string."""
    if value is None or isinstance(value, str):
        return value
    raise Unexpected("a string", value)


def read_required_text(value: Any) -> str:
    """Read a string that must be there."""
    if isinstance(value, str):
        return value
    raise Unexpected("a string", value)


def read_integer(value: Any) -> int | None:
    """Read an integer, also one in quotes or with a fraction of 0."""
    if value is None or (type(value) is int and abs(value) < _TOO_LARGE):
        return value

    expected = "an integer"
    if isinstance(value, str) and re.fullmatch(_INTEGER, value):
        if len(value.lstrip("-")) <= _DIGITS:
            return int(value)
        expected = f"an integer of at most {_DIGITS} digits"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if abs(value) >= _TOO_LARGE:
            expected = f"an integer of at most {_DIGITS} digits"
        elif float(value).is_integer():
            return int(value)

    raise Unexpected(expected, value)


def read_amount(value: Any) -> str | None:
    """Read a string, or an integer as one."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < _TOO_LARGE:
        return str(value)
    if value is None or isinstance(value, str):
        return value
    raise Unexpected("a string or an integer", value)


def read_time(value: Any) -> datetime | None:
    """Read a time in ISO 8601 with any number of digits, or in epoch seconds; return it in UTC."""
    try:
        if isinstance(value, str):
            when = datetime.fromisoformat(value)
            if when.tzinfo is UTC:
                return when
            return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
        if isinstance(value, int | float) and not isinstance(value, bool):
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        pass  # the error's text holds the whole value, so drop the error

    if value is None:
        return None
    raise Unexpected("a time in ISO 8601 or epoch seconds", value)
