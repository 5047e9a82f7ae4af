"""The JSON documents in a text that is more than one of them, or of which a part is broken."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from json import JSONDecodeError, JSONDecoder
from typing import Any, Final

from attrs import frozen

#: A line that is neither indented nor closes something begins a new part.
_PART: Final = re.compile(r"^(?=[^\s\]}])", re.MULTILINE)
#: Where a document may begin: JSON text inside JSON text only at the beginning of a part.
_DOCUMENT: Final = re.compile(r'[{\[]|\A\s*"')
#: Words in front of a document in its line, such as the time in a log.
_HEADING: Final = re.compile(r'\s*[^\[\]{}"\n]*')
_BETWEEN: Final = re.compile(r"[\s,]*")

#: Characters that are read in vain before a part is given up, as a multiple of its length.
_PATIENCE: Final = 16
#: Characters that are read in vain in any part, however short it is.
_LEAST_PATIENCE: Final = 100_000


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a number there")


_DECODER: Final = JSONDecoder(parse_int=str, parse_constant=_refuse_constant)


@frozen(slots=False, eq=False, repr=False)
class Document:
    """
    A document of a text, or what is left of a part that is broken.

    Attributes:
        line: The line in which it begins, counted from 1.
        text: Its characters.
        fault: Why it is broken; None where it is whole.
    """

    line: int
    text: str
    fault: str | None = None


def documents(text: str, is_payload: Callable[[Any], bool]) -> Iterator[Document]:
    """
    Find the documents in *text*, of which some may be broken.

    Documents stand below or beside each other, indented or not, and words may stand before one
    in its line, such as the time in a log. What is broken takes no document along that stands
    beside it or, as in a list that is cut off, whole inside it. Time and memory are linear.

    Args:
        text: The text.
        is_payload: Whether a value is worth taking out of something that is broken.

    Yields:
        The documents and one rest for each broken part, in order.
    """
    line = begin = 0
    for end in [*(found.start() for found in _PART.finditer(text)), len(text)]:
        yield from _read_part(text[begin:end], line + 1, is_payload)
        line += text.count("\n", begin, end)
        begin = end


def _read_part(part: str, line: int, is_payload: Callable[[Any], bool]) -> Iterator[Document]:
    whole: list[tuple[int, int]] = []
    rests: list[tuple[int, int]] = []
    fault = ""
    patience = _PATIENCE * len(part) + _LEAST_PATIENCE
    at = rest = 0  # where to look on, and where begins what belongs to no document yet

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
            fault = fault or f"text before what begins in column {begin + 1}"
            continue
        whole.append((begin, at))
        rest = at

    rests.append((rest, len(part)))
    yield from _in_order(part, line, whole, rests, fault or "no object and no list")


def _describe(error: ValueError | RecursionError, line: int) -> str:
    if isinstance(error, JSONDecodeError):
        return f"{error.msg} (line {line + error.lineno - 1}, column {error.colno})"
    return "nested too deep" if isinstance(error, RecursionError) else str(error)


def _in_order(
    part: str, line: int, whole: list[tuple[int, int]], rests: list[tuple[int, int]], fault: str
) -> Iterator[Document]:
    """Yield what is whole, and all rests as one document where the first of them stands."""
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
