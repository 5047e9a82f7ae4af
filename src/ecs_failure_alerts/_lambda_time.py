"""The part of a Lambda's time that is left for alerts."""

from __future__ import annotations

import sys
from typing import Final, Protocol

#: Seconds in which the function returns its answer.
_ANSWER_SECONDS: Final = 0.5

#: Seconds more for each record, to report, log and answer it. Measured with 2,000 and 10,000
#: records: 0.00012 on a whole processor, of which a Lambda of 256 MB has a seventh.
#: https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
_RECORD_SECONDS: Final = 0.001

#: Seconds in which the function's own Sentry turns our error into an event.
_HOST_EVENT_SECONDS: Final = 0.5


class LambdaContext(Protocol):
    """The part of Lambda's context object that is used."""

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda's timeout."""


def seconds_for_alerts(context: LambdaContext | None, records: int) -> float | None:
    """
    Return the seconds that alerts may take.

    Args:
        context: The Lambda context; None for no limit.
        records: The number of records.

    Returns:
        The time until Lambda's timeout, less a reserve; None for no limit. It can be negative.

    Raises:
        TypeError: *context* is not a Lambda context.
    """
    if context is None:
        return None
    if not callable(getattr(context, "get_remaining_time_in_millis", None)):
        name = type(context).__name__
        raise TypeError(
            f"expected the context that Lambda passes to a handler, got something of the type "
            f"{name}: pass that context, or None for no limit"
        )
    remaining = context.get_remaining_time_in_millis() / 1000

    return remaining - _reserve(remaining, records)


def _reserve(remaining: float, records: int) -> float:
    """
    Return the seconds of *remaining* that are reserved for what follows the alerts.

    They are at most half of *remaining*, but never less than the answer needs.

    If the function has called `sentry_sdk.init()` with the integration for Lambda, the integration
    turns exceptions of the handler into events, and waits until they are sent: two seconds by
    default (its option ``shutdown_timeout``).

    https://docs.sentry.io/platforms/python/configuration/options/#shutdown_timeout
    """
    wanted = _ANSWER_SECONDS + records * _RECORD_SECONDS

    sdk = sys.modules.get("sentry_sdk")
    client = sdk.get_client() if sdk else None
    if client is not None and client.get_integration("aws_lambda") is not None:
        wanted += _HOST_EVENT_SECONDS + float(client.options.get("shutdown_timeout") or 0)

    return max(_ANSWER_SECONDS, min(wanted, remaining / 2))
