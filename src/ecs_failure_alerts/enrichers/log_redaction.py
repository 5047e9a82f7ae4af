"""
Log lines without secrets: what one line does not show, the lines around it do.

A private key has many lines, and CloudWatch Logs has an event for each. Whoever reads the last
lines of a log may see its end alone.
"""

# Theory of operation: a block is what stands from BEGIN to END. Of one without its END, the lines
# count that look like a part of a key; of one without its BEGIN, the lines above that do. A run of
# such lines with neither is the middle of a key.

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

#: Characters of a line that are looked at, and that are shown.
_READ: Final = 2_000
_SHOWN: Final = 1_000

#: Characters at the end of a longer line that are not shown: half a secret may stand there.
_HALF_READ: Final = 512

#: Lines of a private key at most: one of 16,384 bits has 197.
_LONGEST_KEY: Final = 250

#: So many lines of a key on end are one, also with neither its begin nor its end.
_SHORTEST_RUN: Final = 2

_BEGIN: Final = re.compile(r"-{4,5} ?BEGIN ([A-Z0-9 ]{1,40}?) ?-{4,5}|(Private)-Lines:")
_END: Final = re.compile(r"-{4,5} ?END ([A-Z0-9 ]{1,40}?) ?-{4,5}|(Private)-MAC:")

#: A part of a key, also behind what a logger puts in front of each line: base64 of mixed case.
_PART: Final = re.compile(
    r"(?:^|[\s|>\"':])(?=\S{0,80}[a-z])(?=\S{0,80}[A-Z])(?=\S{0,80}[0-9+/])"
    r"[A-Za-z0-9+/]{40,80}={0,2}\W{0,4}$"
)
#: The last part, which may be shorter: as it can be told by itself, and by the END below it.
_SHORT_PART: Final = re.compile(r"(?=[A-Za-z]*[0-9+/=])[A-Za-z0-9+/]{1,80}={0,2}")
_ABOVE_END: Final = re.compile(r"(?:^|[\s|>\"':])[A-Za-z0-9+/]{1,80}={0,2}\W{0,4}$")
_HEADER: Final = re.compile(r"(?:Proc-Type|DEK-Info|Version|Comment): |^\s*$")

#: Characters at the end of a line in which a part stands.
_TAIL: Final = 128

_KEY: Final = "[redacted: private key]"


@frozen(slots=False)
class Redacted:
    """
    One line as it may leave.

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
    Return the last *lines* as they may leave: without secrets, and only then cut.

    Args:
        lines: Lines that follow each other.
        limit: How many of the last ones are wanted; those above tell whether these are a key.
        own: The user's own patterns.
        deadline: When the own patterns are given up.

    Raises:
        TimeoutError: They took too long.
        ChildProcessError: They could not be tried.
    """
    lines = lines[-limit - _LONGEST_KEY :]
    in_keys = find_private_keys([without_invisible(line) for line in lines])
    before = {n: clean(line[:_READ]) for n, line in list(enumerate(lines))[-limit:]}

    after = [
        _KEY if n in in_keys else redact(_without_split(lines, n, line))
        for n, line in before.items()
    ]
    after = own.redact(after, deadline)

    return [
        Redacted(
            cut(line[:-_HALF_READ] if len(lines[n]) > _READ else line, _SHOWN), changed=line != was
        )
        for line, (n, was) in zip(after, before.items(), strict=True)
    ]


def _without_split(lines: Sequence[str], number: int, line: str) -> str:
    """Return a line without the secret that the line above names."""
    return redact_split(clean(lines[number - 1][:_READ]), line) if number else line


def find_private_keys(lines: Sequence[str]) -> set[int]:
    """
    Return the numbers of the lines that are a part of a private key.

    The line with its begin is not among them: it has a shape of its own.
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
    """Return the line of the END; where there is none, the last one that looks like a part."""
    after = range(begin + 1, min(begin + 1 + _LONGEST_KEY, len(lines)))
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
    if first and _ABOVE_END.search(lines[first - 1][-_TAIL:]):
        first -= 1
    while first and _PART.search(lines[first - 1][-_TAIL:]):
        first -= 1
    return first


def _last_part(lines: Sequence[str], number: int) -> int:
    """Return the last line of the run of parts that begins here; the one before if none does."""
    after = number
    while after < len(lines) and _PART.search(lines[after][-_TAIL:]):
        after += 1

    if number < after < len(lines):
        place = lines[after - 1].rstrip().rfind(" ") + 1  # behind what a logger puts in front
        after += bool(_SHORT_PART.fullmatch(lines[after][place:].strip()))
    return after - 1


def _is_run_of_key(lines: Sequence[str], first: int, last: int) -> bool:
    """Return whether a run of parts may be of a private key: it has no END of another kind."""
    below = _END.search(" ".join(lines[last + 1 : last + 3]))
    return last - first + 1 >= _SHORTEST_RUN and (below is None or _is_private(below))
