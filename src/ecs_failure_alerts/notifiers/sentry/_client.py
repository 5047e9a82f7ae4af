"""The client that sends one event to Sentry at once, and waits for the confirmation."""

# Theory of operation: sentry-sdk's own transports queue an event for a thread and forget it, so
# the caller never learns of a loss. Here the envelope is posted within the call, which returns only
# if Sentry's answer has the event's id.

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any, Final

from ..._deadline import Deadline
from ..._version import __version__
from .._http import ConfirmedPost, retry_after, seconds_to_wait
from ._sdk import parse_dsn, write_envelope

_USER_AGENT: Final = f"ecs-failure-alerts/{__version__}"

#: The meaning of a status, where the number alone does not tell it.
_MEANINGS: Final = {
    2: "the answer does not confirm the event: is this a Sentry server?",
    3: "it redirects, which is not followed: check the DSN",
    400: "Sentry found the event invalid",
    401: "the DSN's key is not accepted: check the DSN",
    403: "the DSN's project or key is not accepted: check the DSN",
    404: "there is no Sentry at this address: check the DSN",
    413: "the event is too large",
    429: "Sentry asks to wait: a quota or rate limit is used up",
}

#: gzip in a quarter of the memory that it takes by default: an event is small, and to clear so much
#: memory takes longer than to pack it. At level 3 of 9 that takes two thirds of the time, and
#: the event grows by a twentieth. The numbers are those of https://www.zlib.net/manual.html
_GZIP: Final = 16
_WINDOW_BITS: Final = 13
_MEMORY_LEVEL: Final = 6
_LEVEL: Final = 3

#: Sentry's categories of our events.
_CATEGORIES: Final = {"error", "default"}


class ConfirmingClient:
    """
    A Sentry client whose `send()` returns once Sentry has the event.

    The arguments are those of `SentryNotifier`.
    """

    def __init__(
        self,
        dsn: str,
        *,
        attempts: int,
        attempt_timeout: float,
        ca_certs: str | None,
        proxy: str | None,
    ) -> None:
        parsed = parse_dsn(dsn)
        auth = parsed.to_auth(_USER_AGENT)

        self._post = ConfirmedPost(
            auth.get_api_url(),
            headers={
                "User-Agent": _USER_AGENT,
                "X-Sentry-Auth": auth.to_header(),
                "Content-Type": "application/x-sentry-envelope",
                "Content-Encoding": "gzip",
            },
            attempts=attempts,
            attempt_timeout=attempt_timeout,
            ca_certs=ca_certs,
            proxy=proxy,
            meanings=_MEANINGS,
            wait=_seconds_to_wait,
        )

        self.host: str = self._post.host

    def send(self, event: dict[str, Any], deadline: Deadline) -> str:
        """
        Send *event*, and return its id.

        Args:
            event: The event, with an ``event_id``.
            deadline: The time limit.

        Raises:
            DeliveryError: Sentry did not confirm the event.
        """
        event_id = str(event["event_id"])
        body = _packed(write_envelope(event_id, event))
        self._post.send(body, lambda answer: _confirmed_id(answer) == event_id, deadline)
        return event_id


def _packed(text: bytes) -> bytes:
    """Return *text* in gzip."""
    packer = zlib.compressobj(_LEVEL, wbits=_GZIP + _WINDOW_BITS, memLevel=_MEMORY_LEVEL)
    return packer.compress(text) + packer.flush()


def _confirmed_id(answer: bytes) -> str | None:
    """Return the event id that an answer confirms."""
    try:
        event_id = json.loads(answer)["id"]
    except (ValueError, TypeError, LookupError, RecursionError):
        return None
    return event_id.replace("-", "").lower() if isinstance(event_id, str) else None


def _seconds_to_wait(headers: Mapping[str, str]) -> float | None:
    """
    Return the longest wait that Sentry asks for.

    https://develop.sentry.dev/sdk/expected-features/rate-limiting/
    """
    waits = []
    for limit in headers.get("X-Sentry-Rate-Limits", "").split(","):
        seconds, categories, *_ = [*limit.strip().split(":"), ""]
        wait = seconds_to_wait(seconds)
        if wait is not None and (not categories or _CATEGORIES & set(categories.split(";"))):
            waits.append(wait)

    return max(waits, default=None) if waits else retry_after(headers)
