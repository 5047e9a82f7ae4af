"""The limits of look-ups: by default, and at most."""

from __future__ import annotations

from typing import Final

#: Seconds that all look-ups of a call may take: the alerts wait for them.
LOOKUP_SECONDS: Final = 3.0
MOST_LOOKUP_SECONDS: Final = 10.0

#: Log lines of a container.
LOG_LINES: Final = 30
MOST_LOG_LINES: Final = 100
