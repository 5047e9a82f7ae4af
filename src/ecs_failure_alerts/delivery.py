"""Many alerts to every notifier: at once, within one time limit, none unaccounted for."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from copy import copy
from threading import Thread
from typing import Final

from attrs import define, field, frozen

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

    Once a notifier's backend asks to wait (429), it is not called again for what is left.

    Args:
        alerts: The alerts; of those with the same event id the first counts.
        notifiers: Where to.
        timeout: Seconds for all of it; None for no limit. What is not over by then counts as
            not delivered, even if a notifier ignores its own limit.

    Returns:
        What became of each, by event id. Nothing is raised.
    """
    courses: dict[str, _Course] = {}
    for alert in alerts:
        courses.setdefault(alert.event_id, _Course(alert))
    run = _Run(notifiers, None if timeout is None else time.monotonic() + timeout)
    if timeout is None and len(courses) < 2:
        for course in courses.values():
            run.follow(course)
    else:
        run.follow_all(courses.values())
    return {event_id: course.conclude(notifiers) for event_id, course in courses.items()}


@define(eq=False, repr=False)
class _Course:
    """An alert on its way, with what the notifiers have said so far."""

    alert: Alert
    called: int = 0  # notifiers so far
    receipts: list[Receipt] = field(factory=list)
    errors: list[DeliveryError] = field(factory=list)

    def conclude(self, notifiers: Sequence[Notifier]) -> Delivery:
        called, receipts, errors = self.called, tuple(self.receipts), list(self.errors)
        for place in range(len(receipts) + len(errors), len(notifiers)):
            error = _late() if place < called else _not_tried()
            error.notifier = notifiers[place].name
            errors.append(error)
        return Delivery(receipts, tuple(errors))


def _late() -> DeliveryError:
    late = "no confirmation within the time left"
    return DeliveryError(late, retryable=True, maybe_delivered=True)


def _not_tried() -> DeliveryError:
    return DeliveryError("not tried, since no time was left", retryable=True)


@frozen(eq=False, repr=False)
class _Run:
    notifiers: Sequence[Notifier]
    deadline: float | None
    #: Those that asked to wait, by their place.
    waiting: dict[int, DeliveryError] = field(factory=dict)

    def follow_all(self, courses: Collection[_Course]) -> None:
        """Follow them at once, until all are over or the time is."""
        workers = min(_AT_ONCE, len(courses))
        left: deque[_Course | None] = deque([*courses, *[None] * workers])  # an end for each

        def work() -> None:
            while course := left.popleft():
                self.follow(course)

        # Daemons: one that hangs must not keep the process from ending.
        threads = [
            Thread(target=work, name="ecs-failure-alerts", daemon=True) for _ in range(workers)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            seconds = self._left()
            thread.join(None if seconds is None else max(0.0, seconds))

    def follow(self, course: _Course) -> None:
        """Call one notifier after the other."""
        for place, notifier in enumerate(self.notifiers):
            course.called = place + 1
            try:
                course.receipts.append(self._notify(place, notifier, course.alert))
            except DeliveryError as raised:
                # A notifier may raise the same one again and again.
                error = raised if raised.notifier is None else copy(raised)
                error.notifier = notifier.name
                course.errors.append(error)

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
                raise _not_tried()
        try:
            receipt: object = notifier.notify(alert, timeout=left)
        except DeliveryError as error:
            if error.status == 429 or error.retry_after is not None:
                self.waiting[place] = copy(error)
            raise
        except (Exception, SystemExit) as error:  # a notifier's bug must not lose the other alerts
            said = f"it raised {type(error).__name__}"
            if error.__traceback__ is not None and error.__traceback__.tb_next is None:
                said += ", called as notify(alert, timeout=...)"  # it was not entered
            raise DeliveryError(said, retryable=True, maybe_delivered=True) from error
        if not isinstance(receipt, Receipt):
            raise DeliveryError("it returned no receipt", retryable=True, maybe_delivered=True)
        return receipt

    def _left(self) -> float | None:
        return None if self.deadline is None else self.deadline - time.monotonic()
