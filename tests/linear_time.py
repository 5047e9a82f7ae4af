"""How the time that something takes grows with what it is given."""

from __future__ import annotations

import time
from collections.abc import Callable

#: What is tried is this many times as long as what it is compared with.
TIMES_LONGER = 8
#: Work of linear time takes 8 times as long then, of quadratic time 64 times.
TIMES_AS_LONG_AT_MOST = 24
#: The first measurement of work pays for what is kept later, and a busy machine adds to any.
ATTEMPTS = 3


def assert_linear(work: Callable[[int], object], size: int) -> None:
    """
    Assert that the processor's time for ``work(size)`` grows no faster than the size.

    It is compared with the time for an eighth of the size, so neither a slow machine nor a tool
    that follows each line changes the outcome.
    """
    ratios = []
    for _ in range(ATTEMPTS):
        ratios.append(_ratio(work, size))
        if ratios[-1] < TIMES_AS_LONG_AT_MOST:
            return

    raise AssertionError(f"{TIMES_LONGER} times as much takes {min(ratios):.0f} times as long")


def _ratio(work: Callable[[int], object], size: int) -> float:
    short = min(_seconds(work, size // TIMES_LONGER) for _ in range(ATTEMPTS))
    return _seconds(work, size) / short


def _seconds(work: Callable[[int], object], size: int) -> float:
    begin = time.thread_time()
    work(size)
    return time.thread_time() - begin
