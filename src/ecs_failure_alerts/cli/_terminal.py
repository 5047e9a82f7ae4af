"""What a terminal can show."""

from __future__ import annotations

import os
import shutil
import textwrap
from typing import Final, TextIO

#: Columns of what is no terminal, and the fewest and most of one.
_COLUMNS: Final = 80
_FEWEST: Final = 40
_MOST: Final = 100

#: Columns by which a folded line goes on further right.
_HANGING: Final = 4


def can_be_steered(stream: TextIO) -> bool:
    """Return whether *stream* is a terminal that knows control sequences."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def wants_color(stream: TextIO) -> bool:
    """Return whether *stream* is to be coloured: https://no-color.org."""
    return can_be_steered(stream) and not os.environ.get("NO_COLOR")


def columns(stream: TextIO) -> int:
    """Return how many columns a text for *stream* may have."""
    if not stream.isatty():
        return _COLUMNS
    return min(max(shutil.get_terminal_size((_COLUMNS, 24)).columns, _FEWEST), _MOST)


def folded(text: str, stream: TextIO) -> str:
    """
    Return *text* with its long lines folded, where *stream* is a terminal.

    What goes on stands a little to the right of where its line began. Scripts get lines as they
    are.
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
