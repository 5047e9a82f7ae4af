"""How far a replay is: on a terminal a line that changes, else the last one alone."""

from __future__ import annotations

import sys
import time

from ._replay import Tally
from ._terminal import can_be_steered


class Progress:
    """Shows on standard error how far a replay is."""

    def __init__(self) -> None:
        self._changes = can_be_steered(sys.stderr)
        self._tally = Tally()

    def show(self, tally: Tally) -> None:
        """Show *tally* in place of what was shown."""
        self._tally = tally
        self._write(str(tally))

    def clear(self) -> None:
        """Make room for another line."""
        self._write("")

    def wait(self, seconds: float) -> None:
        """Wait *seconds*, and tell why."""
        why = f"waiting {seconds:.0f} s, as Sentry asks"
        if self._changes:
            self._write(f"{self._tally}; {why}")
        else:
            print(why, file=sys.stderr, flush=True)

        time.sleep(seconds)

    def end(self, tally: Tally) -> None:
        """Leave the last tally."""
        if self._changes:
            print(file=sys.stderr)
        elif tally.done > 1:
            print(tally, file=sys.stderr)

    def _write(self, text: str) -> None:
        if self._changes:
            print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)
