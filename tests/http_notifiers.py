"""The notifiers that post over HTTP, for the tests that each of them has to pass."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Protocol

import pytest

from ecs_failure_alerts import Notifier
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.notifiers.webhook import WebhookNotifier
from ports import LOCALHOST


class NewNotifier(Protocol):
    """Makes a notifier for a server on loopback."""

    def __call__(self, port: int, scheme: str = "https", **options: Any) -> Notifier:
        """Return a notifier for the server on *port*."""


def _sentry(port: int, scheme: str = "https", **options: Any) -> Notifier:
    return SentryNotifier(f"{scheme}://key@{LOCALHOST}:{port}/1", **options)


def _webhook(port: int, scheme: str = "https", **options: Any) -> Notifier:
    return WebhookNotifier(f"{scheme}://{LOCALHOST}:{port}/hook", **options)


KINDS: Final[Mapping[str, NewNotifier]] = {"sentry": _sentry, "webhook": _webhook}

#: A test with the argument ``new`` runs for each of them.
for_each_notifier: Final = pytest.mark.parametrize(
    "new", [pytest.param(new, id=name) for name, new in KINDS.items()]
)
