"""The backend that needs nothing: one JSON line on a logger of its own."""

from __future__ import annotations

import io
import json
import logging
import os
from collections.abc import Iterator
from logging.handlers import MemoryHandler, SocketHandler
from typing import Any

import pytest
from attrs import evolve

from ecs_failure_alerts import Alert, DeliveryError, Receipt, build_alert, diagnose, parse_event
from ecs_failure_alerts.notifiers.log import LOGGER_NAME, LogNotifier
from ecs_failure_alerts.testing import task_state_change


def alert(**changes: Any) -> Alert:
    """Return the alert for the standard event with these changes."""
    task = parse_event(task_state_change(**changes))
    return build_alert(task, diagnose(task))


def test_an_alert_is_one_line_of_json_with_the_receipts_id(
    caplog: pytest.LogCaptureFixture,
) -> None:
    built = alert(group="service:näme")
    receipt = LogNotifier().notify(built, timeout=None)
    assert receipt == Receipt("log", built.event_id)
    (record,) = caplog.records
    assert record.name == LOGGER_NAME
    assert "\n" not in record.getMessage()
    assert json.loads(record.getMessage()) == json.loads(json.dumps(built.to_dict()))


@pytest.mark.parametrize(
    ("level", "number"),
    [
        ("fatal", logging.CRITICAL),
        ("error", logging.ERROR),
        ("warning", logging.WARNING),
        ("info", logging.INFO),
    ],
)
def test_the_line_has_the_level_of_the_alert(
    caplog: pytest.LogCaptureFixture, level: Any, number: int
) -> None:
    LogNotifier().notify(evolve(alert(), level=level), timeout=1)
    assert [record.levelno for record in caplog.records] == [number]


def test_dropped_line_is_not_delivered(caplog: pytest.LogCaptureFixture) -> None:
    """Where the logger drops the line, the alert counts as not delivered."""
    notifier = LogNotifier()
    logging.getLogger(LOGGER_NAME).setLevel(logging.CRITICAL)
    with pytest.raises(DeliveryError, match="drops lines of level error") as caught:
        notifier.notify(alert(), timeout=None)
    assert not caught.value.retryable
    assert caplog.records == []


def test_line_without_a_handler_is_not_delivered() -> None:
    """Where no handler takes the line, and Python's last resort does not either, it says so."""
    logger = logging.getLogger(LOGGER_NAME)
    root = logging.getLogger()
    handlers, root.handlers = root.handlers, []
    try:
        assert not logger.hasHandlers()
        with pytest.raises(DeliveryError, match="drops lines of level info"):
            LogNotifier().notify(evolve(alert(), level="info"), timeout=None)
        LogNotifier().notify(evolve(alert(), level="warning"), timeout=None)
    finally:
        root.handlers = handlers


def test_keeps_a_level_that_is_set() -> None:
    """A level that somebody has set on the logger stays."""
    logging.getLogger(LOGGER_NAME).setLevel(logging.ERROR)
    LogNotifier()
    assert logging.getLogger(LOGGER_NAME).level == logging.ERROR


def test_another_logger_may_be_named_and_the_root_logger_stays(
    caplog: pytest.LogCaptureFixture,
) -> None:
    root = logging.getLogger().level
    LogNotifier("ecs_failure_alerts.alerts.mine").notify(alert(), timeout=None)
    assert [record.name for record in caplog.records] == ["ecs_failure_alerts.alerts.mine"]
    assert logging.getLogger().level == root


def test_the_line_holds_nothing_of_the_overrides(caplog: pytest.LogCaptureFixture) -> None:
    LogNotifier().notify(
        alert(overrides={"containerOverrides": [{"command": ["s3cr3t"]}]}), timeout=None
    )
    assert "s3cr3t" not in caplog.text


class _Full(io.StringIO):
    """A file on a disk that is full."""

    def flush(self) -> None:
        raise OSError(28, "No space left on device")


def _closed() -> io.StringIO:
    stream = io.StringIO()
    stream.close()
    return stream


def _closed_file() -> logging.Handler:
    """Return a handler as `logging.shutdown()` leaves it."""
    handler = logging.FileHandler(os.devnull, mode="w", delay=True)
    handler.close()
    return handler


class _Raising(logging.Handler):
    """A handler that does not catch its own errors, as that of Lambda's runtime."""

    def emit(self, record: logging.LogRecord) -> None:
        raise OSError


def _drop(record: logging.LogRecord) -> bool:
    return False


def _fail(record: logging.LogRecord) -> bool:
    raise ValueError


def _handler(level: int = 0, *filters: Any) -> logging.Handler:
    handler = logging.StreamHandler(io.StringIO())
    handler.setLevel(level)
    handler.filters = list(filters)
    return handler


@pytest.fixture
def own_logger() -> Iterator[logging.Logger]:
    """Return a logger whose lines reach its own handlers alone."""
    logger = logging.getLogger("ecs_failure_alerts.alerts.alone")
    logger.propagate = False
    yield logger
    logger.handlers, logger.filters = [], []


@pytest.mark.parametrize(
    ("handler", "told"),
    [
        pytest.param(logging.NullHandler(), "no handler takes them", id="null"),
        pytest.param(_handler(logging.CRITICAL), "no handler takes them", id="level"),
        pytest.param(_handler(0, _drop), "no handler takes them", id="filter"),
        pytest.param(_handler(0, _fail), "no handler takes them", id="filter that raises"),
        pytest.param(logging.StreamHandler(_Full()), "could write the line", id="full disk"),
        pytest.param(logging.StreamHandler(_closed()), "could write the line", id="closed"),
        pytest.param(_closed_file(), "could write the line", id="closed file"),
        pytest.param(_Raising(), "could write the line", id="raising"),
        pytest.param(MemoryHandler(9), "no handler takes them", id="memory alone"),
        pytest.param(
            MemoryHandler(9, target=logging.StreamHandler(_Full())),
            "could write the line",
            id="memory before a full disk",
        ),
        pytest.param(
            SocketHandler("127.0.0.1", 1), "could write the line", id="nobody behind the socket"
        ),
    ],
)
def test_a_line_that_no_handler_writes_is_not_delivered(
    own_logger: logging.Logger, handler: logging.Handler, told: str
) -> None:
    """Whatever becomes of a line on its way, a receipt stands for one that was written."""
    own_logger.handlers = [handler]  # pytest has one of its own there
    with pytest.raises(DeliveryError, match=told):
        LogNotifier(own_logger.name).notify(alert(), timeout=None)
    assert "handleError" not in vars(handler)


@pytest.mark.parametrize("function", [_drop, _fail])
def test_a_line_that_the_loggers_own_filter_drops_is_not_delivered(
    own_logger: logging.Logger, function: Any
) -> None:
    """A filter that raises drops the line as well."""
    own_logger.handlers = [_handler()]
    own_logger.addFilter(function)
    with pytest.raises(DeliveryError, match="no handler takes them"):
        LogNotifier(own_logger.name).notify(alert(), timeout=None)


def test_one_handler_that_writes_is_enough(own_logger: logging.Logger) -> None:
    """The others may do what they like."""
    written = logging.StreamHandler(io.StringIO())
    full = logging.StreamHandler(_Full())
    own_logger.handlers = [_Raising(), written, full, logging.NullHandler()]
    built = alert()
    assert LogNotifier(own_logger.name).notify(built, timeout=None).id == built.event_id
    assert json.loads(written.stream.getvalue())["event_id"] == built.event_id


def test_what_a_handler_keeps_in_memory_is_written_at_once(own_logger: logging.Logger) -> None:
    """A line that waits for others would be lost when the process is frozen."""
    stream = io.StringIO()
    own_logger.handlers = [MemoryHandler(9, target=logging.StreamHandler(stream))]
    LogNotifier(own_logger.name).notify(alert(), timeout=None)
    assert alert().event_id in stream.getvalue()


def test_a_handlers_own_way_with_errors_stays(own_logger: logging.Logger) -> None:
    """What somebody has set on a handler is there again afterwards."""
    seen: list[logging.LogRecord] = []
    handler = logging.StreamHandler(_Full())
    vars(handler)["handleError"] = seen.append
    own_logger.handlers = [handler]  # pytest has one of its own there
    with pytest.raises(DeliveryError):
        LogNotifier(own_logger.name).notify(alert(), timeout=None)
    handler.handle(logging.makeLogRecord({"msg": "x"}))
    assert len(seen) == 1


def test_a_filter_may_put_another_line_in_place(own_logger: logging.Logger) -> None:
    """Since Python 3.12 a filter may return a record of its own."""

    class Replacing(logging.StreamHandler[io.StringIO]):
        def filter(self, record: logging.LogRecord) -> Any:
            return logging.makeLogRecord({"msg": "mine"})

    handler = Replacing(io.StringIO())
    own_logger.handlers = [handler]
    LogNotifier(own_logger.name).notify(alert(), timeout=None)
    assert handler.stream.getvalue() == "mine\n"
