"""The parts of a file: each of its JSON lines, to save memory; or the whole file."""

# Theory of operation: the first line decides. If it is complete JSON, the file is read line by
# line, and a pipe is answered line by line. Lines that continue the part above, because they are
# indented or close something, belong to it. Anything else, such as one large list or a text, is
# read whole, because it cannot be understood in parts.

from __future__ import annotations

import io
import select
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any, BinaryIO, Final

from attrs import frozen

from ..exceptions import EventError, Problem
from ..sources.documents import documents
from ..sources.packing import PackingError, is_packed, unpack_lines

#: Bytes at the beginning of a packed file that show its form.
_HEAD_BYTES: Final = 1_000_000
#: Seconds to wait for a second line before the first one is answered.
_WAIT_SECONDS: Final = 0.5

_BYTE_ORDER_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_ENDS: Final = (b"}", b"]")
_CONTINUATIONS: Final = (b" ", b"\t", *_ENDS)


@frozen(slots=False, eq=False, repr=False)
class Part:
    """
    A part of a file.

    Attributes:
        content: Its bytes; a whole file may be gzip.
        line: The line in which it begins, counted from 1; None for a whole file.
        error: Why the rest of the file cannot be read, or None.
    """

    content: bytes = b""
    line: int | None = None
    error: EventError | None = None


def read_parts(stream: BinaryIO) -> Iterator[Part]:
    """
    Read *stream* in parts.

    Yields:
        Each part as soon as it is there. Broken gzip ends them with an error.
    """
    head = stream.read(2)
    if not is_packed(head):
        yield from _read_plain(head, stream)
        return

    head += stream.read(_HEAD_BYTES)
    if _is_json_line(_first_packed_line(head)):
        yield from _read_packed(io.BufferedReader(_Joined(head, stream)))
    else:
        yield Part(head + stream.read())


def _read_plain(head: bytes, stream: BinaryIO) -> Iterator[Part]:
    first = head if head.endswith(b"\n") else head + stream.readline()
    if head in _BYTE_ORDER_MARKS or not _is_json_line(first):
        yield Part(first + stream.read())
        return

    ahead = [first]
    while ahead[-1] is first or ahead[-1].isspace():
        if _is_waiting(stream):
            break
        line = stream.readline()
        if not line:
            yield Part(b"".join(ahead))
            return
        ahead.append(line)

    yield from _split(chain(ahead, stream))


def _is_waiting(stream: BinaryIO) -> bool:
    """Return whether neither more bytes nor the end have come yet."""
    try:
        return not select.select([stream], [], [], _WAIT_SECONDS)[0]
    except (OSError, ValueError):  # not a stream to wait for
        return False


def _is_json_line(line: bytes) -> bool:
    """Return whether *line* is complete JSON, perhaps with words before it."""
    try:
        found = list(documents(line.decode(), lambda value: isinstance(value, dict)))
    except UnicodeDecodeError:
        return False
    return bool(found) and all(document.fault is None for document in found)


def _split(lines: Iterable[bytes]) -> Iterator[Part]:
    """Yield the parts of *lines*, each as soon as it is complete."""
    part: list[bytes] = []

    for number, line in enumerate(lines, 1):
        if part and not line.startswith(_CONTINUATIONS):
            yield Part(b"".join(part), number - len(part))
            part = []
        if not part and line.isspace():
            continue

        part.append(line)
        if line.startswith(_ENDS) if part[1:] else line.rstrip().endswith(_ENDS):
            yield Part(b"".join(part), number - len(part) + 1)
            part = []

    if part:
        yield Part(b"".join(part), number - len(part) + 1)


class _Joined(io.RawIOBase):
    """The beginning of a stream that was read already, joined with the rest."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = io.BytesIO(head)
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        piece = self._head.read(len(buffer)) or self._rest.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)


def _read_packed(stream: BinaryIO) -> Iterator[Part]:
    try:
        yield from _split(unpack_lines(stream))
    except PackingError as error:
        yield Part(error=EventError([Problem("", str(error))]))


def _first_packed_line(head: bytes) -> bytes:
    """Return the first line of packed *head*; empty if it cannot be read."""
    try:
        return next(unpack_lines(io.BytesIO(head)), b"")
    except PackingError:
        return b""
