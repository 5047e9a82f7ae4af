"""A call that is waited for no longer than there is time."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator

import pytest

from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.notifiers._timed_calls import LateError, call_in_time
from ecs_failure_alerts.workers import _threads


@pytest.fixture
def go_on() -> Iterator[threading.Event]:
    """Yield what calls wait for that hang."""
    event = threading.Event()
    yield event
    event.set()


@pytest.mark.parametrize("seconds", [None, 10], ids=["no limit", "limit"])
def test_what_is_over_in_time_returns_or_raises_as_ever(seconds: float | None) -> None:
    deadline = Deadline.after(seconds)
    assert call_in_time(object(), lambda: 5, deadline) == 5
    with pytest.raises(ZeroDivisionError):
        call_in_time(object(), lambda: 1 / 0, deadline)
    with pytest.raises(SystemExit):
        call_in_time(object(), lambda: sys.exit(3), deadline)


def test_what_hangs_is_left_behind(go_on: threading.Event) -> None:
    begun = time.monotonic()
    with pytest.raises(LateError, match="no answer came in the time left") as caught:
        call_in_time(object(), lambda: go_on.wait(10), Deadline.after(0.01))
    assert caught.value.begun
    assert time.monotonic() - begun < 5


def test_an_owner_whose_calls_all_hang_has_no_more_threads(go_on: threading.Event) -> None:
    owner = object()
    for _ in range(40):
        with pytest.raises(LateError):
            call_in_time(owner, lambda: go_on.wait(10), Deadline.after(0))
    with pytest.raises(LateError, match="40 earlier calls have not come back") as caught:
        call_in_time(owner, lambda: go_on.wait(10), Deadline.after(10))
    assert not caught.value.begun


def test_where_no_thread_can_be_started_the_work_is_done_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A secret that nobody reads would keep every alert back."""

    def out_of_threads(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    _threads._waiting.clear()
    monkeypatch.setattr(threading.Thread, "start", out_of_threads)
    assert call_in_time(object(), lambda: 5, Deadline.after(10)) == 5
    with pytest.raises(ZeroDivisionError):
        call_in_time(object(), lambda: 1 / 0, Deadline.after(10))
