"""An alert as JSON, for the backends that take it as it is."""

from __future__ import annotations

import json
from typing import Any

from ..alerts import Alert


def json_values(value: Any) -> Any:
    """Return *value* with text in the place of what JSON does not have, as NaN or a date."""
    return json.loads(json.dumps(value, default=str, skipkeys=True), parse_constant=str)


def json_body(alert: Alert) -> str:
    """Write `Alert.to_dict()` as JSON of ASCII characters only."""
    return json.dumps(json_values(alert.to_dict()))
