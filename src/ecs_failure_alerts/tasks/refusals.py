"""The wordings of AWS and others for a refused call, and for a missing connection."""

from __future__ import annotations

from typing import Final

from .wording import any_of

DENIED: Final = any_of(
    "AccessDenied",
    r"\bdenied\b",
    "not authorized",
    "unauthorized",
    "forbidden",
    r"\b403\b",
)
NO_ROUTE: Final = any_of(
    "connection issue",
    "i/o timeout",
    "dial tcp",
    "no such host",
    "connection refused",
    "connection reset",
    "deadline exceeded",
    "TLS handshake timeout",
    "awaiting headers",
    "while waiting for connection",
    "network is unreachable",
    "send request failed",
    "timed out",
)
