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


@pytest.mark.parametrize(
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
def test_survives(error: EcsFailureAlertsError) -> None:
    """A copy, pickled or not, has the same text and the same fields."""
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301
        assert (type(other), str(other), vars(other)) == (type(error), str(error), vars(error))


def test_tells_twenty_problems() -> None:
    """The text stays short, whatever the number of problems; none of them is lost."""
    error = EventError([Problem(f"detail.x[{index}]", "no") for index in range(1000)])
    assert len(error.problems) == 1000
    assert str(error).endswith("detail.x[19]: no; and 980 more")
