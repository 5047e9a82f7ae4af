"""The whole flow: every record tried, none lost, none reported as delivered that is not."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import strategies
from countdown import Countdown
from ecs_failure_alerts import (
    Alert,
    Cause,
    DeliveryError,
    DeliveryFailed,
    EventError,
    FailureAlerter,
    FailurePolicy,
    Notifier,
    Problem,
    Receipt,
    Report,
    SourceRecord,
    diagnose,
    function_notifier,
    judge,
    parse_event,
    read_payload,
)
from ecs_failure_alerts.notifiers.log import LogNotifier
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.testing import (
    ABSENT,
    RecordingNotifier,
    SentryInbox,
    batch_job_state_change,
    deployment_state_change,
    schedule_dead_letter,
    task_state_change,
)
from rows import each
from waits import LIMITS

ARN = "arn:aws:ecs:eu-central-1:123456789012:task/jobs/"
NEW_TYPE = {"source": "aws.ecs", "detail-type": "ECS Something New", "detail": {}}


class Context:
    """What is used of a Lambda's context."""

    def __init__(self, milliseconds: int = 30_000) -> None:
        self.milliseconds = milliseconds

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds left."""
        return self.milliseconds


def failure(task: str = "a", **changes: Any) -> dict[str, Any]:
    """Return the event of a failure of the task."""
    return task_state_change(taskArn=f"{ARN}{task}", **changes)


def sqs(*bodies: Any, **fields: Any) -> dict[str, Any]:
    """Return what SQS hands to a Lambda; the records are m0, m1, ..."""
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
    """Return a notifier that fails for these tasks."""

    def page(alert: Alert) -> None:
        if any(alert.contexts["ecs_task"]["task_arn"] == f"{ARN}{task}" for task in tasks):
            raise DeliveryError("refused", retryable=True, status=503)

    return function_notifier(page)


def statuses(report: Report) -> list[str]:
    """Return the statuses of a report."""
    return [outcome.status for outcome in report.outcomes]


@pytest.fixture
def recorder() -> RecordingNotifier:
    """Return a notifier that records."""
    return RecordingNotifier()


class Stuck:
    """A notifier that ignores its limit and never returns after so many calls, until told to."""

    name = "stuck"

    def __init__(self, over: threading.Event, *, confirms: int = 0) -> None:
        self.over = over
        self.confirms = confirms
        self.calls = 0

    def notify(self, alert: Alert, *, timeout: float | None = None) -> Receipt:
        """Confirm the first calls, and hang at all others."""
        self.calls += 1
        if self.calls > self.confirms:
            self.over.wait(60)
        return Receipt(self.name, alert.event_id)


@pytest.fixture
def over() -> Iterator[threading.Event]:
    """Return what lets those go on who are stuck; the end of the test does."""
    event = threading.Event()
    yield event
    event.set()


def test_an_outcome_holds_diagnosis_alert_and_receipt(recorder: RecordingNotifier) -> None:
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
def test_each_record_has_one_status(recorder: RecordingNotifier, payload: Any, status: str) -> None:
    """Only what cannot be read or delivered is a failure."""
    report = FailureAlerter(recorder).process(payload)
    assert statuses(report) == [status]
    assert len(recorder.alerts) == (status == "delivered")
    assert len(report.failures) == (status == "unreadable")


def test_a_failing_record_does_not_keep_the_others_back(recorder: RecordingNotifier) -> None:
    payload = sqs(failure("a"), "broken", failure("b"), failure("c"))
    report = FailureAlerter(recorder, failing("b")).process(payload)
    assert statuses(report) == ["delivered", "unreadable", "not_delivered", "delivered"]
    assert len(recorder.alerts) == 3


def test_a_failing_notifier_does_not_keep_the_others_back(recorder: RecordingNotifier) -> None:
    (outcome,) = FailureAlerter(failing("a"), recorder).process(failure()).outcomes
    assert outcome.status == "not_delivered"
    assert [receipt.notifier for receipt in outcome.receipts] == ["recording"]
    assert [str(error) for error in outcome.errors] == ["page: refused"]
    assert len(recorder.alerts) == 1


def test_whatever_a_notifier_raises_is_an_error_without_its_text(
    recorder: RecordingNotifier,
) -> None:
    def page(alert: Alert) -> None:
        raise KeyError("s3cr3t")

    class Broken:
        name = "broken"

        def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
            raise ZeroDivisionError("s3cr3t")

    report = FailureAlerter(function_notifier(page), Broken(), recorder).process(failure())
    (outcome,) = report.outcomes
    assert [re.sub(r"line \d+", "line N", str(error)) for error in outcome.errors] == [
        "page: it raised KeyError (test_alerter.py, line N)",
        "broken: it raised ZeroDivisionError (test_alerter.py, line N)",
    ]
    assert len(outcome.receipts) == 1
    assert "s3cr3t" not in json.dumps(report.to_dict())


@pytest.mark.parametrize("answer", [None, "id", 200], ids=repr)
def test_a_notifier_without_a_receipt_has_confirmed_nothing(
    recorder: RecordingNotifier, answer: Any
) -> None:
    class Forgetful:
        name = "forgetful"

        def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
            receipt: Receipt = answer
            return receipt

    (outcome,) = FailureAlerter(Forgetful(), recorder).process(failure()).outcomes
    assert outcome.status == "not_delivered"
    assert [str(error) for error in outcome.errors] == ["forgetful: it returned no receipt"]
    assert len(outcome.receipts) == 1


def test_an_alerter_without_a_notifier_is_refused() -> None:
    """It would lose every alert."""
    with pytest.raises(ValueError, match="at least one notifier"):
        FailureAlerter()


@each(
    ("options", "said"),
    [
        ({"partial_batch": "no"}, "partial_batch: expected True or False, got 'no'"),
        ({"lookup_seconds": True}, "lookup_seconds: expected a number, got true"),
        ({"policy": {}}, "policy: expected a FailurePolicy, got an object: "),
    ],
)
def test_an_option_of_a_wrong_type_is_refused_by_its_name(
    options: dict[str, Any], said: str
) -> None:
    """A switch that is set to the word no would count as on."""
    with pytest.raises(TypeError, match=f"^{said}"):
        FailureAlerter(RecordingNotifier(), **options)


def test_without_a_policy_or_with_none_the_default_one_decides() -> None:
    event = task_state_change()
    assert judge(event, None) == judge(event) == judge(event, FailurePolicy())
    task = parse_event(event)
    assert diagnose(task, None) == diagnose(task)
    with pytest.raises(TypeError, match=r"^policy: expected a FailurePolicy, got a string: "):
        judge(event, "default")  # type: ignore[arg-type]


def test_a_notifier_shows_where_it_sends_and_no_more() -> None:
    """Such as in the traceback of a test, or in a debugger."""
    assert repr(LogNotifier("alerts")) == "LogNotifier('alerts')"
    assert repr(function_notifier(print)) == "function_notifier(print)"


def test_the_policy_given_decides(recorder: RecordingNotifier) -> None:
    policy = FailurePolicy(levels={("*", "scheduled"): None})
    assert statuses(FailureAlerter(recorder, policy=policy).process(failure())) == ["no_alert"]


def test_two_records_of_one_stop_are_one_alert(recorder: RecordingNotifier) -> None:
    """Both are delivered."""
    report = FailureAlerter(recorder).process([failure("a"), failure("b"), failure("a")])
    assert statuses(report) == ["delivered"] * 3
    assert len(recorder.alerts) == 2


def test_outcomes_stand_in_the_order_of_the_payload(recorder: RecordingNotifier) -> None:
    """However many alerts are on their way at once."""
    tasks = [f"{number:02}" for number in range(40)]
    report = FailureAlerter(recorder).process([failure(task) for task in tasks], timeout=20)
    assert [outcome.task_arn for outcome in report.outcomes] == [f"{ARN}{task}" for task in tasks]
    assert statuses(report) == ["delivered"] * 40


def test_a_backend_that_says_429_is_left_alone_for_the_payload() -> None:
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


def test_a_backend_that_says_how_long_to_wait_is_left_alone() -> None:
    """Under whatever status."""
    calls: list[str] = []

    def page(alert: Alert) -> None:
        calls.append(alert.event_id)
        raise DeliveryError("maintenance", retryable=True, retry_after=7, status=503)

    report = FailureAlerter(function_notifier(page)).process([failure(str(n)) for n in range(40)])
    assert statuses(report) == ["not_delivered"] * 40
    assert len(calls) <= 10


def test_what_was_not_tried_says_why_in_the_notifiers_words(recorder: RecordingNotifier) -> None:
    recorder.error = DeliveryError("slow down", retryable=True, retry_after=7, status=429)
    report = FailureAlerter(recorder).process([failure(str(number)) for number in range(20)])
    assert {str(error) for outcome in report.outcomes for error in outcome.errors} == {
        "recording: slow down",
        "recording: not tried, since it had just asked to wait (slow down)",
    }


def test_each_failure_names_its_own_notifier() -> None:
    """Even where all raise one and the same error."""
    error = DeliveryError("down", retryable=True)

    def page(alert: Alert) -> None:
        raise error

    notifiers = [function_notifier(page, name=name) for name in ("a", "b")]
    report = FailureAlerter(*notifiers).process([failure("1"), failure("2")])
    for outcome in report.outcomes:
        assert [str(error) for error in outcome.errors] == ["a: down", "b: down"]


@pytest.mark.parametrize("tasks", [1, 2])
def test_a_notifier_that_calls_exit_ends_nothing(recorder: RecordingNotifier, tasks: int) -> None:
    """It loses nothing of the others."""

    def page(alert: Alert) -> None:
        sys.exit(3)

    class Exiting:
        name = "exiting"

        def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
            sys.exit(3)

    alerter = FailureAlerter(Exiting(), function_notifier(page), recorder)
    for outcome in alerter.process([failure(str(task)) for task in range(tasks)]).outcomes:
        said = ["exiting: it raised SystemExit", "page: it raised SystemExit"]
        assert [str(error).partition(" (")[0] for error in outcome.errors] == said
        assert len(outcome.receipts) == 1


def test_the_next_payload_asks_a_backend_again(recorder: RecordingNotifier) -> None:
    alerter = FailureAlerter(recorder)
    recorder.error = DeliveryError("slow down", retryable=True, status=429)
    assert statuses(alerter.process(failure())) == ["not_delivered"]
    recorder.error = None
    assert statuses(alerter.process(failure())) == ["delivered"]


@pytest.mark.parametrize("timeout", [0, -1, -0.5, 0.05])
def test_without_time_left_nothing_is_delivered_nor_said_to_be(
    recorder: RecordingNotifier, timeout: float
) -> None:
    report = FailureAlerter(recorder).process([failure("a"), failure("b")], timeout=timeout)
    assert statuses(report) == ["not_delivered"] * 2
    assert all(outcome.errors for outcome in report.outcomes)


def test_what_does_not_alert_needs_no_time(recorder: RecordingNotifier) -> None:
    assert statuses(FailureAlerter(recorder).process(NEW_TYPE, timeout=0)) == ["ignored"]


def test_a_notifier_that_does_not_return_in_time_has_not_confirmed(
    over: threading.Event, recorder: RecordingNotifier
) -> None:
    for seconds in LIMITS:
        stuck = Stuck(over)
        start = time.monotonic()
        (outcome,) = FailureAlerter(recorder, stuck).process(failure(), timeout=seconds).outcomes
        assert time.monotonic() - start < seconds + 10.0
        if stuck.calls and outcome.receipts:
            break

    assert outcome.status == "not_delivered"
    (late,) = outcome.errors
    assert isinstance(late, DeliveryError)
    assert late.maybe_delivered


def test_what_was_never_begun_is_certainly_not_delivered(over: threading.Event) -> None:
    """The other notifier has all of them."""
    alerts = [failure(str(number)) for number in range(15)]
    for seconds in LIMITS:
        stuck, recorder = Stuck(over), RecordingNotifier()
        report = FailureAlerter(stuck, recorder).process(alerts, timeout=seconds)
        if stuck.calls == 10 and all(outcome.receipts for outcome in report.outcomes):
            break

    told = [
        (str(error), error.maybe_delivered)
        for outcome in report.outcomes
        for error in outcome.errors
        if isinstance(error, DeliveryError)
    ]
    assert Counter(told) == {
        ("stuck: no confirmation within the time left", True): 10,
        ("stuck: not tried, since no time was left", False): 5,
    }


@pytest.mark.parametrize(
    ("fault", "pause"),
    [
        pytest.param("hang", 0.0, id="hang"),
        pytest.param("trickle", 0.2, id="trickle"),
        pytest.param("slow", 5.0, id="slow"),
    ],
)
def test_however_sentry_hangs_the_whole_is_over_in_time(fault: Any, pause: float) -> None:
    with SentryInbox() as inbox:
        inbox.answer(fault, seconds=pause)
        start = time.monotonic()
        report = FailureAlerter(SentryNotifier(inbox.dsn)).process(failure(), timeout=0.15)
        assert time.monotonic() - start < 4.0
        assert statuses(report) == ["not_delivered"]


def test_what_is_delivered_has_arrived_in_sentry() -> None:
    with SentryInbox() as inbox:
        inbox.answer(401, times=1)
        alerter = FailureAlerter(SentryNotifier(inbox.dsn))
        assert statuses(alerter.process(failure())) == ["not_delivered"]
        report = alerter.process(failure())
        assert statuses(report) == ["delivered"]
        assert inbox.event_ids == (report.outcomes[0].receipts[0].id,)


def test_the_error_names_each_task_and_cause_and_holds_the_report(
    recorder: RecordingNotifier,
) -> None:
    report = FailureAlerter(recorder, failing("b")).process(
        [failure("a"), failure("b"), {"detail": 1}]
    )
    with pytest.raises(DeliveryFailed) as caught:
        report.raise_for_failures()
    message = str(caught.value)
    assert message.startswith("2 of 3 records failed: 1) ")
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
def test_an_unreadable_event_names_its_task_and_place(
    recorder: RecordingNotifier, event: Any, said: str
) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        FailureAlerter(recorder).handle(event, None)
    assert f"1 of 1 record failed: {said}" in str(caught.value)


@each("arn", ["arn:" + "x" * 253, "arn:aws:ecs\n:task", "mysql -pSECRET", ["arn:"]])
def test_what_is_no_arn_is_named_as_the_subject_of_nothing(arn: Any) -> None:
    """An unreadable event may have anything in its place, of any length."""
    report = FailureAlerter(RecordingNotifier()).process(task_state_change(stopCode=5, taskArn=arn))
    assert (statuses(report), report.outcomes[0].subject) == (["unreadable"], None)


def test_a_place_is_named_once(recorder: RecordingNotifier) -> None:
    """The error of a line begins as the place of its record ends."""
    record = SourceRecord(
        "tasks.log: line 3", error=EventError([Problem("line 3", "expected JSON")])
    )
    with pytest.raises(DeliveryFailed) as caught:
        FailureAlerter(recorder).process_records([record]).raise_for_failures()
    assert "1 of 1 record failed: tasks.log: line 3: expected JSON" in str(caught.value)


@each("event", [None, 5, "text", []])
def test_what_is_no_event_is_not_judged(event: Any) -> None:
    with pytest.raises(EventError):
        judge(event)


def test_the_error_of_very_many_failures_names_twenty() -> None:
    tasks = [str(number) for number in range(30)]
    report = FailureAlerter(failing(*tasks)).process([failure(task) for task in tasks])
    with pytest.raises(DeliveryFailed, match=r"and 10 more records$") as caught:
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
def test_a_partial_answer_names_exactly_the_records_that_failed(
    recorder: RecordingNotifier, payload: dict[str, Any], failed: list[str]
) -> None:
    """Each once."""
    report = FailureAlerter(recorder, failing("b")).process(payload)
    answer = {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}
    assert report.batch_item_failures() == answer
    alerter = FailureAlerter(recorder, failing("b"), partial_batch=True)
    assert alerter.handle(payload, Context()) == answer


@each(
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
def test_a_failure_in_no_record_of_a_queue_raises(payload: dict[str, Any]) -> None:
    """An answer could not name it."""
    with pytest.raises(DeliveryFailed):
        FailureAlerter(failing("b"), partial_batch=True).handle(payload, Context())


def test_a_partial_answer_names_a_schedules_dead_letter() -> None:
    """By the id of the message that it is."""
    letter = schedule_dead_letter()
    down = RecordingNotifier(error=DeliveryError("down", retryable=True))
    answer = FailureAlerter(down, partial_batch=True).handle(letter, Context())
    name = letter["Records"][0]["messageId"]
    assert answer == {"batchItemFailures": [{"itemIdentifier": name}]}


def test_a_batch_that_is_not_from_a_queue_alone_gets_no_partial_answer(
    recorder: RecordingNotifier,
) -> None:
    """Whoever sent it may not know what that means, and would take it for a success."""
    topic = {"Records": [*sqs("broken")["Records"], {"Sns": {"Message": json.dumps(failure())}}]}
    with pytest.raises(DeliveryFailed):
        FailureAlerter(recorder, partial_batch=True).handle(topic, Context())
    assert len(recorder.alerts) == 1


def test_a_pipe_takes_the_same_partial_answer(recorder: RecordingNotifier) -> None:
    """It hands the records over as a list."""
    records = sqs(failure("a"), failure("b"))["Records"]
    answer = FailureAlerter(recorder, failing("b"), partial_batch=True).handle(records, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m1"}]}


def test_a_record_of_sqs_inside_another_is_not_for_sqs_to_repeat(
    recorder: RecordingNotifier,
) -> None:
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


def test_without_the_setting_a_failure_in_a_queue_raises(recorder: RecordingNotifier) -> None:
    """After all records were tried."""
    alerter = FailureAlerter(recorder, failing("b"))
    with pytest.raises(DeliveryFailed):
        alerter.handle(sqs(failure("b"), failure("a")), Context())
    assert len(recorder.alerts) == 2


@pytest.mark.parametrize("partial_batch", [False, True])
def test_a_success_is_answered_with_the_report_as_json(
    recorder: RecordingNotifier, partial_batch: bool
) -> None:
    alerter = FailureAlerter(recorder, partial_batch=partial_batch)
    answer = alerter.handle(failure(), Context())
    assert answer == json.loads(json.dumps(answer))
    (outcome,) = answer["outcomes"]
    assert (outcome["status"], outcome["cause"]) == ("delivered", "container_exit")


@pytest.mark.parametrize("milliseconds", [0, 400, 500, 590])
def test_half_a_second_of_the_lambdas_time_is_kept_back(
    recorder: RecordingNotifier, milliseconds: int
) -> None:
    with pytest.raises(DeliveryFailed, match=r"no time was left|no confirmation within"):
        FailureAlerter(recorder).handle(failure(), Context(milliseconds))


def test_a_notifier_is_told_how_much_time_it_has() -> None:
    limits: list[float | None] = []

    class Timed:
        name = "timed"

        def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
            limits.append(timeout)
            return Receipt("timed", alert.event_id)

    alerter = FailureAlerter(Timed())
    alerter.handle(failure(), Context(10_000))
    alerter.process(failure("another"))
    assert limits[0] is not None
    assert 8.0 < limits[0] < 9.5
    assert limits[1] is None


def test_the_report_as_json_holds_what_was_decided_and_why(recorder: RecordingNotifier) -> None:
    """What is absent is left out."""
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
def test_each_record_has_one_structured_log_line(
    caplog: pytest.LogCaptureFixture, payload: Any, level: int
) -> None:
    """It says what the report says."""
    caplog.set_level(logging.INFO, "ecs_failure_alerts")
    report = FailureAlerter(failing("b")).process(payload)
    (record,) = caplog.records
    assert (record.name, record.levelno) == ("ecs_failure_alerts", level)
    assert json.loads(record.getMessage()) == report.to_dict()["outcomes"][0]


def test_an_event_that_no_code_foresaw_loses_no_other(recorder: RecordingNotifier) -> None:
    """It counts as unreadable, and the report says where in our code it broke."""

    class Odd(dict[str, Any]):
        def get(self, *args: Any) -> Any:
            raise ArithmeticError("s3cr3t")

    report = FailureAlerter(recorder).process([Odd(source="aws.ecs"), failure()])
    assert statuses(report) == ["unreadable", "delivered"]
    (error,) = report.outcomes[0].errors
    name, _, line = str(error).rpartition(", line ")
    assert name.startswith("a bug of ecs-failure-alerts: ArithmeticError in ")
    assert name.endswith("Odd.get")  # the innermost frame
    assert int(line) == Odd.get.__code__.co_firstlineno + 1
    assert "s3cr3t" not in str(error)


def test_of_two_states_without_a_version_the_first_counts(recorder: RecordingNotifier) -> None:
    events = [failure(version=ABSENT, stoppedReason=reason) for reason in ("first", "second")]
    FailureAlerter(recorder).process(events)
    (alert,) = recorder.alerts
    assert "first" in alert.message


def test_what_is_silent_does_not_end_the_search_for_what_is_due(
    recorder: RecordingNotifier,
) -> None:
    silent = task_state_change(stopCode="UserInitiated")
    FailureAlerter(recorder).process([silent, failure("a"), failure("b")])
    assert len(recorder.alerts) == 2


@pytest.mark.parametrize("versions", [(3, 7), (7, 3), (None, 3), (None, 1), (3, "v5")])
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
@example([None] * 22)
def test_every_event_in_any_payload_is_delivered(values: list[Any]) -> None:
    """Whatever stands around it. A record behind it may stand for many faults."""
    recorder = RecordingNotifier()
    report = FailureAlerter(recorder).process([*values, failure()])
    assert statuses(report)[-2:].count("delivered") == 1
    assert json.dumps(report.to_dict())


@given(strategies.task_events(secrets=strategies.secret_texts()), st.booleans())
def test_nothing_of_the_overrides_is_in_report_error_or_receipt(
    event: dict[str, Any], malformed: bool
) -> None:
    if malformed:
        event["detail"]["lastStatus"] = {"s3cr3t": "s3cr3t"}
    broken = RecordingNotifier(error=DeliveryError("no", retryable=True))
    report = FailureAlerter(RecordingNotifier(), broken).process(sqs(event, "broken s3cr3t"))
    said = [json.dumps(report.to_dict()), repr(report), repr(report.failures)]
    with pytest.raises(DeliveryFailed) as caught:
        report.raise_for_failures()
    assert "s3cr3t" not in "".join([*said, str(caught.value), repr(caught.value)])


@each("records", [1, 1.5, True, "x", {"a": 1}, None])
def test_a_payload_whose_records_are_no_list_is_unreadable(records: Any) -> None:
    """Also with partial answers."""
    alerter = FailureAlerter(RecordingNotifier(), partial_batch=True)
    with pytest.raises(DeliveryFailed, match="not an event"):
        alerter.handle({"Records": records}, None)


def test_a_notifier_without_a_timeout_argument_is_said_to_need_one(
    recorder: RecordingNotifier,
) -> None:
    class Short:
        name = "short"

        def notify(self, alert: Alert) -> Receipt:
            return Receipt("short", alert.event_id)

    (outcome,) = FailureAlerter(Short(), recorder).process(failure()).outcomes  # type: ignore[arg-type]
    (error,) = outcome.errors
    assert str(error) == "short: it raised TypeError, called as notify(alert, timeout=...)"


def test_a_class_in_place_of_a_notifier_is_refused() -> None:
    with pytest.raises(TypeError, match="got the class RecordingNotifier: make one of it"):
        FailureAlerter(RecordingNotifier)  # type: ignore[arg-type]


def test_what_cannot_notify_is_refused_with_what_to_do() -> None:
    for wrong in (print, object(), None):
        with pytest.raises(
            TypeError, match=r"expected a notifier, got .*: make one .* by function_notifier\(\)"
        ):
            FailureAlerter(wrong)  # type: ignore[arg-type]


@each("name", [5, b"pager", ["pager"]])
def test_a_name_that_is_no_string_is_refused_at_the_start(name: Any) -> None:
    """Errors and receipts have the name."""
    notifier = RecordingNotifier()
    notifier.name = name
    with pytest.raises(TypeError, match=r"^expected a notifier whose name is a string, got a name"):
        FailureAlerter(notifier)


@each(
    ("call", "said"),
    [
        (lambda alerter: alerter.process(failure(), timeout="5"), "seconds, got something .* str"),
        (lambda alerter: alerter.process_records([], timeout=[5]), "seconds, got something .* lis"),
        (lambda alerter: alerter.handle(failure(), object()), "the context that Lambda passes"),
        (lambda _: FailureAlerter(RecordingNotifier(), lookup_seconds="x"), "a number, got a str"),  # type: ignore[arg-type]
        (lambda _: FailureAlerter(RecordingNotifier(), policy="x"), "a FailurePolicy, got a strin"),  # type: ignore[arg-type]
    ],
)
def test_what_cannot_be_meant_is_refused_with_a_sentence(
    recorder: RecordingNotifier, call: Any, said: str
) -> None:
    """When the thing is made or called, and before anything is sent."""
    with pytest.raises(TypeError, match=rf"^(\w+: )?expected {said}"):
        call(FailureAlerter(recorder))
    assert recorder.alerts == []


def test_without_a_lambda_context_time_has_no_limit() -> None:
    limits: list[float | None] = []

    class Notifier:
        name = "n"

        def notify(self, alert: Alert, *, timeout: float | None = None) -> Receipt:
            limits.append(timeout)
            return Receipt(self.name, alert.event_id)

    FailureAlerter(Notifier()).handle(task_state_change(), None)
    assert limits == [None]


def test_a_batch_too_big_for_the_time_is_answered_in_time(over: threading.Event) -> None:
    """Some alerts are delivered at each attempt; what does not fit comes again."""
    payload = sqs(*(failure(f"{number}") for number in range(50)))
    for seconds in LIMITS:
        stuck = Stuck(over, confirms=5)
        begin = time.monotonic()
        alerter = FailureAlerter(stuck, partial_batch=True)
        answer = alerter.handle(payload, Countdown(seconds=seconds + 0.6))
        assert time.monotonic() - begin < seconds + 30.0
        failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
        if len(failed) < 50:
            break

    assert 0 < len(failed) < 50
    assert failed[-1] == "m49"


def test_judging_leaves_half_of_the_time_for_the_alerts(
    recorder: RecordingNotifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every record takes a second to read: with 30 seconds, 15 are for reading."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def records() -> Iterator[SourceRecord]:
        for record in read_payload([failure(f"{number}") for number in range(20)]):
            now[0] += 1
            yield record

    report = FailureAlerter(recorder).process_records(records(), timeout=30)
    assert statuses(report) == ["delivered"] * 14 + ["not_delivered"] * 6


def test_a_message_of_too_many_events_leaves_time_for_the_next_one(
    recorder: RecordingNotifier, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every event of the first message takes a second: with 80 seconds, 20 are for judging it."""
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    payload = sqs([failure(f"{number}") for number in range(30)], failure("real"))

    def records() -> Iterator[SourceRecord]:
        for record in read_payload(payload):
            now[0] += record.id == "m0"
            yield record

    report = FailureAlerter(recorder).process_records(records(), timeout=80)
    assert statuses(report) == ["delivered"] * 20 + ["not_delivered"] * 10 + ["delivered"]


def test_what_was_not_judged_in_time_is_named_and_may_come_again(
    recorder: RecordingNotifier,
) -> None:
    """What cannot be read is that, whatever time is left."""
    payload = [*(failure(f"{number}") for number in range(11)), "{"]
    report = FailureAlerter(recorder).process(payload, timeout=0)
    late, unreadable = report.outcomes[10:]

    assert late.to_dict() == {
        "status": "not_delivered",
        "place": "[10]",
        "subject": f"{ARN}10",
        "task_arn": f"{ARN}10",
        "errors": ["not judged, since no time was left"],
        "retryable": True,
    }
    assert unreadable.status == "unreadable"
    assert [outcome.diagnosis is None for outcome in report.outcomes[:10]] == [False] * 10


def test_a_foreign_event_is_searched_only_in_time(recorder: RecordingNotifier) -> None:
    """Ten large ones could take all the time of a small function."""
    foreign = {"source": "x", "detail-type": "y", "detail": {}}
    assert statuses(FailureAlerter(recorder).process(foreign, timeout=0)) == ["not_delivered"]
    assert statuses(FailureAlerter(recorder).process(foreign, timeout=60)) == ["ignored"]
    (outcome,) = FailureAlerter(recorder).process(batch_job_state_change(), timeout=0).outcomes
    assert outcome.diagnosis is not None


def test_time_is_left_for_the_records_and_the_flush_of_the_hosts_own_sentry() -> None:
    """At most half."""
    program = """if True:
        import sentry_sdk
        from sentry_sdk.integrations.aws_lambda import AwsLambdaIntegration
        from ecs_failure_alerts._lambda_time import _reserve
        print(_reserve(10.0, 0), _reserve(10.0, 2000), _reserve(4.0, 9000), end=" ")
        options = {"default_integrations": False, "integrations": [AwsLambdaIntegration()]}
        sentry_sdk.init("http://k@127.0.0.1:9/1", shutdown_timeout=3, **options)
        print(_reserve(10.0, 0), _reserve(10.0, 500), _reserve(4.0, 0), _reserve(0.5, 0))
    """
    answer = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert answer.stdout.split() == ["0.5", "2.5", "2.0", "4.0", "4.5", "2.0", "0.5"]


def test_a_filter_of_the_host_that_raises_loses_nothing(
    recorder: RecordingNotifier, caplog: pytest.LogCaptureFixture
) -> None:
    """Every alert is delivered and reported, though no log line can be written."""
    caplog.set_level(logging.INFO, "ecs_failure_alerts")
    dropped: list[logging.LogRecord] = []

    def fail(record: logging.LogRecord) -> bool:
        dropped.append(record)
        raise LookupError

    logger = logging.getLogger("ecs_failure_alerts")
    logger.addFilter(fail)
    try:
        report = FailureAlerter(recorder).process([failure("1"), failure("2")])
    finally:
        logger.removeFilter(fail)
    assert statuses(report) == ["delivered", "delivered"]
    assert len(recorder.alerts) == len(dropped) == 2


def test_a_notice_that_came_twice_in_a_batch_is_one_alert() -> None:
    """Notices have no versions."""
    recording = RecordingNotifier()
    notice = deployment_state_change()
    report = FailureAlerter(recording).process([notice, notice])
    assert len(recording.alerts) == 1
    assert not report.failures
