"""Threads that work within one time limit: one that hangs is left behind, and counted."""

# Theory of operation: a thread that has not come back when the time is over is left behind. An
# owner has only so many of these, whatever number of calls follows: the more it has, the fewer new
# ones are started, so that it is still tried when it may be well again.
#
# A thread that has come back is kept for whoever needs one next: to start one for each alert took a
# quarter of an alert's processor time. It holds nothing of its last work meanwhile, and each work
# has a context of its own, as in a thread of its own.

from __future__ import annotations

import math
import threading
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from contextvars import Context
from queue import SimpleQueue
from typing import Final

from attrs import define, field

from ._deadline import Deadline

#: Threads that work for an owner at the same time.
_AT_ONCE: Final = 10

#: Threads of an owner that may be left behind in the process.
_LEFT_BEHIND: Final = 40


@define(slots=False, eq=False, repr=False)
class Workers:
    """
    The threads that work for one owner.

    Attributes:
        owner: For whom they work, such as a notifier; those left behind are counted by it.
        work: What each of them does: it takes one task after the other until none is left.
    """

    owner: object
    work: Callable[[], None]
    _threads: list[_Worker] = field(init=False, factory=list)

    def start(self, tasks: int) -> str | None:
        """
        Start as many threads as are useful for so many tasks, and allowed.

        Returns:
            Why there is none; None where there is one.
        """
        behind = _left_behind.count(self.owner)
        allowed = math.ceil((_LEFT_BEHIND - behind) / 4)
        why = f"{behind} earlier calls have not come back"

        for _ in range(min(tasks, _AT_ONCE, allowed)):
            worker = _Worker(self)
            try:
                worker.start()
            except Exception:  # noqa: BLE001 - threads, memory or process ids are used up
                why = "no thread could be started"
                break
            self._threads.append(worker)

        return None if self._threads else why

    def wait(self, deadline: Deadline) -> None:
        """Wait until all of them have come back, or the time is over."""
        for worker in self._threads:
            worker.wait(deadline.left())
        for worker in self._threads:
            worker.leave_behind()


class _LeftBehind:
    """The threads that have not come back in time, counted by owner."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._threads: Counter[int] = Counter()

    def count(self, owner: object) -> int:
        with self.lock:
            return self._threads[id(owner)]

    def change(self, owner: object, by: int) -> None:
        """Count one more or one less; only with the lock."""
        self._threads[id(owner)] += by
        self._threads += Counter()  # forget what is 0: an owner that is no more


_left_behind: Final = _LeftBehind()


class _Worker:
    """One thread's share of the work of an owner."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._over = threading.Event()
        self._counted = False

    def start(self) -> None:
        """Have a thread do the work: one that waits for some, else a new one."""
        thread = _waiting_thread()
        if thread is None:
            thread = _Thread()
            thread.start()
        thread.given.put(self)

    def run(self) -> None:
        """Do the work; only for the thread."""
        Context().run(self._workers.work)

    def end(self) -> None:
        """Say that the thread has come back."""
        with _left_behind.lock:
            self._over.set()
            if self._counted:
                _left_behind.change(self._workers.owner, -1)

    def wait(self, seconds: float | None) -> None:
        """Wait until the thread has come back, but for no more than *seconds*."""
        self._over.wait(seconds)

    def leave_behind(self) -> None:
        """Count the thread as one that has not come back, unless it has."""
        with _left_behind.lock:
            if not self._over.is_set():
                self._counted = True
                _left_behind.change(self._workers.owner, +1)


class _Thread(threading.Thread):
    """
    A thread that does what it is given, and waits for more.

    It is a daemon, because one that hangs or waits must not keep the process alive.
    """

    def __init__(self) -> None:
        super().__init__(name="ecs-failure-alerts", daemon=True)
        self.given: SimpleQueue[_Worker] = SimpleQueue()

    def run(self) -> None:
        while self._do(self.given.get()):
            pass

    def _do(self, worker: _Worker) -> bool:
        """Do the work, and return whether there may be more for this thread."""
        try:
            worker.run()
            return _keep(self)  # before anybody learns of it, who may need the next thread
        finally:
            worker.end()


#: The threads that wait for work, of any owner.
_idle: Final[deque[_Thread]] = deque()


def _keep(thread: _Thread) -> bool:
    """Let *thread* wait for work; return False where enough of them do."""
    with _left_behind.lock:
        if len(_idle) >= _AT_ONCE:
            return False
        _idle.append(thread)
    return True


def _waiting_thread() -> _Thread | None:
    """Return a thread that waits for work; None if there is none."""
    with suppress(IndexError):
        while True:
            thread = _idle.pop()
            if thread.is_alive():  # not so in a process that was forked
                return thread
    return None
