"""The imitation of Lambda's event source mapping, with a tiny function."""

from __future__ import annotations

import json
import textwrap
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integration.lambda_runtime import LambdaSandbox
from integration.sqs_mapping import Queues, SqsMapping

pytestmark = pytest.mark.integration

HANDLER = """
    import json, os

    def lambda_handler(event, context):
        answer = os.environ.get("ANSWER")
        if answer is not None:
            return json.loads(answer)
        bad = [r["messageId"] for r in event["Records"] if r["body"] == "poison"]
        if bad and "PARTIAL" not in os.environ:
            raise ValueError("poison")
        return {"batchItemFailures": [{"itemIdentifier": m} for m in bad], "saw": event}
"""

MakeMapping = Callable[..., SqsMapping]


@pytest.fixture
def mapping(
    sqs: Queues, sandbox: Callable[..., LambdaSandbox], tmp_path: Path
) -> Callable[..., SqsMapping]:
    """Return a maker of mappings of a new queue to the tiny function."""
    (tmp_path / "handler.py").write_text(textwrap.dedent(HANDLER))

    def make(env: dict[str, str] | None = None, **options: Any) -> SqsMapping:
        queue = sqs.create(f"queue-{uuid.uuid4()}", max_receive_count=3)
        return SqsMapping(sqs, queue, sandbox(tmp_path, env=env), **options)

    return make


def test_a_record_has_the_form_that_lambda_gives_it(mapping: MakeMapping) -> None:
    mapped = mapping()
    (sent,) = mapped.queues.send(mapped.queue, '{"a": 1}')
    done = mapped.poll()
    assert done is not None
    (record,) = done.result["saw"]["Records"]
    assert set(record) == {
        "messageId",
        "receiptHandle",
        "body",
        "attributes",
        "messageAttributes",
        "md5OfBody",
        "eventSource",
        "eventSourceARN",
        "awsRegion",
    }
    assert (record["messageId"], record["body"]) == (sent, '{"a": 1}')
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert (record["eventSource"], record["eventSourceARN"]) == ("aws:sqs", mapped.queue.arn)


def test_a_batch_that_was_taken_is_gone(mapping: MakeMapping) -> None:
    """A batch has ten messages at most."""
    mapped = mapping()
    mapped.queues.send(mapped.queue, *map(str, range(12)))
    done = mapped.drain()
    assert sum(len(d.result["saw"]["Records"]) for d in done) == 12
    assert all(len(d.result["saw"]["Records"]) <= 10 for d in done)
    assert mapped.queues.count(mapped.queue) == 0


def test_without_partial_answers_a_poison_message_takes_its_batch_along(
    mapping: MakeMapping,
) -> None:
    mapped = mapping()
    mapped.queues.send(mapped.queue, "good", "poison")
    attempts = mapped.drain()
    assert [attempt.succeeded for attempt in attempts] == [False] * 3
    assert mapped.queue.dead_letters is not None
    assert sorted(mapped.queues.bodies(mapped.queue.dead_letters)) == ["good", "poison"]


def test_with_partial_answers_a_poison_message_alone_is_a_dead_letter(mapping: MakeMapping) -> None:
    mapped = mapping({"PARTIAL": "1"}, report_batch_item_failures=True)
    mapped.queues.send(mapped.queue, "good", "poison")
    sizes = [len(done.result["saw"]["Records"]) for done in mapped.drain()]
    assert sizes == [2, 1, 1]
    assert mapped.queue.dead_letters is not None
    assert mapped.queues.bodies(mapped.queue.dead_letters) == ["poison"]


def test_a_partial_answer_without_the_setting_loses_the_message(mapping: MakeMapping) -> None:
    mapped = mapping({"PARTIAL": "1"})
    mapped.queues.send(mapped.queue, "poison")
    mapped.drain()
    assert mapped.queue.dead_letters is not None
    assert mapped.queues.count(mapped.queue) == mapped.queues.count(mapped.queue.dead_letters) == 0


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param({"batchItemFailures": [{"itemIdentifier": ""}]}, id="empty id"),
        pytest.param({"batchItemFailures": [{"itemIdentifier": None}]}, id="null id"),
        pytest.param({"batchItemFailures": [{"itemIdentifier": "other"}]}, id="unknown id"),
        pytest.param({"batchItemFailures": [{"id": "x"}]}, id="wrong key"),
        pytest.param("text", id="no object"),
    ],
)
def test_an_answer_that_lambda_cannot_read_fails_the_batch(
    mapping: MakeMapping, answer: Any
) -> None:
    mapped = mapping({"ANSWER": json.dumps(answer)}, report_batch_item_failures=True)
    mapped.queues.send(mapped.queue, "good")
    mapped.poll()
    assert mapped.queues.count(mapped.queue) == 1


@pytest.mark.parametrize("answer", [None, {}, {"batchItemFailures": []}])
def test_empty_answer_is_a_success(mapping: MakeMapping, answer: Any) -> None:
    """An empty answer counts as a success of the whole batch."""
    mapped = mapping({"ANSWER": json.dumps(answer)}, report_batch_item_failures=True)
    mapped.queues.send(mapped.queue, "good")
    mapped.poll()
    assert mapped.queues.count(mapped.queue) == 0
