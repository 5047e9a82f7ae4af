"""The confirmations of the last hour, because a retry must notify everyone just once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .._memory import Memory
from ..diagnosis import Diagnosis
from ..notifiers import Notifier, Receipt

#: Seconds for which a confirmation is remembered: about as long as Sentry drops a repeated id.
_KEPT_SECONDS: Final = 3600.0

#: Failures that are remembered at most, for each notifier; the oldest goes first. A batch of SQS
#: has up to 10,000 records, and one that comes again evicts its own if it has one failure too many.
_MOST_KEPT: Final = 20_000


class ReceiptBook:
    """
    The receipts of the last hour, by the failure's event id and the notifier.

    It belongs to one process and to its notifiers. Two notifiers with the same name are two
    notifiers.
    """

    def __init__(self) -> None:
        self._receipts: dict[int, Memory[str, Receipt]] = {}
        self._silent: Memory[tuple[str, int], Diagnosis] = Memory(_KEPT_SECONDS, _MOST_KEPT)
        self._expected: Memory[str, tuple[Notifier, ...]] = Memory(_KEPT_SECONDS, _MOST_KEPT)
        self._decided: Memory[str, int] = Memory(_KEPT_SECONDS, _MOST_KEPT)

    def keep(self, failures: Iterable[str], notifier: Notifier, receipt: Receipt) -> None:
        """Remember that *notifier* has confirmed these *failures*, by their event ids."""
        kept = self._of(notifier)
        for event_id in failures:
            kept.keep(event_id, receipt)

    def find(self, event_id: str, notifier: Notifier) -> Receipt | None:
        """Return the receipt of *notifier* for a failure; None if it has not confirmed it."""
        return self._of(notifier).find(event_id)

    def _of(self, notifier: Notifier) -> Memory[str, Receipt]:
        """Return the receipts of *notifier*; several threads may ask for them at once."""
        known = self._receipts.get(id(notifier))
        return known or self._receipts.setdefault(id(notifier), Memory(_KEPT_SECONDS, _MOST_KEPT))

    def expect(self, event_id: str, notifiers: tuple[Notifier, ...]) -> None:
        """Remember the notifiers that a failure is for."""
        self._expected.keep(event_id, notifiers)

    def expected(self, event_id: str) -> tuple[Notifier, ...]:
        """Return the notifiers that a failure was for when it came before."""
        return self._expected.find(event_id) or ()

    def decide(self, event_id: str, version: int) -> None:
        """Remember that all notifiers of a failure are known, by this *version* of its event."""
        self._decided.keep(event_id, version)

    def is_decided(self, event_id: str, version: int) -> bool:
        """Return whether all notifiers of a failure are known; a later version may add some."""
        decided = self._decided.find(event_id)
        return decided is not None and version <= decided

    def settled(self, event_id: str, version: int) -> bool:
        """Return whether a failure is done: all its notifiers confirmed it, or it was dropped."""
        confirmed = all(self.find(event_id, notifier) for notifier in self.expected(event_id))
        return confirmed and self.is_decided(event_id, version)

    def silence(self, event_version: tuple[str, int], diagnosis: Diagnosis) -> None:
        """Remember that an event, by its id and version, does not alert after this *diagnosis*."""
        self._silent.keep(event_version, diagnosis)

    def silenced(self, event_version: tuple[str, int]) -> Diagnosis | None:
        """Return the diagnosis with which a look-up silenced an event; None if none did."""
        return self._silent.find(event_version)
