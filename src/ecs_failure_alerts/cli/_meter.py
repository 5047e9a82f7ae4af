"""The progress of a command through its files, as a changing line on a terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ._terminal import takes_control_sequences

#: Seconds between two lines at least.
_PAUSE_SECONDS: Final = 0.5


class Meter:
    """
    Shows events, rate and time left on standard error.

    Nothing is shown if standard error is not a terminal. Nothing is shown either if the answers
    come one by one on a terminal, because they show the progress.

    Args:
        files: The files. The time left is shown if the size of each is known.
        answers_last: Whether the only answer comes after the last event.
    """

    def __init__(self, files: Iterable[str], *, answers_last: bool = False) -> None:
        answers_show_it = sys.stdout.isatty() and not answers_last
        self._shows = takes_control_sequences(sys.stderr) and not answers_show_it
        self._is_shown = False
        self._size = _size_of(files) if self._shows else None
        self._began = self._shown = time.monotonic()
        self._read = 0

    def show(self, events: int, read: int) -> None:
        """
        Show the progress, unless it was shown a moment ago.

        Args:
            events: The number of events that have been read.
            read: Bytes that were read since the last call.
        """
        if not self._shows:
            return
        self._read += read
        now = time.monotonic()
        if now - self._shown < _PAUSE_SECONDS:
            return

        self._shown = now
        seconds = now - self._began
        left = ""
        if self._size and self._read:
            left = f", {_clock(seconds * max(self._size - self._read, 0) / self._read)} left"
        line = f"{events:,} events, {events / seconds:,.0f} a second{left}"
        print(f"\r{line}\033[K", end="", file=sys.stderr, flush=True)
        self._is_shown = True

    def clear(self) -> None:
        """Clear the line for other output on the terminal."""
        if self._is_shown:
            self._is_shown = False
            print("\r\033[K", end="", file=sys.stderr, flush=True)


def _size_of(files: Iterable[str]) -> int | None:
    """Return the bytes of *files*; None if one is packed or is not a file."""
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
