"""The routes of a configuration, with notifiers that send nothing."""

from __future__ import annotations

from collections.abc import Iterator

from ..configuration import SENTRY, Configuration
from ..delivery.routes import Route
from ..notifiers import Receipt
from ..settings.config import build_routes, notifier_entries
from ..settings.environment import Environment
from ._check_texts import NO_ROUTES
from ._steps import NamedRoute


class NamedNotifier:
    """Stands in for a notifier when only its name is needed."""

    def __init__(self, name: str) -> None:
        self.name = name

    def notify(self, alert: object, *, timeout: float | None) -> Receipt:
        """Raise an error, because nobody may call it."""
        raise NotImplementedError


def named_routes(configuration: Configuration, environment: Environment) -> Iterator[NamedRoute]:
    """
    Build the routes, with notifiers that send nothing. Without routes each notifier gets one.

    A configuration without a notifier gets the one for Sentry, because the function's environment
    has the DSN.
    """
    named = {route["notifier"] for route in configuration.routes if "notifier" in route}
    entries = notifier_entries(configuration, environment)
    names = {*entries, *named} or {SENTRY}

    if configuration.routes:
        routes = build_routes(configuration, {name: NamedNotifier(name) for name in names})
        yield from ((f"routes[{index}]", route) for index, route in enumerate(routes))
    else:
        yield from ((NO_ROUTES, Route(NamedNotifier(name))) for name in entries or [SENTRY])
