"""Deadlines, with one meaning of "in time" and one of "no limit"."""

from __future__ import annotations

import math
import threading
import time


class Deadline:
    """
    A moment by which something must be over, or no limit at all.

    Attributes:
        at: The moment, by `time.monotonic()`; None for no limit.
    """

    def __init__(self, at: float | None = None) -> None:
        self.at = at

    @classmethod
    def after(cls, seconds: float | None) -> Deadline:
        """
        Return the moment *seconds* from now.

        Args:
            seconds: Seconds from now, also negative; None, or more than a thread can wait, for
                no limit.

        Raises:
            TypeError: *seconds* is not a number.
            ValueError: *seconds* is NaN.
        """
        if seconds is None:
            return cls()

        if not isinstance(seconds, int | float):
            name = type(seconds).__name__
            raise TypeError(
                f"expected seconds, got something of the type {name}: give a number, or None for "
                "no limit"
            )
        if seconds > threading.TIMEOUT_MAX:
            return cls()
        if math.isnan(seconds):
            raise ValueError("expected seconds, got nan: give a number, or None for no limit")
        return cls(time.monotonic() + seconds)

    def left(self) -> float | None:
        """Return the seconds left, 0 if the time is over; None for no limit."""
        return None if self.at is None else max(0.0, self.at - time.monotonic())

    def half(self) -> Deadline:
        """Return the moment halfway to this one."""
        left = self.left()
        return Deadline.after(None if left is None else left / 2)

    def leaves(self, seconds: float) -> bool:
        """Return whether at least *seconds* are left."""
        left = self.left()
        return left is None or left >= seconds

    def cap(self, seconds: float) -> float:
        """Return *seconds*, or the time left if that is less."""
        left = self.left()
        return seconds if left is None else min(seconds, left)

    def earlier(self, seconds: float) -> Deadline:
        """Return the moment *seconds* before this one."""
        return self if self.at is None else Deadline(self.at - seconds)
