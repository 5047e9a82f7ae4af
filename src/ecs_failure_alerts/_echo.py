"""How a foreign value may show in a message: at most 40 characters of a scalar."""

from __future__ import annotations

import json
from collections.abc import Mapping

_ECHO = 40


def echo(value: object) -> str:
    """Say what *value* is: at most 40 characters of a scalar, only the kind of anything else."""
    if isinstance(value, str):
        cut = value if len(value) <= _ECHO else value[: _ECHO - 3] + "..."
        return json.dumps(cut.encode(errors="replace").decode(), ensure_ascii=False)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, int):
        long = not -(10 ** (_ECHO - 1)) < value < 10**_ECHO
        return "a number of over 40 digits" if long else str(value)
    return kind(value)


def kind(value: object) -> str:
    """Name the JSON kind of *value*."""
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, str | bytes | bytearray):
        return "a string"
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, int | float):
        return "a number"
    return f"a Python {type(value).__name__}"
