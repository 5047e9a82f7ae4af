"""The notifier for Sentry: it returns only with Sentry's own confirmation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ..._deadline import Deadline
from ..._frames import without_locals
from ...alerts import Alert
from ...exceptions import DeliveryError
from .._attempts import check_attempts
from .._clients import TOO_LARGE, FixedClient, RenewedClient, SecretValue, client_of
from .._data import Receipt
from .._errors import errors_named, extra_named
from ._event import sentry_event, slim_event
from .names import check_names

if TYPE_CHECKING:
    from ._client import ConfirmingClient


class SentryNotifier:
    """
    Sends alerts to Sentry, and returns only with Sentry's own confirmation.

    It is independent of the process's own Sentry, and changes nothing there. Each attempt is one
    synchronous HTTP request. Network errors, 408 and 5xx are tried again with the same event id;
    429 and other answers are not.

    Args:
        dsn: The project's DSN, ``https://PUBLIC_KEY@HOST/PROJECT_ID``, or a function that
            returns it. The function is called for the first alert, and again when an alert could
            not be sent: if the DSN has changed, the alert is sent with the new one. If it has not,
            the next call is a minute later at least.
        name: The notifier's name in receipts and errors.
        environment: The events' environment: at most 64 bytes, on one line, without a slash or a
            backslash, and not ``none``. Sentry takes an event with another one, but removes it.
        release: The events' release: at most 200 bytes, on one line, without a slash or a
            backslash, and not ``latest``.
        server_name: The events' server name.
        environment_from: The tag of an alert that names its environment, such as ``aws.tag.stage``.
            An alert without that tag gets *environment*.
        release_from: The tag of an alert that names its release, such as ``ecs.image_tag``. An
            alert without that tag gets *release*. A digest of an image is cut to 12 hex digits;
            ``latest`` is no release. ``env:`` followed by a variable of the containers, or None,
            means the release that an enricher found.
        attempts: Requests per alert at most.
        attempt_timeout: Seconds per request at most, without the DNS lookup.
        ca_certs: A file of CA certificates, in place of certifi's.
        proxy: The URL of a proxy, in place of the one in the environment (``HTTPS_PROXY``,
            ``HTTP_PROXY``, ``NO_PROXY``); empty for none.

    Raises:
        ValueError: The DSN is invalid (it is never shown), the proxy or the certificates cannot
            be used, no attempt is allowed, or Sentry would remove the environment or the release.
            The DSN of a function is checked when it is read: `notify()` raises `DeliveryError` if
            it is invalid.
        TypeError: A name is not a string, or a number is none.
        SettingsError: The proxy or the certificates of the environment cannot be used.
        ModuleNotFoundError: sentry-sdk is not installed.
    """

    @without_locals
    def __init__(
        self,
        dsn: SecretValue,
        *,
        name: str = "sentry",
        environment: str | None = None,
        release: str | None = None,
        server_name: str | None = None,
        environment_from: str | None = None,
        release_from: str | None = None,
        attempts: int = 3,
        attempt_timeout: float = 5.0,
        ca_certs: str | None = None,
        proxy: str | None = None,
    ) -> None:
        self.name = name
        self._client = _client(dsn, attempts, attempt_timeout, ca_certs, proxy)

        self._given = {
            "environment": environment,
            "release": release,
            "server_name": server_name,
            "environment_from": environment_from,
            "release_from": release_from,
        }
        check_names(self._given)

    @property
    def host(self) -> str | None:
        """The host of the DSN; None until the function for it was called."""
        client = self._client.made
        return client.host if client else None

    def __repr__(self) -> str:
        host = self.host if hasattr(self, "_client") else None  # unset after an error
        return f"SentryNotifier(host={host!r})"

    @without_locals
    def notify(self, alert: Alert, *, timeout: float | None = None) -> Receipt:
        """
        Send *alert*.

        Args:
            alert: The alert.
            timeout: Seconds for all attempts together; None for only the limit of each attempt.

        Returns:
            The receipt, with Sentry's event id.

        Raises:
            DeliveryError: Sentry did not confirm the event. ``status`` is that of the last answer;
                ``retryable`` is false if the same call cannot succeed, such as after a 4xx other
                than 408 and 429.
        """
        event = sentry_event(alert, **self._given)
        with errors_named(self.name):
            return Receipt(self.name, self._send(event, Deadline.after(timeout)))

    def _send(self, event: dict[str, Any], deadline: Deadline) -> str:
        """Send *event*; if it is too large, send it once more with less in it."""
        try:
            return self._client.use(lambda client: client.send(event, deadline), deadline)
        except DeliveryError as error:
            if error.status != TOO_LARGE:
                raise
            taken = error.maybe_delivered

        try:
            slim = slim_event(event)
            return self._client.use(lambda client: client.send(slim, deadline), deadline)
        except DeliveryError as error:
            error.maybe_delivered = taken or error.maybe_delivered
            raise


def _client(
    dsn: SecretValue,
    attempts: int,
    attempt_timeout: float,
    ca_certs: str | None,
    proxy: str | None,
) -> FixedClient[ConfirmingClient] | RenewedClient[ConfirmingClient]:
    check_attempts(attempts, attempt_timeout)
    make = partial(
        load_client(),
        attempts=attempts,
        attempt_timeout=attempt_timeout,
        ca_certs=ca_certs,
        proxy=proxy,
    )
    from ._sdk import parse_dsn  # noqa: PLC0415 - slow to import, and after urllib3

    return client_of({"DSN": dsn}, make, {"DSN": parse_dsn})


def load_client() -> type[ConfirmingClient]:
    """
    Load the client, and sentry-sdk with it.

    Raises:
        ModuleNotFoundError: sentry-sdk is not installed.
    """
    with extra_named("sentry", of="SentryNotifier", brings="sentry-sdk"):
        from ._client import ConfirmingClient  # noqa: PLC0415 - slow to import
    return ConfirmingClient
