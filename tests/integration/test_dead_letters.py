"""What cannot be dealt with ends as a dead letter, harms nobody, and can be sent later."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts.testing import SentryInbox
from integration.deliveries import HANDLER, assert_no_secret, failed_task, id_of
from integration.lambda_runtime import LambdaSandbox
from integration.sqs_mapping import Queue, Queues, SqsMapping
from integration.test_replay import send

pytestmark = pytest.mark.integration

RECEIVES = 3


@pytest.fixture
def mapping(
    sqs: Queues, sandbox: Callable[..., LambdaSandbox], inbox: SentryInbox
) -> Callable[..., SqsMapping]:
    """Return a maker of mappings of a new queue with dead letters to the handler."""

    def make(*, partial: bool = True) -> SqsMapping:
        env = {"ECS_ALERTS_SENTRY_DSN": inbox.dsn, "ECS_ALERTS_PARTIAL_BATCH": str(int(partial))}
        function = sandbox(HANDLER, env=env, timeout_seconds=3)
        queue = sqs.create(f"queue-{uuid.uuid4()}", max_receive_count=RECEIVES)
        return SqsMapping(sqs, queue, function, report_batch_item_failures=partial)

    return make


def _dead(mapped: SqsMapping) -> Queue:
    assert mapped.queue.dead_letters is not None
    return mapped.queue.dead_letters


@pytest.mark.parametrize(
    "poison",
    [
        pytest.param("{", id="no JSON"),
        pytest.param('{"hello": "world"}', id="no event"),
        pytest.param(json.dumps(failed_task(containers=[{"exitCode": "abc"}])), id="wrong type"),
    ],
)
def test_a_poison_message_alone_becomes_a_dead_letter(
    mapping: Callable[..., SqsMapping], inbox: SentryInbox, poison: str
) -> None:
    """Its neighbours are delivered once."""
    mapped = mapping()
    events = [failed_task() for _ in range(9)]
    bodies = [*map(json.dumps, events[:4]), poison, *map(json.dumps, events[4:])]
    mapped.queues.send(mapped.queue, *bodies)
    done = mapped.drain()
    assert [len(d.payload["Records"]) for d in done] == [10, *[1] * (RECEIVES - 1)]
    assert mapped.queues.bodies(_dead(mapped)) == [poison]
    assert sorted(e["event_id"] for e in inbox.deliveries) == sorted(map(id_of, events))
    for invocation in done:
        assert_no_secret(invocation.log, invocation.result)


def test_a_mended_dead_letter_is_sent_under_the_id_of_its_task(
    mapping: Callable[..., SqsMapping], inbox: SentryInbox, tmp_path: Path
) -> None:
    mapped, event = mapping(), failed_task()
    broken = json.dumps(event).replace('"exitCode": 1', '"exitCode": "one"')
    mapped.queues.send(mapped.queue, broken)
    mapped.drain()
    assert inbox.events == ()
    received = _received(mapped.queues, _dead(mapped))
    saved = tmp_path / "dead-letters.json"
    saved.write_text(json.dumps(received, default=str))
    assert send(inbox, saved).returncode == 1
    saved.write_text(saved.read_text().replace('\\"exitCode\\": \\"one\\"', '\\"exitCode\\": 1'))
    assert send(inbox, saved).returncode == 0
    assert inbox.event_ids == (id_of(event),)


@pytest.mark.parametrize("partial", [True, False])
def test_what_an_outage_left_is_sent_later_under_the_same_ids(
    mapping: Callable[..., SqsMapping], inbox: SentryInbox, tmp_path: Path, partial: bool
) -> None:
    mapped = mapping(partial=partial)
    events = [failed_task() for _ in range(5)]
    mapped.queues.send(mapped.queue, *map(json.dumps, events))
    inbox.answer(403)
    mapped.drain()
    tried = {request.event_id for request in inbox.requests}
    inbox.answer("ok")
    saved = tmp_path / "dead-letters.json"
    saved.write_text(json.dumps(_received(mapped.queues, _dead(mapped)), default=str))
    assert send(inbox, saved).returncode == 0
    assert set(inbox.event_ids) == tried == {id_of(event) for event in events}
    assert len(inbox.deliveries) == 5


def test_the_record_of_an_on_failure_destination_is_sent_as_it_is(
    sandbox: Callable[..., LambdaSandbox], inbox: SentryInbox, tmp_path: Path
) -> None:
    """It shows no secret of ours."""
    event = failed_task()
    function = sandbox(HANDLER, env={"ECS_ALERTS_SENTRY_DSN": inbox.dsn}, timeout_seconds=3)
    inbox.answer(403)
    failed = function.invoke_async(event)
    assert len(failed.attempts) == 3
    assert failed.on_failure is not None
    assert_no_secret(failed.on_failure["responsePayload"])
    inbox.answer("ok")
    saved = tmp_path / "record.json"
    saved.write_text(json.dumps(failed.on_failure))
    assert send(inbox, saved).returncode == 0
    assert inbox.event_ids == (id_of(event),)


def _received(queues: Queues, queue: Queue) -> dict[str, Any]:
    """Return what ``aws sqs receive-message`` prints."""
    found = queues.client.receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10)
    return {"Messages": found["Messages"]}
