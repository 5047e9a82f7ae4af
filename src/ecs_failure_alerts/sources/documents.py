"""The JSON documents of a text that has several, or that is broken in parts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any, Final

from attrs import frozen

from .._deadline import Deadline
from ._records import LATE

#: The beginning of a part: a line that is not indented and closes nothing.
_PART: Final = re.compile(r"^(?=[^\s\]}])", re.MULTILINE)
#: A possible beginning of a document; a JSON string may be one only at the beginning of a part.
_DOCUMENT: Final = re.compile(r'[{\[]|\A\s*"')
#: Words before a document on its line, such as the time in a log.
_HEADING: Final = re.compile(r'\s*[^\[\]{}"\n]*')
_BETWEEN: Final = re.compile(r"[\s,]*")

#: Characters read in vain before a part is given up: as a multiple of its length, and at least.
_PATIENCE: Final = 16
_LEAST_PATIENCE: Final = 100_000


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number there")


_DECODER: Final = JSONDecoder(parse_int=str, parse_constant=_refuse_constant)


@frozen(slots=False, eq=False, repr=False)
class Document:
    """
    A document of a text, or the rest of a broken part.

    Attributes:
        line: The line in which it begins, counted from 1.
        text: Its characters.
        fault: Why it is broken; None if it is whole.
    """

    line: int
    text: str
    fault: str | None = None


def documents(
    text: str, is_payload: Callable[[Any], bool], lines_before: int = 0
) -> Iterator[Document]:
    """
    Find the documents in *text*; some may be broken.

    Documents may be on one line or on several, indented or not, with words before them, such as
    the time in a log. Whole documents beside a broken one, or inside it as in a list that is cut
    off, are still found. Time and memory are linear.

    Args:
        text: The text.
        is_payload: Returns whether a value inside a broken part is worth finding.
        lines_before: The number of lines before *text*, which is a part of a file.

    Yields:
        The documents, and one rest for each broken part, in order.
    """
    line, begin = lines_before, 0
    for end in [*(found.start() for found in _PART.finditer(text)), len(text)]:
        yield from _read_part(text[begin:end], line + 1, is_payload)
        line += text.count("\n", begin, end)
        begin = end


def documents_in_time(
    text: str, is_payload: Callable[[Any], bool], lines_before: int, deadline: Deadline
) -> Iterator[Document]:
    """Do what `documents()` does until the time is over; then the last one has all of *text*."""
    for number, part in enumerate(documents(text, is_payload, lines_before)):
        if number and deadline.left() == 0:
            yield Document(part.line, text, LATE)
            return
        yield part


def _read_part(part: str, line: int, is_payload: Callable[[Any], bool]) -> Iterator[Document]:
    whole: list[tuple[int, int]] = []
    rests: list[tuple[int, int]] = []
    fault = ""
    patience = _PATIENCE * len(part) + _LEAST_PATIENCE
    at = rest = 0  # the next place to search, and the end of the last document

    while patience > 0 and (found := _DOCUMENT.search(part, at)):
        begin = found.end() - 1
        try:
            value, at = _DECODER.raw_decode(part, begin)
        except (ValueError, RecursionError) as error:
            at = begin + 1
            patience -= error.pos + 1 if isinstance(error, JSONDecodeError) else len(part)
            fault = fault or _describe(error, line)
            continue

        if is_payload(value):
            if fault or not _HEADING.fullmatch(part, rest, begin):
                rests.append((rest, begin))
        elif fault or not _BETWEEN.fullmatch(part, rest, begin):
            fault = fault or f"text before column {begin + 1}"
            continue
        whole.append((begin, at))
        rest = at

    rests.append((rest, len(part)))
    yield from _in_order(part, line, whole, rests, fault or "no object and no list")


def _describe(error: ValueError | RecursionError, line: int) -> str:
    if isinstance(error, JSONDecodeError):
        return f"{error.msg} (line {line + error.lineno - 1}, column {error.colno})"
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)


def _in_order(
    part: str, line: int, whole: list[tuple[int, int]], rests: list[tuple[int, int]], fault: str
) -> Iterator[Document]:
    """Yield the whole documents, and all rests as one document at the place of the first rest."""
    first = next((place for place in rests if not _BETWEEN.fullmatch(part, *place)), None)
    places = sorted([*whole, first]) if first else whole

    counted = 0
    for place in places:
        text = part[slice(*place)]
        begin = place[0] + len(text) - len(text.lstrip())
        line += part.count("\n", counted, begin)
        counted = begin
        if place == first:
            left = "".join(part[slice(*place)] for place in rests)
            yield Document(line, left.strip(), f"not JSON: {fault}")
        else:
            yield Document(line, text.strip())
