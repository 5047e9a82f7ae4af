"""The notifiers that post over HTTP, for the tests that each of them has to pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import pytest
from attrs import field, frozen

from ecs_failure_alerts import Notifier
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.notifiers.webhook import WebhookNotifier
from ports import LOCALHOST

#: Stands in every address and key, and may be in no error.
SECRET: Final = "5ec2e75ec2e75ec2e75ec2e75ec2e700"


@frozen
class HttpNotifier:
    """
    A kind of notifier, made for a server on loopback.

    Attributes:
        build: Builds it of an address.
        address: The address behind the scheme, with `SECRET` where a backend has one.
        options: What else it is given, with `SECRET` in each secret.
        confirm: Returns the body of an answer that confirms the alert with this id.
    """

    build: Callable[..., Notifier]
    address: str
    options: Mapping[str, Any] = field(factory=dict)
    confirm: Callable[[str], bytes] = lambda _: b""

    def __call__(
        self, port: int, scheme: str = "https", *, by_function: bool = False, **options: Any
    ) -> Notifier:
        """Return a notifier for the server on *port*, which may read its address later."""
        address = f"{scheme}://{self.address.format(port=port)}"
        given = (lambda: address) if by_function else address
        return self.build(given, **self.options, **options)


#: One row a notifier that posts by `ConfirmedPost`.
KINDS: Final[Mapping[str, HttpNotifier]] = {
    "sentry": HttpNotifier(
        SentryNotifier,
        f"{SECRET}@{LOCALHOST}:{{port}}/1",
        confirm=lambda event_id: json.dumps({"id": event_id}).encode(),
    ),
    "webhook": HttpNotifier(
        WebhookNotifier,
        f"user:{SECRET}@{LOCALHOST}:{{port}}/hook?token={SECRET}",
        {"signing_key": f"whsec_{SECRET}"},
    ),
}

#: A test with the argument ``new`` runs for each of them.
for_each_notifier: Final = pytest.mark.parametrize(
    "new", [pytest.param(new, id=name) for name, new in KINDS.items()]
)
