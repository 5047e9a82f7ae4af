"""A batch costs little more than its slowest alert, has one time limit, and heeds a 429."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

import pytest

from ecs_failure_alerts.testing import SentryInbox, task_state_change
from integration.deliveries import HANDLER, failed_task, id_of, sqs_records
from integration.lambda_runtime import Invocation, LambdaSandbox

pytestmark = pytest.mark.integration


@pytest.fixture
def small(sandbox: Callable[..., LambdaSandbox], inbox: SentryInbox) -> LambdaSandbox:
    """Return a warm function with partial answers and two seconds."""
    env = {"ECS_ALERTS_SENTRY_DSN": inbox.dsn, "ECS_ALERTS_PARTIAL_BATCH": "1"}
    function = sandbox(HANDLER, env=env, timeout_seconds=2)
    assert function.invoke(sqs_records([failed_task()])).succeeded
    return function


def _failures(invocation: Invocation) -> set[str]:
    assert invocation.succeeded, invocation.error_message
    return {failure["itemIdentifier"] for failure in invocation.result["batchItemFailures"]}


def _ids(payload: dict[str, Any], of: Iterable[int]) -> set[str]:
    return {payload["Records"][index]["messageId"] for index in of}


def test_ten_slow_alerts_take_little_longer_than_one(
    small: LambdaSandbox, inbox: SentryInbox
) -> None:
    inbox.answer("slow", seconds=0.3)
    events = [failed_task() for _ in range(10)]
    done = small.invoke(sqs_records(events))
    assert _failures(done) == set()
    assert set(inbox.event_ids) >= {id_of(event) for event in events}
    assert 0.3 <= done.duration < 0.75


def test_what_is_not_over_in_time_comes_again(small: LambdaSandbox, inbox: SentryInbox) -> None:
    """What is over does not, and the limit is shared."""
    events = [failed_task() for _ in range(40)]
    payload = sqs_records(events)
    inbox.answer("slow", seconds=0.5)
    done = small.invoke(payload)
    assert done.duration < 1.75
    failures = _failures(done)
    assert 5 <= len(failures) <= 35
    reported = [
        event
        for event, record in zip(events, payload["Records"], strict=True)
        if record["messageId"] not in failures
    ]
    assert all(inbox.accepted(id_of(event)) for event in reported)


@pytest.mark.parametrize("fault", ["ok", "hang"])
def test_thousands_of_records_are_answered_before_the_timeout(
    small: LambdaSandbox, inbox: SentryInbox, fault: Literal["ok", "hang"]
) -> None:
    """What does not fit in two seconds comes again, and each attempt gets some of them done."""
    payload = sqs_records([failed_task() for _ in range(2000)])
    before = len(inbox.deliveries)
    inbox.answer(fault)
    done = small.invoke(payload)
    assert not done.timed_out
    assert done.duration < 2
    confirmed = 2000 - len(_failures(done))
    assert confirmed <= len(inbox.deliveries) - before
    assert (confirmed > 0) is (fault == "ok")


def test_alerts_that_hang_cost_the_others_nothing(small: LambdaSandbox, inbox: SentryInbox) -> None:
    inbox.answer("hang", times=3)
    events = [failed_task() for _ in range(10)]
    payload = sqs_records(events)
    done = small.invoke(payload)
    lost = [index for index, event in enumerate(events) if not inbox.accepted(id_of(event))]
    assert len(lost) == 3
    assert _failures(done) == _ids(payload, lost)


def test_exactly_the_records_that_failed_come_again(
    small: LambdaSandbox, inbox: SentryInbox
) -> None:
    events = [failed_task() for _ in range(10)]
    events[2] = failed_task(stopCode="UserInitiated")
    events[5] = failed_task(containers=[{"exitCode": "abc"}])
    payload = sqs_records(events)
    payload["Records"][7]["body"] = "{"
    inbox.answer(400, times=1)
    failures = _failures(small.invoke(payload))
    due = [index for index in range(10) if index not in {2, 5, 7}]
    (refused,) = (index for index in due if not inbox.accepted(id_of(events[index])))
    assert failures == _ids(payload, (refused, 5, 7))


def test_after_a_429_all_that_is_left_of_the_batch_comes_again(
    small: LambdaSandbox, inbox: SentryInbox
) -> None:
    before = len(inbox.requests)
    inbox.answer(429, retry_after=60)
    payload = sqs_records([failed_task() for _ in range(100)])
    done = small.invoke(payload)
    assert _failures(done) == _ids(payload, range(100))
    assert len(inbox.requests) - before <= 20  # those that were on their way already
    assert "asked to wait" in done.log
    inbox.answer("ok")
    assert _failures(small.invoke(payload)) == set()


def test_events_of_one_task_in_a_batch_are_one_request(
    small: LambdaSandbox, inbox: SentryInbox
) -> None:
    """All of them are dealt with."""
    first = failed_task()
    again = {**first, "detail": {**first["detail"], "version": 9}}
    before = len(inbox.requests)
    assert _failures(small.invoke(sqs_records([first, again, first]))) == set()
    assert len(inbox.requests) - before == 1


def test_tasks_that_have_not_failed_cost_no_request(
    small: LambdaSandbox, inbox: SentryInbox
) -> None:
    inbox.answer("hang")
    before = len(inbox.requests)
    routine = [task_state_change(lastStatus="RUNNING"), failed_task(stopCode="UserInitiated")]
    assert _failures(small.invoke(sqs_records(routine))) == set()
    assert len(inbox.requests) == before
