"""What was confirmed lately is not sent again."""

from __future__ import annotations

import time

import pytest

from ecs_failure_alerts import (
    DeliveryError,
    Evidence,
    FailureAlerter,
    Judgement,
    Receipt,
    Route,
    build_alert,
    diagnose,
    parse_event,
)
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.delivery import ReceiptBook, Shipment, deliver
from ecs_failure_alerts.testing import RecordingNotifier, task_state_change

TASK = parse_event(task_state_change())
ALERT = build_alert(TASK, diagnose(TASK))
RECEIPT = Receipt("recording", "1")


def test_a_retry_tells_only_the_notifier_that_has_not_confirmed() -> None:
    """With two notifiers, the one that has the alert is not called again."""
    well, down = RecordingNotifier(), RecordingNotifier()
    down.error = DeliveryError("down", retryable=True)
    alerter = FailureAlerter(well, down)
    assert [outcome.failed for outcome in alerter.process(task_state_change()).outcomes] == [True]

    down.error = None
    (outcome,) = alerter.process(task_state_change()).outcomes
    assert (outcome.status, len(outcome.receipts)) == ("delivered", 2)
    assert (len(well.alerts), len(down.alerts)) == (1, 1)


class Asked:
    """A look-up that counts."""

    name = "crystal ball"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def enrich(self, judgement: Judgement, *, timeout: float) -> Evidence:
        """Find nothing."""
        self.asked.append(judgement.as_alert().event_id)
        return Evidence()


def test_nothing_is_looked_up_for_what_all_have_confirmed() -> None:
    """A batch that comes again because of one alert costs the look-ups of that alert."""
    well, down = RecordingNotifier(), RecordingNotifier()
    down.error = DeliveryError("down", retryable=True)
    asked = Asked()
    alerter = FailureAlerter(well, Route(down, family="etl"), enrichers=[asked])
    arn = "arn:aws:ecs:eu-central-1:123456789012:task-definition"
    etl = task_state_change(taskArn=f"{arn}/etl", taskDefinitionArn=f"{arn}/etl:1")
    (first, second) = alerter.process([task_state_change(), etl]).outcomes
    assert (first.failed, second.failed, len(asked.asked)) == (False, True, 2)

    again = alerter.process([task_state_change(), etl])
    assert [outcome.failed for outcome in again.outcomes] == [False, True]
    assert again.outcomes[0].receipts == first.receipts
    assert asked.asked[2:] == [asked.asked[1]]


def test_what_was_not_confirmed_is_not_remembered() -> None:
    """A failure is tried again, as often as it comes."""
    down = RecordingNotifier(error=DeliveryError("down", retryable=True))
    alerter = FailureAlerter(down)
    for _ in range(2):
        alerter.process(task_state_change())
    down.error = None
    alerter.process(task_state_change()).raise_for_failures()
    assert len(down.alerts) == 1


def test_another_alerter_remembers_nothing_of_the_first() -> None:
    """What holds across processes is up to the backends, which drop repeated ids."""
    recorder = RecordingNotifier()
    for _ in range(2):
        FailureAlerter(recorder).process(task_state_change())
    assert len(recorder.alerts) == 2


def test_a_receipt_is_kept_for_its_alert_and_its_notifier() -> None:
    """Neither another alert nor another notifier of the same name has it."""
    book, notifier = ReceiptBook(), RecordingNotifier()
    book.keep([ALERT.event_id], notifier, RECEIPT)
    assert book.find(ALERT.event_id, notifier) == RECEIPT
    assert book.find("0" * 32, notifier) is None
    assert book.find(ALERT.event_id, RecordingNotifier()) is None


def test_an_alert_for_several_failures_goes_out_until_all_are_confirmed() -> None:
    """Another call may have confirmed one of them meanwhile."""
    book, recorder = ReceiptBook(), RecordingNotifier()
    for confirmed, sent in ("ab", 1), ("abc", 1):
        book.keep(confirmed, recorder, RECEIPT)
        deliver([Shipment(ALERT, recorder, ("a", "b", "c"))], Deadline(), book)
        assert len(recorder.alerts) == sent


def test_a_receipt_is_forgotten_after_an_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the backends would take the alert for a new one as well."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    book, notifier = ReceiptBook(), RecordingNotifier()
    book.keep([ALERT.event_id], notifier, RECEIPT)

    now[0] += 3599.9
    assert book.find(ALERT.event_id, notifier) == RECEIPT
    now[0] += 0.2
    assert book.find(ALERT.event_id, notifier) is None


def test_the_oldest_receipts_are_forgotten_first() -> None:
    """However many alerts a process sends, it keeps a bounded number of receipts."""
    book, notifier = ReceiptBook(), RecordingNotifier()
    ids = [f"{number:032x}" for number in range(20_002)]
    book.keep(ids, notifier, RECEIPT)
    known = [book.find(event_id, notifier) is not None for event_id in ids]
    assert known == [False] * 2 + [True] * 20_000


def test_each_notifier_has_room_for_the_receipts_of_two_batches() -> None:
    """A batch of SQS has up to 10,000 records. Repeats over the limit would evict each other."""
    book, notifiers = ReceiptBook(), [RecordingNotifier(name=name) for name in "abc"]
    ids = [f"{number:032x}" for number in range(20_000)]
    for notifier in notifiers:
        book.keep(ids, notifier, RECEIPT)
    assert all(book.find(event_id, one) for one in notifiers for event_id in ids[::100])
