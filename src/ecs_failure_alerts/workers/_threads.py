"""Threads that are kept: one that has done its work waits for more."""

# Theory of operation: to start a thread for each alert took a quarter of an alert's processor time.
# A thread that waits holds nothing of its last work, and each work has a context of its own, as in
# a thread of its own.

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from queue import SimpleQueue
from typing import Final

#: Threads that wait for work at most; any more end.
_KEPT: Final = 10


class _Thread(threading.Thread):
    """
    A thread that does what it is given, and waits for more.

    It is a daemon, because one that hangs or waits must not keep the process alive.
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
            return _keep(self)  # before anybody learns of the end, who may need the next thread
        finally:
            end()


#: The threads that wait for work.
_idle: Final[deque[_Thread]] = deque()
_lock: Final = threading.Lock()


def work_in_thread(work: Callable[[], object], end: Callable[[], object]) -> None:
    """
    Have a thread do *work*: one that waits for some, else a new one.

    Args:
        work: What it does.
        end: What it calls then, also after an error.

    Raises:
        Exception: No thread can be started; whatever `threading.Thread.start` raises.
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
    """Let *thread* wait for work; return False where enough of them do."""
    with _lock:
        if len(_idle) >= _KEPT:
            return False
        _idle.append(thread)
    return True
