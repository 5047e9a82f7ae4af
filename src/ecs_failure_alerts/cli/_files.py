"""The files of events that commands read, and the names of unreadable parts."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from glob import glob
from pathlib import Path
from typing import Any, BinaryIO, Final, TypeAlias

from attrs import evolve

from .._json import load as load_json
from .._texts import clean
from ..exceptions import EventError, Problem
from ..sources import Load, SourceRecord, read_part, read_payload
from ._parts import Part, read_parts

#: A part, and the name of its file; empty if there is only one file.
NamedPart: TypeAlias = tuple[str, Part]

_GLOB: Final = re.compile(r"[*?\[]")
#: The place of a line, and the beginning of an object or a list in one, in JSON or as Python prints
#: it. ``[INFO]`` in a log is none, and neither is ``{id=1}`` after some words.
_LINE: Final = re.compile(r"(^|: )line [0-9]+\Z")
_JSON: Final = re.compile(r"""\A\s*\{|(?:\{|\[[\s\[]*\{?)\s*(?:["']|\Z)""")


def find_files(names: Iterable[str]) -> list[str]:
    """
    Return the files that *names* stand for, in order.

    Args:
        names: Files, globs such as ``archive/2026-11-*``, and folders. A folder stands for all
            files inside, except those in which the name of a file or folder begins with a dot. One
            without files stands for itself, and cannot be read.
    """
    found: list[str] = []

    for name in names:
        path = Path(name)
        if name and path.is_dir():
            found += _files_inside(path) or [name]
        elif _GLOB.search(name) and not path.exists():
            found += sorted(glob(name, recursive=True)) or [name]  # noqa: PTH207 - any path
        else:
            found.append(name)

    return found


def _files_inside(folder: Path) -> list[str]:
    files = [
        str(file)
        for file in folder.rglob("*")
        if file.is_file()
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    ]
    return sorted(files)


def has_pipes(files: Iterable[str]) -> bool:
    """Return whether one of *files* is a pipe, at whose other end somebody may still write."""
    return any(file == "-" or not Path(file).is_file() for file in files)


def size_of(part: NamedPart) -> int:
    """Return the bytes of a part."""
    return len(part[1].content)


def read_named_parts(names: Iterable[str], *, named: bool = False) -> Iterator[NamedPart]:
    """
    Read the files that *names* stand for, in parts where that is possible.

    A file that cannot be read becomes a part with an error, and the others are still read.

    Args:
        names: As for `find_files()`; ``-`` is standard input.
        named: Whether each part has the name of its file, even if there is only one file.
    """
    files = find_files(names)
    several = named or len(files) > 1

    for file in files:
        name = ("standard input" if file == "-" else file) if several else ""
        try:
            with _opened_events(file) as stream:
                yield from ((name, part) for part in read_parts(stream))
        except OSError as error:
            problem = Problem("", error.strerror or "unreadable")
            yield name or file, Part(error=EventError([problem]))


def records_of(name: str, part: Part, load: Load = load_json) -> Iterator[SourceRecord]:
    """Read the records of a part of the file *name*; their places begin with that name."""
    if part.error is not None:
        records = iter([SourceRecord(error=part.error)])
    elif part.line is None:
        records = read_payload(part.content, load=load)
    else:
        records = read_part(part.content, part.line, load=load)

    if not name:
        return records
    return (evolve(r, place=f"{name}: {r.place}" if r.place else name) for r in records)


def read_records(names: Sequence[str], *, named: bool = False) -> Iterator[SourceRecord]:
    """
    Read every record of the files that *names* stand for.

    Args:
        names: As for `find_files()`; ``-`` is standard input.
        named: Whether each place begins with its file, even if there is only one file.
    """
    for name, part in read_named_parts(names, named=named):
        yield from records_of(name, part)


def _opened(name: str) -> AbstractContextManager[BinaryIO]:
    """Open a file; ``-`` is standard input, which stays open."""
    if not name:
        raise OSError(errno.ENOENT, "expected the name of a file, or -; got an empty one", name)
    if name != "-":
        return Path(name).open("rb")
    if sys.stdin is None:
        raise OSError(errno.EBADF, "there is no standard input", name)
    return nullcontext(sys.stdin.buffer)


def _opened_events(name: str) -> AbstractContextManager[BinaryIO]:
    """Open a file of events, which a folder without files is not."""
    if name and Path(name).is_dir():
        raise OSError(errno.EISDIR, "expected files of events in this folder, found none", name)
    return _opened(name)


def check_files(names: Iterable[str]) -> None:
    """
    Check that the files that *names* stand for can be read.

    Raises:
        OSError: A file cannot be read; the error has its name.
    """
    for file in find_files(names):
        with _opened_events(file):
            pass


def read_file(name: str) -> bytes:
    """
    Return the content of a file; ``-`` is standard input.

    Raises:
        OSError: The file cannot be read, or the process has no standard input.
    """
    with _opened(name) as stream:
        return stream.read()


def is_prose(record: SourceRecord) -> bool:
    """Return whether *record* is a line of text without JSON, not even broken JSON."""
    return (
        record.error is not None
        and isinstance(record.raw, str)
        and _LINE.search(record.place) is not None
        and not _JSON.search(record.raw)
    )


def event_of(record: SourceRecord) -> Mapping[str, Any]:
    """Return the event of *record*; raise `EventError` if there is none."""
    if record.event is None:
        raise record.error or EventError([])
    return record.event


def place_of(record: SourceRecord) -> str:
    """Return the place of *record* for a terminal."""
    return clean(record.place) or "the input"


def faults(record: SourceRecord, error: EventError) -> list[str]:
    """Return the faults of *record*, without their places if that is the record's own place."""
    return [
        clean(problem.message if record.place.endswith(problem.path) else str(problem))
        for problem in error.problems
    ]
