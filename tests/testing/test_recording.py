"""The notifier that keeps the alerts of a test."""

from __future__ import annotations

import pytest

from ecs_failure_alerts import DeliveryError, FailureAlerter, Receipt
from ecs_failure_alerts.testing import RecordingNotifier, task_state_change


def test_an_alert_is_kept_and_confirmed_by_its_id() -> None:
    recorder = RecordingNotifier(name="mine")

    (outcome,) = FailureAlerter(recorder).process(task_state_change()).outcomes

    assert outcome.receipts == (Receipt("mine", recorder.alerts[0].event_id),)


def test_its_arguments_are_given_by_name() -> None:
    """A name in the place of the alerts would fail no sooner than at the first alert."""
    with pytest.raises(TypeError):
        RecordingNotifier("pager")  # type: ignore[arg-type, call-arg]


def test_the_error_that_is_set_is_raised_and_nothing_kept() -> None:
    recorder = RecordingNotifier(error=DeliveryError("no", retryable=False))

    report = FailureAlerter(recorder).process(task_state_change())

    assert [str(outcome.errors[0]) for outcome in report.failures] == ["recording: no"]
    assert recorder.alerts == []
