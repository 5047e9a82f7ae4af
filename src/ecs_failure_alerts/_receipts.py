"""What was confirmed or tried lately: a retry tells nobody what he knows, and loses nothing."""

# Theory of operation: a backend drops an alert whose id it has had before, whatever is in it. An
# alert for several failures has the id of the first of them. So once such an id may have arrived,
# nothing may go out under it but what it told then: `told_before()` is asked before alerts are
# collapsed. What another process may have told nobody knows here, so that goes out by itself: under
# the id of a failure there is always the failure.

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from ._memory import Memory
from .notifiers import Notifier, Receipt

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
        self._attempts: Memory[tuple[str, int], frozenset[str]] = Memory(_KEPT_SECONDS, _KEPT)
        self._attempts_seen: Memory[str, int] = Memory(_KEPT_SECONDS, _KEPT)
        self._expected: Memory[str, tuple[tuple[Notifier, ...], bool]] = Memory(
            _KEPT_SECONDS, _KEPT
        )

    def keep(self, failures: Iterable[str], notifier: Notifier, receipt: Receipt) -> None:
        """Remember that *notifier* has told these *failures*, by their event ids."""
        for event_id in failures:
            self._receipts.keep((event_id, id(notifier)), receipt)

    def find(self, event_id: str, notifier: Notifier) -> Receipt | None:
        """Return the receipt by which *notifier* has told a failure already; None if not."""
        return self._receipts.find((event_id, id(notifier)))

    def expect(
        self, event_id: str, notifiers: tuple[Notifier, ...], *, decided: bool = True
    ) -> None:
        """Remember whom a failure is for, and whether that is *decided*: nobody else is missing."""
        self._expected.keep(event_id, (notifiers, decided))

    def expected(self, event_id: str) -> tuple[Notifier, ...]:
        """Return whom a failure was for when it came before."""
        notifiers, _ = self._expected.find(event_id) or ((), False)
        return notifiers

    def settled(self, event_id: str) -> bool:
        """Return whether a failure needs nothing more: all confirmed it, or it was dropped."""
        notifiers, decided = self._expected.find(event_id) or ((), False)
        return decided and all(self.find(event_id, notifier) for notifier in notifiers)

    def is_ours(self, event_id: str, attempt: int) -> bool:
        """
        Return whether no other process can have told a failure that is handed over.

        Args:
            event_id: The failure.
            attempt: How often it was handed over, with this time: another process had it if this
                one has not seen all times before.
        """
        if attempt > 1 + (self._attempts_seen.find(event_id) or 0):
            return False
        self._attempts_seen.keep(event_id, attempt)
        return True

    def told_before(self, event_id: str, notifier: Notifier) -> frozenset[str] | None:
        """Return the failures that *notifier* may have told under an id; None if there are none."""
        return self._attempts.find((event_id, id(notifier)))

    def begin(
        self, event_id: str, notifier: Notifier, failures: Iterable[str]
    ) -> Callable[[], None]:
        """
        Remember that *notifier* is about to tell *failures* under an id.

        Returns:
            What takes it back, for an attempt that has certainly told nobody.
        """
        key, told = (event_id, id(notifier)), frozenset(failures)
        before = self._attempts.find(key)

        self._attempts.keep(key, told)
        return lambda: self._attempts.replace(key, told, before)
