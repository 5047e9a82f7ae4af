"""
Log lines without secrets, even those that spread over several lines.

A private key has many lines, and CloudWatch Logs has an event for each. The last lines of a log may
hold only the end of one.
"""

# Theory of operation: a block goes from BEGIN to END. If END is missing, the block ends with the
# last line that looks like a part of a key; if BEGIN is missing, it starts with the first such
# line. A run of such lines with neither is the middle of a key.

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from attrs import frozen

from .._deadline import Deadline
from .._texts import clean, cut, without_invisible
from ..redaction import redact
from ._own_patterns import OwnPatterns
from ._split_secrets import redact_split

#: Characters of a line that are read, and that are shown.
_READ_CHARACTERS: Final = 2_000
_SHOWN_CHARACTERS: Final = 1_000

#: Characters at the end of a longer line that are not shown: they may be half a secret.
_HIDDEN_CHARACTERS: Final = 512

#: Lines of a private key at most: one of 16,384 bits has 197.
_MOST_KEY_LINES: Final = 250

#: Lines in a row that look like parts of a key and count as one, even without BEGIN and END.
_LEAST_KEY_LINES: Final = 2

_BEGIN: Final = re.compile(r"-{4,5} ?BEGIN ([A-Z0-9 ]{1,40}?) ?-{4,5}|(Private)-Lines:")
_END: Final = re.compile(r"-{4,5} ?END ([A-Z0-9 ]{1,40}?) ?-{4,5}|(Private)-MAC:")

#: A part of a key, perhaps after a logger's prefix: base64 of mixed case.
_PART: Final = re.compile(
    r"(?:^|[\s|>\"':])(?=\S{0,80}[a-z])(?=\S{0,80}[A-Z])(?=\S{0,80}[0-9+/])"
    r"[A-Za-z0-9+/]{40,80}={0,2}\W{0,4}$"
)
#: The last part, which may be shorter: alone on its line, or above the END.
_SHORT_PART: Final = re.compile(r"(?=[A-Za-z]*[0-9+/=])[A-Za-z0-9+/]{1,80}={0,2}")
_ABOVE_END: Final = re.compile(r"(?:^|[\s|>\"':])[A-Za-z0-9+/]{1,80}={0,2}\W{0,4}$")
_HEADER: Final = re.compile(r"(?:Proc-Type|DEK-Info|Version|Comment): |^\s*$")

#: Characters at the end of a line that are searched for a part.
_TAIL_CHARACTERS: Final = 128

_KEY: Final = "[redacted: private key]"


@frozen(slots=False)
class Redacted:
    """
    A line without secrets.

    Attributes:
        text: The line.
        changed: Whether something was redacted in it.
    """

    text: str
    changed: bool = False


def redact_lines(
    lines: Sequence[str], limit: int, own: OwnPatterns, deadline: Deadline
) -> list[Redacted]:
    """
    Return the last *lines* without secrets; they are shortened after that.

    Args:
        lines: Lines in a row.
        limit: The number of lines to return. Earlier ones show whether these are parts of a key.
        own: The user's own patterns.
        deadline: When to give up the user's own patterns.

    Raises:
        TimeoutError: The patterns took too long.
        ChildProcessError: The patterns could not be run.
    """
    lines = lines[-limit - _MOST_KEY_LINES :]
    in_keys = find_private_keys([without_invisible(line) for line in lines])
    before = {n: clean(line[:_READ_CHARACTERS]) for n, line in list(enumerate(lines))[-limit:]}

    after = [
        _KEY if n in in_keys else redact(_without_split(lines, n, line))
        for n, line in before.items()
    ]
    after = own.redact(after, deadline)

    return [
        Redacted(
            cut(
                line[:-_HIDDEN_CHARACTERS] if len(lines[n]) > _READ_CHARACTERS else line,
                _SHOWN_CHARACTERS,
            ),
            changed=line != was,
        )
        for line, (n, was) in zip(after, before.items(), strict=True)
    ]


def _without_split(lines: Sequence[str], number: int, line: str) -> str:
    """Return a line without the secret that the line above it names."""
    return redact_split(clean(lines[number - 1][:_READ_CHARACTERS]), line) if number else line


def find_private_keys(lines: Sequence[str]) -> set[int]:
    """
    Return the numbers of the lines that are parts of a private key.

    The line with BEGIN is not among them, because it is redacted by its own shape.
    """
    found: set[int] = set()
    number = 0
    while number < len(lines):
        begin, end = _BEGIN.search(lines[number]), _END.search(lines[number])

        if begin is not None and (end is None or end.start() < begin.start()):
            last = _last_of_block(lines, number)
            block = range(number + 1, last + 1) if _is_private(begin) else ()
        elif end is not None and begin is None:
            last = number
            block = range(_first_of_block(lines, number), last + 1) if _is_private(end) else ()
        else:
            last = _last_part(lines, number)
            block = range(number, last + 1) if _is_run_of_key(lines, number, last) else ()
            last = max(last, number)

        found.update(block)
        number = last + 1

    return found


def _is_private(match: re.Match[str]) -> bool:
    return match[1] is None or "PRIVATE KEY" in match[1]


def _last_of_block(lines: Sequence[str], begin: int) -> int:
    """Return the line of the END; without one, the last line that looks like a part."""
    after = range(begin + 1, min(begin + 1 + _MOST_KEY_LINES, len(lines)))
    for number in after:
        if _END.search(lines[number]):
            return number
        if _BEGIN.search(lines[number]):
            break

    first = begin + 1
    while first < len(lines) and _HEADER.search(lines[first]):
        first += 1
    return _last_part(lines, first)


def _first_of_block(lines: Sequence[str], end: int) -> int:
    """Return the first line above an END that looks like a part."""
    first = end
    if first and _ABOVE_END.search(lines[first - 1][-_TAIL_CHARACTERS:]):
        first -= 1
    while first and _PART.search(lines[first - 1][-_TAIL_CHARACTERS:]):
        first -= 1
    return first


def _last_part(lines: Sequence[str], number: int) -> int:
    """Return the last line of the run of parts from *number* on; the line before if none begins."""
    after = number
    while after < len(lines) and _PART.search(lines[after][-_TAIL_CHARACTERS:]):
        after += 1

    if number < after < len(lines):
        place = lines[after - 1].rstrip().rfind(" ") + 1  # after a logger's prefix
        after += bool(_SHORT_PART.fullmatch(lines[after][place:].strip()))
    return after - 1


def _is_run_of_key(lines: Sequence[str], first: int, last: int) -> bool:
    """Return whether a run of parts may be a private key: no END of another kind is below it."""
    below = _END.search(" ".join(lines[last + 1 : last + 3]))
    return last - first + 1 >= _LEAST_KEY_LINES and (below is None or _is_private(below))
