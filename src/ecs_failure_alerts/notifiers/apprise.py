"""The notifier for Slack, Teams, PagerDuty, e-mail and the other services of Apprise."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final

from .._deadline import Deadline
from .._frames import without_locals
from ..alerts import Alert
from ..exceptions import DeliveryError
from ..host import hidden_from_host_sentry, unlogged
from ._apprise_failures import PluginLogger, failure_of
from ._apprise_messages import Message, message_for
from ._clients import SecretValue, client_of
from ._data import Receipt
from ._errors import errors_named, extra_named

#: The sender's name in messages and in the header ``User-Agent``.
_SENDER: Final = "ecs-failure-alerts"

#: The loggers that write URLs with their tokens.
_LOGGERS: Final = ("apprise", "requests", "urllib3")

#: Seconds without which a request is not tried.
_LEAST_SECONDS: Final = 0.05

#: Apprise's types of messages, by level; they have a colour or a sign.
TYPES: Final = {"fatal": "failure", "error": "failure", "warning": "warning", "info": "info"}


class AppriseNotifier:
    """
    Sends alerts to one service of Apprise, and returns only if Apprise confirms the delivery.

    Each alert is one message, with the level in its title or in a field of its own. PagerDuty
    and Opsgenie also get a severity or priority, and a key that makes alerts with the same
    fingerprint one incident. Long texts are cut to what the service takes. Redirects are not
    followed. Log lines of Apprise, requests and urllib3 are dropped meanwhile, because they may
    hold the URL.

    https://appriseit.com/services/

    Args:
        url: The service's URL in Apprise's form, or a function that returns it. A function is
            called for the first alert, and again when an alert could not be sent, as for
            `SentryNotifier`.
        name: The notifier's name in receipts and errors.

    Raises:
        ValueError: The URL is not one of Apprise (it is never shown). The value of a function is
            checked when it is read: `notify()` raises `DeliveryError` if it is invalid.
        ModuleNotFoundError: Apprise is not installed.
    """

    @without_locals
    def __init__(self, url: SecretValue, *, name: str = "apprise") -> None:
        self.name = name
        _load()
        self._client = client_of({"URL": url}, _Service)

    @property
    def service(self) -> str | None:
        """The service's name, such as ``Slack``; None until the function for the URL was called."""
        client = self._client.made
        return client.name if client else None

    def __repr__(self) -> str:
        service = self.service if hasattr(self, "_client") else None  # unset after an error
        return f"AppriseNotifier(service={service!r})"

    @without_locals
    def notify(self, alert: Alert, *, timeout: float | None = None) -> Receipt:
        """
        Send *alert*.

        Args:
            alert: The alert.
            timeout: Seconds for connecting and for waiting for an answer, if Apprise has such
                limits for the service. The whole call may take longer.

        Returns:
            The receipt, with the alert's event id.

        Raises:
            DeliveryError: Apprise did not confirm that the service was reached. ``status`` is that
                of the service, if Apprise told it; ``retryable`` is false if the same call cannot
                succeed, such as after a 4xx other than 408 and 429.
        """
        deadline = Deadline.after(timeout)
        with errors_named(self.name):
            self._client.use(lambda client: client.send(alert, deadline), deadline)
        return Receipt(self.name, alert.event_id)


class _Service:
    """
    A service of Apprise.

    Each alert gets a new plugin, because a plugin waits for seconds between two messages and must
    not be used by two threads.
    """

    @without_locals
    def __init__(self, url: str) -> None:
        self._url = url.strip() if isinstance(url, str) else ""
        plugin = self._plugin()
        if plugin is None or not self._url.isprintable() or " " in self._url:
            raise ValueError(
                "expected the URL of one service of Apprise, such as "
                "slack://TOKEN_A/TOKEN_B/TOKEN_C: see https://appriseit.com/services/"
            )

        self.name = str(plugin.service_name)
        with suppress(Exception):  # a plugin of another shape gets no warning, but it can send
            if encrypted := self._encrypted_scheme(plugin):
                from ._transport import warn_of_clear_text  # noqa: PLC0415 - slow to import

                warn_of_clear_text(str(plugin.host), encrypted)

    def send(self, alert: Alert, deadline: Deadline) -> None:
        if not deadline.leaves(_LEAST_SECONDS):
            raise DeliveryError("no time was left to send the alert", retryable=True)

        failure = self._notify(alert, deadline)
        if failure is not None:
            raise failure

    def _notify(self, alert: Alert, deadline: Deadline) -> DeliveryError | None:
        """Send the alert, without Apprise's log lines; return an error if it was not delivered."""
        from apprise import NotifyFormat, NotifyType, OverflowMode  # noqa: PLC0415 - slow to import

        text, markdown = NotifyFormat.TEXT, NotifyFormat.MARKDOWN

        with unlogged(*_LOGGERS) as said, hidden_from_host_sentry():
            try:
                plugin, logger = self._plugin(), PluginLogger()
                plugin.logger = logger
                message = message_for(plugin.schema, alert)
                _prepare(plugin, message, deadline)
                delivered = plugin.notify(
                    title=message.title,
                    body=message.body,
                    notify_type=NotifyType(TYPES[alert.level]),
                    body_format=markdown if message.is_markdown else text,
                    overflow=OverflowMode.TRUNCATE,
                )
            except Exception as error:  # noqa: BLE001 - whatever a plugin raises may hold the URL
                why = f"{self.name} was not reached: Apprise raised {type(error).__name__}"
                return DeliveryError(why, retryable=True, maybe_delivered=True)
        if delivered is True:
            return None
        return failure_of(self.name, (*said, *logger.warnings), logger.broken)

    def _plugin(self) -> Any:
        """Return a new plugin for the URL; None if Apprise knows none."""
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415 - slow to import

        asset = AppriseAsset(app_id=_SENDER, app_desc=_SENDER, app_url="", image_url_mask="")
        with unlogged(*_LOGGERS), suppress(Exception):  # a plugin may raise for an invalid URL
            return Apprise.instantiate(self._url, asset=asset)
        return None

    def _encrypted_scheme(self, plugin: Any) -> str | None:
        """Return the scheme that would encrypt, if the URL's own scheme does not."""
        scheme = self._url.partition("://")[0].lower()
        kind = type(plugin)  # whose instances may keep something else under these names
        in_clear, encrypted = map(_schemes, (kind.protocol, kind.secure_protocol))
        is_in_clear = scheme in in_clear and not plugin.secure
        return next(iter(encrypted), None) if is_in_clear else None


def _schemes(names: str | Iterable[str] | None) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names or ())


def _prepare(plugin: Any, message: Message, deadline: Deadline) -> None:
    """Set the time limits, and the fields that the URL has not set."""
    plugin.socket_connect_timeout = deadline.cap(plugin.socket_connect_timeout)
    plugin.socket_read_timeout = deadline.cap(plugin.socket_read_timeout)
    plugin.redirects = False

    known = type(plugin).template_tokens | type(plugin).template_args
    for name, value in message.fields.items():
        unset: tuple[object, ...] = (None, {}, known.get(name, {}).get("default"))
        if value and getattr(plugin, name, None) in unset:
            setattr(plugin, name, value)


@without_locals
def _load() -> None:
    """
    Load Apprise with all its plugins, so that no alert waits for them.

    Raises:
        ModuleNotFoundError: Apprise is not installed.
    """
    with extra_named("apprise", of="AppriseNotifier", brings="apprise"):
        from apprise import Apprise  # noqa: PLC0415 - slow to import

    with unlogged(*_LOGGERS), warnings.catch_warnings(action="ignore"):  # of what plugins import
        Apprise.instantiate("json://localhost")
