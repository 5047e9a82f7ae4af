"""Sending what was saved: a backend's wishes are followed, and nothing is lost."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from ecs_failure_alerts import (
    Alert,
    DeliveryError,
    FailureAlerter,
    Outcome,
    function_notifier,
    read_payload,
)
from ecs_failure_alerts.cli._replay import Tally, replay
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.testing import RecordingNotifier, SentryInbox, task_state_change
from rows import each


def failure(task: object) -> dict[str, Any]:
    """Return the event of a failure of the task."""
    return task_state_change(taskArn=f"arn:aws:ecs:eu-central-1:123456789012:task/jobs/{task}")


def run(
    payload: Any, alerter: FailureAlerter, failed: io.StringIO | None = None
) -> tuple[list[Outcome], Tally, list[float]]:
    """Replay a payload; give the outcomes, the last tally and the waits."""
    waits: list[float] = []
    records = read_payload(payload)
    said = list(replay(list(records), alerter, failed=failed, wait=waits.append))
    return [outcome for outcome, _ in said], said[-1][1], waits


def test_every_record_is_tried_in_order_and_counted() -> None:
    recorder = RecordingNotifier()
    outcomes, tally, waits = run([failure(n) for n in range(25)], FailureAlerter(recorder))
    assert [outcome.record.place for outcome in outcomes] == [f"[{n}]" for n in range(25)]
    assert len(recorder.alerts) == 25
    assert (tally.done, tally.failed, waits) == (25, 0, [])


def test_records_are_read_as_they_are_sent() -> None:
    """Very many need no memory."""
    read: list[int] = []

    def records() -> Any:
        for number in range(10_000):
            read.append(number)
            yield from read_payload(failure(number))

    next(replay(records(), FailureAlerter(RecordingNotifier())))
    assert len(read) <= 10


@each(
    ("retry_after", "wait"),
    [
        pytest.param(7.5, 7.5, id="told"),
        pytest.param(None, 1.0, id="not-told"),
        pytest.param(0.0, 1.0, id="zero"),
        pytest.param(3600.0, 60.0, id="an-hour"),
    ],
)
def test_a_backend_that_asks_to_wait_is_asked_again_later(
    retry_after: float | None, wait: float
) -> None:
    """Within bounds."""
    told = [DeliveryError("slow", retryable=True, status=429, retry_after=retry_after)]
    taken: list[str] = []

    def page(alert: Alert) -> None:
        if told:
            raise told.pop()
        taken.append(alert.event_id)

    outcomes, tally, waits = run([failure(1)], FailureAlerter(function_notifier(page)))
    assert waits == [wait]
    assert [outcome.status for outcome in outcomes] == ["delivered"]
    assert len(taken) == 1
    assert tally.failed == 0


def test_a_backend_that_asks_again_and_again_is_given_up() -> None:
    """These records have failed."""
    recorder = RecordingNotifier(error=DeliveryError("slow", retryable=True, status=429))
    outcomes, tally, waits = run([failure(1), failure(2)], FailureAlerter(recorder))
    assert len(waits) == 5
    assert (tally.done, tally.failed) == (2, 2)
    assert all(outcome.failed for outcome in outcomes)


def test_after_a_wait_in_vain_nothing_waits_until_something_works() -> None:
    recorder = RecordingNotifier(error=DeliveryError("slow", retryable=True, status=429))
    _, tally, waits = run([failure(n) for n in range(35)], FailureAlerter(recorder))
    assert (tally.failed, len(waits)) == (35, 5)


def test_an_error_that_does_not_ask_to_wait_fails_at_once() -> None:
    recorder = RecordingNotifier(error=DeliveryError("no", retryable=True, status=503))
    _, tally, waits = run([failure(1)], FailureAlerter(recorder))
    assert (tally.failed, waits) == (1, [])


def test_a_second_run_sends_exactly_what_failed() -> None:
    recorder = RecordingNotifier(error=DeliveryError("no", retryable=True))
    saved = io.StringIO()
    sns = {"Type": "Notification", "Message": json.dumps(failure(2))}
    payload = [failure(1), sns, task_state_change(stopCode="UserInitiated"), {"a": 1}]
    _, tally, _ = run(payload, FailureAlerter(recorder), saved)
    assert tally.failed == 3
    assert len(saved.getvalue().splitlines()) == 3
    recorder.error = None
    outcomes, tally, _ = run(saved.getvalue(), FailureAlerter(recorder), io.StringIO())
    assert [outcome.status for outcome in outcomes] == ["delivered", "delivered", "unreadable"]
    assert len({alert.event_id for alert in recorder.alerts}) == 2


def test_a_line_that_is_not_json_is_saved_as_it_was() -> None:
    saved = io.StringIO()
    good = json.dumps(failure(1))
    run(f"{good}\n{{broken\n{good}", FailureAlerter(RecordingNotifier()), saved)
    assert json.loads(saved.getvalue()) == "{broken"


def test_sentrys_own_rate_limit_is_followed_and_all_arrives() -> None:
    with SentryInbox() as inbox:
        inbox.answer(429, times=3, retry_after=3)
        alerter = FailureAlerter(SentryNotifier(inbox.dsn))
        _, tally, waits = run([failure(n) for n in range(12)], alerter)
        assert set(waits) == {3.0}
        assert (tally.done, tally.failed) == (12, 0)
        assert len(inbox.events) == 12


def test_the_tally_is_one_readable_line() -> None:
    assert str(Tally()) == "0 records, 0 failed, 0 a second"
    assert str(Tally(30, 2, 1.5)) == "30 records, 2 failed, 20 a second"


def test_an_interrupt_saves_exactly_what_was_not_reached() -> None:
    failed = io.StringIO()
    events = [failure(n) for n in range(25)]
    going = replay(list(read_payload(events)), FailureAlerter(RecordingNotifier()), failed=failed)
    for _ in range(12):
        next(going)
    going.close()
    assert [json.loads(line) for line in failed.getvalue().splitlines()] == events[12:]
