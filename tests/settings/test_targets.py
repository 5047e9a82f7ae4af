"""What a person may set is an argument of what takes it: else the function fails as it starts."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

from ecs_failure_alerts import FailureAlerter, FailurePolicy, Route, Rule
from ecs_failure_alerts.configuration import LOOKUPS, ROUTE, RULE, TOP
from ecs_failure_alerts.notifiers.sentry import SentryNotifier, sentry_event
from ecs_failure_alerts.settings import SETTINGS
from ecs_failure_alerts.settings.lookups import build_enrichers
from rows import each

#: What takes the values of the settings, by their target. A configuration is read, not passed on.
TARGETS: Final[Mapping[str, Callable[..., Any]]] = {
    "alerter": FailureAlerter,
    "enrichers": build_enrichers,
    "notifier": SentryNotifier,
    "policy": FailurePolicy,
}


def arguments(*takers: Callable[..., Any]) -> set[str]:
    """Return the names of the arguments that *takers* have together."""
    return {name for taker in takers for name in inspect.signature(taker).parameters}


@each("target", TARGETS)
def test_a_setting_is_an_argument_of_its_target(target: str) -> None:
    taken = arguments(TARGETS[target])
    assert [s.name for s in SETTINGS if s.target == target and s.argument not in taken] == []


def test_a_setting_of_the_notifier_is_one_of_the_event_too() -> None:
    """A dry run of the command ``send`` shows the event without a notifier."""
    taken = {"dsn", *arguments(sentry_event)}
    assert [s.name for s in SETTINGS if s.target == "notifier" and s.argument not in taken] == []


@each(
    ("keys", "taken"),
    [
        (TOP, arguments(FailurePolicy)),
        (RULE, arguments(Rule)),
        (ROUTE, arguments(Route)),
        (LOOKUPS, {*arguments(build_enrichers), "roles", "seconds"}),  # two are converted
    ],
    ids=["top", "rules", "routes", "lookups"],
)
def test_a_key_of_a_section_is_an_argument(keys: Any, taken: set[str]) -> None:
    assert {key.argument for key in keys} - taken == set()
