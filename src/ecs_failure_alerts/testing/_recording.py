"""A notifier that records the alerts of a test."""

from __future__ import annotations

from attrs import define, field

from ..alerts import Alert
from ..exceptions import DeliveryError
from ..notifiers import Receipt


@define(kw_only=True)
class RecordingNotifier:
    """
    A notifier that records its alerts and confirms each of them.

    Attributes:
        alerts: The alerts that it confirmed, in order.
        error: The error to raise in place of a confirmation, or None to confirm.
        name: The notifier's name in receipts and errors.
    """

    alerts: list[Alert] = field(factory=list)
    error: DeliveryError | None = None
    name: str = "recording"

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:  # noqa: ARG002
        """
        Record *alert* and confirm it.

        Raises:
            DeliveryError: ``error`` is set; the alert is not recorded.
        """
        if self.error is not None:
            raise self.error

        self.alerts.append(alert)
        return Receipt(self.name, alert.event_id)
