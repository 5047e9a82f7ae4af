"""The search for a text whose redaction takes quadratic time."""

from __future__ import annotations

import re
import time
from functools import partial
from random import Random
from typing import Final

from ecs_failure_alerts.redaction._shapes import SHAPES, Shape
from linear_time import assert_linear

#: Characters in which quadratic time already shows, and the seconds for them that are suspicious.
_ENOUGH: Final = 4_000
_SUSPICIOUS: Final = 0.004
#: Characters of which the time is compared with that for an eighth of them.
_COMPARED: Final = 20_000
#: Pieces that are repeated together at most.
_MOST_PIECES: Final = 4
_PIECE: Final = re.compile(r"[A-Za-z0-9]+|[^A-Za-z0-9]")


def search(seconds: int, random: Random) -> str | None:
    """
    Repeat what the shapes of secrets are made of until the time is over.

    Args:
        seconds: How long to search.
        random: Chooses what is repeated.

    Returns:
        The first finding; None if there is none.
    """
    end = time.monotonic() + seconds
    pieces = {shape: [*shape.signs, *_PIECE.findall(shape.pattern)] for shape in SHAPES}

    while time.monotonic() < end:
        shape = random.choice(SHAPES)
        unit = random.choice(shape.signs)
        unit += "".join(random.choices(pieces[shape], k=random.randrange(_MOST_PIECES)))
        begin = time.thread_time()
        _redact(shape, unit, _ENOUGH)
        if time.thread_time() - begin < _SUSPICIOUS:
            continue
        try:
            assert_linear(partial(_redact, shape, unit), _COMPARED)
        except AssertionError as error:
            return f"{shape.name}: {unit!r}: {error}"
    return None


def _redact(shape: Shape, unit: str, size: int) -> None:
    shape.redact(unit * (size // len(unit)))
