"""A forked process works with threads as a new process does, whatever its parent was doing."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable

import pytest

from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.workers import Workers, _threads, _workers

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no forks"),
    pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning"),  # of a process with threads
]


def start_and_wait() -> bool:
    """Have a thread do something, and return whether it has come back."""
    done = threading.Event()
    workers = Workers("owner", done.set)
    started = workers.start(1) is None
    workers.wait(Deadline.after(5))
    return started and done.is_set()


def in_fork(check: Callable[[], bool]) -> bool:
    """Return what *check* returns in a forked process; False if it takes ten seconds."""
    process = os.fork()
    if not process:
        signal.alarm(10)
        os._exit(0 if check() else 1)
    _, status = os.waitpid(process, 0)
    return status == 0


@pytest.mark.parametrize("owner", ["waiting threads", "left behind"])
def test_a_lock_that_is_held_does_not_hang_a_fork(owner: str) -> None:
    waiting = owner == "waiting threads"
    with _threads._waiting._lock if waiting else _workers._left_behind.lock:
        assert in_fork(start_and_wait)


def test_threads_that_wait_in_the_parent_are_given_nothing_in_a_fork() -> None:
    assert start_and_wait()
    assert in_fork(start_and_wait)


def test_threads_that_hang_in_the_parent_take_no_place_in_a_fork() -> None:
    go_on = threading.Event()

    def hang() -> None:
        go_on.wait(30)

    for _ in range(40):
        workers = Workers("hanging", hang)
        workers.start(1)
        workers.wait(Deadline.after(0))

    try:
        assert Workers("hanging", hang).start(1) is not None
        assert in_fork(lambda: Workers("hanging", hang).start(1) is None)
    finally:
        go_on.set()
