"""What the commands read: files of events, and how to name what cannot be read in them."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from attrs import evolve

from .._texts import clean
from ..exceptions import EventError, Problem
from ..sources import SourceRecord, read_payload

#: A line of a text, and where JSON may begin in it; ``[INFO]`` of a log is none.
_LINE: Final = re.compile(r"(^|: )line [0-9]+\Z")
_JSON: Final = re.compile(r"""\{|\[\s*(?:[\[{"']|\Z)""")


def read_records(
    files: Sequence[str],
    read: Callable[[bytes], Iterator[SourceRecord]] = read_payload,
    *,
    named: bool = False,
) -> Iterator[SourceRecord]:
    """
    Read every record of *files*, of which ``-`` is standard input.

    A file that cannot be read becomes a record with an error, so that the others are read all
    the same.

    Args:
        files: Their names.
        read: What finds the records in a file.
        named: Whether each place begins with its file, also where there is only one.
    """
    for file in files:
        name = "standard input" if file == "-" else file

        for record in _read_one(file, read):
            place = f"{name}: {record.place}" if record.place else name
            yield evolve(record, place=place) if named or len(files) > 1 else record


def _read_one(file: str, read: Callable[[bytes], Iterator[SourceRecord]]) -> Iterator[SourceRecord]:
    try:
        content = read_file(file)
    except OSError as error:
        problem = Problem("", error.strerror or "unreadable")
        yield SourceRecord(error=EventError([problem]))
    else:
        yield from read(content)


def read_file(name: str) -> bytes:
    """
    Return what is in a file; ``-`` is standard input.

    Raises:
        OSError: The file cannot be read, or the process has no standard input.
    """
    if not name:
        raise OSError(errno.ENOENT, "expected the name of a file, or -; got an empty one", name)
    if name != "-":
        return Path(name).read_bytes()
    if sys.stdin is None:
        raise OSError(errno.EBADF, "there is no standard input", name)
    return sys.stdin.buffer.read()


def is_prose(record: SourceRecord) -> bool:
    """Return whether *record* is a line of a text that holds no JSON, not even broken JSON."""
    return (
        record.error is not None
        and isinstance(record.raw, str)
        and _LINE.search(record.place) is not None
        and not _JSON.search(record.raw)
    )


def event_of(record: SourceRecord) -> Mapping[str, Any]:
    """Return the event that *record* holds; raise `EventError` where there is none."""
    if record.event is None:
        raise record.error or EventError([])
    return record.event


def place_of(record: SourceRecord) -> str:
    """Return where *record* stands, for a terminal."""
    return clean(record.place) or "the input"


def faults(record: SourceRecord, error: EventError) -> list[str]:
    """Name what is wrong with *record*, without the place where it is the record's own."""
    return [
        clean(problem.message if record.place.endswith(problem.path) else str(problem))
        for problem in error.problems
    ]
