"""
Signatures of requests: the receiver can tell who sent a request, and when.

The scheme is Standard Webhooks, version 1.0:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import base64
import hmac
from typing import Final
from urllib.parse import quote

_PREFIX: Final = "whsec_"

#: Bytes of a key at least and at most.
_LEAST_KEY_BYTES: Final = 24
_MOST_KEY_BYTES: Final = 64


def parse_keys(text: str) -> tuple[bytes, ...]:
    """
    Read signing keys, separated by blanks: two of them while a key is replaced.

    Raises:
        ValueError: A key is malformed, or there is none. No key is shown.
    """
    keys = tuple(_key(word) for word in text.split()) if isinstance(text, str) else ()
    if not keys or not all(_LEAST_KEY_BYTES <= len(key) <= _MOST_KEY_BYTES for key in keys):
        raise ValueError(
            f"expected a signing key of the form {_PREFIX}BASE64 with "
            f"{_LEAST_KEY_BYTES} to {_MOST_KEY_BYTES} bytes: "
            f'make one with echo "{_PREFIX}$(openssl rand -base64 32)"'
        )
    return keys


def _key(word: str) -> bytes:
    """Return the bytes of a key; empty if it is malformed."""
    encoded = word.removeprefix(_PREFIX)
    if encoded == word:
        return b""
    try:
        return base64.b64decode(encoded, validate=True)
    except ValueError:
        return b""


def signed_headers(
    body: bytes, event_id: str, seconds: int, keys: tuple[bytes, ...]
) -> dict[str, str]:
    """
    Return the headers with the event's id, the time of sending and the signatures.

    Args:
        body: The body of the request.
        event_id: The event's id, which stays the same if the event is sent again.
        seconds: The time of sending, in seconds since 1970.
        keys: The keys; without any, nothing is signed.
    """
    headers = {"webhook-id": quote(event_id, safe=""), "webhook-timestamp": str(seconds)}
    if keys:
        content = f"{headers['webhook-id']}.{seconds}.".encode() + body
        digests = [hmac.digest(key, content, "sha256") for key in keys]
        signatures = [f"v1,{base64.b64encode(digest).decode()}" for digest in digests]
        headers["webhook-signature"] = " ".join(signatures)
    return headers
