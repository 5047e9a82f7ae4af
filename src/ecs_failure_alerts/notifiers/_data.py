"""What a notifier is, and what it returns."""

from __future__ import annotations

from typing import Protocol

from attrs import converters, field, frozen

from .._values import Value
from ..alerts import Alert


@frozen(slots=False, eq=False, repr=False)
class Receipt(Value):
    """
    A backend's word that it has an alert.

    Attributes:
        notifier: The notifier's name.
        id: The backend's id for the alert.
        url: Where a person can look at it, or None.
    """

    notifier: str
    id: str = field(converter=str)
    url: str | None = field(default=None, converter=converters.optional(str))


class Notifier(Protocol):
    """
    What brings alerts to one backend.

    It may be called from several threads at once, and again for an alert that it has already
    delivered: `Alert.event_id` is then the same.
    """

    @property
    def name(self) -> str:
        """What receipts and errors call it."""

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
        """
        Deliver *alert*, and return once the backend has confirmed it.

        Args:
            alert: The alert.
            timeout: Seconds left for this call; None for no limit.

        Raises:
            DeliveryError: The backend did not confirm.
        """
