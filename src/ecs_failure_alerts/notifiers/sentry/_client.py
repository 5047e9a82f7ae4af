"""How one event gets to Sentry: an envelope, sent at once, that Sentry has to confirm."""

# Theory of operation: sentry-sdk's own transports queue an event for a thread and forget it, so
# that their caller never learns of a loss. Here its envelope is posted within the call, which
# returns only if Sentry's answer carries the event's id.

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from sentry_sdk.envelope import Envelope
from sentry_sdk.utils import BadDsn, Dsn

from ..._deadline import Deadline
from ..._host_sentry import ignore_own_loggers
from ..._version import __version__
from .._bodies import json_values
from .._http import ConfirmedPost, retry_after, seconds_to_wait

_USER_AGENT: Final = f"ecs-failure-alerts/{__version__}"

#: What a status means, where the number alone does not say it.
_MEANINGS: Final = {
    200: "the answer does not confirm the event: is this a Sentry server?",
    400: "Sentry found the event invalid",
    401: "the DSN's key is not accepted: check the DSN",
    403: "the DSN's project or key is not accepted: check the DSN",
    404: "there is no Sentry at this address: check the DSN",
    413: "the event is too large",
    429: "Sentry asks to wait: a quota or rate limit is used up",
}

#: What Sentry counts our events as.
_CATEGORIES: Final = {"error", "default"}

ignore_own_loggers()  # sentry-sdk is loaded now


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
        parsed = _parse(dsn)
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
            deadline: When to be over.

        Raises:
            DeliveryError: It was not confirmed.
        """
        event_id = str(event["event_id"])
        body = gzip.compress(_envelope(event_id, event))
        self._post.send(body, lambda answer: _confirmed_id(answer) == event_id, deadline)
        return event_id


def _parse(dsn: str) -> Dsn:
    """
    Parse a DSN, with blanks around it or not.

    Raises:
        ValueError: It is invalid, or holds what cannot be sent.
    """
    try:
        word = dsn.strip()
        if " " in word or not word.isprintable():
            raise ValueError
        parsed = Dsn(word)
        parsed.public_key.encode("ascii")  # as it goes into a header
    except (BadDsn, ValueError, AttributeError, TypeError):
        raise ValueError(
            "expected a Sentry DSN of the form https://PUBLIC_KEY@HOST/PROJECT_ID"
        ) from None

    if ":" in parsed.host:
        parsed.host = f"[{parsed.host}]"  # an IPv6 address, whose brackets it takes away
    return parsed


def _envelope(event_id: str, event: dict[str, Any]) -> bytes:
    """
    Wrap an event as Sentry takes it, with the time where it has none.

    https://develop.sentry.dev/sdk/data-model/envelopes/
    """
    now = datetime.now(UTC).isoformat()
    try:
        return _serialized(event_id, {"timestamp": now, **event})
    except (TypeError, ValueError):  # somebody's own alert, with what JSON has not
        return _serialized(event_id, {"timestamp": now, **json_values(event)})


def _serialized(event_id: str, event: Any) -> bytes:
    envelope = Envelope(headers={"event_id": event_id})
    envelope.add_event(event)
    return envelope.serialize()


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
