"""What was confirmed lately, and for whom it was: a retry tells nobody twice, forgets nobody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from .._memory import Memory
from ..diagnosis import Diagnosis
from ..notifiers import Notifier, Receipt

#: Seconds for which a confirmation is remembered: about as long as Sentry drops a repeated id.
_KEPT_SECONDS: Final = 3600.0

#: Confirmations that are remembered at most; the oldest goes first.
_KEPT: Final = 4096


class ReceiptBook:
    """
    The receipts of the last hour, by the failure's event id and the notifier.

    It belongs to one process, and to those notifiers only that live as long as it does. Two
    notifiers of one name are two notifiers.
    """

    def __init__(self) -> None:
        self._receipts: Memory[tuple[str, int], Receipt] = Memory(_KEPT_SECONDS, _KEPT)
        self._silent: Memory[tuple[str, int], Diagnosis] = Memory(_KEPT_SECONDS, _KEPT)
        self._expected: Memory[str, tuple[Notifier, ...]] = Memory(_KEPT_SECONDS, _KEPT)
        self._decided: Memory[str, int] = Memory(_KEPT_SECONDS, _KEPT)

    def keep(self, failures: Iterable[str], notifier: Notifier, receipt: Receipt) -> None:
        """Remember that *notifier* has told these *failures*, by their event ids."""
        for event_id in failures:
            self._receipts.keep((event_id, id(notifier)), receipt)

    def find(self, event_id: str, notifier: Notifier) -> Receipt | None:
        """Return the receipt by which *notifier* has told a failure already; None if not."""
        return self._receipts.find((event_id, id(notifier)))

    def expect(self, event_id: str, notifiers: tuple[Notifier, ...]) -> None:
        """Remember whom a failure is for."""
        self._expected.keep(event_id, notifiers)

    def expected(self, event_id: str) -> tuple[Notifier, ...]:
        """Return whom a failure was for when it came before."""
        return self._expected.find(event_id) or ()

    def decide(self, event_id: str, version: int) -> None:
        """Remember that nobody is missing whom a failure is for, as this *version* tells it."""
        self._decided.keep(event_id, version)

    def is_decided(self, event_id: str, version: int) -> bool:
        """Return whether nobody is missing whom a failure is for; a later version may tell more."""
        decided = self._decided.find(event_id)
        return decided is not None and version <= decided

    def settled(self, event_id: str, version: int) -> bool:
        """Return whether a failure needs nothing more: all confirmed it, or it was dropped."""
        told = all(self.find(event_id, notifier) for notifier in self.expected(event_id))
        return told and self.is_decided(event_id, version)

    def silence(self, event_version: tuple[str, int], diagnosis: Diagnosis) -> None:
        """Remember that by this *diagnosis* an event, by its id and version, alerts nobody."""
        self._silent.keep(event_version, diagnosis)

    def silenced(self, event_version: tuple[str, int]) -> Diagnosis | None:
        """Return the diagnosis by which a look-up has silenced an event; None if none has."""
        return self._silent.find(event_version)
