"""The answers of servers that do not confirm an alert, in words for whoever is on call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from ..exceptions import DeliveryError

#: The meaning of a status, or of all that begin with the same digit.
_MEANINGS: Final = {
    1: "the answer does not confirm the alert",
    2: "the answer does not confirm the alert",
    3: "it redirects, which is not followed: check the URL",
    4: "the alert was not taken",
    5: "it did not confirm the alert",
    413: "the alert is too large for it",
    429: "it asks to wait",
}


def refusal(
    host: str, status: int, meanings: Mapping[int, str], retry_after: float | None = None
) -> DeliveryError:
    """
    Return the error for an answer that does not confirm the alert.

    Args:
        host: The name of the server, or of the service.
        status: The HTTP status.
        meanings: What a status, or its first digit, means to this backend.
        retry_after: Seconds that the server asks to wait.
    """
    known = {**_MEANINGS, **meanings}
    meaning = known.get(status) or known[min(status // 100, 5)]
    wait = "" if retry_after is None else f"; it takes alerts again in {retry_after:.0f} s"

    return DeliveryError(
        f"{host} answered {status}: {meaning}{wait}",
        retryable=status in {408, 429} or not 400 <= status < 500,
        retry_after=retry_after,
        maybe_delivered=not 300 <= status < 500,
        status=status,
    )
