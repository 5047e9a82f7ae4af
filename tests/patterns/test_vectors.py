"""Event Ruler's verdicts: what EventBridge itself says of a pattern and an event."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts.exceptions import InvalidPattern
from ecs_failure_alerts.patterns import EventPattern
from ecs_failure_alerts.patterns.elements import BY_NAME
from rows import each

_FOLDER = Path(__file__).parent


def _vectors(name: str) -> list[dict[str, Any]]:
    lines = (_FOLDER / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def _groups() -> Iterator[Any]:
    """List the vectors of each subject: one test each would take longer than matching does."""
    for subject, vectors in groupby(
        sorted(_vectors("event-patterns.jsonl"), key=_subject), _subject
    ):
        yield pytest.param(list(vectors), id=subject)


def _subject(vector: dict[str, Any]) -> str:
    return str(vector["id"]).rpartition("/")[0]


def _verdict(vector: dict[str, Any]) -> tuple[bool, bool | None]:
    try:
        pattern = EventPattern.from_json(vector["pattern"])
    except InvalidPattern:
        return False, None
    return True, pattern.matches(vector["event"])


@each("vectors", list(_groups()))
def test_agrees_with_event_ruler(vectors: list[dict[str, Any]]) -> None:
    """A pattern is valid, and an event matches it, exactly where Event Ruler says so."""
    ours = {vector["id"]: _verdict(vector) for vector in vectors}
    assert ours == {vector["id"]: (vector["valid"], vector["match"]) for vector in vectors}


def test_vectors_are_all_there() -> None:
    """None of the recorded verdicts was lost, and each has a name of its own."""
    assert len({vector["id"] for vector in _vectors("event-patterns.jsonl")}) == 2694


@each("name", sorted(BY_NAME))
def test_every_operator_has_vectors(name: str) -> None:
    """There are verdicts of Event Ruler for every operator."""
    assert any(name in str(vector["pattern"]) for vector in _vectors("event-patterns.jsonl"))


#: The oddities of Event Ruler that are copied, since they cost nothing.
_COPIED = {f"hand/quirk/{number:04}" for number in (13, 19, 20, 21)}


@each("vector", _vectors("event-patterns-quirks.jsonl"), ids=lambda vector: vector["id"])
def test_quirk(vector: dict[str, Any]) -> None:
    """Where Event Ruler is odd we differ on purpose, but for those oddities that are copied."""
    same = _verdict(vector) == (vector["valid"], vector["match"])
    assert same is (vector["id"] in _COPIED)
