"""What Apprise tells of an alert that was not delivered, in words for whoever is on call."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from contextlib import suppress
from typing import Final

from ..exceptions import DeliveryError
from ._refusals import refusal

#: The HTTP status of a refusal in a warning of Apprise.
_STATUS: Final = re.compile(r"\berror=([1-5][0-9]{2})\b")

#: The beginning of the line with what broke the connection, which Apprise logs at the level DEBUG.
_BROKEN: Final = "Socket Exception:"

#: A part of that line, and what it says. The first that fits counts; nothing of the line is shown,
#: because it may hold the URL.
_SENTENCES: Final = (
    (
        "NameResolution|Failed to resolve|Name or service not known|getaddrinfo|name resolution",
        "cannot be reached: its name could not be looked up",
    ),
    ("ProxyError|to proxy|Tunnel connection", "cannot be reached through the proxy"),
    ("certificate verify failed", "cannot be reached: its certificate is not accepted"),
    ("SSLError|SSL:", "cannot be reached: TLS failed"),
    ("Connection refused", "refused the connection"),
    ("ConnectTimeout", "did not accept a connection in time"),
    ("NewConnection|unreachable|No route", "cannot be reached: there is no way to it"),
    ("timed out", "did not answer in time"),
    (
        "Connection aborted|Connection broken|reset by peer|unexpectedly closed",
        "broke the connection off before it confirmed the alert",
    ),
    (r"\(53[045], ", "refused the user or the password: check the URL"),
)

#: The meaning of a status, where the number alone does not tell it.
_MEANINGS: Final = dict.fromkeys(
    (401, 403, 404, 410), "it knows no such sender or address: check the URL"
)


class PluginLogger(logging.Logger):
    """
    The logger of one plugin: it logs nothing, and keeps why an alert was not delivered.

    Attributes:
        warnings: The texts of warnings and errors.
        broken: What broke the connection; empty if nothing did.
    """

    def __init__(self) -> None:
        super().__init__("apprise", logging.DEBUG)
        self.warnings: list[str] = []
        self.broken = ""

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - the name of logging
        """Return whether a level is kept, whatever the host has disabled."""
        return level >= logging.DEBUG

    def handle(self, record: logging.LogRecord) -> None:
        """Keep a record's text if it may tell why the alert was not delivered."""
        with suppress(Exception):  # a message and arguments that do not fit
            text = record.getMessage()
            if record.levelno >= logging.WARNING:
                self.warnings.append(text)
            elif text.startswith(_BROKEN):
                self.broken = text


def failure_of(service: str, warnings: Iterable[str], broken: str) -> DeliveryError:
    """
    Return the error for an alert that was not delivered.

    Args:
        service: The service's name.
        warnings: The warnings of Apprise.
        broken: What broke the connection; empty if nothing did.
    """
    found = [int(match[1]) for text in warnings for match in _STATUS.finditer(text)]
    if found:
        return refusal(service, found[-1], _MEANINGS)

    cause = broken.rpartition("Caused by")[2]  # what stands before may hold the URL
    known = (said for pattern, said in _SENTENCES if re.search(pattern, cause, re.IGNORECASE))
    why = f"{service} {next(known, 'did not confirm the alert')}"
    return DeliveryError(why, retryable=True, maybe_delivered=True)
