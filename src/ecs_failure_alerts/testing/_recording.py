"""
For tests: events to change, a notifier that records, a Sentry server on loopback.

Nothing here is loaded by ``import ecs_failure_alerts``.
"""

from __future__ import annotations

from attrs import define, field

from ..alerts import Alert
from ..exceptions import DeliveryError
from ..notifiers import Receipt


@define
class RecordingNotifier:
    """
    A notifier that keeps what it is given.

    Attributes:
        alerts: The alerts that it confirmed, in order.
        error: Raised in place of a confirmation while it is set.
        name: What receipts and errors call it.
    """

    alerts: list[Alert] = field(factory=list)
    error: DeliveryError | None = None
    name: str = "recording"

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:  # noqa: ARG002
        """
        Keep *alert*.

        Raises:
            DeliveryError: ``error`` is set.
        """
        if self.error is not None:
            raise self.error
        self.alerts.append(alert)
        return Receipt(self.name, alert.event_id)
