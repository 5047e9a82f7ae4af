"""The protocol of notifiers, and the receipts that they return."""

from __future__ import annotations

from typing import Protocol

from attrs import converters, field, frozen

from .._values import Value
from ..alerts import Alert


@frozen(slots=False, eq=False, repr=False)
class Receipt(Value):
    """
    A backend's confirmation that it has an alert.

    Attributes:
        notifier: The notifier's name.
        id: The backend's id of the alert.
        url: A page for people about the alert, or None.
    """

    notifier: str = field(converter=str)
    id: str = field(converter=str)
    url: str | None = field(default=None, converter=converters.optional(str))


class Notifier(Protocol):
    """
    Delivers alerts to one backend.

    Several threads may call it at once. It may be called again for an alert that it has already
    delivered; `Alert.event_id` is the same then.
    """

    @property
    def name(self) -> str:
        """The notifier's name in receipts and errors."""

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:
        """
        Deliver *alert*, and return once the backend has confirmed it.

        Args:
            alert: The alert.
            timeout: Seconds left for this call; None for no limit.

        Raises:
            DeliveryError: The backend did not confirm the alert.
        """
