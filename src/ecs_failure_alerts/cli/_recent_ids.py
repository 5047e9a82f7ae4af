"""Which events of an archive came a short while before, as EventBridge may deliver one twice."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Final

#: Ids that are remembered, so that memory does not grow with the archive.
KEPT: Final = 2_000


class RecentIds:
    """
    The ids of the last events, however many came before.

    Args:
        kept: Ids that are remembered at most.
    """

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._order: deque[str] = deque()
        self._known: set[str] = set()

    def count_repeats(self, ids: Iterable[str]) -> int:
        """Return how many of *ids* are among the last ones, and remember the others."""
        repeats = 0
        for id_ in ids:
            if id_ in self._known:
                repeats += 1
                continue

            self._known.add(id_)
            self._order.append(id_)
            if len(self._order) > self._kept:
                self._known.remove(self._order.popleft())
        return repeats
