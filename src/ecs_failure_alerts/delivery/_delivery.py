"""The delivery of alerts: to all notifiers at once, within one time limit, none unaccounted for."""

# Theory of operation: a shipment is one alert for one notifier. The shipments of a notifier are a
# lane with its own threads, so a notifier that hangs or asks to wait takes nothing from the others.

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from attrs import evolve, frozen

from .._deadline import Deadline
from .._frames import place_of
from ..alerts import Alert
from ..exceptions import DeliveryError
from ..notifiers import Notifier, Receipt
from ..notifiers.foreign import error_as_it_leaves, name_of
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

    # Threads may be scarce: each lane gets one before any gets more, and who hangs comes last.
    in_turn = sorted(lanes.values(), key=lambda lane: lane.left_behind)
    for lane in in_turn:
        lane.start()
    for lane in in_turn:
        lane.start_more()
    for lane in in_turn:
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


def _copy(alert: Alert) -> Alert:
    """Return *alert* with mappings of its own, because a notifier may change what it gets."""
    contexts = {name: dict(context) for name, context in alert.contexts.items()}
    return evolve(alert, tags=dict(alert.tags), contexts=contexts, links=dict(alert.links))


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
            result.notifier = name_of(self.shipment.notifier)
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
        self._process = os.getpid()
        self._workers = Workers(notifier, self.work)

    def add(self, shipment: Shipment) -> _Parcel:
        parcel = _Parcel(shipment)
        self.parcels.append(parcel)
        return parcel

    @property
    def left_behind(self) -> int:
        """The calls of the notifier that have not come back."""
        return self._workers.left_behind

    def start(self) -> None:
        """Start one thread; report why there is none."""
        self.waiting.extend(self.parcels)
        if why := self._workers.start(1):
            while self.waiting:
                self.waiting.popleft().result = _not_tried(why)

    def start_more(self) -> None:
        """Start as many further threads as are useful and allowed."""
        self._workers.start(len(self.waiting))

    def wait(self) -> None:
        """Wait until every alert has a result, or the time is over."""
        self._workers.wait(self.deadline)

    def work(self) -> None:
        """Send one alert after the other, until none is left; a forked process sends none."""
        while os.getpid() == self._process:
            try:
                parcel = self.waiting.popleft()
            except IndexError:
                return

            parcel.result = self._result(parcel)

    def _result(self, parcel: _Parcel) -> Receipt | DeliveryError:
        alert, failures = parcel.shipment.alert, parcel.shipment.failures
        known = [self.book.find(event_id, self.notifier) for event_id in failures]
        if known[0] is not None and all(known):
            return known[0]

        if (asked := self.asked_to_wait) is not None:
            error = _not_tried(f"it had just asked to wait ({asked})")
            error.retry_after, error.status = asked.retry_after, asked.status
            return error

        deadline = self.deadline.earlier(_GRACE_SECONDS)
        if not deadline.leaves(0.001):
            return _not_tried("no time was left")

        parcel.begun = True
        result = self._call(_copy(alert), deadline.left())
        if isinstance(result, Receipt):
            self.book.keep(failures, self.notifier, result)
        elif result.asks_to_wait and result.notifier in {None, name_of(self.notifier)}:
            self.asked_to_wait = result
        return result

    def _call(self, alert: Alert, timeout: float | None) -> Receipt | DeliveryError:
        try:
            receipt: object = self.notifier.notify(alert, timeout=timeout)
        except DeliveryError as error:
            return error_as_it_leaves(error)
        except BaseException as error:  # noqa: BLE001 - it must not lose the other alerts
            said = f"it raised {type(error).__name__}{place_of(error)}"
            if error.__traceback__ is not None and error.__traceback__.tb_next is None:
                said += ", called as notify(alert, timeout=...)"  # it was not entered
            failure = DeliveryError(said, retryable=True, maybe_delivered=True)
            failure.__cause__ = error
            return failure

        if not isinstance(receipt, Receipt):
            return DeliveryError("it returned no receipt", retryable=True, maybe_delivered=True)
        return receipt


def _not_tried(why: str) -> DeliveryError:
    return DeliveryError(f"not tried, since {why}", retryable=True)
