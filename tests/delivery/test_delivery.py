"""Every alert on its way to every notifier that it is for, whatever the others do meanwhile."""

from __future__ import annotations

import asyncio
import math
import os
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import define, evolve, field
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import (
    Alert,
    DeliveryError,
    FailureAlerter,
    Notifier,
    Receipt,
    build_alert,
    diagnose,
    function_notifier,
    parse_event,
)
from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.delivery import Delivery, Shipment, deliver
from ecs_failure_alerts.testing import RecordingNotifier, task_state_change
from ecs_failure_alerts.workers import _threads, _workers
from waits import LIMITS, wait_until

HERE = Path(__file__).name
TASK = parse_event(task_state_change())
ALERT = build_alert(TASK, diagnose(TASK))


def alerts(count: int) -> list[Alert]:
    """Return alerts about so many tasks."""
    return [evolve(ALERT, event_id=f"{number:032x}") for number in range(count)]


def failure(number: int) -> dict[str, Any]:
    """Build the event of one of several tasks."""
    return task_state_change(taskArn=f"arn:aws:ecs:eu-central-1:1:task/jobs/{number:032x}")


def to_all(given: list[Alert], *notifiers: Notifier, timeout: float | None = 5) -> list[Delivery]:
    """Deliver every alert to every notifier."""
    shipments = [Shipment(alert, notifier) for alert in given for notifier in notifiers]
    return list(deliver(shipments, Deadline.after(timeout)).values())


def errors(deliveries: list[Delivery]) -> set[str]:
    """Return what is told of those that were not delivered."""
    return {str(error) for delivery in deliveries for error in delivery.errors}


@define(eq=False)
class Stuck:
    """A notifier that does not come back until it is told to, and counts its calls."""

    name: str = "stuck"
    calls: int = 0
    go_on: threading.Event = field(factory=threading.Event)

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
        """Wait for longer than anybody has time."""
        self.calls += 1
        self.go_on.wait(30)
        return Receipt(self.name, alert.event_id)


@pytest.fixture(autouse=True)
def _short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep back a moment alone of the time, so that a test need not give a second of it."""
    monkeypatch.setattr("ecs_failure_alerts.delivery._delivery._GRACE_SECONDS", 0.01)


@pytest.fixture
def hanging() -> Iterator[Callable[[], Stuck]]:
    """Make notifiers that hang as long as the test lasts."""
    made: list[Stuck] = []

    def make() -> Stuck:
        made.append(Stuck())
        return made[-1]

    yield make
    for notifier in made:
        notifier.go_on.set()
    for notifier in made:
        wait_until(lambda notifier=notifier: not _workers._left_behind.count(notifier))  # type: ignore[misc]


@pytest.fixture
def stuck(hanging: Callable[[], Stuck]) -> Stuck:
    """Return a notifier that hangs as long as the test lasts."""
    return hanging()


@pytest.fixture
def no_idle_threads() -> None:
    """Begin as in a new process, in which no thread waits for work."""
    _threads._waiting.clear()


@pytest.fixture
def well() -> RecordingNotifier:
    """Return a notifier that is well."""
    return RecordingNotifier()


def raising(error: BaseException) -> Notifier:
    """Make a notifier that raises."""

    class Raising:
        name = "raising"

        def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
            raise error

    return Raising()


@pytest.mark.parametrize("hanging_first", [True, False])
def test_a_notifier_that_hangs_takes_nothing_from_the_others(
    hanging: Callable[[], Stuck], hanging_first: bool
) -> None:
    """Every channel that is well gets every alert in time."""
    for seconds in LIMITS:
        stuck, well = hanging(), RecordingNotifier()
        pair = (stuck, well) if hanging_first else (well, stuck)
        deliveries = to_all(alerts(30), *pair, timeout=seconds)
        if stuck.calls == 10 and len(well.alerts) == 30:
            break

    assert {len(delivery.receipts) for delivery in deliveries} == {1}
    assert errors(deliveries) == {
        "stuck: no confirmation within the time left",
        "stuck: not tried, since no time was left",
    }


@pytest.mark.parametrize(
    "error",
    [
        KeyboardInterrupt(),
        SystemExit(1),
        GeneratorExit(),
        asyncio.CancelledError(),
        MemoryError(),
        BaseException(),
        RecursionError(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_whatever_a_notifier_raises_takes_nothing_from_the_others(
    error: BaseException, well: RecordingNotifier
) -> None:
    """It is named as what it was, and may have delivered."""
    deliveries = to_all(alerts(3), raising(error), well, timeout=None)
    assert len(well.alerts) == 3
    (said,) = errors(deliveries)
    assert re.fullmatch(rf"raising: it raised {type(error).__name__} \({HERE}, line \d+\)", said)
    assert all(error.maybe_delivered for delivery in deliveries for error in delivery.errors)


def test_an_exception_without_a_line_of_the_users_own_shows_its_type_alone() -> None:
    """Such as that of a built-in function."""
    deliveries = to_all(alerts(1), function_notifier(int))  # type: ignore[arg-type]
    assert errors(deliveries) == {"int: it raised TypeError"}


def test_a_text_of_a_notifier_of_somebodys_own_is_redacted() -> None:
    """It may quote an answer with a token; what follows from it does not either."""

    def page(alert: Alert) -> None:
        raise DeliveryError("no: token=SECRET123", retryable=True, status=429)

    class Page:
        name = "own"

        def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
            raise DeliveryError("no: token=SECRET123", retryable=True)

    given = DeliveryError("no: token=SECRET123", retryable=True)
    recording = RecordingNotifier(name="tests", error=given)
    said = errors(to_all(alerts(30), function_notifier(page), Page(), recording))
    assert {f"{name}: no: token=[redacted: secret]" for name in ("page", "own", "tests")} <= said
    assert not [text for text in said if "SECRET123" in text]


class _Own(DeliveryError):
    """An error of the user's own that tells more than it should, or fails when it is asked."""

    notifier = b"no name"  # type: ignore[assignment]

    def __init__(self, *told: object) -> None:
        self.args = told

    def __str__(self) -> str:
        raise RuntimeError

    def __copy__(self) -> str:
        return "no error"

    @property
    def asks_to_wait(self) -> bool:
        raise RuntimeError


class _Untold:
    """A thing without a text."""

    def __repr__(self) -> str:
        raise RuntimeError


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ((), "it raised _Own"),
        (("no",), "no"),
        ((_Untold(),), "it raised _Own"),
        (({"password": "SECRET123"},), "{'password': '[redacted: secret]'}"),
        (("a\n\x1b[2Jb\ud800",), "a  [2Jb?"),
        (("x" * 1_000_000,), "x" * 497 + "..."),
    ],
    ids=["nothing", "text", "untold", "secret", "controls", "long"],
)
def test_an_error_of_somebodys_own_class_shows_its_text_alone(
    told: tuple[Any, ...], said: str, well: RecordingNotifier
) -> None:
    """Whatever its class does, the alerts after it are still sent, and the report can be told."""
    sent: list[Alert] = []

    def page(alert: Alert) -> None:
        sent.append(alert)
        raise _Own(*told)

    report = FailureAlerter(function_notifier(page), well).process([failure(n) for n in range(20)])
    assert len(sent) == len(well.alerts) == 20
    told_of = {text for outcome in report.outcomes for text in outcome.to_dict()["errors"]}
    assert told_of == {f"page: {said}"}
    assert {outcome.retryable for outcome in report.outcomes} == {True}


def test_a_field_of_a_wrong_type_in_somebodys_error_counts_as_absent() -> None:
    given = DeliveryError(
        "no",
        retryable="yes",  # type: ignore[arg-type]
        retry_after="soon",  # type: ignore[arg-type]
        status="429",  # type: ignore[arg-type]
    )
    deliveries = to_all(alerts(20), raising(given))
    found = {(e.retryable, e.retry_after, e.status) for one in deliveries for e in one.errors}
    assert found == {(True, None, None)}


def test_a_notifier_that_loses_its_name_is_called_by_its_class() -> None:
    class Nameless:
        name = "before"

        def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
            type(self).name = None  # type: ignore[assignment]
            raise DeliveryError("no", retryable=True)

    assert errors(to_all(alerts(1), Nameless())) == {"Nameless: no"}


def test_what_a_notifier_does_to_its_alert_is_not_seen_by_the_others(
    well: RecordingNotifier,
) -> None:
    """Each has mappings of its own, and the report has the alert as it was sent."""

    def page(alert: Any) -> None:
        for context in (alert.tags, alert.links, *alert.contexts.values(), alert.contexts):
            context.clear()

    alerter = FailureAlerter(function_notifier(page), well, function_notifier(page))
    report = alerter.process(task_state_change())
    assert well.alerts == [ALERT]
    assert [outcome.alert for outcome in report.outcomes] == [ALERT]
    assert not report.failures


def test_a_process_that_a_notifier_forks_sends_no_alert_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Such as one that comes back from the notifier by mistake."""
    sent: list[Alert] = []

    def page(alert: Alert) -> None:
        sent.append(alert)
        monkeypatch.setattr(os, "getpid", lambda: -1)

    to_all(alerts(100), function_notifier(page))
    assert 1 <= len(sent) <= 10


def test_a_notifier_that_asks_to_wait_holds_back_only_its_own_alerts(
    well: RecordingNotifier,
) -> None:
    """One team's rate limit is none of the other team's business."""
    asked = DeliveryError("slow down", retryable=True, status=429, retry_after=30)
    calls: list[Alert] = []

    def limited(alert: Alert) -> None:
        calls.append(alert)
        raise asked

    deliveries = to_all(alerts(50), function_notifier(limited), well)
    assert len(well.alerts) == 50
    assert len(calls) <= 10
    waits = {error.retry_after for delivery in deliveries for error in delivery.errors}
    assert waits == {30}


def test_two_notifiers_of_one_name_wait_each_for_itself() -> None:
    """Who asked to wait is kept by notifier, not by name."""
    limited, well = RecordingNotifier(), RecordingNotifier()
    limited.error = DeliveryError("slow down", retryable=True, status=429)
    to_all(alerts(30), limited, well)
    assert len(well.alerts) == 30


def test_a_notifier_that_wraps_several_can_have_them_apart() -> None:
    """Where one of those asks to wait and says who it is, the others get their alerts."""
    taken: list[Alert] = []

    class Teams:
        name = "teams"

        def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
            if int(alert.event_id, 16) % 2:
                error = DeliveryError("slow down", retryable=True, status=429)
                error.notifier = "team a"
                raise error
            taken.append(alert)
            return Receipt("team b", alert.event_id)

    deliveries = to_all(alerts(40), Teams())
    assert len(taken) == 20
    assert errors(deliveries) == {"teams: slow down"}


def test_each_alert_goes_only_to_the_notifiers_that_it_is_for() -> None:
    """Shipments are pairs: another alert may go elsewhere."""
    first, second = alerts(2)
    one, other = RecordingNotifier(), RecordingNotifier()
    pairs = [(first, one), (second, other), (second, one)]
    deliver([Shipment(alert, notifier) for alert, notifier in pairs], Deadline())
    assert other.alerts == [second]
    assert {alert.event_id for alert in one.alerts} == {first.event_id, second.event_id}


def test_of_two_alerts_with_one_id_the_first_counts(well: RecordingNotifier) -> None:
    """A task that is in a batch twice is one alert."""
    first = evolve(ALERT, title="first")
    to_all([first, evolve(first, title="second")], well)
    assert [alert.title for alert in well.alerts] == ["first"]


@pytest.mark.usefixtures("no_idle_threads")
def test_a_notifier_that_hangs_keeps_a_bounded_number_of_threads(stuck: Stuck) -> None:
    """Call after call, a process that lives on does not fill up with threads."""
    before = set(threading.enumerate())  # of which some may end meanwhile
    for _ in range(400):
        if stuck.calls < 40:
            to_all(alerts(20), stuck, timeout=0.03)

    assert stuck.calls == 40
    assert errors(to_all(alerts(1), stuck)) == {
        "stuck: not tried, since 40 earlier calls have not come back"
    }
    waiting = 10  # at most; where the machine is busy, some threads begin too late to call anybody
    assert len(set(threading.enumerate()) - before) <= 40 + waiting


def test_a_notifier_that_hung_is_tried_again_though_its_threads_still_hang() -> None:
    """What waits for a name server may wait on when others are answered again."""
    over, well = threading.Event(), threading.Event()

    def page(alert: Alert) -> None:
        if not well.is_set():
            over.wait(30)

    notifier = function_notifier(page)
    for _ in range(3):
        assert errors(to_all(alerts(20), notifier, timeout=0.06))
    well.set()
    try:
        assert errors(to_all(alerts(20), notifier)) == set()
    finally:
        over.set()


def test_a_notifier_that_has_come_back_is_called_again(stuck: Stuck) -> None:
    """What hung once is tried like any other as soon as it no longer hangs."""
    to_all(alerts(20), stuck, timeout=0.06)
    stuck.go_on.set()
    for _ in range(400):
        if not errors(to_all(alerts(20), stuck)):
            return
        time.sleep(0.005)
    pytest.fail("it was not called again")


def alerters_threads() -> list[threading.Thread]:
    """Return the threads that bring alerts to a notifier."""
    return [thread for thread in threading.enumerate() if thread.name == "ecs-failure-alerts"]


def test_threads_that_came_back_take_no_place_of_new_ones(stuck: Stuck) -> None:
    """Ten hang and keep no process alive; once they are back, ten others may hang."""
    for _ in range(2):
        for seconds in LIMITS:
            stuck.calls = 0
            to_all(alerts(20), stuck, timeout=seconds)
            called = stuck.calls
            assert all(thread.daemon for thread in alerters_threads())

            stuck.go_on.set()
            wait_until(lambda: not _workers._left_behind.count(stuck))
            stuck.go_on.clear()
            if called == 10:
                break
        assert called == 10


def test_an_alert_whose_notifier_hangs_may_have_arrived(stuck: Stuck) -> None:
    for seconds in LIMITS:
        (delivery,) = to_all(alerts(1), stuck, timeout=seconds)
        if stuck.calls:
            break
    (error,) = delivery.errors
    assert (error.retryable, error.maybe_delivered) == (True, True)


def test_what_a_notifier_raised_is_the_cause_of_the_error() -> None:
    """Whoever looks into it finds where it came from; a retry may help."""
    raised = ValueError("x")
    (delivery,) = to_all(alerts(1), raising(raised))
    (error,) = delivery.errors
    assert error.__cause__ is raised
    assert (error.retryable, error.maybe_delivered) == (True, True)


def test_without_a_receipt_an_alert_may_have_arrived() -> None:
    class Silent:
        """A notifier that forgets to return."""

        name = "silent"

        def notify(self, alert: Alert, *, timeout: float | None) -> Any:
            return None

    (delivery,) = to_all(alerts(1), Silent())
    (error,) = delivery.errors
    assert str(error) == "silent: it returned no receipt"
    assert (error.retryable, error.maybe_delivered) == (True, True)


def test_threads_that_come_back_in_time_are_not_counted(well: RecordingNotifier) -> None:
    """However often a notifier that is well is called, it is called again."""
    assert not any(errors(to_all(alerts(1), well)) for _ in range(50))


@pytest.mark.usefixtures("no_idle_threads")
@pytest.mark.parametrize(
    "error", [RuntimeError("can't start new thread"), MemoryError(), BlockingIOError(11, "x")]
)
def test_where_no_thread_can_be_started_every_alert_is_named(
    well: RecordingNotifier, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """A machine that is out of threads is an error of each alert, and nothing is raised."""

    def out_of_threads(self: threading.Thread) -> None:
        raise error

    monkeypatch.setattr(threading.Thread, "start", out_of_threads)
    report = FailureAlerter(well).process([task_state_change()], timeout=1)
    (outcome,) = report.failures
    (error,) = outcome.errors
    assert str(error) == "recording: not tried, since no thread could be started"
    assert (outcome.retryable, outcome.maybe_delivered) == (True, False)


@pytest.mark.usefixtures("no_idle_threads", "threads_left")
def test_where_one_thread_can_be_started_it_delivers_all(well: RecordingNotifier) -> None:
    """Few threads are slower than many, and deliver as well."""
    assert errors(to_all(alerts(20), well)) == set()
    assert len(well.alerts) == 20


@pytest.mark.usefixtures("no_idle_threads")
@pytest.mark.parametrize("threads", [4, 14])
def test_where_threads_are_scarce_those_that_hang_take_none_from_the_others(
    threads_left: list[None], threads: int
) -> None:
    """Each notifier has a thread before any has more."""
    for seconds in LIMITS:
        threads_left[:] = [None] * threads
        hanging, well = [Stuck(name=f"stuck {number}") for number in range(3)], RecordingNotifier()
        to_all(alerts(30), *hanging, well, timeout=seconds)

        for stuck in hanging:
            stuck.go_on.set()
            wait_until(lambda stuck=stuck: not _workers._left_behind.count(stuck))  # type: ignore[misc]
        if len(well.alerts) == 30:
            break
        _threads._waiting.clear()

    assert len(well.alerts) == 30


def test_no_time_is_left_for_any(well: RecordingNotifier) -> None:
    """Without time nothing is called, and so certainly not delivered."""
    (delivery,) = to_all(alerts(1), well, timeout=0)
    assert [error.maybe_delivered for error in delivery.errors] == [False]
    assert well.alerts == []


def test_infinity_is_no_limit(well: RecordingNotifier) -> None:
    """``math.inf`` means the same as None."""
    report = FailureAlerter(well).process(task_state_change(), timeout=math.inf)
    report.raise_for_failures()
    assert len(well.alerts) == 1


@given(st.lists(st.sampled_from(["ok", "error", "wait", "exit", "nothing"]), max_size=5))
def test_every_alert_is_accounted_for_once_a_notifier(behaviours: list[str]) -> None:
    """Whatever the notifiers do, each alert has one receipt or error of each of them."""
    acts: dict[str, Callable[[Alert], object]] = {
        "ok": lambda alert: alert.event_id,
        "error": lambda alert: 1 / 0,
        "wait": Stopped,
        "exit": lambda alert: sys.exit(1),
        "nothing": lambda alert: False,
    }
    notifiers = [function_notifier(acts[name], name=name) for name in behaviours]
    for delivery in to_all(alerts(12), *notifiers):
        told = [str(error.notifier) for error in delivery.errors]
        confirmed = [receipt.notifier for receipt in delivery.receipts]
        assert sorted(told + confirmed) == sorted(behaviours)
        assert set(confirmed) <= {"ok"}


class Stopped:
    """An answer that says that its backend wants no more."""

    status_code = 429

    def __init__(self, alert: Alert) -> None:
        self.alert = alert
