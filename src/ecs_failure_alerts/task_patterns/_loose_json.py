"""JSON as people write it: with comments, with extra commas, or in another language."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from ..exceptions import InvalidPattern
from ..patterns.documents import Json, read_pattern

_TEXT: Final = r'("(?:[^"\\]|\\.)*")'
#: Extras outside strings that JSON does not allow, and what to do about them.
_EXTRAS: Final = (
    (
        re.compile(_TEXT + r"|//[^\n]*|/\*.*?\*/|(?m:^\s*#[^\n]*)", re.DOTALL),
        "remove the comments",
    ),
    (re.compile(_TEXT + r"|,(?=\s*[}\]])"), "remove the comma before a bracket"),
)
#: The beginning of a text in another language, and what to do about it.
_LANGUAGES: Final = (
    (re.compile(r"\s*[{\[]\s*'"), "write double quotes around strings, as in JSON"),
    (re.compile(r"\s*(?:-\s+)?[\w-]+:(?:\s|\Z)"), "this is YAML: write it as JSON"),
    (re.compile(r"\s*(?:[{]\s*)?[\w-]+\s*="), "this is Terraform's language: pass the .tf file"),
)


def read_loosely(source: str | bytes, tell: Callable[[InvalidPattern, str], None]) -> Json:
    """
    Read the JSON of a pattern, without comments and extra commas.

    Args:
        source: The JSON.
        tell: Takes the fault of what is left out, and what to do about it.

    Raises:
        InvalidPattern: The rest is not JSON either.
    """
    try:
        return read_pattern(source)
    except InvalidPattern as error:
        fault = error

    text = source if isinstance(source, str) else source.decode("utf-8-sig", "replace")
    for extra, fix in _EXTRAS:
        shorter = extra.sub(lambda match: match[1] or "", text)
        if shorter != text:
            tell(fault, fix)
        text = shorter
    return read_pattern(text)


def language_fix(source: object) -> str | None:
    """Return what to do about a text that is not JSON at all; None if nothing is known."""
    text = source.decode("utf-8-sig", "replace") if isinstance(source, bytes) else source
    if not isinstance(text, str):
        return None
    return next((fix for beginning, fix in _LANGUAGES if beginning.match(text)), None)
