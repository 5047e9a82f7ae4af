"""The JSON documents in a text, of which some may be broken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from json import JSONDecoder
from typing import Any, Final

#: So many characters are looked at for the end of a document that begins in them.
_LONGEST: Final = 4_000_000
_DECODER: Final = JSONDecoder(parse_int=str)  # however many digits


def documents(text: str, is_payload: Callable[[Any], bool]) -> Iterator[tuple[int, str]]:
    """
    Cut *text* where a document begins, with the line's number.

    A line that is indented or begins by closing something goes on with what stands before it,
    where that is still open. So indented JSON stays whole, a broken document stays together, and
    neither takes a document beside it along.

    Args:
        text: The text.
        is_payload: Whether a value is worth to be taken out of something that is broken.
    """
    start, lines = 1, list[str]()
    for number, line in enumerate(text.split("\n"), 1):  # splitlines() would cut inside strings
        if lines and line.strip() and line[0] not in " \t]}":
            yield from _apart(start, "\n".join(lines), is_payload)
            start, lines = number, []
        lines.append(line)
    yield from _apart(start, "\n".join(lines), is_payload)


def _apart(number: int, text: str, is_payload: Callable[[Any], bool]) -> Iterator[tuple[int, str]]:
    """Cut lines that may be several documents, of which some are broken."""
    at = 0
    broken: tuple[int, int] | None = None  # the number and the place of the line where it begins
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        if text[at:end].strip():
            found = _read_one(text[at:end])
            if found is None and broken is None:
                found = _read_one(text[at : at + _LONGEST])
            # After something broken, which it may be a part of, it has to be more than JSON.
            if found is None or (broken is not None and not is_payload(found[0])):
                broken = broken or (number, at)
            else:
                if broken is not None:
                    yield broken[0], text[broken[1] : at].rstrip("\n")
                    broken = None
                end = at + found[1]
                yield number, text[at:end].strip()
        number += text.count("\n", at, end)
        at = end
    if broken is not None:
        yield broken[0], text[broken[1] :].rstrip("\n")


def _read_one(text: str) -> tuple[Any, int] | None:
    """Read an object or list that *text* begins with, up to a line's end or the next of them."""
    begin = len(text) - len(text.lstrip())
    if text[begin] not in "{[":
        return None
    try:
        value, end = _DECODER.raw_decode(text, begin)
    except (ValueError, RecursionError):
        return None
    line_end = text.find("\n", end) + 1 or len(text)
    rest = text[end:line_end].strip()
    if not rest:
        return value, line_end
    return (value, end) if rest[0] in "{[" else None
