"""An alert as JSON, for the backends that take it as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from attrs import evolve

from .._texts import cut
from ..alerts import Alert

#: Characters of the message of an alert that is too large.
_SLIM_MESSAGE: Final = 2_000


def json_values(value: Any) -> Any:
    """Return *value* with text in the place of what JSON does not have, as NaN or a date."""
    return json.loads(json.dumps(value, default=str, skipkeys=True), parse_constant=str)


def json_body(alert: Alert) -> str:
    """Write `Alert.to_dict()` as JSON of ASCII characters only."""
    return json.dumps(json_values(alert.to_dict()))


def json_body_within(alert: Alert, limit: int) -> str:
    """Write an alert as `json_body()` does, with less in it where that is over *limit* bytes."""
    *bodies, slimmest = map(json_body, _slimmer_versions(alert))
    return next((body for body in bodies if len(body) <= limit), slimmest)


def _slimmer_versions(alert: Alert) -> Iterator[Alert]:
    """Yield *alert*, then it without its log lines, then with what a person needs of it."""
    yield alert
    yield evolve(alert, log=())

    contexts = {name: c for name, c in alert.contexts.items() if name == "ecs_diagnosis"}
    message = cut(alert.message, _SLIM_MESSAGE)
    yield evolve(alert, log=(), message=message, contexts=contexts, timeline=(), links={})
