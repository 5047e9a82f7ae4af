"""Reusable threads: after its work, a thread waits for more."""

# Theory of operation: starting a thread for each alert took a quarter of an alert's processor time.
# A waiting thread keeps nothing of its last work, and each work has its own context, as in a new
# thread.

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from queue import SimpleQueue
from typing import Final

#: Threads that wait for work at most; all others end.
_KEPT: Final = 10


class _Thread(threading.Thread):
    """
    A thread that does its work, and waits for more.

    It is a daemon, because a thread that hangs or waits must not keep the process alive.
    """

    def __init__(self) -> None:
        super().__init__(name="ecs-failure-alerts", daemon=True)
        self.given: SimpleQueue[tuple[Callable[[], object], Callable[[], object]]] = SimpleQueue()

    def run(self) -> None:
        while self._do(*self.given.get()):
            pass

    def _do(self, work: Callable[[], object], end: Callable[[], object]) -> bool:
        """Do *work*, and return whether there may be more for this thread."""
        try:
            Context().run(work)
            return _keep(self)  # before the end is reported: the thread may be needed then
        finally:
            end()


#: The threads that wait for work.
_idle: Final[deque[_Thread]] = deque()
_lock: Final = threading.Lock()


def work_in_thread(work: Callable[[], object], end: Callable[[], object]) -> None:
    """
    Let a thread do *work*: a waiting one, or a new one.

    Args:
        work: The work.
        end: Is called after the work, even after an error.

    Raises:
        Exception: No thread can be started; `threading.Thread.start` raised it.
    """
    thread = _take()
    if thread is None:
        thread = _Thread()
        thread.start()
    thread.given.put((work, end))


def _take() -> _Thread | None:
    """Return a thread that waits for work; None if there is none."""
    with suppress(IndexError):
        while True:
            thread = _idle.pop()
            if thread.is_alive():  # not so in a process that was forked
                return thread
    return None


def _keep(thread: _Thread) -> bool:
    """Let *thread* wait for work; return False if enough threads do."""
    with _lock:
        if len(_idle) >= _KEPT:
            return False
        _idle.append(thread)
    return True
