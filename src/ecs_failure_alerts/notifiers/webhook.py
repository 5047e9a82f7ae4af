"""The notifier for your own HTTP server: it posts the alert as signed JSON."""

from __future__ import annotations

import base64
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from .._deadline import Deadline
from .._frames import without_locals
from .._version import __version__
from ..alerts import Alert
from ._attempts import check_attempts
from ._bodies import json_body
from ._clients import SecretValue, client_of
from ._data import Receipt
from ._errors import errors_named, extra_named
from ._incoming_webhooks import refuse_chats
from ._signatures import parse_keys, signed_headers

if TYPE_CHECKING:
    from ._http import ConfirmedPost

_REFUSAL: Final = "it does not accept the sender: check the URL and the signing key"
_ABSENT: Final = "there is no webhook at this address: check the URL"

#: The meaning of a status, where the number alone does not tell it.
_MEANINGS: Final = {
    **dict.fromkeys((401, 403), _REFUSAL),
    **dict.fromkeys((404, 410), _ABSENT),
}


class WebhookNotifier:
    """
    Posts alerts as JSON to an HTTP server, and returns only after an answer of 2xx.

    The body is `Alert.to_dict()`. The headers are those of Standard Webhooks: ``webhook-id`` is
    the alert's event id, and stays the same if it is sent again; ``webhook-timestamp`` is the time
    of sending; ``webhook-signature`` is an HMAC-SHA-256 of both and of the body. Each attempt is
    one request. Redirects are not followed. Network errors, 408 and 5xx are tried again.

    https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md

    The incoming webhooks of Slack, Discord, Google Chat and Teams are refused, because they take
    messages of their own form only: use `AppriseNotifier`.

    Args:
        url: The address, ``https://HOST/PATH``, or a function that returns it. A user and a
            password in it become the header ``Authorization``. A function is called for the first
            alert, and again when an alert could not be sent, as for `SentryNotifier`.
        signing_key: The key, ``whsec_`` followed by the base64 of 24 to 64 bytes, or a function
            that returns it. Of several keys, separated by blanks, each adds a signature. None:
            requests are not signed. A function must not return None.
        name: The notifier's name in receipts and errors.
        attempts: Requests per alert at most.
        attempt_timeout: Seconds per request at most, without the DNS lookup.
        ca_certs: A file of CA certificates, in place of certifi's.
        proxy: The URL of a proxy, in place of the one in the environment (``HTTPS_PROXY``,
            ``HTTP_PROXY``, ``NO_PROXY``); empty for none.

    Raises:
        ValueError: The address or the key is invalid (neither is ever shown), the address is the
            incoming webhook of a chat, the proxy or the certificates cannot be used, or no attempt
            is allowed. The value of a function is checked when it is read: `notify()` raises
            `DeliveryError` if it is invalid.
        TypeError: A number is none.
        SettingsError: The proxy or the certificates of the environment cannot be used.
        ModuleNotFoundError: urllib3 or certifi is not installed.
    """

    @without_locals
    def __init__(
        self,
        url: SecretValue,
        *,
        signing_key: SecretValue | None = None,
        name: str = "webhook",
        attempts: int = 3,
        attempt_timeout: float = 5.0,
        ca_certs: str | None = None,
        proxy: str | None = None,
    ) -> None:
        self.name = name
        check_attempts(attempts, attempt_timeout)
        make = partial(
            _SignedPost,
            _load(),
            attempts=attempts,
            attempt_timeout=attempt_timeout,
            ca_certs=ca_certs,
            proxy=proxy,
        )

        secrets = {"URL": url}
        if signing_key is not None:
            secrets["signing key"] = signing_key
        self._client = client_of(secrets, make, {"URL": _check_url, "signing key": parse_keys})

    @property
    def host(self) -> str | None:
        """The host of the address; None until the function for it was called."""
        client = self._client.made
        return client.host if client else None

    def __repr__(self) -> str:
        host = self.host if hasattr(self, "_client") else None  # unset after an error
        return f"WebhookNotifier(host={host!r})"

    @without_locals
    def notify(self, alert: Alert, *, timeout: float | None = None) -> Receipt:
        """
        Post *alert*.

        Args:
            alert: The alert.
            timeout: Seconds for all attempts together; None for only the limit of each attempt.

        Returns:
            The receipt, with the alert's event id.

        Raises:
            DeliveryError: The answer was not 2xx, or there was none. ``status`` is that of the
                last answer; ``retryable`` is false if the same call cannot succeed, such as after
                a 4xx other than 408 and 429.
        """
        deadline = Deadline.after(timeout)
        with errors_named(self.name):
            self._client.use(lambda client: client.send(alert, deadline), deadline)
        return Receipt(self.name, alert.event_id)


class _SignedPost:
    """The address that alerts are posted to, and the keys that sign them."""

    @without_locals
    def __init__(
        self, post: type[ConfirmedPost], url: str, keys: str | None = None, **options: Any
    ) -> None:
        self._keys = () if keys is None else parse_keys(keys)
        url, authorization = _without_user(url)
        headers = {"User-Agent": f"ecs-failure-alerts/{__version__}", **authorization}
        headers["Content-Type"] = "application/json"

        self._post = post(url, headers=headers, meanings=_MEANINGS, **options)
        self.host: str = self._post.host
        refuse_chats(url)

    def send(self, alert: Alert, deadline: Deadline) -> None:
        body = json_body(alert).encode()
        headers = signed_headers(body, alert.event_id, int(time.time()), self._keys)
        self._post.send(body, lambda _: True, deadline, headers)


def _without_user(url: str) -> tuple[str, dict[str, str]]:
    """Return an address without user and password, and the header with both."""
    try:
        url = url.strip()
        parts = urlsplit(url)
        user, found, host = parts.netloc.rpartition("@")
    except (AttributeError, TypeError, ValueError):
        return url, {}  # the request refuses it
    if not found:
        return url, {}

    credentials = base64.b64encode(unquote(user).encode()).decode()
    return parts._replace(netloc=host).geturl(), {"Authorization": f"Basic {credentials}"}


def _check_url(url: str) -> None:
    from ._http import address_parts  # noqa: PLC0415 - slow to import

    address = _without_user(url)[0]
    address_parts(address)
    refuse_chats(address)


def _load() -> type[ConfirmedPost]:
    """Import the class that posts."""
    with extra_named("webhook", of="WebhookNotifier", brings="urllib3 and certifi"):
        from ._http import ConfirmedPost  # noqa: PLC0415 - slow to import
    return ConfirmedPost
