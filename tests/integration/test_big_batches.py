"""Batches that no time is enough for: the answer comes in time, and names what comes again."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from countdown import Countdown
from ecs_failure_alerts import Alert, FailureAlerter, Receipt
from ecs_failure_alerts.testing import RecordingNotifier
from integration.deliveries import failed_task, sqs_records

pytestmark = [pytest.mark.integration, pytest.mark.slow]


class _Slow:
    """A notifier that takes half a second for each alert."""

    name = "slow"

    def notify(self, alert: Alert, *, timeout: float | None = None) -> Receipt:
        time.sleep(0.5)
        return Receipt(self.name, alert.event_id)


@pytest.mark.parametrize(("count", "seconds"), [(2_000, 4.0), (10_000, 20.0)])
def test_a_big_batch_is_answered_in_time(count: int, seconds: float) -> None:
    """Some alerts are delivered at each attempt; what does not fit comes again."""
    payload = _batch(count)
    context = Countdown(max(seconds, 4 * count * _seconds_a_record()))
    answer = FailureAlerter(_Slow(), partial_batch=True).handle(payload, context)
    json.dumps(answer)
    assert context.get_remaining_time_in_millis() > 0

    failed = [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
    assert 0 < len(failed) < count
    assert failed[-1] == payload["Records"][-1]["messageId"]


def _batch(count: int) -> dict[str, Any]:
    return sqs_records([failed_task() for _ in range(count)])


def _seconds_a_record() -> float:
    """Return what a record takes without its delivery, on this machine and as busy as it is."""
    payload = _batch(100)
    begin = time.perf_counter()
    FailureAlerter(RecordingNotifier()).handle(payload, None)
    return (time.perf_counter() - begin) / 100
