"""A client whose DSN is not known yet, and may change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from copy import copy
from typing import Any, Final

from attrs import frozen

from ..._deadline import Deadline
from ...exceptions import DeliveryError, SettingsError
from ._client import ConfirmingClient

#: Seconds before the next reading after one that found nothing new, so that a storm of alerts does
#: not ask AWS for each of them.
RENEWAL_SECONDS: Final = 60.0

#: Seconds that a reading and another attempt need to make sense.
_SHORTEST_SECONDS: Final = 0.1

#: The event itself is at fault.
_TOO_LARGE: Final = 413


@frozen(eq=False, repr=False)  # error trackers show what the frames of a traceback hold
class _Known:
    dsn: str
    client: ConfirmingClient


class RenewingClient:
    """
    Reads the DSN when it is first needed, and again when an alert could not be sent by it.

    A DSN that was read is kept. If it is read again and is the same, the next reading is a minute
    later at least. One that could not be read is tried again by the next call. Calls at the same
    time share a reading, or why it failed.

    Args:
        read: Returns the DSN. Whatever it raises becomes a `DeliveryError`. If it is an object
            with a text of its own, such as "the SSM parameter /dsn", errors name it.
        make: Makes the client for a DSN, or raises ``ValueError`` or `SettingsError`.
    """

    def __init__(self, read: Callable[[], str], make: Callable[[str], ConfirmingClient]) -> None:
        self._read = read
        self._make = make
        self._lock = threading.Lock()
        self._known: _Known | None = None
        #: When the last reading ended, and why it failed.
        self._read_at = float("-inf")
        self._failure: DeliveryError | None = None
        #: When a reading last found the DSN that was known already.
        self._in_vain_at = float("-inf")

    @property
    def host(self) -> str | None:
        """The host that the DSN names; None as long as it was not read."""
        return self._known.client.host if self._known else None

    def send(self, event: dict[str, Any], deadline: Deadline) -> str:
        """
        Send *event* as `ConfirmingClient.send()` does, twice at most.

        Raises:
            DeliveryError: It was not confirmed, or the DSN cannot be read.
        """
        known = self._known or self._newest(None, time.monotonic(), deadline)
        begun = time.monotonic()
        try:
            return known.client.send(event, deadline)
        except DeliveryError as error:
            if error.status == _TOO_LARGE or not deadline.leaves(_SHORTEST_SECONDS):
                raise self._told(error) from None
            failure = error

        if begun - self._in_vain_at < RENEWAL_SECONDS:
            raise self._told(failure) from None
        try:
            changed = self._newest(known, begun, deadline)
        except DeliveryError as error:
            raise _both(failure, error) from None
        if changed is known:
            raise self._told(failure) from None

        try:
            return changed.client.send(event, deadline)
        except DeliveryError as error:
            error.maybe_delivered = failure.maybe_delivered or error.maybe_delivered
            raise self._told(error) from None

    def _newest(self, failed: _Known | None, begun: float, deadline: Deadline) -> _Known:
        """Read the DSN, unless a reading has ended since *begun*; *failed* if it is the same."""
        left = deadline.left()
        if not self._lock.acquire(timeout=-1 if left is None else left):
            raise DeliveryError("no time left to read the DSN", retryable=True)

        try:
            if self._known is failed:
                if self._read_at <= begun:
                    self._failure = self._renew()
                    self._read_at = time.monotonic()
                    if failed is not None and self._known is failed:
                        self._in_vain_at = self._read_at
                if self._failure is not None:
                    raise copy(self._failure)
            assert self._known is not None  # noqa: S101
            return self._known
        finally:
            self._lock.release()

    def _renew(self) -> DeliveryError | None:
        """Read the DSN, and make its client where it is another one; return what went wrong."""
        try:
            dsn = self._read()
        except DeliveryError as error:
            return copy(error)  # without its traceback, which holds on to the alert
        except Exception as error:  # noqa: BLE001 - whatever the function raises
            return DeliveryError(
                f"the DSN cannot be read: it raised {type(error).__name__}", retryable=True
            )

        try:
            if self._known is None or self._known.dsn != dsn:
                self._known = _Known(dsn, self._make(dsn))
        except (ValueError, SettingsError) as error:
            source = self._source()
            read = f"the DSN of {source}" if source else "the DSN that was read"
            return DeliveryError(f"{read} is of no use: {error}", retryable=False)
        return None

    def _source(self) -> str:
        """Return where the DSN comes from; empty if that has no text of its own."""
        return str(self._read) if "__str__" in vars(type(self._read)) else ""

    def _told(self, error: DeliveryError) -> DeliveryError:
        """Return *error* with the name of the place that its DSN comes from."""
        source = self._source()
        return _reworded(error, f"{error} (the DSN is that of {source})") if source else error


def _both(failure: DeliveryError, reading: DeliveryError) -> DeliveryError:
    """Return the error of a failure after which the DSN could not be read either."""
    error = _reworded(failure, f"{failure}; {reading}")
    error.retryable = True
    return error


def _reworded(error: DeliveryError, text: str) -> DeliveryError:
    """Return *error* with another text."""
    return DeliveryError(
        text,
        retryable=error.retryable,
        retry_after=error.retry_after,
        maybe_delivered=error.maybe_delivered,
        status=error.status,
    )
