"""Tasks that fail by the thousand, and a Sentry that asks to wait half-way."""

from __future__ import annotations

import json
import re
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts.testing import SentryInbox
from integration.bugsink import Bugsink
from integration.deliveries import HANDLER, failed_task
from integration.lambda_runtime import LambdaSandbox
from integration.sqs_mapping import Queues, SqsMapping

pytestmark = pytest.mark.integration

TASKS = 1000
IN_BUGSINK = 60  # it takes some 30 ms for each event


#: What makes a task one of a service.
SERVICE = {"group": "service:web", "startedBy": "ecs-svc/1234567890123456789"}


def _storm(count: int, **changes: Any) -> list[dict[str, Any]]:
    """Make the events of tasks that fail within a minute, just now."""
    begin = datetime.now(UTC) - timedelta(minutes=2)
    return [
        failed_task(
            **changes,
            stoppedAt=(begin + timedelta(seconds=60 * number / count)).isoformat(),
        )
        for number in range(count)
    ]


@pytest.fixture
def mapping(sqs: Queues, sandbox: Callable[..., LambdaSandbox]) -> Callable[..., SqsMapping]:
    """Return a maker of mappings of a new queue to the handler."""

    def make(dsn: str) -> SqsMapping:
        env = {"ECS_ALERTS_SENTRY_DSN": dsn, "ECS_ALERTS_PARTIAL_BATCH": "1"}
        function = sandbox(HANDLER, env=env, timeout_seconds=5)
        queue = sqs.create(f"storm-{uuid.uuid4()}")
        return SqsMapping(sqs, queue, function, report_batch_item_failures=True)

    return make


def _memory(mapped: SqsMapping) -> int:
    """Return the resident memory of the function's process in kB."""
    status = Path(f"/proc/{mapped.sandbox.pid}/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1])


def _told(inbox: SentryInbox) -> int:
    """Return how many tasks Sentry was told of."""
    return sum(int(event["tags"].get("ecs.collapsed", 1)) for event in inbox.events)


def test_a_storm_arrives_whole_as_one_issue_in_flat_memory(
    mapping: Callable[..., SqsMapping], inbox: SentryInbox
) -> None:
    """None is reported early, and each task is told once, alone or among others."""
    events = _storm(TASKS, **SERVICE)
    mapped, coming = mapping(inbox.dsn), events
    inbox.answer("ok", times=TASKS // 20)
    inbox.answer(429, times=15, retry_after=30, rate_limits="30:error:key")
    deadline = time.monotonic() + 120
    refused = memory = sent = 0
    while len(mapped.deleted) < TASKS:
        assert time.monotonic() < deadline
        if sent - len(mapped.deleted) < 20:  # moto slows down with its messages
            new, coming = coming[:20], coming[20:]
            sent += len(mapped.queues.send(mapped.queue, *map(json.dumps, new)))
        done = mapped.poll()
        assert done is not None
        assert done.succeeded, done.error_message
        refused += len(done.result["batchItemFailures"])
        assert len(mapped.deleted) <= _told(inbox)
        memory = memory or _memory(mapped)
    assert refused >= 150
    assert _told(inbox) == len(set(mapped.deleted)) == TASKS
    assert len(set(inbox.event_ids)) == len(inbox.event_ids)
    assert len(inbox.deliveries) == TASKS // 10  # nor was any sent twice
    assert len({tuple(event["fingerprint"]) for event in inbox.events}) == 1
    assert _memory(mapped) - memory < 8_000


def test_a_storm_of_jobs_is_one_issue_with_an_event_a_task(
    mapping: Callable[..., SqsMapping], bugsink: Bugsink
) -> None:
    events = _storm(IN_BUGSINK)
    mapped = mapping(bugsink.dsn)
    mapped.queues.send(mapped.queue, *map(json.dumps, events))
    assert all(done.succeeded for done in mapped.drain())
    (issue,) = bugsink.issues()
    assert issue["calculated_type"] == "ContainerExit: nightly-report"
    assert issue["digested_event_count"] == IN_BUGSINK
