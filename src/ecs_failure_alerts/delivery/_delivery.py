"""The delivery of alerts: to all notifiers at once, within one time limit, none unaccounted for."""

# Theory of operation: a shipment is one alert for one notifier. The shipments of a notifier are a
# lane with its own threads, so a notifier that hangs or asks to wait takes nothing from the others.

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from copy import copy
from types import MappingProxyType
from typing import Final

from attrs import frozen

from .._deadline import Deadline
from .._frames import is_ours, place_of
from ..alerts import Alert
from ..exceptions import DeliveryError
from ..notifiers import Notifier, Receipt
from ..redaction import redact
from ..workers import Workers
from ._receipts import ReceiptBook

#: Seconds by which a notifier's limit ends before ours, so that its own error is reported.
_GRACE_SECONDS: Final = 0.1


class Shipment:
    """
    An alert, and the notifier that it is for.

    Attributes:
        alert: The alert.
        notifier: The notifier.
        failures: The event ids of the failures in the alert: its own, or those of all the alerts
            that were collapsed into it.
    """

    def __init__(
        self, alert: Alert, notifier: Notifier, failures: tuple[str, ...] | None = None
    ) -> None:
        self.alert = alert
        self.notifier = notifier
        self.failures: tuple[str, ...] = failures or (alert.event_id,)


@frozen(slots=False, eq=False, repr=False)
class Delivery:
    """
    The outcome of one failure. Without receipts and errors it was for no notifier.

    Attributes:
        receipts: The confirmations of backends.
        errors: The errors of the other notifiers.
        alert: The alert as it was first sent; None if none was.
    """

    receipts: tuple[Receipt, ...] = ()
    errors: tuple[DeliveryError, ...] = ()
    alert: Alert | None = None


#: The outcomes before anything is delivered.
NOTHING_KNOWN: Final[Mapping[str, Delivery]] = MappingProxyType({})


def deliver(
    shipments: Iterable[Shipment],
    deadline: Deadline,
    book: ReceiptBook | None = None,
    known: Mapping[str, Delivery] = NOTHING_KNOWN,
) -> dict[str, Delivery]:
    """
    Deliver every alert to its notifiers.

    A notifier whose backend asks to wait (429) is not called again; the others are.

    Args:
        shipments: The alerts and their notifiers. A second shipment of the same alert to the same
            notifier is left out.
        deadline: The time limit for all. What is not confirmed by then counts as not delivered,
            even if a notifier ignores its own limit.
        book: The receipts of earlier deliveries. What they confirm is not sent again.
        known: The outcomes known before, by event id.

    Returns:
        The outcome of each failure, by event id. Nothing is raised.
    """
    book = book or ReceiptBook()
    lanes: dict[int, _Lane] = {}
    parcels: dict[tuple[str, int], _Parcel] = {}
    for shipment in shipments:
        key = (shipment.alert.event_id, id(shipment.notifier))
        if key not in parcels:
            lane = lanes.get(id(shipment.notifier))
            if lane is None:
                lane = lanes[id(shipment.notifier)] = _Lane(shipment.notifier, deadline, book)
            parcels[key] = lane.add(shipment)

    for lane in lanes.values():
        lane.start()
    for lane in lanes.values():
        lane.wait()

    deliveries = dict(known)
    for parcel in parcels.values():
        result, alert = parcel.conclusion(), parcel.shipment.alert
        for event_id in parcel.shipment.failures:
            deliveries[event_id] = _with(deliveries.get(event_id, Delivery()), result, alert)
    return deliveries


def _with(known: Delivery, result: Receipt | DeliveryError, alert: Alert) -> Delivery:
    first = known.alert or alert
    if isinstance(result, Receipt):
        return Delivery((*known.receipts, result), known.errors, first)
    return Delivery(known.receipts, (*known.errors, result), first)


class _Parcel:
    """A shipment, and its result so far."""

    def __init__(self, shipment: Shipment) -> None:
        self.shipment = shipment
        self.begun = False
        self.result: Receipt | DeliveryError | None = None

    def conclusion(self) -> Receipt | DeliveryError:
        """Return the result now that the time is over."""
        result = self.result
        if result is None and self.begun:
            late = "no confirmation within the time left"
            result = DeliveryError(late, retryable=True, maybe_delivered=True)
        elif result is None:
            result = _not_tried("no time was left")

        if isinstance(result, DeliveryError):
            result.notifier = self.shipment.notifier.name
        return result


class _Lane:
    """The alerts for one notifier, with the threads that send them."""

    def __init__(self, notifier: Notifier, deadline: Deadline, book: ReceiptBook) -> None:
        self.notifier = notifier
        self.deadline = deadline
        self.book = book

        self.parcels: list[_Parcel] = []
        self.waiting: deque[_Parcel] = deque()
        #: The error with which the notifier asked to wait.
        self.asked_to_wait: DeliveryError | None = None
        self._workers = Workers(notifier, self.work)

    def add(self, shipment: Shipment) -> _Parcel:
        parcel = _Parcel(shipment)
        self.parcels.append(parcel)
        return parcel

    def start(self) -> None:
        """Start as many threads as are useful and allowed; report why there is none."""
        self.waiting.extend(self.parcels)
        if why := self._workers.start(len(self.parcels)):
            while self.waiting:
                self.waiting.popleft().result = _not_tried(why)

    def wait(self) -> None:
        """Wait until every alert has a result, or the time is over."""
        self._workers.wait(self.deadline)

    def work(self) -> None:
        """Send one alert after the other, until none is left."""
        while True:
            try:
                parcel = self.waiting.popleft()
            except IndexError:
                return

            try:
                parcel.result = self._notify(parcel)
            except DeliveryError as error:
                parcel.result = _as_it_leaves(error)

    def _notify(self, parcel: _Parcel) -> Receipt:
        alert, failures = parcel.shipment.alert, parcel.shipment.failures
        known = [self.book.find(event_id, self.notifier) for event_id in failures]
        if known[0] is not None and all(known):
            return known[0]

        if (asked := self.asked_to_wait) is not None:
            error = _not_tried(f"it had just asked to wait ({asked})")
            error.retry_after, error.status = asked.retry_after, asked.status
            raise error

        deadline = self.deadline.earlier(_GRACE_SECONDS)
        if not deadline.leaves(0.001):
            raise _not_tried("no time was left")

        parcel.begun = True
        receipt = self._call(alert, deadline.left())
        self.book.keep(failures, self.notifier, receipt)
        return receipt

    def _call(self, alert: Alert, timeout: float | None) -> Receipt:
        try:
            receipt: object = self.notifier.notify(alert, timeout=timeout)
        except DeliveryError as error:
            if error.asks_to_wait and error.notifier in {None, self.notifier.name}:
                self.asked_to_wait = _as_it_leaves(error)
            raise
        except BaseException as error:  # whatever it is, it must not lose the other alerts
            said = f"it raised {type(error).__name__}{place_of(error)}"
            if error.__traceback__ is not None and error.__traceback__.tb_next is None:
                said += ", called as notify(alert, timeout=...)"  # it was not entered
            raise DeliveryError(said, retryable=True, maybe_delivered=True) from error

        if not isinstance(receipt, Receipt):
            raise DeliveryError("it returned no receipt", retryable=True, maybe_delivered=True)
        return receipt


def _as_it_leaves(error: DeliveryError) -> DeliveryError:
    """
    Return a copy of *error*, because a notifier may raise the same one again and again.

    A notifier of the user's own may quote an answer or an address: it is redacted.
    """
    shown = copy(error)
    if not is_ours(error):
        shown.args = tuple(redact(part) if isinstance(part, str) else part for part in error.args)
    shown.__cause__ = error.__cause__
    return shown


def _not_tried(why: str) -> DeliveryError:
    return DeliveryError(f"not tried, since {why}", retryable=True)
