"""A memory for values, limited in time and in number."""

from __future__ import annotations

import time
from collections.abc import Hashable
from typing import Final, Generic, TypeVar

from ._locks import Lock

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

#: Values that are kept at most by default.
_KEPT: Final = 256


class Memory(Generic[Key, Value]):
    """
    Values by key, for any thread.

    Args:
        seconds: How long a value is remembered; None for as long as there is room.
        most: Values at most; the one kept first is forgotten first.
    """

    def __init__(self, seconds: float | None, most: int = _KEPT) -> None:
        self._seconds = seconds
        self._most = most
        self._lock = Lock()
        self._kept: dict[Key, tuple[float, Value]] = {}

    def keep(self, key: Key, value: Value) -> None:
        """Remember *value*, from now on."""
        with self._lock:
            self._kept.pop(key, None)
            self._kept[key] = (time.monotonic(), value)
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]

    def find(self, key: Key) -> Value | None:
        """Return the value remembered for *key*, or None."""
        with self._lock:
            at, value = self._kept.get(key, (0.0, None))
        old = self._seconds is not None and time.monotonic() - at >= self._seconds
        return None if old else value
