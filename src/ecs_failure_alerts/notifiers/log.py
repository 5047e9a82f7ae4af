"""The notifier without a backend: one JSON line for each alert, on its own logger."""

# Theory of operation: Logger.log() does not tell whether a line was written. A level or a filter
# may drop it, there may be no handler, or a handler may fail and only print to stderr. So the
# handlers are called here one by one, and the alert counts as delivered once one of them has
# written the line. A MemoryHandler only keeps lines, so its target is called. A SocketHandler
# silently drops a line without a connection, so its socket is checked; a FileHandler that was
# closed may drop it, too, so its stream is.

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from typing import Final

from .._frames import without_locals
from ..alerts import Alert
from ..exceptions import DeliveryError
from ._data import Receipt

LOGGER_NAME: Final = "ecs_failure_alerts.alerts"

LEVELS: Final = {
    "fatal": logging.CRITICAL,
    "error": logging.ERROR,
    "warning": logging.WARNING,
    "info": logging.INFO,
}


class LogNotifier:
    """
    Writes each alert as one JSON line.

    The line's logging level is the alert's level. It reaches whatever handlers the process
    has; in a Lambda that is CloudWatch Logs. A handler that never learns whether its line arrived,
    such as one that sends datagrams, counts as one that has written it.

    Args:
        logger: The logger's name. It gets the level INFO unless it has a level.
        name: The notifier's name in receipts and errors.
    """

    @without_locals
    def __init__(self, logger: str = LOGGER_NAME, *, name: str = "log") -> None:
        self.name = name
        self._logger = logging.getLogger(logger)
        if self._logger.level == logging.NOTSET:
            self._logger.setLevel(logging.INFO)

    def __repr__(self) -> str:
        return f"LogNotifier({self._logger.name!r})"

    @without_locals
    def notify(self, alert: Alert, *, timeout: float | None) -> Receipt:  # noqa: ARG002
        """
        Write the line.

        Raises:
            DeliveryError: No handler wrote the line: a level or a filter dropped it, or writing
                failed.
        """
        logger, level = self._logger, LEVELS[alert.level]
        if not logger.isEnabledFor(level):
            raise DeliveryError(
                f"the logger {logger.name} drops lines of level {alert.level}", retryable=False
            )

        text = json.dumps(alert.to_dict(), ensure_ascii=False)
        record = logger.makeRecord(logger.name, level, __file__, 0, "%s", (text,), None)
        passed = _filtered(logger, record)
        results = [_write(h, passed) for h in _handlers(logger)] if passed else []

        if True in results:
            return Receipt(self.name, alert.event_id)
        if False in results:
            raise DeliveryError(
                f"no handler of the logger {logger.name} could write the line", retryable=True
            )
        raise DeliveryError(
            f"the logger {logger.name} drops lines of level {alert.level}: no handler takes them",
            retryable=False,
        )


def _handlers(logger: logging.Logger) -> Iterator[logging.Handler]:
    """Find the handlers that a line of *logger* reaches, as `Logger.callHandlers()` does."""
    found = False
    ancestor: logging.Logger | None = logger
    while ancestor is not None:
        for handler in ancestor.handlers:
            found = True
            yield handler
        ancestor = ancestor.parent if ancestor.propagate else None

    if not found and logging.lastResort is not None:
        yield logging.lastResort


def _filtered(filterer: logging.Filterer, record: logging.LogRecord) -> logging.LogRecord | None:
    """Return the record as the filters leave it; None if they drop it, or one of them raises."""
    try:
        result: object = filterer.filter(record)
    except Exception:  # noqa: BLE001 - somebody's filter
        return None
    if isinstance(result, logging.LogRecord):  # a filter may replace it since Python 3.12
        return result
    return record if result else None


def _write(handler: logging.Handler, record: logging.LogRecord) -> bool | None:
    """Return whether *handler* has written the line; None if it does not take it."""
    if isinstance(handler, logging.NullHandler) or record.levelno < handler.level:
        return None
    passed = _filtered(handler, record)
    if passed is None:
        return None

    handlers = sys.modules.get("logging.handlers")  # loaded if somebody uses one of them
    if handlers is not None and isinstance(handler, handlers.MemoryHandler):
        return _write(handler.target, passed) if handler.target else None

    failures: list[logging.LogRecord] = []
    handler.acquire()  # no other thread may use it while its errors come here
    own = {name: value for name, value in vars(handler).items() if name == "handleError"}
    try:
        vars(handler)["handleError"] = failures.append
        handler.emit(passed)
    except Exception:  # noqa: BLE001 - somebody's handler
        return False
    finally:
        del vars(handler)["handleError"]  # that of its class again
        vars(handler).update(own)
        handler.release()
    if handlers is not None and isinstance(handler, handlers.SocketHandler):
        return handler.sock is not None and not failures
    if isinstance(handler, logging.FileHandler) and handler.stream is None:
        return False
    return not failures
