"""The routing of alerts: which notifiers each alert is for."""

# Theory of operation: a recipient is a notifier that takes every alert; a route is a recipient that
# takes some. Routes have their own module, because most functions have none.

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from typing import Final

from .._log import LOGGER
from .._plugins import check_notifier
from .._texts import clean, cut
from ..alerts import Alert
from ..causes import WorkloadType
from ..exceptions import DeliveryError
from ..judging import Judgement
from ..notifiers import Notifier
from ._collapse import TASK_ID, shipments_of
from ._delivery import Delivery, Shipment
from ._receipts import ReceiptBook

#: Routes that an error names at most, and characters of each.
_MOST_ROUTES: Final = 3
_ROUTE_CHARACTERS: Final = 100


class Recipient:
    """
    A notifier that takes every alert.

    Attributes:
        notifier: The notifier; None for a route that drops.
        collapse: Whether alerts of one call with the same fingerprint become one; None for those
            about a service's tasks only.
        otherwise: Whether it takes only what no other recipient takes.
        drop: Whether it drops what it takes.
    """

    notifier: Notifier | None
    collapse: bool | None = None
    otherwise: bool = False
    drop: bool = False

    def __init__(self, notifier: Notifier) -> None:
        check_notifier(notifier)
        self.notifier = notifier

    def takes(self, judgement: Judgement) -> bool:  # noqa: ARG002
        """Return whether the alert of *judgement* is for this recipient."""
        return True

    #: Whether the alert could be for this recipient if it had other tags.
    may_take = takes

    def collapses(self, alert: Alert) -> bool:
        """Return whether *alert* may become one with others of its kind."""
        if self.collapse is not None:
            return self.collapse
        return alert.workload.type is WorkloadType.SERVICE and TASK_ID in alert.tags


class Routing:
    """
    The recipients of an alerter's alerts.

    Args:
        given: Notifiers and routes; a notifier takes every alert.

    Raises:
        ValueError: There is no notifier, or a route that drops is not the last.
        TypeError: Something else was given.
    """

    def __init__(self, given: Iterable[Notifier | Recipient]) -> None:
        every = [one if isinstance(one, Recipient) else Recipient(one) for one in given]
        self._recipients = [(one.notifier, one) for one in every if one.notifier is not None]
        self._drop = next((one for one in every if one.drop), None)

        if not self._recipients:
            raise ValueError("expected at least one notifier, got none: every alert would be lost")
        if any(one.drop for one in every[:-1]):
            raise ValueError("a route that drops must be the last: move it to the end")
        _warn_of_equal_names(notifier for notifier, _ in self._recipients)

    def plan(
        self, judgements: Iterable[Judgement], book: ReceiptBook
    ) -> tuple[list[Shipment], dict[str, Delivery]]:
        """
        Decide which notifiers each alert goes to.

        Args:
            judgements: Judgements whose alerts are due, of different failures.
            book: What was confirmed before.

        Returns:
            What to deliver, and the outcomes that are known already, by event id: failures that
            are dropped or have an error.
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
        Find one recipient for each notifier of an alert, and remember the notifiers.

        A notifier that the failure was for before is kept, because a failed look-up must take
        nobody away. A recipient with `otherwise` takes what has no other recipient.

        Returns:
            The recipients, by the notifier; and an error if there are none or may be more.
        """
        event_id, version = judgement.as_alert().event_id, judgement.version
        before = {id(notifier) for notifier in book.expected(event_id)}
        pairs = [pair for pair in self._recipients if id(pair[0]) in before]
        if not book.settled(event_id, version):  # if it is, tags were not looked up
            takers = [pair for pair in self._recipients if pair[1].takes(judgement)]
            pairs = [*(pair for pair in takers if not pair[1].otherwise), *pairs] or takers

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
        """Return an error if an alert may be for other notifiers than those *found*, else None."""
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
                f"the tags could not be looked up, so {_names(in_doubt)} may be missing: the alert "
                "will be tried again",
                retryable=True,
            )
        if dropped or not nobody:
            return None
        return DeliveryError(
            f"no route takes it; the routes are {_names(others)}: add one with otherwise, or a "
            "last one with drop",
            retryable=False,
        )


def _names(routes: Sequence[Recipient]) -> str:
    """Return the names of the first few routes, and the number of the others."""
    names = ", ".join(cut(str(route), _ROUTE_CHARACTERS) for route in routes[:_MOST_ROUTES])
    more = len(routes) - _MOST_ROUTES
    return f"{names} and {more} more" if more > 0 else names


def _warn_of_equal_names(notifiers: Iterable[Notifier]) -> None:
    """Warn of notifiers whose receipts and errors nobody could tell apart."""
    different = {id(notifier): notifier.name for notifier in notifiers}
    for name, count in Counter(different.values()).items():
        if count > 1:
            LOGGER.warning(
                "%d notifiers have the name %s: give each a name of its own, because receipts and "
                "errors tell them apart by it",
                count,
                cut(clean(name), _ROUTE_CHARACTERS),
            )
