"""The backend that needs nothing: one JSON line on a logger of its own."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest
from attrs import evolve

from ecs_failure_alerts import Alert, DeliveryError, Receipt, build_alert, diagnose, parse_event
from ecs_failure_alerts.notifiers.log import LOGGER, LogNotifier
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
    assert record.name == LOGGER
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
    logging.getLogger(LOGGER).setLevel(logging.CRITICAL)
    with pytest.raises(DeliveryError, match="drops lines of level error") as caught:
        notifier.notify(alert(), timeout=None)
    assert not caught.value.retryable
    assert caplog.records == []


def test_line_without_a_handler_is_not_delivered() -> None:
    """Where no handler takes the line, and Python's last resort does not either, it says so."""
    logger = logging.getLogger(LOGGER)
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
    logging.getLogger(LOGGER).setLevel(logging.ERROR)
    LogNotifier()
    assert logging.getLogger(LOGGER).level == logging.ERROR


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
