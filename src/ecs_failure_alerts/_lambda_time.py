"""How much of a Lambda's time is left for alerts."""

from __future__ import annotations

import sys
from typing import Final, Protocol

#: Seconds that are kept for returning the answer.
_RESERVE: Final = 0.5

#: Seconds more in which the function's own Sentry makes its event of our error.
_CAPTURE: Final = 0.5


class LambdaContext(Protocol):
    """What is used of the context that a Lambda is handed."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda's timeout."""


def seconds_for_alerts(context: LambdaContext | None) -> float | None:
    """
    Return the seconds that alerts may take.

    Args:
        context: The Lambda context; None for no limit.

    Returns:
        The time that is left, less a reserve; None for no limit. It can be negative.
    """
    if context is None:
        return None
    remaining = context.get_remaining_time_in_millis() / 1000

    return remaining - _reserve(remaining)


def _reserve(remaining: float) -> float:
    """
    Return the seconds of *remaining* that are not ours.

    Where the function has called `sentry_sdk.init()` with the integration for Lambda, that
    integration makes an event of what the handler raises, and waits until its own events are
    sent, for two seconds by default.
    """
    sdk = sys.modules.get("sentry_sdk")
    client = sdk.get_client() if sdk else None
    if client is None or client.get_integration("aws_lambda") is None:
        return _RESERVE

    flush = float(client.options.get("shutdown_timeout") or 0)
    return max(_RESERVE, min(_RESERVE + _CAPTURE + flush, remaining / 2))
