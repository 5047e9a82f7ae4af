"""The reader of JSON text; its errors name the place and never echo the text."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from .exceptions import EventError, Problem

#: The classes of what stands for a JSON object. Nearly all are dicts, so that one is asked for
#: first: whether a class is a Mapping takes six times as long to find out.
OBJECT: Final = (dict, Mapping)


def load(text: str | bytes | bytearray, path: str = "") -> Any:
    """
    Read JSON text whose spelling does not count.

    Args:
        text: The text; bytes in UTF-8, UTF-16 or UTF-32.
        path: The path of the text, for the error.

    Raises:
        EventError: It is not JSON. The text is not echoed.
    """
    return read_json(text, lambda message: EventError([Problem(path, message)]))


def read_json(
    text: str | bytes | bytearray, error: Callable[[str], Exception], **hooks: Any
) -> Any:
    """
    Read JSON text.

    Args:
        text: The text; bytes in UTF-8, UTF-16 or UTF-32.
        error: Builds the error that is raised, from the reason in words. They do not echo the text.
        **hooks: Hooks of `json.loads()`.
    """
    try:
        if hooks:
            return json.loads(text, parse_constant=_refuse_constant, **hooks)
        return json.loads(text, cls=_shared_decoder)  # type: ignore[arg-type]
    except json.JSONDecodeError as fault:
        message = f"not JSON: {fault.msg} (line {fault.lineno}, column {fault.colno})"
        if 0 < len(fault.doc.rstrip()) <= fault.pos or fault.msg.startswith("Unterminated"):
            message += ": the text is cut off"
    except UnicodeDecodeError as fault:
        message = f"not JSON: byte {fault.start} is not {fault.encoding}"
    except _NoNumber as fault:
        message = f"not JSON: {fault} is not a number there"
    except RecursionError:
        message = "nested too deeply"
    except ValueError:
        message = "a number has more digits than can be read"

    # Not inside of `except`: those errors hold the whole text, which may have secrets in it.
    raise error(message)


def load_or_none(text: str | bytes) -> Any:
    """Return the value of JSON text; None if it is none, or is nested too deeply to be read."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def canonical(value: object) -> str | None:
    """Return *value* as JSON, whatever the order of its keys; None if JSON cannot have it."""
    try:
        return json.dumps(value, sort_keys=True, default=str)
    except (RecursionError, TypeError, ValueError):  # too deep, or not JSON
        return None


def decode(text: str | bytes | bytearray) -> str:
    """Return *text* as characters; bytes by the encodings that JSON has."""
    if isinstance(text, str):
        return text
    return text.decode(json.detect_encoding(text), errors="replace")


class _NoNumber(Exception):
    """NaN or an infinity, which Python writes and JSON has not."""


def _refuse_constant(name: str) -> None:
    raise _NoNumber(name)


_DECODER: Final = json.JSONDecoder(parse_constant=_refuse_constant)


def _shared_decoder() -> json.JSONDecoder:
    """Return the one decoder: to make one takes as long as to read a small event."""
    return _DECODER
