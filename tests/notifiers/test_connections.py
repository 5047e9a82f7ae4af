"""A server cannot keep a sender for longer than it has time, whatever it does meanwhile."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import urllib3

from ecs_failure_alerts import DeliveryError, Notifier, build_alert, diagnose, parse_event
from ecs_failure_alerts.notifiers import _http
from ecs_failure_alerts.notifiers._connections import limit_answers
from ecs_failure_alerts.notifiers.sentry import SentryNotifier
from ecs_failure_alerts.testing import SentryInbox, task_state_change
from http_notifiers import HttpNotifier, for_each_notifier
from ports import LOCALHOST
from rows import each

TASK = parse_event(task_state_change())
ALERT = build_alert(TASK, diagnose(TASK))
LIMIT = 0.02


@pytest.fixture(autouse=True)
def _short_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an attempt make sense in as little time as `LIMIT`."""
    monkeypatch.setattr(_http, "_SHORTEST_SECONDS", LIMIT / 2)


@contextlib.contextmanager
def _dripping(piece: bytes) -> Iterator[int]:
    """Yield the port of a server that sends *piece* again and again, and never ends."""
    done = threading.Event()

    def serve() -> None:
        with contextlib.suppress(OSError), listener.accept()[0] as connection:
            while not done.wait(0.005):
                connection.sendall(piece)

    with socket.create_server((LOCALHOST, 0)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            done.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _send_in_vain(notifier: Notifier) -> float:
    begin = time.monotonic()
    with pytest.raises(DeliveryError) as caught:
        notifier.notify(ALERT, timeout=None)
    assert caught.value.retryable
    return time.monotonic() - begin


@each("proxied", [False, True])
@each("scheme", ["http", "https"])
@each(
    "piece",
    [
        pytest.param(b"H", id="half a line"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n", id="endless continuation"),
        pytest.param(b"HTTP/1.1 200 OK\r\nA: b\r\n", id="endless head"),
    ],
)
@for_each_notifier
def test_an_answer_that_never_ends_is_given_up_in_time(
    new: HttpNotifier, piece: bytes, scheme: str, proxied: bool
) -> None:
    """From a server and from a proxy."""
    with _dripping(piece) as port:
        proxy = f"http://{LOCALHOST}:{port}" if proxied else None
        notifier = new(port, scheme, attempts=1, attempt_timeout=LIMIT, proxy=proxy)
        assert _send_in_vain(notifier) < LIMIT + 4


def test_a_confirmation_that_trickles_too_long_may_have_counted() -> None:
    with SentryInbox() as inbox:
        inbox.answer("trickle", seconds=0.02)
        notifier = SentryNotifier(inbox.dsn, attempts=1, attempt_timeout=5 * LIMIT)
        assert _send_in_vain(notifier) < 5 * LIMIT + 4
        assert inbox.event_ids == (ALERT.event_id,)


def test_a_confirmation_that_trickles_in_time_counts() -> None:
    with SentryInbox() as inbox:
        inbox.answer("trickle", seconds=0.0001)
        assert SentryNotifier(inbox.dsn, attempts=1).notify(ALERT).id == ALERT.event_id


def test_an_answer_that_is_read_too_late_is_a_time_out() -> None:
    with _dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n") as port:
        pool = limit_answers(urllib3.PoolManager())
        answer = pool.request(
            "GET", f"http://{LOCALHOST}:{port}/", timeout=0.05, preload_content=False, retries=False
        )
        time.sleep(0.06)
        with pytest.raises(urllib3.exceptions.ReadTimeoutError):
            answer.read()
        answer.close()


def test_without_a_timeout_a_request_is_read_to_its_end() -> None:
    with SentryInbox() as inbox:
        pool = limit_answers(urllib3.PoolManager())
        answer = pool.request("GET", f"http://{LOCALHOST}:{inbox.port}/", timeout=None)
    assert answer.status == 404
    assert answer.data
