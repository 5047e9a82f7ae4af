"""What a terminal can show."""

from __future__ import annotations

import os
from typing import TextIO


def can_be_steered(stream: TextIO) -> bool:
    """Return whether *stream* is a terminal that knows control sequences."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def wants_color(stream: TextIO) -> bool:
    """Return whether *stream* is to be coloured: https://no-color.org."""
    return can_be_steered(stream) and not os.environ.get("NO_COLOR")
