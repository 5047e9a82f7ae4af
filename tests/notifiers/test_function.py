"""What makes a notifier of a plain function."""

from __future__ import annotations

import functools
import multiprocessing
import subprocess
import threading
import uuid
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from multiprocessing.pool import AsyncResult, ThreadPool
from pathlib import PurePosixPath
from typing import Any

import pytest

from ecs_failure_alerts import (
    Alert,
    DeliveryError,
    Receipt,
    build_alert,
    diagnose,
    function_notifier,
    parse_event,
)
from ecs_failure_alerts.testing import task_state_change
from rows import each

_TASK = parse_event(task_state_change())
ALERT = build_alert(_TASK, diagnose(_TASK))


def test_the_function_gets_the_alert() -> None:
    taken: list[Alert] = []
    function_notifier(taken.append).notify(ALERT, timeout=None)
    assert taken == [ALERT]


@each(
    ("answer", "receipt"),
    [
        pytest.param(None, Receipt("page", ALERT.event_id), id="nothing"),
        pytest.param("p1", Receipt("page", "p1"), id="id"),
        pytest.param(
            "https://hooks.slack.com/services/T0/B0/s3cr3t\n",
            Receipt("page", "https://hooks.slack.com/services/[redacted: webhook] "),
            id="secret",
        ),
        pytest.param("x" * 1_000_000, Receipt("page", "x" * 497 + "..."), id="long"),
        pytest.param("failed-1", Receipt("page", "failed-1"), id="id-with-a-word"),
        pytest.param(
            Receipt("other", "p2", "https://x"), Receipt("other", "p2", "https://x"), id="receipt"
        ),
        pytest.param(200, Receipt("page", ALERT.event_id), id="anything"),
    ],
)
def test_the_result_is_the_receipt_or_its_id_else_the_events_id_is(
    answer: object, receipt: Receipt
) -> None:
    def page(alert: Alert) -> object:
        return answer

    assert function_notifier(page).notify(ALERT, timeout=None) == receipt


@pytest.mark.parametrize(
    ("function", "given_name", "name"),
    [
        pytest.param(print, None, "print", id="function"),
        pytest.param(print, "pager", "pager", id="given"),
        pytest.param(functools.partial(print), None, "function", id="partial"),
    ],
)
def test_the_notifier_has_the_name_of_its_function_or_the_one_given(
    function: Any, given_name: str | None, name: str
) -> None:
    assert function_notifier(function, name=given_name).name == name


@each("given", [5, None, "https://hooks.example/s3cr3t", b"x"])
def test_what_is_no_function_is_refused_and_not_shown(given: Any) -> None:
    with pytest.raises(TypeError, match=r"^expected a function, got something of ") as caught:
        function_notifier(given)
    assert "s3cr3t" not in str(caught.value)


def test_a_name_that_is_no_string_is_refused() -> None:
    """Else the first error could not be told."""
    with pytest.raises(TypeError, match=r"^name: expected a string, got something of "):
        function_notifier(print, name=5)  # type: ignore[arg-type]


def test_an_exception_of_the_function_shows_its_type_and_place_alone() -> None:
    """Its text may hold a token."""

    def page(alert: Alert) -> None:
        raise ConnectionError("https://hooks.example/s3cr3t")

    with pytest.raises(DeliveryError) as caught:
        function_notifier(page).notify(ALERT, timeout=None)
    error = caught.value
    assert "s3cr3t" not in str(error) + repr(error)
    line = page.__code__.co_firstlineno + 1
    assert str(error) == f"it raised ConnectionError (test_function.py, line {line})"
    assert (error.retryable, error.maybe_delivered, error.status) == (True, True, None)
    assert isinstance(error.__cause__, ConnectionError)


def test_a_delivery_error_of_the_function_is_passed_on_as_it_is() -> None:
    given = DeliveryError("no", retryable=False, status=410)

    def page(alert: Alert) -> None:
        raise given

    with pytest.raises(DeliveryError) as caught:
        function_notifier(page).notify(ALERT, timeout=None)
    assert caught.value is given


def test_a_coroutine_function_is_refused() -> None:
    """An asynchronous function is refused: nobody would await it, and the alert were lost."""

    async def page(alert: Alert) -> None:
        raise AssertionError

    with pytest.raises(TypeError, match="asynchronous"):
        function_notifier(page)


class _Page:
    """Somebody's notifier, with a method for a function."""

    async def __call__(self, alert: Alert) -> None:
        raise AssertionError


class _Future:
    """What has to be awaited and is no coroutine."""

    def __await__(self) -> Iterator[None]:
        raise AssertionError


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(_Page(), id="coroutine"),
        pytest.param(lambda alert: _Future(), id="future"),
    ],
)
def test_what_would_have_to_be_awaited_is_no_delivery(function: Any) -> None:
    """What turns out to be asynchronous only when it is called has delivered nothing."""
    with pytest.raises(DeliveryError, match="got an awaitable: await it") as caught:
        function_notifier(function).notify(ALERT, timeout=None)
    assert not caught.value.retryable
    assert not caught.value.maybe_delivered


def test_a_receipt_can_be_written_as_json_whatever_the_id() -> None:
    number, url = uuid.uuid4(), PurePosixPath("/x")
    receipt = Receipt(number, number, url)
    assert (receipt.notifier, receipt.id, receipt.url) == (str(number), str(number), "/x")


def test_delivery_error_names_the_notifier() -> None:
    """An error names the notifier once that is known."""
    error = DeliveryError("no", retryable=True)
    assert str(error) == "no"
    error.notifier = "pager"
    assert str(error) == "pager: no"


class _Answer:
    """What an HTTP client returns."""

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)

    def __repr__(self) -> str:
        return f"answer {vars(self)}"


def _generate() -> Iterator[None]:
    """Build what a function returns that yields by mistake."""
    raise AssertionError
    yield


def _running() -> subprocess.Popen[bytes]:
    """Build a process that has not come to its end, without one."""
    process = subprocess.Popen.__new__(subprocess.Popen)
    process.returncode = None
    return process


def _in_pool() -> AsyncResult[int]:
    """Build the result of work that was given to a pool."""
    with ThreadPool(1) as pool:
        return pool.apply_async(sum, [()])


async def _generate_later() -> AsyncIterator[None]:
    """Build what an asynchronous function returns that yields by mistake."""
    raise AssertionError
    yield


class _Broken:
    """An answer that cannot be asked."""

    @property
    def ok(self) -> bool:
        raise RuntimeError

    def __repr__(self) -> str:
        return "broken answer"


def _endless() -> list[Any]:
    """Build a list that has itself as a member."""
    members: list[Any] = [True]
    members.append(members)
    return members


@each(
    ("answer", "told"),
    [
        (False, "got False"),
        (500, "got the status 500"),
        (302, "got the status 302"),
        (_Answer(status_code=500), "the status 500"),
        (_Answer(status=404), "the status 404"),
        (_Answer(code=301), "the status 301"),
        (_Answer(ok=False, status_code=200), "whose ok is False"),
        (_Answer(is_success=False), "whose is_success is False"),
        ({"ok": False, "error": "not_in_channel"}, "whose ok is False"),
        ({"statusCode": 502}, "the status 502"),
        ({"ResponseMetadata": {"HTTPStatusCode": 500}}, "the status 500"),
        (ValueError("s3cr3t"), "got an exception, ValueError"),
        ({"ok": "false"}, "whose ok is False"),
        (_Answer(status_code=0), "the status 0"),
        (_Answer(status_code="500"), "the status 500"),
        ((503, "s3cr3t"), "the status 503"),
        (500.0, "the status 500"),
        ({"status": "invalid event"}, "the status invalid event"),
        ({"FunctionError": "s3cr3t", "StatusCode": 200}, "whose FunctionError is set"),
        ({"Successful": [], "Failed": [{"Id": "s3cr3t"}]}, "whose Failed is set"),
        ({"FailedEntryCount": 1}, "whose FailedEntryCount is set"),
        ({"errors": ["s3cr3t"]}, "whose errors is set"),
        (b'{"ok": false, "error": "s3cr3t"}', "whose ok is False"),
        (' {"error": "s3cr3t"}', "whose error is set"),
        (_Answer(returncode=1), "a process that has failed"),
        ({"state": "failed"}, "with the state failed"),
        ({"result": "error", "msg": "s3cr3t"}, "with the result error"),
        ([_Answer(status_code=200), _Answer(status_code=500)], "the status 500"),
        ([True, False], "got False"),
        ((None, {"error": "s3cr3t"}), "whose error is set"),
        ((False, "s3cr3t"), "got False"),
        ([[{"ok": False}]], "whose ok is False"),
        ({"a@example.com": (550, b"s3cr3t")}, "the status 550"),
        ('[{"ok": false}]', "whose ok is False"),
        ("failed", "a word for a failure"),
        (b" ERROR\n", "a word for a failure"),
        ("False", "a word for a failure"),
        (NotImplemented, "got NotImplemented"),
        ({"errorMessage": "s3cr3t", "errorType": "KeyError"}, "whose errorMessage is set"),
        ([{"Status": "x", "Error": "s3cr3t"}], "whose Error is set"),
        ({"errcode": 310000, "errmsg": "s3cr3t"}, "whose errcode is set"),
        ({"error_code": 400}, "whose error_code is set"),
        ({"UnprocessedItems": {"alerts": [{}]}}, "whose UnprocessedItems is set"),
        ({"status": "TIMED_OUT"}, "the status TIMED_OUT"),
        pytest.param(map(print, [1]), "an iterator, of which nothing has been done", id="map"),
        pytest.param(print, "a function, which was not called", id="built-in"),
        pytest.param(functools.partial(print, 1), "which was not called", id="partial"),
        (ValueError, "got an exception, ValueError"),
        pytest.param(_running(), "a process, which may not be done", id="process"),
        pytest.param(threading.Thread(), "which may not be done", id="thread"),
        pytest.param(multiprocessing.Process(), "which may not be done", id="multiprocessing"),
        pytest.param(_in_pool(), "the result of a pool or a queue, which may not be", id="pool"),
        pytest.param(_generate_later(), "a generator, whose function has", id="async-generator"),
        pytest.param(_generate(), "a generator, whose function has not begun", id="generator"),
        pytest.param(Future(), "a future", id="future"),
    ],
    ids=repr,
)
def test_an_answer_that_says_that_it_failed_is_no_delivery(answer: object, told: str) -> None:
    """The error says what to return, and shows nothing of the answer."""
    with pytest.raises(DeliveryError, match="return a Receipt, the backend's id or nothing") as e:
        function_notifier(lambda alert: answer).notify(ALERT, timeout=None)
    assert told in str(e.value)
    assert "s3cr3t" not in str(e.value)
    assert (e.value.retryable, e.value.maybe_delivered) == (True, True)


@each(
    "answer",
    [
        True,
        204,
        12345,
        "",
        b"ok",
        [],
        {},
        _Answer(status_code=202, ok=True),
        {"ResponseMetadata": {"HTTPStatusCode": 200}, "MessageId": "1"},
        {"ok": True},
        _Answer(status="sent"),
        _Answer(returncode=0),
        _Answer(status_code=None, status=float("nan")),
        (200, "ok"),
        (),
        {"ok": True, "error": None, "FailedEntryCount": 0},
        {"errcode": 0, "errmsg": "ok"},
        {"UnprocessedItems": {}},
        b'{"ok": true}',
        b"{no JSON",
        _Broken(),
        [200, 404, "failed"],
        ["failed-job-1"],
        [_Answer(status_code=200), None],
        _endless(),
        {"sent": (200, "ok")},
    ],
    ids=repr,
)
def test_an_answer_that_says_no_such_thing_is_a_delivery(answer: object) -> None:
    """The alert's id stands in where the function gives none."""
    receipt = function_notifier(lambda alert: answer).notify(ALERT, timeout=None)
    assert receipt.id == ALERT.event_id
