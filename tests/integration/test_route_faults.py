"""
Two teams with a Sentry each, of which one has a fault: the other is told in time and once.

The real runtime client runs the function, and SQS hands it a batch with the failures of both.
"""

from __future__ import annotations

import contextlib
import json
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from ecs_failure_alerts.delivery._collapse import collapse
from ecs_failure_alerts.testing import SentryInbox
from integration.components import require
from integration.deliveries import alert_of, assert_no_secret, failed_task, id_of
from integration.faults import FAULTS, KEY, Station
from integration.lambda_runtime import LambdaSandbox
from integration.sqs_mapping import Queue, Queues, SqsMapping
from ports import reserved_port

pytestmark = pytest.mark.integration

TIMEOUT = 2.0
#: The handler stops half a second before; the machine may be slow to hand the answer over.
LATEST = TIMEOUT - 0.1

TEAMS = ("data", "web")

#: What each team is told of: runs of a job, deaths of a service, and a job that both look after.
FUNCTION = """
import os
from ecs_failure_alerts import FailureAlerter, Route
from ecs_failure_alerts.notifiers.sentry import SentryNotifier

ALERTER = FailureAlerter(
    *(
        Route(
            SentryNotifier(os.environ[f"{team}_DSN"], name=team),
            family=[f"{team}-*", "shared"],
            min_level="warning",
        )
        for team in ("data", "web")
    ),
    partial_batch=True,
)


def lambda_handler(event, context):
    return ALERTER.handle(event, context)
"""


@frozen
class Batch:
    """
    The failures of a batch.

    Attributes:
        events: The events.
        told: For each team the ids of its alerts.
        failures: How many failures each team is told of.
    """

    events: list[dict[str, Any]]
    told: Mapping[str, set[str]]
    failures: int


def make_batch() -> Batch:
    """Make ten failures: for each team two runs of a job and two deaths, and two for both."""

    def task(family: str, second: int = 0, **changes: Any) -> dict[str, Any]:
        arn = f"arn:aws:ecs:eu-central-1:123456789012:task-definition/{family}:1"
        stopped = f"2026-03-02T02:14:{second:02}Z"
        return failed_task(taskDefinitionArn=arn, stoppedAt=stopped, **changes)

    both = [task("shared") for _ in range(2)]
    events = list(both)
    told: dict[str, set[str]] = {}
    for team in TEAMS:
        service = {"group": f"service:{team}", "startedBy": "ecs-svc/1234567890123456789"}
        runs = [task(f"{team}-job") for _ in range(2)]
        deaths = [task(f"{team}-service", second, **service) for second in (1, 2)]
        events += [*runs, *reversed(deaths)]
        together = collapse([alert_of(event) for event in deaths])
        told[team] = {together.event_id, *(id_of(event) for event in (*both, *runs))}
    return Batch(events, told, failures=6)


@pytest.fixture(scope="module")
def stations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Station]]:
    """Yield a function and its two Sentrys for each team that is to have the faults."""
    require("awslambdaric")
    code = tmp_path_factory.mktemp("two-teams")
    (code / "handler.py").write_text(FUNCTION)
    with contextlib.ExitStack() as stack:
        yield {team: _station(stack, code, team) for team in TEAMS}


def _station(stack: contextlib.ExitStack, code: Path, team: str) -> Station:
    port = stack.enter_context(reserved_port())
    inbox = stack.enter_context(SentryInbox(port, key=KEY))
    well = stack.enter_context(SentryInbox(key=KEY))
    (other,) = set(TEAMS) - {team}

    def function(dsn: str) -> LambdaSandbox:
        env = {f"{team}_DSN": dsn, f"{other}_DSN": well.dsn}
        return LambdaSandbox(code, env=env, timeout_seconds=TIMEOUT)

    return Station(inbox, function, stack.enter_context(function(inbox.dsn)), well)


@pytest.fixture(scope="module")
def queue(sqs: Queues) -> Queue:
    """Return a queue that every cell leaves empty."""
    return sqs.create(f"routes-{uuid.uuid4()}")


def _ids(inbox: SentryInbox, since: int) -> list[str]:
    """Return the ids that a Sentry was sent, in order."""
    return [request.event_id or "" for request in inbox.requests[since:]]


@pytest.mark.parametrize("team", TEAMS)
@pytest.mark.parametrize("fault", FAULTS)
def test_the_other_team_is_told_in_time_and_once(
    stations: Mapping[str, Station], sqs: Queues, queue: Queue, fault: str, team: str
) -> None:
    """What the team at fault has not confirmed, the retry brings under the same ids."""
    station, batch = stations[team], make_batch()
    (other,) = set(TEAMS) - {team}
    begin, may_succeed = FAULTS[fault]
    well, at_fault = station.second, station.inbox
    assert well is not None
    before, before_at_fault = len(well.requests), len(at_fault.requests)
    sqs.send(queue, *map(json.dumps, batch.events))

    with begin(station) as sandbox:
        mapping = SqsMapping(sqs, queue, sandbox, report_batch_item_failures=True)
        first = mapping.poll()
        assert first is not None
        assert first.succeeded, first.error_message
        assert first.duration < LATEST or first.cold
        assert sorted(_ids(well, before)) == sorted(batch.told[other])
        failed = len(first.result["batchItemFailures"])
        assert failed == (0 if may_succeed else batch.failures)

    if not may_succeed:
        retry = SqsMapping(sqs, queue, station.sandbox, report_batch_item_failures=True).poll()
        assert retry is not None
        assert retry.result == {"batchItemFailures": []}
        assert_no_secret(retry.log, keys=[KEY])

    same = sandbox is station.sandbox  # another process does not know what was confirmed
    assert all(at_fault.accepted(event_id) for event_id in batch.told[team])
    assert set(_ids(at_fault, before_at_fault)) == batch.told[team]
    assert not same or sorted(_ids(well, before)) == sorted(batch.told[other])
    assert sqs.count(queue) == 0
    assert_no_secret(first.log, keys=[KEY])
