"""What became of each record of a payload, in words."""

from __future__ import annotations

import pytest

from ecs_failure_alerts import DeliveryError, DeliveryFailed, FailureAlerter, Report
from ecs_failure_alerts.testing import RecordingNotifier, task_state_change

TASK = "arn:aws:ecs:eu-central-1:123456789012:task/jobs"


def failed(count: int) -> Report:
    """Return the report of so many alerts that nobody took."""
    error = DeliveryError("no", retryable=True, maybe_delivered=True)
    events = [task_state_change(taskArn=f"{TASK}/{number}") for number in range(count)]
    return FailureAlerter(RecordingNotifier(error=error)).process(events)


def test_a_report_says_that_an_alert_may_have_arrived() -> None:
    (outcome,) = failed(1).to_dict()["outcomes"]
    assert (outcome["retryable"], outcome["maybe_delivered"]) == (True, True)


@pytest.mark.parametrize(("count", "named", "rest"), [(20, 20, ""), (21, 20, "; and 1 more")])
def test_an_error_names_twenty_failures_and_counts_the_others(
    count: int, named: int, rest: str
) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        failed(count).raise_for_failures()
    said = str(caught.value)

    assert said.startswith(f"{count} of {count} not dealt with: container_exit of ")
    assert said.count(f"({TASK}/") == named
    assert said.count("; container_exit of ") == named - 1
    assert said.endswith(f"(the alert may have arrived all the same){rest}")


def test_an_error_says_that_a_task_has_no_arn() -> None:
    error = DeliveryError("no", retryable=True)
    report = FailureAlerter(RecordingNotifier(error=error)).process(task_state_change(taskArn=None))
    with pytest.raises(DeliveryFailed, match=r"\(a task without ARN\): recording: no$"):
        report.raise_for_failures()


def test_a_place_is_named_once() -> None:
    """An error that begins with the place of its record needs no other word for it."""
    report = FailureAlerter(RecordingNotifier()).process([{"words": 1}])
    with pytest.raises(DeliveryFailed) as caught:
        report.raise_for_failures()
    assert str(caught.value).startswith("1 of 1 not dealt with: [0]: no event: ")
