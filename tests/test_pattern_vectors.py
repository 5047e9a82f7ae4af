"""Event Ruler's verdicts: what EventBridge itself says of a pattern and an event."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts.exceptions import InvalidPattern
from ecs_failure_alerts.patterns import EventPattern

_FOLDER = Path(__file__).parent / "patterns"


def _vectors(name: str) -> list[Any]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [pytest.param(vector, id=vector["id"]) for vector in map(json.loads, lines)]


def _verdict(vector: dict[str, Any]) -> tuple[bool, bool | None]:
    try:
        pattern = EventPattern.from_json(vector["pattern"])
    except InvalidPattern:
        return False, None
    return True, pattern.matches(vector["event"])


@pytest.mark.parametrize("vector", _vectors("event-patterns.jsonl"))
def test_agrees_with_event_ruler(vector: dict[str, Any]) -> None:
    """A pattern is valid, and an event matches it, exactly where Event Ruler says so."""
    assert _verdict(vector) == (vector["valid"], vector["match"])


#: The oddities of Event Ruler that are copied, since they cost nothing.
_COPIED = {f"hand/quirk/{number:04}" for number in (13, 19, 20, 21)}


@pytest.mark.parametrize("vector", _vectors("event-patterns-quirks.jsonl"))
def test_quirk(vector: dict[str, Any]) -> None:
    """Where Event Ruler is odd we differ on purpose, but for those oddities that are copied."""
    same = _verdict(vector) == (vector["valid"], vector["match"])
    assert same is (vector["id"] in _COPIED)
