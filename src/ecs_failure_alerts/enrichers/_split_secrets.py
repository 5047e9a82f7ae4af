"""Secrets that stand on the line after their names, as prompts, YAML and tall JSON have them."""

from __future__ import annotations

import re
from typing import Final

from ..redaction import redact

#: How a line ends whose value follows: behind the sign there may be what opens a block.
_AWAITS_VALUE: Final = re.compile(r"(?:[:=]>?|\bis)[\"']?\s{0,4}(?:[|>][+-]?|[\[{(])?$")
_OPENS_BLOCK: Final = re.compile(r"(?<=[:=])\s{0,4}(?:[|>][+-]?|[\[{(])$")

#: Characters at the end of a line in which a name stands.
_NAME: Final = 200

#: A value that has its line for itself: one word, or what stands in quotes.
_VALUE: Final = re.compile(r"""(?:-\s+)?(?P<value>"[^"]*"|'[^']*'|\S+?)[,;\]})]*""")

#: What differs between two lines of one logger: the time.
_DIGIT: Final = re.compile("[0-9]")

_MARK: Final = "[redacted: secret]"


def redact_split(before: str, line: str) -> str:
    """
    Return a line without the secret that the line above it names.

    It is one where both together on one line would be.

    Args:
        before: The line above.
        line: The line.
    """
    end = before.rstrip()[-_NAME:]
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
    """Return where that ends which a logger writes in front of both lines, at a blank."""
    end = 0
    for number, (first, second) in enumerate(
        zip(_DIGIT.sub("0", before), _DIGIT.sub("0", line), strict=False), 1
    ):
        if first != second:
            break
        if second.isspace():
            end = number
    return end
