"""What became of each record of a payload, in words."""

from __future__ import annotations

import pytest

from ecs_failure_alerts import (
    DeliveryError,
    DeliveryFailed,
    FailureAlerter,
    Outcome,
    Receipt,
    Report,
    SourceRecord,
    function_notifier,
)
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


def test_a_report_says_that_another_attempt_is_in_vain() -> None:
    error = DeliveryError("no", retryable=False)
    report = FailureAlerter(RecordingNotifier(error=error)).process(task_state_change())
    (outcome,) = report.to_dict()["outcomes"]
    assert outcome["retryable"] is False
    assert "maybe_delivered" not in outcome


@pytest.mark.parametrize(
    ("count", "named", "rest"), [(20, 20, ""), (21, 20, "; and 1 more record")]
)
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
    assert str(caught.value).startswith("1 of 1 record failed: [0]: not an event: ")


def test_an_error_names_a_failure_once_with_each_notifier_that_failed() -> None:
    """It tells what that said, whatever the other one said."""
    refusals = {
        "pager": DeliveryError("answered 503;\nbusy", retryable=True, maybe_delivered=True),
        "chat": DeliveryError("answered 404", retryable=False),
    }
    notifiers = [RecordingNotifier(name=name, error=error) for name, error in refusals.items()]
    events = [task_state_change(taskArn=f"{TASK}/{number}") for number in (1, 2)]
    with pytest.raises(DeliveryFailed) as caught:
        FailureAlerter(*notifiers).process(events).raise_for_failures()

    who = "container_exit of Scheduled task nightly-report"
    why = "pager: answered 503; busy (the alert may still have arrived); chat: answered 404"
    assert str(caught.value) == (
        f"2 of 2 records failed: 1) {who} ({TASK}/1): {why}; 2) {who} ({TASK}/2): {why}"
    )


def test_an_error_names_who_has_the_alert_nevertheless() -> None:
    """Else on-call would think that nobody was told."""
    down = RecordingNotifier(name="down", error=DeliveryError("no", retryable=True))
    report = FailureAlerter(RecordingNotifier(name="up"), down).process(task_state_change())
    (receipt,) = report.outcomes[0].receipts
    with pytest.raises(DeliveryFailed) as caught:
        report.raise_for_failures()
    assert str(caught.value).endswith(f"): down: no; up has it (event {receipt.id})")


def test_long_reasons_leave_room_for_every_failure() -> None:
    """Twenty failures are named, however much each of many notifiers has to say."""
    error = DeliveryError("no " * 200, retryable=True)
    notifiers = [RecordingNotifier(name=f"page{number}", error=error) for number in range(5)]
    events = [task_state_change(taskArn=f"{TASK}/{number}") for number in range(25)]
    with pytest.raises(DeliveryFailed, match=r"; and 5 more records$") as caught:
        FailureAlerter(*notifiers).process(events).raise_for_failures()
    assert str(caught.value).count(f"({TASK}/") == 20


def test_long_names_leave_room_for_the_reason() -> None:
    """Whatever an event, and a notifier of somebody's own, takes for a name."""
    long = "x" * 30_000
    up = function_notifier(lambda alert: Receipt("up", long), name="up")
    down = RecordingNotifier(name="down", error=DeliveryError("no", retryable=True))
    event = task_state_change(taskArn=f"{TASK}/{long}", group=f"service:{long}")
    with pytest.raises(DeliveryFailed) as caught:
        FailureAlerter(up, down).process(event).raise_for_failures()

    said = str(caught.value)
    assert "...): down: no; up has it (event xxx" in said
    assert len(said) < 1_000


@pytest.mark.parametrize(
    ("place", "subject", "said"),
    [
        ("[0]", "arn:x", "[0] (arn:x): no reason is known for [0]"),
        ("[0]", None, "[0]: no reason is known for [0]"),
        ("", "arn:x", "arn:x: no reason is known for it"),
        ("", None, "no reason is known for it"),
    ],
)
def test_a_failure_without_an_error_is_named(place: str, subject: str | None, said: str) -> None:
    """Nobody but a caller builds one."""
    report = Report((Outcome("not_delivered", SourceRecord(place), subject),))
    with pytest.raises(DeliveryFailed) as caught:
        report.raise_for_failures()
    assert str(caught.value) == f"1 of 1 record failed: {said}"
