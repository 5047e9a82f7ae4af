"""A Lambda whose time runs out."""

from __future__ import annotations

import time


class Countdown:
    """The context of a Lambda whose time runs out, in *seconds* from now."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left."""
        return int((self.end - time.monotonic()) * 1000)
