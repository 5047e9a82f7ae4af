"""Who is told what: every alert with the notifiers that it is for."""

# Theory of operation: a recipient is a notifier that takes everything; a route is one that takes
# some. Routes stand in a module of their own, because most functions have none.

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from typing import Final

from .._plugins import check_notifier
from .._texts import cut
from ..alerts import Alert
from ..causes import WorkloadType
from ..exceptions import DeliveryError
from ..judging import Judgement
from ..notifiers import Notifier
from ._collapse import TASK_ID, shipments_of
from ._delivery import Delivery, Shipment
from ._receipts import ReceiptBook

#: So many routes are named in an error, each by so many characters at most.
_NAMED: Final = 3
_NAME: Final = 100


class Recipient:
    """
    A notifier that takes every alert.

    Attributes:
        notifier: The notifier; None for a route that drops.
        collapse: Whether alerts of one call with one fingerprint are told as one; None for those
            of a service's tasks only.
        otherwise: Whether only that is taken which nobody else takes.
        drop: Whether nobody is told.
    """

    notifier: Notifier | None
    collapse: bool | None = None
    otherwise: bool = False
    drop: bool = False

    def __init__(self, notifier: Notifier) -> None:
        check_notifier(notifier)
        self.notifier = notifier

    def takes(self, judgement: Judgement) -> bool:  # noqa: ARG002
        """Return whether the alert of *judgement* is for this one."""
        return True

    #: Whether the alert could be for this one if it had other tags.
    may_take = takes

    def collapses(self, alert: Alert) -> bool:
        """Return whether *alert* may be told together with others of its kind."""
        if self.collapse is not None:
            return self.collapse
        return alert.workload.type is WorkloadType.SERVICE and TASK_ID in alert.tags


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
            raise ValueError("a route that drops must be the last: move it to the end")

    def plan(
        self, judgements: Iterable[Judgement], book: ReceiptBook
    ) -> tuple[list[Shipment], dict[str, Delivery]]:
        """
        Decide who is told what.

        Args:
            judgements: Judgements whose alerts are due, of different failures.
            book: What was confirmed before.

        Returns:
            What is to be delivered, and what is known already of some failures, by event id: they
            are dropped, or have an error.
        """
        alone: dict[int, list[Alert]] = {id(notifier): [] for notifier, _ in self._recipients}
        together: dict[int, list[Alert]] = {id(notifier): [] for notifier, _ in self._recipients}
        known: dict[str, Delivery] = {}

        for judgement in judgements:
            alert = judgement.as_alert()
            found, error = self._find(judgement, book)
            for key, recipient in found.items():
                (together if recipient.collapses(alert) else alone)[key].append(alert)
            if error is not None or not found:
                known[alert.event_id] = Delivery(errors=(error,) if error else ())

        shipments: list[Shipment] = []
        for notifier in {id(notifier): notifier for notifier, _ in self._recipients}.values():
            shipments += (Shipment(alert, notifier) for alert in alone[id(notifier)])
            shipments += shipments_of(together[id(notifier)], notifier, book)
        return shipments, known

    def _find(
        self, judgement: Judgement, book: ReceiptBook
    ) -> tuple[dict[int, Recipient], DeliveryError | None]:
        """
        Find one recipient for each notifier that is to be told, and write the notifiers down.

        Whom a failure was for before, it is for again, because a look-up that fails must take
        nobody away. Who is told otherwise is told where there is nobody else.

        Returns:
            The recipients, by the notifier, and why there may be more, or there are none.
        """
        event_id, version = judgement.as_alert().event_id, judgement.version
        before = {id(notifier) for notifier in book.expected(event_id)}
        pairs = [pair for pair in self._recipients if id(pair[0]) in before]
        if not book.settled(event_id, version):  # else nothing was looked up, and tags are missing
            takers = [pair for pair in self._recipients if pair[1].takes(judgement)]
            pairs = [pair for pair in takers if not pair[1].otherwise] + pairs or takers

        found: dict[int, tuple[Notifier, Recipient]] = {}
        for notifier, recipient in pairs:
            found.setdefault(id(notifier), (notifier, recipient))

        book.expect(event_id, tuple(notifier for notifier, _ in found.values()))
        decided = book.is_decided(event_id, version)
        error = None if decided else self._missing(judgement, found)
        if error is None and not decided:
            book.decide(event_id, version)
        return {key: recipient for key, (_, recipient) in found.items()}, error

    def _missing(self, judgement: Judgement, found: Container[int]) -> DeliveryError | None:
        """Return why an alert may be for more than those *found*; None where it is not."""
        others = [one for notifier, one in self._recipients if id(notifier) not in found]
        nobody = len(others) == len(self._recipients)
        if not nobody:
            others = [one for one in others if not one.otherwise]
        drop = [self._drop] if self._drop is not None and nobody else []
        dropped = any(one.takes(judgement) for one in drop)

        unsure = () if judgement.case.tags_known else (*others, *drop[dropped:])
        in_doubt = [one for one in unsure if one.may_take(judgement)]
        if in_doubt:
            return DeliveryError(
                f"its tags could not be looked up, so {_names(in_doubt)} may have to be told: it "
                "will be tried again",
                retryable=True,
            )
        if dropped or not nobody:
            return None
        return DeliveryError(
            f"no route takes it, of {_names(others)}: add one with otherwise, or a last one with "
            "drop",
            retryable=False,
        )


def _names(routes: Sequence[Recipient]) -> str:
    """Return the first few routes as a person reads them, and how many more there are."""
    names = ", ".join(cut(str(route), _NAME) for route in routes[:_NAMED])
    more = len(routes) - _NAMED
    return f"{names} and {more} more" if more > 0 else names
