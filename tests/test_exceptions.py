"""Errors: they say where, and survive being copied and pickled."""

from __future__ import annotations

import copy
import pickle

import pytest

from ecs_failure_alerts import (
    DeliveryError,
    EcsFailureAlertsError,
    EventError,
    InvalidPattern,
    Problem,
    SettingsError,
    UnsupportedEvent,
)
from rows import each


@each(
    "error",
    [
        pytest.param(EventError([Problem("a", "b"), Problem("c", "d")]), id="event"),
        pytest.param(UnsupportedEvent("aws.batch", "x"), id="unsupported"),
        pytest.param(InvalidPattern("a", "b"), id="pattern"),
        pytest.param(SettingsError("A", "b"), id="settings"),
        pytest.param(
            DeliveryError("a", retryable=True, retry_after=3.0, status=429), id="delivery"
        ),
    ],
)
def test_a_copied_or_pickled_error_keeps_text_and_fields(error: EcsFailureAlertsError) -> None:
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301
        assert (type(other), str(other), vars(other)) == (type(error), str(error), vars(error))


def test_the_text_names_twenty_problems_and_the_error_keeps_all() -> None:
    error = EventError([Problem(f"detail.x[{index}]", "no") for index in range(1000)])
    assert len(error.problems) == 1000
    assert str(error).endswith("detail.x[19]: no; and 980 more")
