"""An alert as JSON, for the backends that take all of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from attrs import evolve

from ..alerts import Alert, cut_message

#: Characters of a message at most, if the whole alert is too large.
_SHORT_MESSAGE_CHARACTERS: Final = 2_000


def json_values(value: Any) -> Any:
    """Return *value* with strings in place of values that JSON does not have: NaN, dates."""
    return json.loads(json.dumps(value, default=str, skipkeys=True), parse_constant=str)


def json_body(alert: Alert) -> str:
    """Return `Alert.to_dict()` as JSON in ASCII."""
    return json.dumps(json_values(alert.to_dict()))


def json_body_within(alert: Alert, limit: int) -> str:
    """Return the alert as JSON; leave out details if it has more than *limit* bytes."""
    *bodies, shortest = map(json_body, _shorter_versions(alert))
    return next((body for body in bodies if len(body) <= limit), shortest)


def _shorter_versions(alert: Alert) -> Iterator[Alert]:
    """Yield *alert*, then without log lines, then with only what a person needs."""
    yield alert
    yield evolve(alert, log=())

    contexts = {name: c for name, c in alert.contexts.items() if name == "ecs_diagnosis"}
    message = cut_message(alert.message, _SHORT_MESSAGE_CHARACTERS)
    yield evolve(alert, log=(), message=message, contexts=contexts, timeline=(), links={})
