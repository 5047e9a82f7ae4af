"""Many alerts to every notifier: at once, within one time limit, none unaccounted for."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import Final

from attrs import field, frozen

from .alerts import Alert
from .exceptions import DeliveryError
from .notifiers import Notifier, Receipt

_AT_ONCE: Final = 10
#: Seconds by which a notifier's own limit ends before ours, so that its error is the one told.
_GRACE: Final = 0.1


@frozen(eq=False)
class Delivery:
    """
    What became of one alert.

    Attributes:
        receipts: What the backends confirmed.
        errors: Why others did not.
    """

    receipts: tuple[Receipt, ...] = ()
    errors: tuple[DeliveryError, ...] = ()


def deliver(
    alerts: Iterable[Alert], notifiers: Sequence[Notifier], timeout: float | None
) -> dict[str, Delivery]:
    """
    Bring every alert to every notifier.

    Once a notifier is told to wait (429), it is not called again for what is left.

    Args:
        alerts: The alerts; of those with the same event id the first counts.
        notifiers: Where to.
        timeout: Seconds for all of it; None for no limit. What is not over by then counts as
            not delivered, even if a notifier ignores its own limit.

    Returns:
        What became of each, by event id. Nothing is raised.
    """
    distinct: dict[str, Alert] = {}
    for alert in alerts:
        distinct.setdefault(alert.event_id, alert)
    run = _Run(notifiers, None if timeout is None else time.monotonic() + timeout)
    if timeout is None and len(distinct) < 2:
        return {event_id: run.deliver(alert) for event_id, alert in distinct.items()}
    return run.deliver_all(distinct)


@frozen(eq=False, repr=False)
class _Run:
    notifiers: Sequence[Notifier]
    deadline: float | None
    #: Those that asked to wait, by their place.
    waiting: dict[int, DeliveryError] = field(factory=dict)

    def deliver_all(self, alerts: dict[str, Alert]) -> dict[str, Delivery]:
        from concurrent.futures import ThreadPoolExecutor, wait  # noqa: PLC0415 - slow to import

        if not alerts:
            return {}
        pool = ThreadPoolExecutor(min(_AT_ONCE, len(alerts)), "ecs-failure-alerts")
        futures = {event_id: pool.submit(self.deliver, a) for event_id, a in alerts.items()}
        wait(futures.values(), self._left())
        pool.shutdown(wait=False, cancel_futures=True)
        return {
            event_id: future.result() if future.done() and not future.cancelled() else self._late()
            for event_id, future in futures.items()
        }

    def deliver(self, alert: Alert) -> Delivery:
        receipts: list[Receipt] = []
        errors: list[DeliveryError] = []
        for place, notifier in enumerate(self.notifiers):
            try:
                receipts.append(self._notify(place, notifier, alert))
            except DeliveryError as error:
                error.notifier = notifier.name
                errors.append(error)
        return Delivery(tuple(receipts), tuple(errors))

    def _notify(self, place: int, notifier: Notifier, alert: Alert) -> Receipt:
        asked = self.waiting.get(place)
        if asked is not None:
            raise DeliveryError(
                f"not tried, since it had just asked to wait ({asked})",
                retryable=True,
                retry_after=asked.retry_after,
                status=asked.status,
            )
        left = self._left()
        if left is not None:
            left -= _GRACE
            if left <= 0:
                raise DeliveryError("not tried, since no time was left", retryable=True)
        try:
            receipt: object = notifier.notify(alert, timeout=left)
        except DeliveryError as error:
            if error.status == 429:
                self.waiting[place] = error
            raise
        except Exception as error:  # a notifier's bug must not lose the other alerts
            raise DeliveryError(
                f"it raised {type(error).__name__}", retryable=True, maybe_delivered=True
            ) from error
        if not isinstance(receipt, Receipt):
            raise DeliveryError("it returned no receipt", retryable=True, maybe_delivered=True)
        return receipt

    def _left(self) -> float | None:
        return None if self.deadline is None else self.deadline - time.monotonic()

    def _late(self) -> Delivery:
        return Delivery(errors=tuple(map(_no_answer, self.notifiers)))


def _no_answer(notifier: Notifier) -> DeliveryError:
    error = DeliveryError(
        "no confirmation within the time left", retryable=True, maybe_delivered=True
    )
    error.notifier = notifier.name
    return error
