"""Tasks as Step Functions spells them: names begin with a capital, times are in milliseconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

#: A larger time is in milliseconds, as in Step Functions; the API's times are in seconds.
_LAST_SECOND: Final = 100_000_000_000
_MILLISECONDS: Final = 1000


def find_task(value: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Build a task from one with Step Functions' spelling of its names; a container is none."""
    if "TaskArn" in value and "LastStatus" in value and "ContainerArn" not in value:
        yield "", {_spelled(key): _respelled(key, part) for key, part in value.items()}


def _respelled(key: str, value: Any) -> Any:
    if isinstance(value, int | float) and key.endswith("At") and value > _LAST_SECOND:
        return value / _MILLISECONDS
    if isinstance(value, Mapping):
        return {_spelled(name): part for name, part in value.items()}
    if isinstance(value, list):
        return [_respelled(key, part) for part in value]
    return value


def _spelled(key: Any) -> Any:
    return key[:1].lower() + key[1:] if isinstance(key, str) else key
