"""Threads that work within one time limit; a thread that hangs is left behind and counted."""

# Theory of operation: a thread that has not come back when the time is over is left behind. An
# owner can have only a limited number of these. The more it has, the fewer new ones are started, so
# an owner that works again is still tried.

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Callable
from typing import Final

from .._deadline import Deadline
from .._locks import Lock
from ._threads import work_in_thread

#: Why no thread works, where it is not for those that are left behind.
NO_THREAD: Final = "no thread could be started"

#: Threads that work for an owner at once, at most.
_AT_ONCE: Final = 10

#: Threads of an owner that are left behind in the process, at most.
_LEFT_BEHIND: Final = 40


class Workers:
    """
    The threads that work for one owner.

    Attributes:
        owner: What they work for, such as a notifier. Threads left behind are counted by owner.
        work: The work of each thread: it takes one task after the other until none is left.
    """

    def __init__(self, owner: object, work: Callable[[], None]) -> None:
        self.owner = owner
        self.work = work
        self._threads: list[_Worker] = []

    @property
    def left_behind(self) -> int:
        """The owner's threads that have not come back from earlier work."""
        return _left_behind.count(self.owner)

    def start(self, tasks: int) -> str | None:
        """
        Start as many threads as are useful for *tasks*, and allowed.

        Args:
            tasks: The tasks that no thread has taken yet.

        Returns:
            Why there is no thread; None if there is one.
        """
        behind = self.left_behind
        allowed = math.ceil((_LEFT_BEHIND - behind) / 4)
        why = f"{behind} earlier calls have not come back"

        for _ in range(min(tasks, min(_AT_ONCE, allowed) - len(self._threads))):
            worker = _Worker(self)
            try:
                worker.start()
            except Exception:  # noqa: BLE001 - threads, memory or process ids are used up
                why = NO_THREAD
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
    """The counts of threads that have not come back in time, by owner."""

    def __init__(self) -> None:
        self.lock = Lock(self.clear)
        self.clear()

    def clear(self) -> None:
        """Count from 0, as a forked process does: it has no threads."""
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
    """A thread that works for an owner."""

    def __init__(self, workers: Workers) -> None:
        self._workers = workers
        self._over = threading.Event()
        self._counted = False

    def start(self) -> None:
        """Begin to work."""
        work_in_thread(self._workers.work, self._end)

    def _end(self) -> None:
        """Note that the thread has come back."""
        with _left_behind.lock:
            self._over.set()
            if self._counted:
                _left_behind.change(self._workers.owner, -1)

    def wait(self, seconds: float | None) -> None:
        """Wait until the thread has come back, for *seconds* at most."""
        self._over.wait(seconds)

    def leave_behind(self) -> None:
        """Count the thread as one that has not come back, unless it has."""
        with _left_behind.lock:
            if not self._over.is_set():
                self._counted = True
                _left_behind.change(self._workers.owner, +1)
