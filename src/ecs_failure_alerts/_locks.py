"""Locks that a forked process finds free."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Final
from weakref import WeakMethod, WeakSet


class Lock:
    """
    A lock that is free in a forked process, which has none of its parent's other threads.

    Without this, a lock that one of them holds at that moment would never be free.

    Args:
        after_fork: A method that is called in each forked process, to forget what belongs to the
            parent, such as its threads; None for nothing.
    """

    def __init__(self, after_fork: Callable[[], None] | None = None) -> None:
        self._after_fork = WeakMethod(after_fork) if after_fork else None
        self._lock = threading.Lock()
        _locks.add(self)

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()

    def acquire(self, timeout: float = -1) -> bool:
        """Wait for the lock, *timeout* seconds at most; return whether it is held now."""
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        """Let others have the lock."""
        self._lock.release()

    def renew(self) -> None:
        """Be free, whoever held the lock."""
        self._lock = threading.Lock()
        if self._after_fork and (after_fork := self._after_fork()):
            after_fork()


_locks: Final[WeakSet[Lock]] = WeakSet()


def _renew_all() -> None:
    for lock in _locks:
        lock.renew()


if hasattr(os, "register_at_fork"):  # pragma: no branch - on Windows there are no forks
    os.register_at_fork(after_in_child=_renew_all)
