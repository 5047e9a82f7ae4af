"""A client whose DSN is not known yet, and may change."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from copy import copy
from typing import Any, Final

from attrs import frozen

from ...exceptions import DeliveryError, SettingsError
from ._client import ConfirmingClient

#: What Sentry answers when it does not know a DSN (any more).
_REFUSED: Final = frozenset({401, 403})


@frozen(eq=False, repr=False)  # error trackers show what the frames of a traceback hold
class _Known:
    dsn: str
    client: ConfirmingClient


class RenewingClient:
    """
    Reads the DSN when it is first needed, and again when Sentry refuses it.

    A DSN that was read is kept. One that could not be read is tried again by the next call.
    Calls at the same time share a reading, or why it failed.

    Args:
        read: Gives the DSN. Whatever it raises becomes a `DeliveryError`.
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

    @property
    def host(self) -> str | None:
        """The host that the DSN names; None as long as it was not read."""
        return self._known.client.host if self._known else None

    def send(self, event: dict[str, Any], deadline: float | None) -> str:
        """
        Send *event* as `ConfirmingClient.send()` does, twice at most.

        Raises:
            DeliveryError: It was not confirmed, or the DSN cannot be read.
        """
        known = self._known or self._renewed(None, time.monotonic(), deadline)
        begun = time.monotonic()
        try:
            return known.client.send(event, deadline)
        except DeliveryError as refusal:
            if refusal.status not in _REFUSED:
                raise
            try:
                changed = self._renewed(known, begun, deadline)
            except DeliveryError as error:
                raise DeliveryError(
                    f"{refusal}; {error}",
                    retryable=True,
                    maybe_delivered=refusal.maybe_delivered,
                    status=refusal.status,
                ) from refusal
            if changed is known:
                raise
            taken = refusal.maybe_delivered
        try:
            return changed.client.send(event, deadline)
        except DeliveryError as error:
            error.maybe_delivered = taken or error.maybe_delivered
            raise

    def _renewed(self, refused: _Known | None, begun: float, deadline: float | None) -> _Known:
        """Read the DSN, unless a reading has ended since *begun*; *refused* if it is the same."""
        if not self._lock.acquire(timeout=_left(deadline)):
            raise DeliveryError("no time left to read the DSN", retryable=True)
        try:
            if self._known is refused:
                if self._read_at <= begun:
                    self._failure = self._renew()
                    self._read_at = time.monotonic()
                if self._failure is not None:
                    raise copy(self._failure)
            assert self._known is not None  # noqa: S101
            return self._known
        finally:
            self._lock.release()

    def _renew(self) -> DeliveryError | None:
        """Read the DSN, and make its client where it is another one; give what went wrong."""
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
            return DeliveryError(f"the DSN that was read is of no use: {error}", retryable=False)
        return None


def _left(deadline: float | None) -> float:
    """Give the seconds that are left, as `Lock.acquire()` wants them: -1 is no limit."""
    return -1 if deadline is None else max(0.0, deadline - time.monotonic())
