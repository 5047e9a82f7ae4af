"""The progress of a replay: a changing line on a terminal, otherwise only the last one."""

from __future__ import annotations

import sys
import time

from ._replay import Tally
from ._terminal import takes_control_sequences


class Progress:
    """Shows the progress of a replay on standard error."""

    def __init__(self) -> None:
        self._changes = takes_control_sequences(sys.stderr)
        self._tally = Tally()

    def show(self, tally: Tally) -> None:
        """Show *tally* in place of the last one."""
        self._tally = tally
        self._write(str(tally))

    def clear(self) -> None:
        """Clear the line for other output."""
        self._write("")

    def wait(self, seconds: float) -> None:
        """Wait *seconds*, and show why."""
        why = f"waiting {seconds:.0f} s, as Sentry asks"
        if self._changes:
            self._write(f"{self._tally}; {why}")
        else:
            print(why, file=sys.stderr, flush=True)

        time.sleep(seconds)

    def end(self, tally: Tally) -> None:
        """Show the last tally for good."""
        if self._changes:
            print(file=sys.stderr)
        elif tally.done > 1:
            print(tally, file=sys.stderr)

    def _write(self, text: str) -> None:
        if self._changes:
            print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)
