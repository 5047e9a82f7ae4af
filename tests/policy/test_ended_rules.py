"""The warning about rules that have ended: once for each, and at no cost to an alert."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from ecs_failure_alerts import FailureAlerter, FailurePolicy, Rule
from ecs_failure_alerts.policy import ended_rules
from ecs_failure_alerts.policy.ended_rules import warn_of_ended_rules
from ecs_failure_alerts.testing import RecordingNotifier, task_state_change

PAST = Rule(None, family="importer", until="2020-01-01")
FUTURE = Rule(None, family="importer", until="9999-12-31")


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget which rules were told of."""
    monkeypatch.setattr(ended_rules, "_WARNED", set())


@pytest.fixture
def raising_filter() -> Iterator[None]:
    """Let the host have a log filter that raises."""

    def refuse(record: logging.LogRecord) -> bool:
        raise RuntimeError(record.name)

    logger = logging.getLogger("ecs_failure_alerts")
    logger.addFilter(refuse)
    yield
    logger.removeFilter(refuse)


def test_an_alerter_warns_once_of_each_rule_that_has_ended(
    caplog: pytest.LogCaptureFixture,
) -> None:
    alerter = FailureAlerter(RecordingNotifier(), policy=FailurePolicy(rules=[FUTURE, PAST]))
    for _ in range(2):
        alerter.process(task_state_change())

    (warning,) = [record.message for record in caplog.records if record.levelname == "WARNING"]
    assert warning == (
        "rules[1] (family importer, until the end of 2020-01-01 UTC) has ended: remove it, or set "
        "a later until"
    )


def test_a_rule_is_told_of_once_its_end_is_over(caplog: pytest.LogCaptureFixture) -> None:
    rule = Rule(None, until=datetime(2026, 12, 4, 18, tzinfo=UTC))
    warn_of_ended_rules([rule], datetime(2026, 12, 4, 18, tzinfo=UTC))
    assert caplog.records == []
    warn_of_ended_rules([rule], datetime(2026, 12, 4, 18, 0, 1, tzinfo=UTC))
    assert len(caplog.records) == 1


@pytest.mark.usefixtures("raising_filter")
def test_a_log_filter_that_raises_costs_no_alert() -> None:
    notifier = RecordingNotifier()
    alerter = FailureAlerter(notifier, policy=FailurePolicy(rules=[PAST]))
    alerter.process(task_state_change()).raise_for_failures()
    assert len(notifier.alerts) == 1
