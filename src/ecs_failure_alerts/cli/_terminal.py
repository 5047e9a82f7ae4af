"""The abilities of a terminal: colour, control sequences and width."""

from __future__ import annotations

import io
import os
import shutil
import textwrap
from typing import Final, TextIO

#: Columns without a terminal, and the fewest and the most of a terminal.
_COLUMNS: Final = 80
_FEWEST: Final = 40
_MOST: Final = 100

#: Columns by which the rest of a folded line is indented.
_HANGING: Final = 4


def takes_control_sequences(stream: TextIO) -> bool:
    """Return whether *stream* is a terminal that obeys control sequences."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def wants_color(stream: TextIO) -> bool:
    """Return whether output on *stream* should have colour: https://no-color.org."""
    return takes_control_sequences(stream) and not os.environ.get("NO_COLOR")


def columns(stream: TextIO) -> int:
    """Return the columns of a text for *stream*."""
    if not stream.isatty():
        return _COLUMNS
    return min(max(shutil.get_terminal_size((_COLUMNS, 24)).columns, _FEWEST), _MOST)


def write_each_line(stream: TextIO) -> None:
    """Write each line of *stream* at once, because someone may wait for it behind a pipe."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(line_buffering=True)


def folded(text: str, stream: TextIO) -> str:
    """
    Return *text* with its long lines folded, if *stream* is a terminal.

    The rest of a folded line is indented a little. Scripts get the lines as they are.
    """
    if not stream.isatty():
        return text

    width = columns(stream)
    return "\n".join(_fold(line, width) for line in text.split("\n"))


def _fold(line: str, width: int) -> str:
    indent = " " * (len(line) - len(line.lstrip(" ")) + _HANGING)

    return textwrap.fill(
        line,
        width,
        subsequent_indent=indent,
        replace_whitespace=False,
        drop_whitespace=True,
        break_long_words=False,
        break_on_hyphens=False,
    )
