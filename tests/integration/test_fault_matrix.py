"""
Every fault of the way to Sentry, for every way in which Lambda gets its events.

The real runtime client runs the real handler. Whatever the fault, the same has to hold: see
`_run()`. The four forms have a function, a Sentry and a worker of their own, since most of
the time is spent waiting; a test waits for its cell of the matrix.
"""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from ecs_failure_alerts.testing import SentryInbox
from integration.components import require
from integration.deliveries import HANDLER, assert_no_secret, failed_task, id_of, sns
from integration.faults import FAULTS, KEY, Station
from integration.lambda_runtime import Invocation, LambdaSandbox
from integration.sqs_mapping import Queues, SqsMapping
from ports import reserved_port

pytestmark = pytest.mark.integration

TIMEOUT = 2.0
#: The handler stops half a second before; the machine may be slow to hand the answer over.
LATEST = TIMEOUT - 0.1
BATCH = 10


#: How many notifiers the function has, and in which state it is.
SETUPS = ((1, "cold"), (1, "warm after a fault"), (2, "warm after a fault"))

#: A function with a second channel, which is always well.
TWO_CHANNELS = """
import os
from ecs_failure_alerts import FailureAlerter
from ecs_failure_alerts.notifiers.sentry import SentryNotifier

ALERTER = FailureAlerter(
    SentryNotifier(os.environ["ECS_ALERTS_SENTRY_DSN"]),
    SentryNotifier(os.environ["SECOND_DSN"]),
    partial_batch="ECS_ALERTS_PARTIAL_BATCH" in os.environ,
)


def lambda_handler(event, context):
    return ALERTER.handle(event, context)
"""


@frozen
class Attempts:
    """
    Some failures on their way.

    Attributes:
        events: Their events.
        attempt: Hands over, once, what has not been reported delivered; for retries it is
            called again. Gives the invocation and the events that count as dealt with.
    """

    events: list[dict[str, Any]]
    attempt: Callable[[LambdaSandbox], tuple[Invocation, list[dict[str, Any]]]]


def _asynchronous(wrap: Callable[[Any], Any]) -> Callable[[], Attempts]:
    def make() -> Attempts:
        event = failed_task()
        payload, request_id = wrap(event), str(uuid.uuid4())

        def attempt(sandbox: LambdaSandbox) -> tuple[Invocation, list[dict[str, Any]]]:
            invocation = sandbox.invoke(payload, request_id=request_id)
            return invocation, [event] if invocation.succeeded else []

        return Attempts([event], attempt)

    return make


def _queued(queues: Queues, *, partial: bool) -> Callable[[], Attempts]:
    def make() -> Attempts:
        queue = queues.create(f"matrix-{uuid.uuid4()}")  # so that no cell meets what another lost
        events = {id_of(event): event for event in (failed_task() for _ in range(BATCH))}
        sent = queues.send(queue, *map(json.dumps, events.values()))
        by_message = dict(zip(sent, events.values(), strict=True))

        def attempt(sandbox: LambdaSandbox) -> tuple[Invocation, list[dict[str, Any]]]:
            mapping = SqsMapping(queues, queue, sandbox, report_batch_item_failures=partial)
            invocation = mapping.poll()
            assert invocation is not None, "the queue lost messages that were not delivered"
            return invocation, [by_message[message] for message in mapping.deleted]

        return Attempts(list(events.values()), attempt)

    return make


FORMS = ("direct", "SQS with partial answers", "SQS", "SNS")


@pytest.fixture(scope="module")
def cells(
    request: pytest.FixtureRequest, sqs: Queues, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[Any, Future[None]]]:
    """Run the cells that were asked for, in one worker for each form."""
    require("awslambdaric")
    two_channels = tmp_path_factory.mktemp("two-channels")
    (two_channels / "handler.py").write_text(TWO_CHANNELS)
    wanted: list[dict[str, Any]] = [
        dict(item.callspec.params)
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.originalname == test_under_a_fault_nothing_is_lost_or_reported_early.__name__
    ]
    makers = {
        "direct": _asynchronous(lambda event: event),
        "SNS": _asynchronous(sns),
        "SQS": _queued(sqs, partial=False),
        "SQS with partial answers": _queued(sqs, partial=True),
    }
    with contextlib.ExitStack() as stack:
        futures: dict[Any, Future[None]] = {}
        for form in FORMS:
            partial = form == "SQS with partial answers"
            stations = {
                1: _station(stack, HANDLER, partial=partial),
                2: _station(stack, two_channels, partial=partial),
            }
            worker = ThreadPoolExecutor(1)
            stack.callback(worker.shutdown, cancel_futures=True)
            for cell in wanted:
                if cell["form"] == form:
                    fault, (channels, state) = str(cell["fault"]), cell["setup"]
                    futures[form, fault, cell["setup"]] = worker.submit(
                        _run, stations[channels], makers[form], fault, state
                    )
        yield futures


def _station(stack: contextlib.ExitStack, code: Path, *, partial: bool) -> Station:
    port = stack.enter_context(reserved_port())
    inbox = stack.enter_context(SentryInbox(port, key=KEY))
    second = None if code == HANDLER else stack.enter_context(SentryInbox(key=KEY))
    env = {"ECS_ALERTS_PARTIAL_BATCH": "1"} if partial else {}
    if second is not None:
        env["SECOND_DSN"] = second.dsn

    def function(dsn: str) -> LambdaSandbox:
        settings = {"ECS_ALERTS_SENTRY_DSN": dsn, **env}
        return LambdaSandbox(code, env=settings, timeout_seconds=TIMEOUT)

    sandbox = stack.enter_context(function(inbox.dsn))
    return Station(inbox, function, sandbox, second)


def _run(station: Station, send: Callable[[], Attempts], fault: str, state: str) -> None:
    """Try to lose an alert under *fault*."""
    begin, may_succeed = FAULTS[fault]
    inbox = station.inbox
    warm = state != "cold"
    if warm:
        _provoke(station)
    else:
        station.sandbox.close()
    with begin(station) as sandbox:
        if warm and sandbox is not station.sandbox:
            assert not sandbox.invoke(failed_task()).succeeded
        before, kept = len(inbox.requests), len(inbox.events)
        failures = send()
        invocation, reported = failures.attempt(sandbox)
        # Success is reported only for what the server has accepted.
        assert [id_of(event) for event in reported if not _arrived(station, event)] == []
        assert len(reported) == (len(failures.events) if may_succeed else 0)
        # The channel that is well has every alert already.
        if station.second is not None:
            assert all(station.second.accepted(id_of(event)) for event in failures.events)
        assert invocation.cold is not warm
        _check(invocation)
    # What was not, arrives on the retry under the same id once the server is well.
    if not may_succeed:
        retry, reported = failures.attempt(station.sandbox)
        assert retry.succeeded, retry.error_message
        assert len(reported) == len(failures.events)
        _check(retry)
    assert all(_arrived(station, event) for event in failures.events)
    # Who has confirmed is not told again by the same process.
    if station.second is not None and sandbox is station.sandbox:
        told = [request.event_id for request in station.second.requests]
        assert all(told.count(id_of(event)) == 1 for event in failures.events)
    # The next alert is unaffected.
    following, requests = send(), len(inbox.requests)
    after, reported = following.attempt(station.sandbox)
    assert after.succeeded, after.error_message
    assert not after.cold
    assert after.duration < 2.0
    assert len(reported) == len(following.events)
    assert all(_arrived(station, event) for event in following.events)
    assert len(inbox.requests) - requests == len(following.events)  # each at the first attempt
    _check(after)
    # Nothing else was tried, and nothing that nobody may see has left.
    known = {id_of(event) for event in (*failures.events, *following.events)}
    assert {request.event_id for request in inbox.requests[before:]} <= known
    assert_no_secret(*inbox.events[kept:], keys=[KEY])


def _provoke(station: Station) -> None:
    """Let the process meet a fault that the stock SDK would remember for a minute."""
    station.inbox.answer(429, retry_after=60, rate_limits="60::organization")
    assert not station.sandbox.invoke(failed_task()).succeeded
    station.inbox.answer("ok")


def _arrived(station: Station, event: Mapping[str, Any]) -> bool:
    return station.inbox.accepted(id_of(event))


def _check(invocation: Invocation) -> None:
    """Make sure that an invocation was in time and shows nothing that nobody may see."""
    assert not invocation.timed_out
    assert invocation.duration < LATEST
    assert_no_secret(invocation.log, invocation.result, invocation.error, keys=[KEY])
    if not invocation.succeeded:
        assert invocation.error_type == "DeliveryFailed"


@pytest.mark.parametrize("setup", SETUPS, ids=lambda setup: f"{setup[0]} notifiers, {setup[1]}")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("form", FORMS)
def test_under_a_fault_nothing_is_lost_or_reported_early(
    cells: Mapping[Any, Future[None]], form: str, fault: str, setup: tuple[int, str]
) -> None:
    """Nor sent under another id, nor late."""
    cells[form, fault, setup].result(timeout=120)


def test_the_matrix_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """Four forms of delivery, 25 faults, one notifier cold and warm, and two notifiers."""
    assert (len(FORMS), len(FAULTS), len(SETUPS)) == (4, 25, 3)
    with capsys.disabled():
        print(f"\nfault matrix: {len(FORMS)} forms x {len(FAULTS)} faults x {len(SETUPS)} setups")
