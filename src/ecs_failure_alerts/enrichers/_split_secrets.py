"""Secrets on the line after their names, as in prompts, YAML, indented JSON and long commands."""

from __future__ import annotations

import re
from typing import Final

from ..redaction import redact

#: The end of a line whose value follows on the next one; it may open a block, or be an option.
_AWAITS_VALUE: Final = re.compile(
    r"""(?:[:=]>?|\bis)\s?["']{0,3}\s{0,4}(?:[|>][+-]?|[\[{(])?$|(?<![^\s"'])--?[\w-]{1,40}(?:["'],)?$"""
)
_OPENS_BLOCK: Final = re.compile(r"""(?<=[:=])\s{0,4}(?:[|>][+-]?|[\[{(]|["']{1,3})$""")

#: The end of a line that goes on: a command, or a pair of a name and a value.
_GOES_ON: Final = re.compile(
    r"""\\$|\b(?:name|key)["']?\s?[=:]\s?["']?[\w./-]{1,80}["']?,?$""", re.IGNORECASE
)

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
    start = _shared_start(before, line)
    if _GOES_ON.search(end):
        return line[:start] + _redact_rest(end.removesuffix("\\").rstrip(), line[start:])
    if not _AWAITS_VALUE.search(end):
        return line

    found = _VALUE.fullmatch(line[start:].strip())
    if found is None:
        return line

    value, name = found["value"], _OPENS_BLOCK.sub("", end)
    if redact(f"{name} {value}").endswith(value):
        return line
    return line[:start] + line[start:].replace(value, _MARK, 1)


def _redact_rest(begin: str, rest: str) -> str:
    """Return the *rest* of a text, without a secret that only its *begin* tells."""
    begin = redact(begin) + " "
    together = redact(begin + rest)
    return together.removeprefix(begin) if together.startswith(begin) else rest


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
