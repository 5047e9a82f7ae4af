"""Event Ruler's verdicts: what EventBridge itself says of a pattern and an event."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from ecs_failure_alerts.exceptions import InvalidPattern
from ecs_failure_alerts.patterns import EventPattern
from ecs_failure_alerts.patterns.elements import BY_NAME
from rows import each

_FOLDER = Path(__file__).parent


@cache
def _vectors(name: str) -> tuple[dict[str, Any], ...]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return tuple(json.loads(line) for line in lines)


def _verdict(vector: dict[str, Any]) -> tuple[bool, bool | None]:
    try:
        pattern = EventPattern.from_json(vector["pattern"])
    except InvalidPattern:
        return False, None
    return True, pattern.matches(vector["event"])


def _differing(name: str) -> set[str]:
    """Return the ids of the vectors in a file with another verdict than ours."""
    return {
        vector["id"]
        for vector in _vectors(name)
        if _verdict(vector) != (vector["valid"], vector["match"])
    }


def test_patterns_are_valid_and_events_match_exactly_where_event_ruler_says() -> None:
    assert _differing("event-patterns.jsonl") == set()


def test_vectors_are_all_there() -> None:
    """None of the recorded verdicts was lost, and each has a name of its own."""
    assert len({vector["id"] for vector in _vectors("event-patterns.jsonl")}) == 2694


@each("name", BY_NAME)
def test_every_operator_has_a_pattern_that_is_taken_and_one_that_is_refused(name: str) -> None:
    """By Event Ruler."""
    word = re.compile(rf"""["']{name}["']""")
    vectors = [v for v in _vectors("event-patterns.jsonl") if word.search(str(v["pattern"]))]
    assert {vector["valid"] for vector in vectors} == {True, False}


#: The oddities of Event Ruler that are copied, since they cost nothing.
_COPIED = {f"hand/quirk/{number:04}" for number in (13, 19, 20, 21)}


def test_where_event_ruler_is_odd_we_differ_on_purpose() -> None:
    """But for those oddities that are copied."""
    ids = {vector["id"] for vector in _vectors("event-patterns-quirks.jsonl")}
    assert _differing("event-patterns-quirks.jsonl") == ids - _COPIED
    assert ids > _COPIED
