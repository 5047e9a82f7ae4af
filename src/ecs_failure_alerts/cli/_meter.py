"""How far a command is with its files: a line on a terminal that changes."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ._terminal import can_be_steered

#: Seconds between two lines.
_PAUSE: Final = 0.5


class Meter:
    """
    Shows events, rate and time left on standard error.

    Nothing is shown where standard error is no terminal, or where standard output is one too,
    because the answers show the progress there.

    Args:
        files: What is read; the time left is told where the size of each is known.
    """

    def __init__(self, files: Iterable[str]) -> None:
        self._shows = can_be_steered(sys.stderr) and not sys.stdout.isatty()
        self._size = _size_of(files) if self._shows else None
        self._began = self._shown = time.monotonic()
        self._read = 0

    def show(self, events: int, read: int) -> None:
        """
        Show how far it is, unless that was shown a moment ago.

        Args:
            events: How many have been read.
            read: Bytes that were read since the last call.
        """
        if not self._shows:
            return
        self._read += read
        now = time.monotonic()
        if now - self._shown < _PAUSE:
            return

        self._shown = now
        seconds = now - self._began
        left = ""
        if self._size and self._read:
            left = f", {_clock(seconds * max(self._size - self._read, 0) / self._read)} left"
        line = f"{events:,} events, {events / seconds:,.0f} a second{left}"
        print(f"\r{line}\033[K", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Make room for another line."""
        if self._shows:
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _size_of(files: Iterable[str]) -> int | None:
    """Return the bytes of *files*; None where one is packed or no file."""
    sizes = 0
    for file in files:
        path = Path(file)
        if file == "-" or path.suffix == ".gz" or not path.is_file():
            return None
        sizes += path.stat().st_size
    return sizes


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
