"""What was confirmed lately: a retry does not tell those again who have an alert already."""

from __future__ import annotations

import threading
import time
from typing import Final

from .alerts import Alert
from .notifiers import Notifier, Receipt

#: Seconds for which a confirmation is remembered: about as long as Sentry drops a repeated id.
_KEPT_SECONDS: Final = 3600.0

#: Confirmations that are remembered at most; the oldest goes first.
_KEPT: Final = 4096


class ReceiptBook:
    """
    The receipts of the last hour, by alert and notifier.

    It belongs to one process, and to those notifiers only that live as long as it does.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._receipts: dict[tuple[str, int], tuple[float, Receipt]] = {}

    def keep(self, alert: Alert, notifier: Notifier, receipt: Receipt) -> None:
        """Remember that *notifier* has delivered *alert*."""
        with self._lock:
            self._receipts.pop((alert.event_id, id(notifier)), None)
            self._receipts[alert.event_id, id(notifier)] = (time.monotonic(), receipt)
            if len(self._receipts) > _KEPT:
                del self._receipts[next(iter(self._receipts))]

    def find(self, alert: Alert, notifier: Notifier) -> Receipt | None:
        """Return the receipt by which *notifier* has delivered *alert* already; None if not."""
        with self._lock:
            at, receipt = self._receipts.get((alert.event_id, id(notifier)), (0.0, None))
        return receipt if time.monotonic() - at < _KEPT_SECONDS else None
