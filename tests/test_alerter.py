"""The whole flow: every record tried, none lost, none reported as delivered that is not."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import (
    Alert,
    Cause,
    DeliveryError,
    DeliveryFailed,
    FailureAlerter,
    FailurePolicy,
    Notifier,
    Receipt,
    Report,
    function_notifier,
)
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.testing import RecordingNotifier, SentryInbox, task_state_change

ARN = "arn:aws:ecs:eu-central-1:123456789012:task/jobs/"
NEW_TYPE = {"source": "aws.ecs", "detail-type": "ECS Something New", "detail": {}}


class Context:
    """What is used of a Lambda's context."""

    def __init__(self, milliseconds: int = 30_000) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        """Give the milliseconds left."""
        return self.milliseconds


def failure(task: str = "a", **changes: Any) -> dict[str, Any]:
    """Give the event of a failure of the task."""
    return task_state_change(taskArn=f"{ARN}{task}", **changes)


def sqs(*bodies: Any, **fields: Any) -> dict[str, Any]:
    """Give what SQS hands to a Lambda; the records are m0, m1, ..."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "eventSource": "aws:sqs",
                "body": body if isinstance(body, str) else json.dumps(body),
                **fields,
            }
            for number, body in enumerate(bodies)
        ]
    }


def failing(*tasks: str) -> Notifier:
    """Give a notifier that fails for these tasks."""

    def page(alert: Alert) -> None:
        if any(alert.contexts["ecs_task"]["task_arn"] == f"{ARN}{task}" for task in tasks):
            raise DeliveryError("refused", retryable=True, status=503)

    return function_notifier(page)


def statuses(report: Report) -> list[str]:
    """Give the statuses of a report."""
    return [outcome.status for outcome in report.outcomes]


@pytest.fixture
def recorder() -> RecordingNotifier:
    """Give a notifier that records."""
    return RecordingNotifier()


@pytest.fixture
def stuck() -> Iterator[Notifier]:
    """Give a notifier that ignores its limit and never returns, until the test is over."""
    over = threading.Event()
    yield function_notifier(lambda alert: over.wait(), name="stuck")
    over.set()


def test_delivered(recorder: RecordingNotifier) -> None:
    """A failure's alert is delivered, and the outcome holds diagnosis, alert and receipt."""
    (outcome,) = FailureAlerter(recorder).process(failure()).outcomes
    assert (outcome.status, outcome.failed) == ("delivered", False)
    assert outcome.task_arn == f"{ARN}a"
    assert outcome.diagnosis is not None
    assert outcome.diagnosis.cause is Cause.CONTAINER_EXIT
    assert recorder.alerts == [outcome.alert]
    assert outcome.receipts == (Receipt("recording", recorder.alerts[0].event_id),)
    assert outcome.errors == ()


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        pytest.param(failure(), "delivered", id="failure"),
        pytest.param(failure(stopCode="UserInitiated"), "no_alert", id="no-failure"),
        pytest.param(failure(lastStatus="RUNNING"), "no_alert", id="running"),
        pytest.param(NEW_TYPE, "ignored", id="type-that-nobody-knows"),
        pytest.param({**NEW_TYPE, "source": "aws.s3"}, "ignored", id="other-source"),
        pytest.param(failure(lastStatus=None), "unreadable", id="malformed"),
        pytest.param({}, "unreadable", id="nothing"),
        pytest.param(None, "unreadable", id="null"),
        pytest.param("not json", "unreadable", id="text"),
    ],
)
def test_statuses(recorder: RecordingNotifier, payload: Any, status: str) -> None:
    """Each record has one of the outcomes; only what cannot be read or delivered is a failure."""
    report = FailureAlerter(recorder).process(payload)
    assert statuses(report) == [status]
    assert len(recorder.alerts) == (status == "delivered")
    assert len(report.failures) == (status == "unreadable")


def test_every_record_is_tried(recorder: RecordingNotifier) -> None:
    """A record that cannot be read and an alert that fails do not keep the others back."""
    payload = sqs(failure("a"), "broken", failure("b"), failure("c"))
    report = FailureAlerter(recorder, failing("b")).process(payload)
    assert statuses(report) == ["delivered", "unreadable", "not_delivered", "delivered"]
    assert len(recorder.alerts) == 3


def test_every_notifier_gets_every_alert(recorder: RecordingNotifier) -> None:
    """A notifier that fails does not keep the others from the alert."""
    (outcome,) = FailureAlerter(failing("a"), recorder).process(failure()).outcomes
    assert outcome.status == "not_delivered"
    assert [receipt.notifier for receipt in outcome.receipts] == ["recording"]
    assert [str(error) for error in outcome.errors] == ["page: refused"]
    assert len(recorder.alerts) == 1


def test_function_that_raises(recorder: RecordingNotifier) -> None:
    """Whatever a notifier raises is an error of that alert; its text is not shown."""

    def page(alert: Alert) -> None:
        raise KeyError("s3cr3t")

    class Broken:
        name = "broken"

        def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
            raise ZeroDivisionError("s3cr3t")

    report = FailureAlerter(function_notifier(page), Broken(), recorder).process(failure())
    (outcome,) = report.outcomes
    assert [str(error) for error in outcome.errors] == [
        "page: it raised KeyError",
        "broken: it raised ZeroDivisionError",
    ]
    assert len(outcome.receipts) == 1
    assert "s3cr3t" not in json.dumps(report.to_dict())


@pytest.mark.parametrize("answer", [None, "id", 200], ids=repr)
def test_no_receipt_is_no_confirmation(recorder: RecordingNotifier, answer: Any) -> None:
    """A notifier that returns no receipt has confirmed nothing."""

    class Forgetful:
        name = "forgetful"

        def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
            receipt: Receipt = answer
            return receipt

    (outcome,) = FailureAlerter(Forgetful(), recorder).process(failure()).outcomes
    assert outcome.status == "not_delivered"
    assert [str(error) for error in outcome.errors] == ["forgetful: it returned no receipt"]
    assert len(outcome.receipts) == 1


def test_needs_a_notifier() -> None:
    """An alerter without a notifier is refused: it would lose every alert."""
    with pytest.raises(ValueError, match="at least one notifier"):
        FailureAlerter()


def test_policy(recorder: RecordingNotifier) -> None:
    """The policy given decides."""
    policy = FailurePolicy(levels={("*", "scheduled"): None})
    assert statuses(FailureAlerter(recorder, policy=policy).process(failure())) == ["no_alert"]


def test_duplicates_are_one_alert(recorder: RecordingNotifier) -> None:
    """Two records about one stop are one alert, and both are delivered."""
    report = FailureAlerter(recorder).process([failure("a"), failure("b"), failure("a")])
    assert statuses(report) == ["delivered"] * 3
    assert len(recorder.alerts) == 2


def test_order_is_the_payloads(recorder: RecordingNotifier) -> None:
    """However many alerts are on their way at once, the outcomes are in order."""
    tasks = [f"{number:02}" for number in range(40)]
    report = FailureAlerter(recorder).process([failure(task) for task in tasks], timeout=20)
    assert [outcome.task_arn for outcome in report.outcomes] == [f"{ARN}{task}" for task in tasks]
    assert statuses(report) == ["delivered"] * 40


def test_told_to_wait() -> None:
    """Once a backend says 429 it is left alone for the rest of the payload."""
    calls: list[str] = []

    def page(alert: Alert) -> None:
        calls.append(alert.event_id)
        raise DeliveryError("slow down", retryable=True, retry_after=7, status=429)

    alerter = FailureAlerter(function_notifier(page))
    report = alerter.process([failure(str(number)) for number in range(40)])
    assert statuses(report) == ["not_delivered"] * 40
    assert len(calls) <= 10
    errors = [error for outcome in report.outcomes for error in outcome.errors]
    assert all(isinstance(e, DeliveryError) and e.retry_after == 7 for e in errors)
    assert all(isinstance(e, DeliveryError) and e.status == 429 for e in errors)


def test_told_to_wait_by_another_status() -> None:
    """So it is where it says how long to wait, under whatever status."""
    calls: list[str] = []

    def page(alert: Alert) -> None:
        calls.append(alert.event_id)
        raise DeliveryError("maintenance", retryable=True, retry_after=7, status=503)

    report = FailureAlerter(function_notifier(page)).process([failure(str(n)) for n in range(40)])
    assert statuses(report) == ["not_delivered"] * 40
    assert len(calls) <= 10


def test_told_to_wait_names_the_notifier_once(recorder: RecordingNotifier) -> None:
    """What was not tried says why, in the words of the notifier that was told to wait."""
    recorder.error = DeliveryError("slow down", retryable=True, retry_after=7, status=429)
    report = FailureAlerter(recorder).process([failure(str(number)) for number in range(20)])
    assert {str(error) for outcome in report.outcomes for error in outcome.errors} == {
        "recording: slow down",
        "recording: not tried, since it had just asked to wait (slow down)",
    }


def test_notifiers_that_raise_the_same_error() -> None:
    """Each failure names its own notifier, even where all raise one and the same error."""
    error = DeliveryError("down", retryable=True)

    def page(alert: Alert) -> None:
        raise error

    notifiers = [function_notifier(page, name=name) for name in ("a", "b")]
    report = FailureAlerter(*notifiers).process([failure("1"), failure("2")])
    for outcome in report.outcomes:
        assert [str(error) for error in outcome.errors] == ["a: down", "b: down"]


@pytest.mark.parametrize("tasks", [1, 2])
def test_notifier_that_ends_the_process(recorder: RecordingNotifier, tasks: int) -> None:
    """A notifier that calls sys.exit() ends nothing, and loses nothing of the others."""

    def page(alert: Alert) -> None:
        sys.exit(3)

    class Exiting:
        name = "exiting"

        def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
            sys.exit(3)

    alerter = FailureAlerter(Exiting(), function_notifier(page), recorder)
    for outcome in alerter.process([failure(str(task)) for task in range(tasks)]).outcomes:
        said = ["exiting: it raised SystemExit", "page: it raised SystemExit"]
        assert [str(error) for error in outcome.errors] == said
        assert len(outcome.receipts) == 1


def test_waiting_is_forgotten(recorder: RecordingNotifier) -> None:
    """At the next payload a backend that said 429 is asked again."""
    alerter = FailureAlerter(recorder)
    recorder.error = DeliveryError("slow down", retryable=True, status=429)
    assert statuses(alerter.process(failure())) == ["not_delivered"]
    recorder.error = None
    assert statuses(alerter.process(failure())) == ["delivered"]


@pytest.mark.parametrize("timeout", [0, -1, -0.5, 0.05])
def test_no_time(recorder: RecordingNotifier, timeout: float) -> None:
    """Without time left nothing is delivered, and nothing is said to be."""
    report = FailureAlerter(recorder).process([failure("a"), failure("b")], timeout=timeout)
    assert statuses(report) == ["not_delivered"] * 2
    assert all(outcome.errors for outcome in report.outcomes)


def test_no_time_for_what_needs_none(recorder: RecordingNotifier) -> None:
    """What does not alert is dealt with even where no time is left."""
    assert statuses(FailureAlerter(recorder).process(NEW_TYPE, timeout=0)) == ["ignored"]


def test_notifier_that_ignores_its_limit(stuck: Notifier, recorder: RecordingNotifier) -> None:
    """A notifier that does not return in time counts as one that did not confirm."""
    start = time.monotonic()
    (outcome,) = FailureAlerter(recorder, stuck).process(failure(), timeout=0.3).outcomes
    assert time.monotonic() - start < 2.0
    assert outcome.status == "not_delivered"
    (late,) = outcome.errors
    assert isinstance(late, DeliveryError)
    assert late.maybe_delivered


def test_what_was_never_begun(stuck: Notifier, recorder: RecordingNotifier) -> None:
    """What no notifier was called for within the time is certain not to be delivered."""
    alerts = [failure(str(number)) for number in range(15)]
    report = FailureAlerter(stuck, recorder).process(alerts, timeout=0.3)
    told = [
        (str(error), error.maybe_delivered)
        for outcome in report.outcomes
        for error in outcome.errors
        if isinstance(error, DeliveryError)
    ]
    assert Counter(told) == {
        (f"{stuck.name}: no confirmation within the time left", True): 10,
        (f"{stuck.name}: not tried, since no time was left", False): 5,
        (f"{recorder.name}: not tried, since no time was left", False): 15,
    }


@pytest.mark.parametrize(
    ("fault", "pause"),
    [
        pytest.param("hang", 0.0, id="hang"),
        pytest.param("trickle", 0.2, id="trickle"),
        pytest.param("slow", 5.0, id="slow"),
    ],
)
def test_time_limit_with_sentry(fault: Any, pause: float) -> None:
    """However Sentry hangs, the whole is over within the time given."""
    with SentryInbox() as inbox:
        inbox.answer(fault, seconds=pause)
        start = time.monotonic()
        report = FailureAlerter(SentryNotifier(inbox.dsn)).process(failure(), timeout=0.5)
        assert time.monotonic() - start < 2.0
        assert statuses(report) == ["not_delivered"]


def test_whole_path_with_sentry() -> None:
    """Event, diagnosis, alert and sentry-sdk together: what is delivered has arrived."""
    with SentryInbox() as inbox:
        inbox.answer(401, times=1)
        alerter = FailureAlerter(SentryNotifier(inbox.dsn))
        assert statuses(alerter.process(failure())) == ["not_delivered"]
        report = alerter.process(failure())
        assert statuses(report) == ["delivered"]
        assert inbox.event_ids == (report.outcomes[0].receipts[0].id,)


def test_raise_for_failures(recorder: RecordingNotifier) -> None:
    """The error names each task and cause that was not dealt with, and holds the report."""
    report = FailureAlerter(recorder, failing("b")).process(
        [failure("a"), failure("b"), {"detail": 1}]
    )
    with pytest.raises(DeliveryFailed) as caught:
        report.raise_for_failures()
    message = str(caught.value)
    assert message.startswith("2 of 3 not dealt with: ")
    assert f"container_exit of Scheduled task nightly-report ({ARN}b): page: refused" in message
    assert "[2]: source: expected a string" in message
    assert f"{ARN}a" not in message
    assert caught.value.report is report


@pytest.mark.parametrize(
    ("event", "said"),
    [
        pytest.param(failure("x", stopCode=5), f"{ARN}x: detail.stopCode: ", id="event"),
        pytest.param([failure("x", stopCode=5)], f"[0] ({ARN}x): detail.stopCode: ", id="record"),
        pytest.param(
            {"detail": {"taskArn": f"{ARN}x"}}, f"{ARN}x: source: expected a string", id="place"
        ),
    ],
)
def test_unreadable_event_names_its_task(
    recorder: RecordingNotifier, event: Any, said: str
) -> None:
    """An event that cannot be read names its task all the same, and where it stands."""
    with pytest.raises(DeliveryFailed) as caught:
        FailureAlerter(recorder).handle(event, None)
    assert f"1 of 1 not dealt with: {said}" in str(caught.value)


def test_raise_for_many_failures() -> None:
    """Of very many failures the message names twenty."""
    tasks = [str(number) for number in range(30)]
    report = FailureAlerter(failing(*tasks)).process([failure(task) for task in tasks])
    with pytest.raises(DeliveryFailed, match=r"and 10 more$") as caught:
        report.raise_for_failures()
    assert str(caught.value).count("container_exit of") == 20


def test_no_failure_raises_nothing(recorder: RecordingNotifier) -> None:
    """Where all is dealt with nothing is raised."""
    report = FailureAlerter(recorder).process([failure(), NEW_TYPE])
    report.raise_for_failures()
    assert report.batch_item_failures() == {"batchItemFailures": []}


@pytest.mark.parametrize(
    ("payload", "failed"),
    [
        pytest.param(sqs(failure("a"), failure("c")), [], id="none"),
        pytest.param(sqs(failure("a"), failure("b"), failure("c")), ["m1"], id="not-delivered"),
        pytest.param(sqs("broken", failure("a")), ["m0"], id="unreadable"),
        pytest.param(sqs("broken", failure("b"), NEW_TYPE), ["m0", "m1"], id="both"),
        pytest.param(sqs(failure("b"), failure("b")), ["m0", "m1"], id="duplicate-events"),
        pytest.param(sqs([failure("a"), failure("b"), {}]), ["m0"], id="two-in-one-record"),
        pytest.param(sqs(failure("b"), "broken", messageId="same"), ["same"], id="duplicate-ids"),
        pytest.param(
            sqs(
                {"Type": "Notification", "MessageId": "n", "Message": json.dumps(failure("b"))},
            ),
            ["m0"],
            id="sns-in-sqs",
        ),
    ],
)
def test_batch_item_failures(
    recorder: RecordingNotifier, payload: dict[str, Any], failed: list[str]
) -> None:
    """A partial answer names exactly the records that have to come again, each once."""
    report = FailureAlerter(recorder, failing("b")).process(payload)
    answer = {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}
    assert report.batch_item_failures() == answer
    alerter = FailureAlerter(recorder, failing("b"), partial_batch=True)
    assert alerter.handle(payload, Context()) == answer


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(failure("b"), id="event"),
        pytest.param({"Records": [{"Sns": {"Message": "x"}}]}, id="sns"),
        pytest.param(sqs(failure("b"), messageId=None), id="no-id"),
        pytest.param(
            sqs(
                {"Type": "Notification", "MessageId": "n", "Message": json.dumps(failure("b"))},
                messageId=None,
            ),
            id="no-id-around-sns",
        ),
        pytest.param(
            {"Records": [*sqs("broken")["Records"], {"Sns": {"Message": "x"}}]}, id="mixed"
        ),
        pytest.param({"requestPayload": sqs(failure("b"))}, id="sqs-in-destination"),
    ],
)
def test_what_no_partial_answer_can_name(payload: dict[str, Any]) -> None:
    """A failure in no record of a queue raises: an answer could not name it."""
    with pytest.raises(DeliveryFailed):
        FailureAlerter(failing("b"), partial_batch=True).handle(payload, Context())


def test_partial_answer_to_a_pipe(recorder: RecordingNotifier) -> None:
    """A pipe hands the records over as a list, and takes the same answer."""
    records = sqs(failure("a"), failure("b"))["Records"]
    answer = FailureAlerter(recorder, failing("b"), partial_batch=True).handle(records, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}


def test_no_partial_answer_for_what_was_not_handed_over(recorder: RecordingNotifier) -> None:
    """A record of SQS inside of another one is not SQS's to hand over again."""
    alerter = FailureAlerter(recorder, failing("b"), partial_batch=True)
    batch = sqs(failure("b"))
    (record,) = batch["Records"]
    message = {"Type": "Notification", "MessageId": "n", "Message": json.dumps(record)}
    for payload in (
        record,
        {"requestPayload": batch},
        {"requestPayload": record, "requestContext": {"requestId": "r"}},
        {"Records": [{"EventSource": "aws:sns", "Sns": message}]},
        [message],
    ):
        with pytest.raises(DeliveryFailed):
            alerter.handle(payload, None)


def test_without_partial_batch_a_queue_raises(recorder: RecordingNotifier) -> None:
    """Without the setting a failure in a queue's record raises, after all were tried."""
    alerter = FailureAlerter(recorder, failing("b"))
    with pytest.raises(DeliveryFailed):
        alerter.handle(sqs(failure("b"), failure("a")), Context())
    assert len(recorder.alerts) == 2


@pytest.mark.parametrize("partial_batch", [False, True])
def test_handle_gives_the_report(recorder: RecordingNotifier, partial_batch: bool) -> None:
    """Success is answered with the report, as JSON."""
    alerter = FailureAlerter(recorder, partial_batch=partial_batch)
    answer = alerter.handle(failure(), Context())
    assert answer == json.loads(json.dumps(answer))
    (outcome,) = answer["outcomes"]
    assert (outcome["status"], outcome["cause"]) == ("delivered", "container_exit")


@pytest.mark.parametrize("milliseconds", [0, 400, 500, 590])
def test_handle_keeps_time_back(recorder: RecordingNotifier, milliseconds: int) -> None:
    """Half a second of the Lambda's time is kept back: what is left then is not spent."""
    with pytest.raises(DeliveryFailed, match=r"no time was left|no confirmation within"):
        FailureAlerter(recorder).handle(failure(), Context(milliseconds))


def test_handle_hands_the_limit_over() -> None:
    """A notifier is told how much time it has."""
    limits: list[float | None] = []

    class Timed:
        name = "timed"

        def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
            limits.append(timeout)
            return Receipt("timed", alert.event_id)

    alerter = FailureAlerter(Timed())
    alerter.handle(failure(), Context(10_000))
    alerter.process(failure())
    assert limits[0] is not None
    assert 8.0 < limits[0] < 9.5
    assert limits[1] is None


def test_to_dict(recorder: RecordingNotifier) -> None:
    """The report as JSON holds what was decided and why, and leaves out what is absent."""
    (outcome,) = FailureAlerter(recorder).process(sqs(failure())).to_dict()["outcomes"]
    assert outcome == {
        "status": "delivered",
        "place": "Records[0].body",
        "record_id": "m0",
        "subject": f"{ARN}a",
        "task_arn": f"{ARN}a",
        "cause": "container_exit",
        "workload": "Scheduled task nightly-report",
        "level": "error",
        "decision": "alert: container_exit of a scheduled workload is error",
        "evidence": ["detail.containers[0].exitCode"],
        "title": "ContainerExit: nightly-report",
        "event_id": recorder.alerts[0].event_id,
        "receipts": [{"notifier": "recording", "id": recorder.alerts[0].event_id, "url": None}],
    }


@pytest.mark.parametrize(
    ("payload", "level"),
    [
        pytest.param(failure(), logging.INFO, id="delivered"),
        pytest.param(failure(stopCode="UserInitiated"), logging.INFO, id="no-alert"),
        pytest.param(NEW_TYPE, logging.WARNING, id="other-type"),
        pytest.param({**NEW_TYPE, "source": "aws.s3"}, logging.INFO, id="other-source"),
        pytest.param("broken", logging.ERROR, id="unreadable"),
        pytest.param(failure("b"), logging.ERROR, id="not-delivered"),
    ],
)
def test_log_line(caplog: pytest.LogCaptureFixture, payload: Any, level: int) -> None:
    """Each record has one structured log line, which says what the report says."""
    caplog.set_level(logging.INFO, "ecs_failure_alerts")
    report = FailureAlerter(failing("b")).process(payload)
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("ecs_failure_alerts", level)
    assert json.loads(record.getMessage()) == report.to_dict()["outcomes"][0]


def test_a_bug_loses_nothing_else(recorder: RecordingNotifier) -> None:
    """An event that no code foresaw is unreadable, and the others are delivered."""

    class Odd(dict[str, Any]):
        def get(self, *args: Any) -> Any:
            raise ArithmeticError("s3cr3t")

    report = FailureAlerter(recorder).process([Odd(source="aws.ecs"), failure()])
    assert statuses(report) == ["unreadable", "delivered"]
    (error,) = report.outcomes[0].errors
    assert "a bug of ecs-failure-alerts: ArithmeticError" in str(error)
    assert "s3cr3t" not in str(error)


@pytest.mark.parametrize("versions", [(3, 7), (7, 3), (None, 3), (3, "v5")])
def test_of_two_states_of_a_task_the_last_counts(
    recorder: RecordingNotifier, versions: tuple[Any, Any]
) -> None:
    """One alert goes out for a task, from the state with the highest version."""
    events = [failure(version=version, stoppedReason=f"v{version}") for version in versions]
    assert statuses(FailureAlerter(recorder).process(events)) == ["delivered", "delivered"]

    (alert,) = recorder.alerts
    highest = max(version for version in versions if isinstance(version, int))
    assert f'"v{highest}"' in alert.message


def test_of_two_equal_states_the_first_counts(recorder: RecordingNotifier) -> None:
    """A state that is delivered twice is told as it came first."""
    FailureAlerter(recorder).process([failure(stoppedReason="one"), failure(stoppedReason="two")])
    assert '"one"' in recorder.alerts[0].message


def test_a_replay_is_said(recorder: RecordingNotifier) -> None:
    """An alert of an event from an archive says that it is an old one, and from which replay."""
    FailureAlerter(recorder).process({**failure(), "replay-name": "march\n"})
    assert 'the replay "march\\n" has sent it again' in recorder.alerts[0].message


def test_a_replay_without_a_text_is_none(recorder: RecordingNotifier) -> None:
    """A replay-name that is no text is ignored, as every field that AWS may add."""
    FailureAlerter(recorder).process({**failure(), "replay-name": 5})
    assert "replay" not in recorder.alerts[0].message


@given(st.lists(strategies.json_values(), max_size=4))
def test_any_payload(values: list[Any]) -> None:
    """Whatever the payload, every event in it is delivered, whatever stands around it."""
    recorder = RecordingNotifier()
    report = FailureAlerter(recorder).process([*values, failure()])
    assert statuses(report)[-1] == "delivered"
    assert json.dumps(report.to_dict())


@given(strategies.task_events(secrets=strategies.secret_texts()), st.booleans())
def test_no_secret(event: dict[str, Any], malformed: bool) -> None:
    """Nothing of the overrides is in a report, its repr, its error or a receipt."""
    if malformed:
        event["detail"]["lastStatus"] = {"s3cr3t": "s3cr3t"}
    broken = RecordingNotifier(error=DeliveryError("no", retryable=True))
    report = FailureAlerter(RecordingNotifier(), broken).process(sqs(event, "broken s3cr3t"))
    said = [json.dumps(report.to_dict()), repr(report), repr(report.failures)]
    with pytest.raises(DeliveryFailed) as caught:
        report.raise_for_failures()
    assert "s3cr3t" not in "".join([*said, str(caught.value), repr(caught.value)])


@pytest.mark.parametrize("records", [1, 1.5, True, "x", {"a": 1}, None])
def test_records_that_are_no_list(records: Any) -> None:
    """A payload whose Records are no list fails as unreadable, also with partial answers."""
    alerter = FailureAlerter(RecordingNotifier(), partial_batch=True)
    with pytest.raises(DeliveryFailed, match="no event"):
        alerter.handle({"Records": records}, None)


def test_notifier_without_a_timeout(recorder: RecordingNotifier) -> None:
    """A notifier that cannot be called as it has to be is said to be called so."""

    class Short:
        name = "short"

        def notify(self, alert: Alert) -> Receipt:
            return Receipt("short", alert.event_id)

    (outcome,) = FailureAlerter(Short(), recorder).process(failure()).outcomes  # type: ignore[arg-type]
    (error,) = outcome.errors
    assert str(error) == "short: it raised TypeError, called as notify(alert, timeout=...)"


def test_class_of_notifiers() -> None:
    """A class in place of a notifier is refused."""
    with pytest.raises(TypeError, match="got the class RecordingNotifier: make one of it"):
        FailureAlerter(RecordingNotifier)  # type: ignore[arg-type]


def test_what_is_no_notifier() -> None:
    """What cannot notify is refused when the alerter is made, with what to do."""
    for wrong in (print, object(), None):
        with pytest.raises(
            TypeError, match=r"expected a notifier, got .*: make one .* by function_notifier\(\)"
        ):
            FailureAlerter(wrong)  # type: ignore[arg-type]


def test_no_lambda_context() -> None:
    """Without a Lambda context there is no limit of time."""
    limits: list[float | None] = []

    class Notifier:
        name = "n"

        def notify(self, alert: Alert, *, timeout: float | None = None) -> Receipt:
            limits.append(timeout)
            return Receipt(self.name, alert.event_id)

    FailureAlerter(Notifier()).handle(task_state_change(), None)
    assert limits == [None]


def test_time_for_the_hosts_own_sentry() -> None:
    """Where the function has Sentry's Lambda integration, its flush has time left, at most half."""
    program = """if True:
        import sentry_sdk
        from sentry_sdk.integrations.aws_lambda import AwsLambdaIntegration
        from ecs_failure_alerts._lambda_time import _reserve
        print(_reserve(10.0), end=" ")
        options = {"default_integrations": False, "integrations": [AwsLambdaIntegration()]}
        sentry_sdk.init("http://k@127.0.0.1:9/1", shutdown_timeout=3, **options)
        print(_reserve(10.0), _reserve(4.0), _reserve(0.5))
    """
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.split() == ["0.5", "4.0", "2.0", "0.5"]
