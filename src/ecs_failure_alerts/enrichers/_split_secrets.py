"""Secrets on the line after their names, as in prompts, YAML and indented JSON."""

from __future__ import annotations

import re
from typing import Final

from ..redaction import redact

#: The end of a line whose value follows on the next one; it may open a block.
_AWAITS_VALUE: Final = re.compile(r"(?:[:=]>?|\bis)[\"']?\s{0,4}(?:[|>][+-]?|[\[{(])?$")
_OPENS_BLOCK: Final = re.compile(r"(?<=[:=])\s{0,4}(?:[|>][+-]?|[\[{(])$")

#: Characters at the end of a line that are searched for a name.
_NAME_CHARACTERS: Final = 200

#: A value alone on its line: one word, or a text in quotes.
_VALUE: Final = re.compile(
    r"""(?:-\s+)?(?P<value>"[^"]*"|'[^']*'|\S(?:\S*[^\s,;\]})])?)[,;\]})]*+"""
)

#: A digit, because the times before two lines of one logger differ in their digits.
_DIGIT: Final = re.compile("[0-9]")

_MARK: Final = "[redacted: secret]"


def redact_split(before: str, line: str) -> str:
    """
    Return a line without the secret that the line above it names.

    It is a secret if it would be one on the same line as its name.

    Args:
        before: The line above.
        line: The line.
    """
    end = before.rstrip()[-_NAME_CHARACTERS:]
    if not _AWAITS_VALUE.search(end):
        return line

    start = _shared_start(before, line)
    found = _VALUE.fullmatch(line[start:].strip())
    if found is None:
        return line

    value, name = found["value"], _OPENS_BLOCK.sub("", end)
    if redact(f"{name} {value}").endswith(value):
        return line
    return line[:start] + line[start:].replace(value, _MARK, 1)


def _shared_start(before: str, line: str) -> int:
    """Return the end of the prefix that a logger wrote before both lines."""
    end = 0
    for number, (first, second) in enumerate(
        zip(_DIGIT.sub("0", before), _DIGIT.sub("0", line), strict=False), 1
    ):
        if first != second:
            break
        if second.isspace():
            end = number
    return end
