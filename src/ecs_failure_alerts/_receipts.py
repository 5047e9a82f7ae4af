"""What was confirmed lately: a retry does not tell those again who have an alert already."""

from __future__ import annotations

from typing import Final

from ._memory import Memory
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
        self._receipts: Memory[tuple[str, int], Receipt] = Memory(_KEPT_SECONDS, _KEPT)

    def keep(self, alert: Alert, notifier: Notifier, receipt: Receipt) -> None:
        """Remember that *notifier* has delivered *alert*."""
        self._receipts.keep((alert.event_id, id(notifier)), receipt)

    def find(self, alert: Alert, notifier: Notifier) -> Receipt | None:
        """Return the receipt by which *notifier* has delivered *alert* already; None if not."""
        return self._receipts.find((alert.event_id, id(notifier)))
