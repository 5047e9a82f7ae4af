"""The backend that needs nothing: one JSON line per alert on a logger of its own."""

from __future__ import annotations

import json
import logging
from typing import Final

from ..alerts import Alert
from ..exceptions import DeliveryError
from ._data import Receipt

LOGGER: Final = "ecs_failure_alerts.alerts"

_LEVELS: Final = {
    "fatal": logging.CRITICAL,
    "error": logging.ERROR,
    "warning": logging.WARNING,
    "info": logging.INFO,
}


class LogNotifier:
    """
    Writes each alert as one JSON line.

    The line's logging level is the alert's level. It reaches whatever handlers the process
    has; in a Lambda that is CloudWatch Logs.

    Args:
        logger: The logger's name. A level of INFO is set on it unless it has a level.
    """

    name = "log"

    def __init__(self, logger: str = LOGGER) -> None:
        self._logger = logging.getLogger(logger)
        if self._logger.level == logging.NOTSET:
            self._logger.setLevel(logging.INFO)

    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:  # noqa: ARG002
        """
        Write the line.

        Raises:
            DeliveryError: The logger is set to drop lines of this level, or has no handler for
                them.
        """
        level = _LEVELS[alert.level]
        written = self._logger.hasHandlers() or level >= logging.WARNING  # by the last resort
        if not (written and self._logger.isEnabledFor(level)):
            raise DeliveryError(
                f"the logger {self._logger.name} drops lines of level {alert.level}",
                retryable=False,
            )
        self._logger.log(level, "%s", json.dumps(alert.to_dict(), ensure_ascii=False))
        return Receipt(self.name, alert.event_id)
