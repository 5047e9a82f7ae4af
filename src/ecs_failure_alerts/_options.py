"""What users may set by a variable, a key of a document, or an argument: names and limits."""

from __future__ import annotations

from typing import Final

#: The variable of the environment for the Sentry project.
DSN_VARIABLE: Final = "ECS_ALERTS_SENTRY_DSN"

#: What can be looked up.
LOOKUPS: Final = ("definition", "logs", "tags")

#: Seconds that all look-ups of a call may take: the alerts wait for them.
LOOKUP_SECONDS: Final = 3.0
MOST_LOOKUP_SECONDS: Final = 10.0

#: Log lines of a container.
LOG_LINES: Final = 30
MOST_LOG_LINES: Final = 100
