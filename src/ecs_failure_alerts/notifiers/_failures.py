"""What went wrong with a connection, in words for whoever is on call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from urllib3 import exceptions

from ..exceptions import DeliveryError
from ._connections import NotConnectedError

#: The request cannot have reached the backend.
_NEVER_SENT: Final = (
    NotConnectedError,
    exceptions.NewConnectionError,
    exceptions.ConnectTimeoutError,
    exceptions.ProxyError,
    exceptions.LocationValueError,
)

#: What each kind of error, or of its cause, says. The first kind that fits counts.
SENTENCES: Final[Mapping[type[BaseException], str]] = {
    exceptions.ProxyError: "{host} cannot be reached through the proxy",
    NotConnectedError: "{host} cannot be reached: {error}",
    exceptions.NameResolutionError: "{host} cannot be reached: its name could not be looked up",
    ConnectionRefusedError: "{host} refused the connection",
    exceptions.NewConnectionError: "{host} cannot be reached: there is no way to it",
    exceptions.ConnectTimeoutError: "{host} did not accept a connection within {seconds:.1f} s",
    exceptions.TimeoutError: "{host} did not answer within {seconds:.1f} s",
    exceptions.LocationValueError: "{host} cannot be reached: its name is not valid",
    exceptions.HTTPError: "{host} broke the connection off before it confirmed the alert",
}


def connection_failure(error: exceptions.HTTPError, host: str, seconds: float) -> DeliveryError:
    """
    Return the error for a request without a whole answer.

    Args:
        error: What urllib3 raised.
        host: The server's name.
        seconds: Seconds that the request had.
    """
    kinds = (error, error.__cause__)
    sentence = next(
        text for kind, text in SENTENCES.items() if any(isinstance(one, kind) for one in kinds)
    )

    return DeliveryError(
        sentence.format(host=host, error=error, seconds=seconds),
        retryable=not getattr(error, "permanent", False),
        maybe_delivered=not isinstance(error, _NEVER_SENT),
    )
