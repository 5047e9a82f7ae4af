"""Waiting for what another thread does, and calls that have to run out of time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

#: Seconds of a call that has to run out of time. Where a busy machine has not begun by then what
#: has to have begun, the next number counts.
LIMITS: Final = 0.15, 1.5, 15.0


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something holds; fail after ten seconds."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it does not come to hold"
        time.sleep(0.001)
