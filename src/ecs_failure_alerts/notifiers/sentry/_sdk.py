"""The uses of sentry-sdk: to read a DSN, and to write an envelope."""

# Theory of operation: sentry-sdk loads urllib3 deep inside its own imports, and how deep Python is
# decides what a call costs: at the edge of a block of memory for frames, each call takes a new
# block and gives it back. urllib3 compiles its patterns there, in thousands of calls, which took
# up to a seventh of a cold start. So whoever imports this module has loaded urllib3 before.

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sentry_sdk.envelope import Envelope
from sentry_sdk.utils import BadDsn, Dsn

from ...host import ignore_own_loggers
from .._bodies import json_values

ignore_own_loggers()  # sentry-sdk is loaded now


def parse_dsn(dsn: str) -> Dsn:
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


def write_envelope(event_id: str, event: dict[str, Any]) -> bytes:
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
