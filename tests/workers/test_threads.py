"""Threads that do one work after another, and what is left of a work in between: nothing."""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import pytest

from ecs_failure_alerts.workers import _threads
from ecs_failure_alerts.workers._threads import work_in_thread

MARK: ContextVar[str] = ContextVar("mark", default="clean")


@pytest.fixture(autouse=True)
def _no_threads_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin as in a new process, in which no thread waits for work."""
    monkeypatch.setattr(_threads, "_idle", deque())


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait until something holds in another thread, for five seconds at most."""
    end = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < end, "it does not come to hold"
        time.sleep(0.001)


def do(work: Callable[[], Any]) -> None:
    """Have a thread do *work*, and wait for its end."""
    over = threading.Event()
    work_in_thread(work, over.set)
    assert over.wait(5)


def test_a_thread_that_came_back_does_the_next_work() -> None:
    threads: list[threading.Thread] = []
    for _ in range(3):
        do(lambda: threads.append(threading.current_thread()))
    assert len(set(threads)) == 1
    assert threads[0].daemon  # so that it does not keep the process alive


def test_a_thread_that_is_at_work_gets_no_other() -> None:
    meet = threading.Barrier(2, timeout=5)
    work_in_thread(meet.wait, lambda: None)
    do(meet.wait)
    assert not meet.broken


def test_each_work_has_a_context_of_its_own() -> None:
    """What one leaves in a context variable is not there at the next."""
    found: list[str] = []

    def work() -> None:
        found.append(MARK.get())
        MARK.set("used")

    for _ in range(3):
        do(work)
    assert found == ["clean"] * 3


def test_a_thread_that_waits_holds_nothing_of_its_work() -> None:
    class Work:
        """Something to do."""

        def __call__(self) -> None:
            pass

    work = Work()
    held = weakref.ref(work)
    do(work)
    del work
    wait_until(lambda: held() is None)


def test_ten_threads_wait_for_work_at_most() -> None:
    meet = threading.Barrier(20, timeout=5)
    ends = [threading.Event() for _ in range(20)]
    for end in ends:
        work_in_thread(meet.wait, end.set)
    assert all(end.wait(5) for end in ends)
    assert len(_threads._idle) == 10


def test_a_thread_of_a_parent_process_is_given_nothing() -> None:
    """A process that was forked has none of its parent's threads."""
    _threads._idle.append(_threads._Thread())  # never started, so it is as dead
    do(lambda: None)


def test_an_error_ends_its_thread_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(str(args.exc_value)))

    def break_down() -> None:
        raise ArithmeticError("a bug")

    do(break_down)
    wait_until(lambda: told == ["a bug"])
    assert not _threads._idle
    do(lambda: None)
