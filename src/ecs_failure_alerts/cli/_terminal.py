"""What a terminal can show."""

from __future__ import annotations

import os
import shutil
from typing import Final, TextIO

#: Columns of what is no terminal, and the fewest and most of one.
_COLUMNS: Final = 80
_FEWEST: Final = 40
_MOST: Final = 100


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
