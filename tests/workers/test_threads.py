"""Threads that do one work after another, and what is left of a work in between: nothing."""

from __future__ import annotations

import ctypes
import threading
import weakref
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import Any

import pytest

from ecs_failure_alerts.workers import _threads
from ecs_failure_alerts.workers._threads import work_in_thread
from waits import wait_until

MARK: ContextVar[str] = ContextVar("mark", default="clean")


@pytest.fixture(autouse=True)
def _no_threads_wait() -> None:
    """Begin as in a new process, in which no thread waits for work."""
    _threads._waiting.clear()


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets the errors with which threads end."""
    errors: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: errors.append(str(args.exc_value)))
    return errors


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


def test_work_sees_the_context_variables_of_its_caller() -> None:
    """The caller does not see what the work sets."""
    found: list[str] = []

    def work() -> None:
        found.append(MARK.get())
        MARK.set("used")

    def caller(mark: str) -> None:
        MARK.set(mark)
        do(work)
        found.append(MARK.get())

    for mark in ("one", "other"):
        copy_context().run(caller, mark)
    assert found == ["one", "one", "other", "other"]


#: The errors that works have raised.
kept: list[ArithmeticError] = []


class Work:
    """Something to do: it keeps an error, whose traceback holds frames."""

    def __call__(self) -> None:
        """Break down, and keep the error."""
        try:
            raise ArithmeticError
        except ArithmeticError as error:
            kept.append(error)


def test_a_thread_that_waits_holds_nothing_of_its_work() -> None:
    work = Work()
    held = weakref.ref(work)
    do(work)
    del work
    kept.clear()
    wait_until(lambda: held() is None)


class Value:
    """A value of a context variable."""


VALUE: ContextVar[Value] = ContextVar("value")


@pytest.mark.parametrize("new", [True, False])
def test_nothing_holds_the_callers_context_after_the_work(new: bool) -> None:
    """Neither the thread, new or not, nor the frames of an error that is kept."""

    def caller() -> weakref.ref[Value]:
        VALUE.set(value := Value())
        do(Work())
        return weakref.ref(value)

    if not new:
        do(lambda: None)
    held = copy_context().run(caller)
    wait_until(lambda: held() is None)
    assert kept.pop()


def test_a_thread_that_waits_in_vain_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python warns of a fork of a process with threads."""
    monkeypatch.setattr(_threads, "_KEPT_SECONDS", 0.001)
    threads: list[threading.Thread] = []
    do(lambda: threads.append(threading.current_thread()))
    threads[0].join(5)
    assert not threads[0].is_alive()
    assert threads[0] not in _threads._waiting._threads  # one of another test may be


def test_no_work_is_lost_to_a_thread_that_is_about_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_threads, "_KEPT_SECONDS", 0)
    for _ in range(200):
        do(lambda: None)


def test_work_of_a_thread_that_is_killed_as_it_waits_is_done(told: list[str]) -> None:
    threads: list[threading.Thread] = []
    do(lambda: threads.append(threading.current_thread()))
    identity = ctypes.c_ulong(threads[0].ident or 0)
    ctypes.pythonapi.PyThreadState_SetAsyncExc(identity, ctypes.py_object(SystemExit))
    do(lambda: threads.append(threading.current_thread()))
    assert len(set(threads)) == 2
    wait_until(lambda: told == [""])  # SystemExit has no text


def give_to_one_that_breaks_down(end: Callable[[], None], then: Callable[[], None]) -> None:
    """Pass *then* to a waiting thread whose last task is about to end in an error."""
    given = threading.Event()

    def break_down() -> None:
        assert given.wait(5)
        raise ArithmeticError("a bug")

    work_in_thread(lambda: None, break_down)
    wait_until(lambda: bool(_threads._waiting._threads))
    work_in_thread(then, end)
    given.set()


def test_after_an_error_another_thread_does_what_is_left_to_do(told: list[str]) -> None:
    done, over = threading.Event(), threading.Event()
    give_to_one_that_breaks_down(over.set, done.set)
    assert over.wait(5)
    assert done.is_set()
    wait_until(lambda: told == ["a bug"])


@pytest.mark.usefixtures("threads_left")
def test_where_no_other_thread_can_be_started_what_is_left_to_do_is_over(told: list[str]) -> None:
    done, over = threading.Event(), threading.Event()
    give_to_one_that_breaks_down(over.set, done.set)
    assert over.wait(5)
    assert not done.is_set()
    wait_until(lambda: told == ["a bug"])


def test_ten_threads_wait_for_work_at_most() -> None:
    meet = threading.Barrier(20, timeout=5)
    ends = [threading.Event() for _ in range(20)]
    for end in ends:
        work_in_thread(meet.wait, end.set)
    assert all(end.wait(5) for end in ends)
    assert len(_threads._waiting._threads) == 10


def test_an_error_ends_its_thread_and_no_other(told: list[str]) -> None:
    def break_down() -> None:
        raise ArithmeticError("a bug")

    do(break_down)
    wait_until(lambda: told == ["a bug"])
    assert not _threads._waiting._threads
    do(lambda: None)
