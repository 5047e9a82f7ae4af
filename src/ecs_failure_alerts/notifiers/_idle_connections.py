"""Connections that wait for the next alert, a few seconds at most."""

# Theory of operation: opening a connection over TLS costs more than all the rest of an alert, and
# failures come in storms. So the connection of a confirmed alert is kept for the next one. But
# Lambda may freeze the process in between, for any time. Meanwhile a server or a router gives the
# connection up, and a frozen process cannot hear it. Hence a connection is old after ten seconds,
# by the wall clock or by the monotonic one: the first may be set back, the second may stand still
# in a frozen process. Whoever uses a kept connection must be ready to send again on a new one.

from __future__ import annotations

import time
from typing import Final, TypeAlias

import urllib3

from .._locks import Lock

#: Seconds for which a connection is kept; servers and load balancers wait for longer.
_KEPT_SECONDS: Final = 10.0

#: Connections that are kept at most: as many alerts of a batch are sent at once.
_KEPT: Final = 10

#: A moment, by the wall clock and by the monotonic one.
_Moment: TypeAlias = tuple[float, float]


class IdleConnections:
    """
    The connections to a server that nobody uses at the moment, each in a pool of its own.

    A process that was forked has none: two processes must not write into one connection.
    """

    def __init__(self) -> None:
        self._lock = Lock(self._begin)
        self._begin()

    def _begin(self) -> None:
        #: Each pool, with the moment since which nobody uses it.
        self._idle: list[tuple[urllib3.HTTPConnectionPool, _Moment]] = []

    def take(self) -> urllib3.HTTPConnectionPool | None:
        """Return the connection that was used last; None if all are too old, or none is there."""
        with self._lock:
            if self._idle and _is_young(self._idle[-1][1]):
                return self._idle.pop()[0]

        self.close()
        return None

    def keep(self, pool: urllib3.HTTPConnectionPool) -> None:
        """Keep a connection whose last answer was clean; close it if there are enough of them."""
        with self._lock:
            if len(self._idle) < _KEPT:
                self._idle.append((pool, _now()))
                return

        pool.close()

    def close(self) -> None:
        """Close all that nobody uses."""
        with self._lock:
            idle, self._idle = self._idle, []

        for pool, _ in idle:
            pool.close()


def _now() -> _Moment:
    return time.time(), time.monotonic()


def _is_young(since: _Moment) -> bool:
    """Return whether both clocks agree that less than the time has gone by since."""
    ages = (now - then for now, then in zip(_now(), since, strict=True))
    return all(0 <= age < _KEPT_SECONDS for age in ages)
