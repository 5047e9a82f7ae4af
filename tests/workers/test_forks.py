"""A forked process works with threads as a new process does, whatever its parent was doing."""

from __future__ import annotations

import threading

from ecs_failure_alerts._deadline import Deadline
from ecs_failure_alerts.workers import Workers
from forks import FORKS, in_fork

pytestmark = FORKS


def start_and_wait() -> bool:
    """Have a thread do something, and return whether it has come back."""
    done = threading.Event()
    workers = Workers("owner", done.set)
    started = workers.start(1) is None
    workers.wait(Deadline.after(5))
    return started and done.is_set()


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
