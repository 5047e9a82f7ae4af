"""Who is told what: every alert with the notifiers that it is for."""

# Theory of operation: a recipient is a notifier that takes everything; a route is one that takes
# some. Routes stand in a module of their own, because most functions have none.

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Final

from ._collapse import shipments_of
from ._receipts import ReceiptBook
from .alerts import Alert
from .causes import WorkloadType
from .delivery import Delivery, Shipment
from .exceptions import DeliveryError
from .judging import Judgement
from .notifiers import Notifier

#: The tag that alerts about a task have, and notices have not.
_TASK_ID: Final = "ecs.task_id"

#: What to do about an alert that no route takes.
_ADD_ONE: Final = "add one, or a last one that drops it"
_TAGS_UNKNOWN: Final = "its tags could not be looked up, and it has to come again"


def check_kind(value: object, kind: str, method: str, advice: str) -> None:
    """Refuse what is no *kind*: what has no name, or no *method*."""
    if isinstance(value, type):
        raise TypeError(
            f"expected {kind}, got the class {value.__name__}: "
            f"make one of it by {value.__name__}(...)"
        )
    if not (hasattr(value, "name") and callable(getattr(value, method, None))):
        raise TypeError(f"expected {kind}, got {value!r}: {advice}")


def check_notifier(value: object) -> None:
    """Refuse what is no notifier."""
    check_kind(value, "a notifier", "notify", "make one of a function by function_notifier()")


class Recipient:
    """
    A notifier that takes every alert.

    Attributes:
        notifier: The notifier; None for a route that drops.
        collapse: Whether alerts of one call with one fingerprint are told as one; None for those
            of a service's tasks only.
        drop: Whether nobody is told.
        needs_tags: Whether it depends on tags, which a look-up may find.
    """

    notifier: Notifier | None
    collapse: bool | None = None
    drop: bool = False
    needs_tags: bool = False

    def __init__(self, notifier: Notifier) -> None:
        check_notifier(notifier)
        self.notifier = notifier

    def takes(self, judgement: Judgement) -> bool:  # noqa: ARG002
        """Return whether the alert of *judgement* is for this one."""
        return True

    def collapses(self, alert: Alert) -> bool:
        """Return whether *alert* may be told together with others of its kind."""
        if self.collapse is not None:
            return self.collapse
        return alert.workload.type is WorkloadType.SERVICE and _TASK_ID in alert.tags


class Routing:
    """
    The recipients of an alerter's alerts.

    Args:
        given: Notifiers, of which each takes everything, and routes.

    Raises:
        ValueError: Nobody would be told of anything, or a route that drops is not the last.
        TypeError: Something else was given.
    """

    def __init__(self, given: Iterable[Notifier | Recipient]) -> None:
        every = [one if isinstance(one, Recipient) else Recipient(one) for one in given]
        self._recipients = [(one.notifier, one) for one in every if one.notifier is not None]
        self._drop = next((one for one in every if one.drop), None)

        if not self._recipients:
            raise ValueError("expected at least one notifier, else every alert is lost")
        if any(one.drop for one in every[:-1]):
            raise ValueError("expected drop in the last route, got it before: move it to the end")

    def plan(
        self, judgements: Iterable[Judgement], book: ReceiptBook, apart: Container[str] = ()
    ) -> tuple[list[Shipment], dict[str, Delivery]]:
        """
        Decide who is told what.

        Args:
            judgements: Judgements whose alerts are due, of different failures.
            book: What was confirmed before.
            apart: The event ids of failures of which each is told by itself.

        Returns:
            What is to be delivered, and what becomes of the failures that nobody is told of, by
            event id: they are dropped, or have an error.
        """
        alone: dict[int, list[Alert]] = {id(notifier): [] for notifier, _ in self._recipients}
        together: dict[int, list[Alert]] = {id(notifier): [] for notifier, _ in self._recipients}
        rest: dict[str, Delivery] = {}

        for judgement in judgements:
            alert = judgement.as_alert()
            found = self._find(judgement, book)
            for key, recipient in found.items():
                by_itself = alert.event_id in apart or not recipient.collapses(alert)
                (alone if by_itself else together)[key].append(alert)
            if not found:
                rest[alert.event_id] = self._left_over(judgement)

        shipments: list[Shipment] = []
        for notifier in {id(notifier): notifier for notifier, _ in self._recipients}.values():
            shipments += (Shipment(alert, notifier) for alert in alone[id(notifier)])
            shipments += shipments_of(together[id(notifier)], notifier, book)
        return shipments, rest

    def _find(self, judgement: Judgement, book: ReceiptBook) -> dict[int, Recipient]:
        """Return the first recipient for each notifier that is to be told, and write them down."""
        event_id = judgement.as_alert().event_id
        known = {id(notifier) for notifier in book.settled(event_id)}

        found: dict[int, tuple[Notifier, Recipient]] = {}
        for notifier, recipient in self._recipients:
            if id(notifier) in known or (not known and recipient.takes(judgement)):
                found.setdefault(id(notifier), (notifier, recipient))

        book.expect(event_id, tuple(notifier for notifier, _ in found.values()))
        return {key: recipient for key, (_, recipient) in found.items()}

    def _left_over(self, judgement: Judgement) -> Delivery:
        """Return what becomes of an alert that nobody takes."""
        by_tags = any(route.needs_tags for _, route in self._recipients)
        decided = judgement.case.tags_known or not by_tags
        if self._drop is not None and self._drop.takes(judgement) and decided:
            return Delivery()

        routes = ", ".join(str(route) for _, route in self._recipients)
        error = DeliveryError(
            f"expected a route that takes it, got none of {routes}: "
            + (_ADD_ONE if decided else _TAGS_UNKNOWN),
            retryable=not decided,
        )
        return Delivery(errors=(error,))
