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

    assert said.startswith(f"{count} of {count} records failed: 1) container_exit of ")
    assert said.count(f"({TASK}/") == named
    assert said.count(") container_exit of ") == named
    assert said.endswith(f"(the alert may still have arrived){rest}")


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
    assert str(caught.value).startswith("1 of 1 record failed: [0]: no event: ")


def test_each_notifier_that_failed_has_a_number_of_its_own() -> None:
    """It names the alert, the notifier and what that said, whatever the other one said."""
    refusals = {
        "pager": DeliveryError("answered 503;\nbusy", retryable=True, maybe_delivered=True),
        "chat": DeliveryError("answered 404", retryable=False),
    }
    notifiers = [RecordingNotifier(name=name, error=error) for name, error in refusals.items()]
    report = FailureAlerter(*notifiers).process(task_state_change(taskArn=f"{TASK}/1"))
    with pytest.raises(DeliveryFailed) as caught:
        report.raise_for_failures()

    subject = f"container_exit of Scheduled task nightly-report ({TASK}/1)"
    assert str(caught.value) == (
        f"1 of 1 record failed: 1) {subject}: pager: answered 503; busy (the alert may still "
        f"have arrived); 2) {subject}: chat: answered 404"
    )
