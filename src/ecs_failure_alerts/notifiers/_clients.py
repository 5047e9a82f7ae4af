"""A backend's client, and its secrets: given, or read when they are needed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any, Final, Generic, TypeAlias, TypeVar

from .._deadline import Deadline
from .._frames import place_of
from .._locks import Lock
from ..exceptions import DeliveryError, SettingsError
from ._timed_calls import LateError, call_in_time
from .foreign import error_as_it_leaves, text_as_it_leaves

_Client = TypeVar("_Client")
_Result = TypeVar("_Result")

#: A secret, or a function that returns it.
SecretValue: TypeAlias = str | Callable[[], str]

#: Seconds until the next reading after one that found nothing new, so that a storm of alerts does
#: not ask AWS once for each alert.
RENEWAL_SECONDS: Final = 60.0

#: Seconds without which no reading and second attempt is tried.
_LEAST_SECONDS: Final = 0.1

#: The status of an alert that is too large: newer secrets do not help.
TOO_LARGE: Final = 413


def client_of(
    secrets: Mapping[str, SecretValue],
    make: Callable[..., _Client],
    checks: Mapping[str, Callable[[str], object]] | None = None,
) -> FixedClient[_Client] | RenewedClient[_Client]:
    """
    Build a client now if all its secrets are given; otherwise when it is first used.

    Args:
        secrets: The secrets, or functions that return them, by their names in errors, such as
            ``DSN``.
        make: Builds the client from the secrets, in their order.
        checks: Functions that raise ``ValueError`` for an invalid secret, by the secret's name.
            If a secret has none, errors of *make* are taken to be about that secret.

    Raises:
        Exception: *make* raised it, when all secrets were given.
        ValueError: A given secret is invalid.
    """
    if not any(map(callable, secrets.values())):
        return FixedClient(make(*secrets.values()))

    checks = checks or {}
    for name in checks.keys() & secrets.keys():
        if not callable(secret := secrets[name]):
            checks[name](secret)
    return RenewedClient(secrets, make, checks)


class FixedClient(Generic[_Client]):
    """
    A client whose secrets are given.

    Attributes:
        made: The client.
    """

    def __init__(self, made: _Client) -> None:
        self.made = made

    def use(self, work: Callable[[_Client], _Result], deadline: Deadline) -> _Result:  # noqa: ARG002
        """Call *work* with the client."""
        return work(self.made)


class _Known(Generic[_Client]):
    """Secrets and their client, without a ``repr``: error trackers show what frames hold."""

    def __init__(self, secrets: tuple[str, ...], client: _Client) -> None:
        self.secrets = secrets
        self.client = client


class RenewedClient(Generic[_Client]):
    """
    Reads the secrets when they are first needed, and again when an alert could not be sent.

    That is at once, or before the next alert if a backend that hangs left no time. Secrets that
    were read are kept. If a second reading finds the same ones, the next is a minute later at
    least. A failed reading is tried again by the next call. Calls at the same time share a reading,
    or its error. A call waits for a reading as long as it has time.

    Args:
        secrets: As for `client_of()`. Any exception of a function becomes a `DeliveryError`. If
            the function is an object with its own text, such as "the SSM parameter /dsn", errors
            name it.
        make: Builds the client from the secrets, or raises ``ValueError`` or `SettingsError`.
        checks: As for `client_of()`.
    """

    def __init__(
        self,
        secrets: Mapping[str, SecretValue],
        make: Callable[..., _Client],
        checks: Mapping[str, Callable[[str], object]],
    ) -> None:
        self._secrets = secrets
        self._make = make
        self._checks = checks

        self._lock = Lock()
        self._known: _Known[_Client] | None = None
        #: When the last reading ended, and why it failed.
        self._read_at = float("-inf")
        self._failure: DeliveryError | None = None
        #: When a reading last found what was known already.
        self._in_vain_at = float("-inf")
        #: What failed when no time was left to read newer secrets.
        self._failed_late: _Known[_Client] | None = None

    @property
    def made(self) -> _Client | None:
        """The client; None until the secrets were read."""
        return self._known.client if self._known else None

    def use(self, work: Callable[[_Client], _Result], deadline: Deadline) -> _Result:
        """
        Call *work* with the client; if that fails, once more with a client of newer secrets.

        Raises:
            DeliveryError: *work* raised it, or the secrets cannot be read.
        """
        known = self._current(deadline)
        begun = time.monotonic()
        try:
            return work(known.client)
        except DeliveryError as error:
            if error.status == TOO_LARGE or begun - self._in_vain_at < RENEWAL_SECONDS:
                raise self._with_places(error) from None
            failure = error

        if not deadline.leaves(_LEAST_SECONDS):
            self._failed_late = known
            raise self._with_places(failure) from None
        try:
            changed = self._newest(known, begun, deadline)
        except DeliveryError as error:
            raise _both(failure, error) from None
        if changed is known:
            raise self._with_places(failure) from None

        try:
            return work(changed.client)
        except DeliveryError as error:
            error.maybe_delivered = failure.maybe_delivered or error.maybe_delivered
            raise self._with_places(error) from None

    def _current(self, deadline: Deadline) -> _Known[_Client]:
        """Return the secrets to begin with: newer ones if the last failure left no time for it."""
        known, begun = self._known, time.monotonic()
        if known is None:
            return self._newest(None, begun, deadline)
        if known is not self._failed_late:
            return known

        try:
            return self._newest(known, begun, deadline.half())
        except DeliveryError:
            return known  # they may still do
        finally:
            self._failed_late = None

    def _newest(
        self, failed: _Known[_Client] | None, begun: float, deadline: Deadline
    ) -> _Known[_Client]:
        """Read secrets newer than *failed*, unless another reading has ended since *begun*."""
        left = deadline.left()
        if left == 0 or not self._lock.acquire(timeout=-1 if left is None else left):
            names = " and the ".join(self._secrets)
            raise DeliveryError(f"no time left to read the {names}", retryable=True)

        try:
            if self._known is failed:
                if self._read_at <= begun:
                    self._failure = self._renew(deadline)
                    if deadline.left() != 0:  # else others may have more time for it
                        self._read_at = time.monotonic()
                        if failed is not None and self._known is failed:
                            self._in_vain_at = self._read_at
                if self._failure is not None:
                    raise copy(self._failure)
            assert self._known is not None  # noqa: S101
            return self._known
        finally:
            self._lock.release()

    def _renew(self, deadline: Deadline) -> DeliveryError | None:
        """Read the secrets, and build a client if one is new; return an error if that fails."""
        secrets: list[str] = []
        for name in self._secrets:
            read = self._read(name, deadline)
            if isinstance(read, DeliveryError):
                return read
            secrets.append(read)

        try:
            if self._known is None or self._known.secrets != tuple(secrets):
                self._known = _Known(tuple(secrets), self._make(*secrets))
        except (ValueError, SettingsError) as error:
            unchecked = [name for name in self._secrets if name not in self._checks]
            if unchecked and isinstance(error, ValueError):
                return self._of_no_use(unchecked[0], error)
            return DeliveryError(str(error), retryable=False)
        return None

    def _read(self, name: str, deadline: Deadline) -> str | DeliveryError:
        """Return a valid secret, or an error."""
        secret = self._secrets[name]
        try:
            value: object = call_in_time(self, secret, deadline) if callable(secret) else secret
        except LateError as error:
            return DeliveryError(f"the {name} cannot be read: {error}", retryable=True)
        except DeliveryError as error:
            shown = error_as_it_leaves(error)
            return _reworded(shown, f"the {name} cannot be read: {shown}")
        except Exception as error:  # noqa: BLE001 - whatever the function raises
            why = f"the {name} cannot be read: it raised {type(error).__name__}{place_of(error)}"
            return DeliveryError(why, retryable=True)

        if not isinstance(value, str):
            return self._of_no_use(name, f"expected a string, got {type(value).__name__}")
        try:
            if name in self._checks:
                self._checks[name](value)
        except ValueError as error:
            return self._of_no_use(name, error)
        return value

    def _of_no_use(self, name: str, why: object) -> DeliveryError:
        """Return the error for an invalid secret, without showing it."""
        place = self._place(name)
        read = f"the {name} of {place}" if place else f"the {name} that was read"
        return DeliveryError(f"{read} cannot be used: {why}", retryable=False)

    def _place(self, name: str) -> str:
        """Return the place that a secret comes from; empty if it has no text of its own."""
        secret = self._secrets[name]
        has_text = callable(secret) and "__str__" in vars(type(secret))
        return text_as_it_leaves(secret) if has_text else ""

    def _with_places(self, error: DeliveryError) -> DeliveryError:
        """Return *error* with the names of the places that its secrets come from."""
        known = [(name, self._place(name)) for name in self._secrets]
        places = ", or ".join(f"the {name} is that of {place}" for name, place in known if place)
        return _reworded(error, f"{error} ({places})") if places else error


def _both(failure: DeliveryError, reading: DeliveryError) -> DeliveryError:
    """Return the error of a failure after which the secrets could not be read either."""
    error = _reworded(failure, f"{failure}; {reading}")
    error.retryable = True
    return error


def _reworded(error: DeliveryError, text: str) -> DeliveryError:
    """Return *error* with another text and without its traceback, because that holds the alert."""
    fields: dict[str, Any] = {
        name: getattr(error, name)
        for name in ("retryable", "retry_after", "maybe_delivered", "status")
    }
    return DeliveryError(text, **fields)
