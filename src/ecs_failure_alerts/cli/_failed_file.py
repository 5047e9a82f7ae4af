"""The file for events that were not delivered, as JSON lines that can be sent again."""

from __future__ import annotations

import json
import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from .._texts import counted

#: A string, which stays as it is; or Python's word for a number that is too large.
_STRING_OR_INFINITY: Final = re.compile(r'"(?:[^"\\]|\\.)*"|Infinity')


class FailedFile:
    """
    Takes the events that were not delivered, one on each line.

    When the disk is full, it keeps the whole lines and counts the missing events. Sending goes on.

    Attributes:
        path: Its path.
        saved: The number of events in the file.
        missing: The number of events that the file could not take.
    """

    def __init__(self, path: Path) -> None:
        path.touch(0o600)
        if path.is_file():  # not a device or a pipe
            path.chmod(0o600)

        self.path = path
        self._file = path.open("wb", buffering=0)  # each line is there as soon as it is written
        self._error: OSError | None = None
        self.saved = 0
        self.missing = 0

    def write(self, line: str) -> None:
        """Save one event, as `json_line()` writes it."""
        if self._error is None:
            try:
                self._write_whole(line.encode())
            except OSError as error:
                self._error = error

        if self._error is None:
            self.saved += 1
        else:
            self.missing += 1

    def _write_whole(self, line: bytes) -> None:
        regular = self.path.is_file()
        start = self._file.tell() if regular else 0

        try:
            while line:
                line = line[self._file.write(line) :]
        except OSError:
            if regular:
                self._file.truncate(start)
            raise

    def close(self) -> None:
        """
        Close the file.

        Raises:
            OSError: The file could not take every event.
        """
        self._file.close()
        if self._error is None:
            return

        lost = f"{counted(self.missing, 'failed event')} not saved"
        what = f"{self._error.strerror}: {lost}; send the same input again"
        raise OSError(self._error.errno, what, str(self.path)) from None


@contextmanager
def open_failed(path: Path) -> Iterator[FailedFile]:
    """Open the file. Only its owner may read it, because events hold secrets."""
    failed = FailedFile(path)
    try:
        yield failed
    finally:
        failed.close()


def json_line(value: Any) -> str:
    """
    Return *value* as a line of JSON that can be read again.

    A number such as 1e999 is read as infinity, but JSON has no word for that.
    """
    text = json.dumps(value)
    if "Infinity" in text:
        text = _STRING_OR_INFINITY.sub(_finite, text)
    return text + "\n"


def _finite(found: re.Match[str]) -> str:
    return "1e999" if found[0] == "Infinity" else found[0]


def is_same_file(path: str, file: str) -> bool:
    """Return whether *file* is the file at *path*; ``-`` is standard input."""
    try:
        given = os.fstat(sys.stdin.fileno()) if file == "-" else Path(file).stat()
        found = Path(path).stat()
    except (OSError, ValueError, AttributeError):  # no such file, or no standard input
        return False

    return stat.S_ISREG(found.st_mode) and os.path.samestat(found, given)
