"""Sentry's normaliser sees what Sentry would drop or cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.integration

Normalize = Callable[[dict[str, Any]], tuple[dict[str, Any], list[str]]]


def test_clean_event(relay_normalize: Normalize) -> None:
    """A proper event comes back without a problem."""
    event, problems = relay_normalize({"event_id": "a" * 32, "tags": {"cause": "oom"}})
    assert problems == []
    assert event["tags"] == [["cause", "oom"]]


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        pytest.param("release", "a/b", "release", id="slash in the release"),
        pytest.param("tags", {"reason": "a\nb"}, "tags.0.1", id="newline in a tag"),
        pytest.param("tags", {"reason": "x" * 201}, "tags.0.1", id="long tag"),
        pytest.param("environment", "a/b", "environment", id="slash in the environment"),
        pytest.param("contexts", {"ecs": {"a": "x" * 20000}}, "contexts.ecs", id="long context"),
        pytest.param("fingerprint", [{"no": "string"}], "fingerprint", id="fingerprint"),
        pytest.param("timestamp", 1.0, "timestamp", id="old"),
    ],
)
def test_problems(relay_normalize: Normalize, field: str, value: Any, problem: str) -> None:
    """What Sentry removes or cuts is a problem, named by its path."""
    _, problems = relay_normalize({"event_id": "a" * 32, field: value})
    assert [p for p in problems if p.startswith(problem)], problems
