"""Whether an event of another source holds one of ECS, however deep it is wrapped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from ._packing import PackingError, unpack
from .tasks.events import SOURCE

#: The source of an event in JSON text, inside other JSON text too.
_IN_TEXT: Final = re.compile(rf'(?i:source)\\*"\s*:\s*\\*"{re.escape(SOURCE)}\\*"')
#: What may be an event in base64; none is as short as 80 characters.
_PACKED: Final = re.compile(r"[A-Za-z0-9+/]{80,}={0,2}")
#: Texts of one event that are unpacked at most.
_UNPACKED: Final = 20


def buries_ecs_event(event: Mapping[str, Any]) -> bool:
    """Return whether *event* is one of another source and holds one of ECS, if only in a text."""
    return not _is_ecs_event(event) and _holds_ecs_event(event)


def _holds_ecs_event(event: Mapping[str, Any]) -> bool:
    todo: list[Any] = [event]
    unpacked = 0

    while todo:
        value = todo.pop()
        if isinstance(value, Mapping):
            if _is_ecs_event(value):
                return True
            todo += value.values()
        elif isinstance(value, list | tuple):
            todo += value
        elif isinstance(value, str):
            if _IN_TEXT.search(value):
                return True
            packed = [*islice(_PACKED.finditer(value), _UNPACKED - unpacked)]
            unpacked += len(packed)
            todo += filter(None, (_unpack(found[0]) for found in packed))
    return False


def _is_ecs_event(value: Mapping[str, Any]) -> bool:
    keys = {str(key).lower() for key, part in value.items() if part == SOURCE}
    return "source" in keys and any(str(key).lower().startswith("detail") for key in value)


def _unpack(text: str) -> str | None:
    try:
        return unpack(text).decode(errors="replace")
    except PackingError:
        return None
