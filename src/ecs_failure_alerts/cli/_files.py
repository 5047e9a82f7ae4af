"""What the commands read: files of events, and how to name what cannot be read in them."""

from __future__ import annotations

import errno
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve

from ..exceptions import EventError, Problem
from ..sources import SourceRecord, read_payload
from ._cards import printable


def read_records(
    files: Sequence[str], read: Callable[[bytes], Iterator[SourceRecord]] = read_payload
) -> Iterator[SourceRecord]:
    """
    Give every record of *files*, of which ``-`` is standard input.

    A file that cannot be read becomes a record with an error, so that the others are read all
    the same.
    """
    for file in files:
        try:
            records = read(read_file(file))
        except OSError as error:
            problem = Problem("", error.strerror or "unreadable")
            yield SourceRecord(file, error=EventError([problem]))
            continue
        for record in records:
            place = f"{file}: {record.place}" if record.place else file
            yield evolve(record, place=place) if len(files) > 1 else record


def read_file(name: str) -> bytes:
    """Give what is in a file; ``-`` is standard input, which a process need not have."""
    if name != "-":
        return Path(name).read_bytes()
    if sys.stdin is None:
        raise OSError(errno.EBADF, "there is no standard input", name)
    return sys.stdin.buffer.read()


def event_of(record: SourceRecord) -> Mapping[str, Any]:
    """Return the event that *record* holds; raise `EventError` where there is none."""
    if record.event is None:
        raise record.error or EventError([])
    return record.event


def place_of(record: SourceRecord) -> str:
    """Say where *record* stands."""
    return record.place or "the input"


def faults(record: SourceRecord, error: EventError) -> list[str]:
    """Say what is wrong with *record*, without the place where it is the record's own."""
    return [
        printable(problem.message if record.place.endswith(problem.path) else str(problem))
        for problem in error.problems
    ]
