"""Reusable threads: after its work, a thread waits for more."""

# Theory of operation: starting a thread for each alert took a quarter of an alert's processor time,
# so a thread waits ten seconds for more. It does not wait for ever, because Python warns when a
# process with threads is forked.
#
# A kept thread must be as good as a new one. Work runs in a copy of its caller's context, so the
# host's own notifier finds the host's context variables and Sentry scope. The thread itself is
# started in an empty context, because sentry-sdk makes a thread keep the scope it was started in.
#
# No work is lost. A task stays with its thread until it is over. A thread that ends, for whatever
# reason, passes on the tasks that it has not begun.

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from functools import partial
from typing import Final, TypeAlias

from .._locks import Lock

#: Threads that wait for work at most; all others end.
_KEPT: Final = 10

#: Seconds for which a thread waits for work; as long as a connection is kept.
_KEPT_SECONDS: Final = 10.0

#: What is to be done, and what is called after it.
_Task: TypeAlias = tuple[Callable[[], object], Callable[[], object]]


def work_in_thread(work: Callable[[], object], end: Callable[[], object]) -> None:
    """
    Let a thread do *work*: a waiting one, or a new one.

    Args:
        work: The work. It runs in a copy of the caller's context.
        end: Is called after the work, even after an error.

    Raises:
        Exception: No thread can be started; `threading.Thread.start` raised it.
    """
    _give((partial(copy_context().run, work), end))


def _give(task: _Task) -> None:
    if not _waiting.give(task):
        thread = _Thread()
        thread.give(task)
        Context().run(thread.start)


class _Thread(threading.Thread):
    """
    A thread that does its work, and waits for more.

    It is a daemon, because a thread that hangs or waits must not keep the process alive.
    """

    def __init__(self) -> None:
        super().__init__(name="ecs-failure-alerts", daemon=True)
        self._tasks: deque[_Task] = deque()
        #: Held while there is nothing to do. Whoever gives a task releases it.
        self._nothing_to_do = threading.Lock()
        self._nothing_to_do.acquire()

    def give(self, task: _Task) -> None:
        """Take *task* as the next one."""
        self._tasks.append(task)
        self._nothing_to_do.release()

    def run(self) -> None:
        try:
            while self._nothing_to_do.acquire(timeout=_KEPT_SECONDS) and self._do():
                pass
        finally:
            _waiting.remove(self)
            self._pass_on()

    def _do(self) -> bool:
        """Do the first task, and return whether there may be more for this thread."""
        work, end = self._tasks[0]
        try:
            work()
            return _waiting.add(self)  # before the end is reported: the thread may be needed then
        finally:
            self._tasks.popleft()
            del work  # a traceback may keep this frame
            end()

    def _pass_on(self) -> None:
        """Let another thread do what is left to do; if no thread can be started, end it."""
        while self._tasks:
            task = self._tasks.popleft()
            try:
                _give(task)
            except Exception:  # noqa: BLE001 - threads, memory or process ids are used up
                task[1]()


class _Waiting:
    """The threads that wait for work."""

    def __init__(self) -> None:
        self._lock = Lock(self.clear)
        self.clear()

    def clear(self) -> None:
        """Begin with no threads, as a forked process does: it has none."""
        self._threads: list[_Thread] = []

    def give(self, task: _Task) -> bool:
        """Pass *task* to the thread that began to wait last; return False if none waits."""
        with self._lock:
            if not self._threads:
                return False
            self._threads.pop().give(task)
            return True

    def add(self, thread: _Thread) -> bool:
        """Let *thread* wait; return False if enough threads do."""
        with self._lock:
            if len(self._threads) >= _KEPT:
                return False
            self._threads.append(thread)
            return True

    def remove(self, thread: _Thread) -> None:
        """Let *thread* wait no longer."""
        with self._lock:
            if thread in self._threads:
                self._threads.remove(thread)


_waiting: Final = _Waiting()
