"""Errors: they say where, and survive being copied and pickled."""

from __future__ import annotations

import copy
import pickle

import pytest

from ecs_failure_alerts import (
    AwsError,
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


def test_the_parts_of_an_error_of_aws_are_as_clean_as_its_text() -> None:
    """The resource comes from an event, the code from an answer."""
    error = AwsError("logs:GetLogEvents", "a\x1b[2J\n" + "x" * 1000, "Denied\n" + "x" * 1000)
    assert error.resource.isprintable()
    assert error.code.isprintable()
    assert len(error.resource) == 300
    assert len(error.code) == 64


def test_the_name_of_a_notifier_is_clean_in_the_text_of_its_error() -> None:
    """It may be anybody's."""
    error = DeliveryError("refused", retryable=True)
    error.notifier = "a\x1b[2J\n" + "x" * 1000
    assert str(error).isprintable()
    assert len(str(error)) == len(": refused") + 200


def test_the_text_names_twenty_problems_and_the_error_keeps_all() -> None:
    error = EventError([Problem(f"detail.x[{index}]", "no") for index in range(1000)])
    assert len(error.problems) == 1000
    assert str(error).endswith("detail.x[19]: no; and 980 more")
