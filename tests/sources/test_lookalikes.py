"""What cannot hold the stop of a task is named, with what to pass instead."""

from __future__ import annotations

import gzip
import json
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import pytest

from ecs_failure_alerts import UnsupportedEvent, read_payload
from ecs_failure_alerts.sources.lookalikes import KEYS
from ecs_failure_alerts.testing import task_state_change
from rows import each


@each("key", KEYS)
@each("wrap", [dict, lambda value: [value]], ids=["alone", "in-a-list"])
def test_the_output_of_another_command_is_named_with_the_right_one(key: str, wrap: Any) -> None:
    (record,) = read_payload(wrap({key: []}))
    name, advice = KEYS[key]
    assert str(record.error).endswith(f"expected an event, got {name}: {advice}")


@each(
    ("text", "name"),
    [
        ("<!DOCTYPE html>\n<html>", "an HTML page"),
        ("<html lang='en'>", "an HTML page"),
        ("<DescribeTasksResponse/>", "XML"),
        ("-------------\n|DescribeTasks|", "the aws command's output as a table"),
        ("+-----+----+", "the aws command's output as a table"),
        ("TASKS\tarn\tx", "the aws command's output as text"),
        ("failures: []\ntasks:\n- attachments: []\n  lastStatus: STOPPED", "YAML"),
        ("- tasks: x", "YAML"),
        ("---\ntasks:\n  - a", "YAML"),
        ("\nAn error occurred (ClientException) when calling", "an error of the aws command"),
        ("aws: [ERROR]: An error occurred (X)", "an error of the aws command"),
        ("{'tasks': []}", "a value as Python prints it"),
        ("@timestamp,@message\n2026,x", "CSV"),
        ("PK\x03\x04\n", "a zip file"),
        ("arn:aws:ecs:eu-central-1:123456789012:task/jobs/1", "an ARN"),
    ],
)
@each("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_in_another_format_is_one_record_named_as_what_it_is(
    text: str, name: str, encoding: str
) -> None:
    for payload in (text, text.encode(encoding)):
        (record,) = read_payload(payload)
        assert f"expected an event, got {name}: " in str(record.error)


def test_an_event_pattern_is_named_as_what_it_is() -> None:
    (record,) = read_payload({"source": ["aws.ecs"], "detail-type": ["x"]})
    assert "expected an event, got an event pattern: " in str(record.error)


def test_a_query_without_the_message_is_told_how_to_ask() -> None:
    row = [{"field": "taskArn", "value": "x"}]
    (record,) = read_payload({"results": [row], "statistics": {}})
    assert "fields @timestamp, @message" in str(record.error)


def test_rows_without_the_message_are_told_from_no_rows() -> None:
    (record,) = read_payload({"results": [[{"field": "taskArn", "value": "x"}]]})
    assert "fields @timestamp, @message" in str(record.error)
    assert "without rows" not in str(record.error)


@pytest.mark.parametrize("row", [5, [], [5]])
def test_a_row_of_a_query_that_is_none_is_an_error(row: Any) -> None:
    (record,) = read_payload({"results": [row], "statistics": {}})
    assert record.error is not None


def test_a_query_that_found_nothing_says_so() -> None:
    (record,) = read_payload({"results": [], "statistics": {}, "status": "Complete"})
    assert "without rows" in str(record.error)


def test_an_event_in_other_text_counts_more_than_its_beginning() -> None:
    event = json.dumps({"source": "x", "detail-type": "y", "detail": {}})
    assert [bool(record.event) for record in read_payload(f"tasks:\n{event}")] == [False, True]


#: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/ValidateLogEventFlow.html
TRIAL: dict[str, Any] = {
    "messageType": "CONTROL_MESSAGE",
    "owner": "CloudwatchLogs",
    "logGroup": "",
    "logStream": "",
    "subscriptionFilters": [],
    "logEvents": [
        {
            "id": "",
            "timestamp": 1772417648912,
            "message": "CWL CONTROL MESSAGE: Checking health of destination Kinesis stream.",
        }
    ],
}


def test_the_trial_message_of_a_subscription_is_no_failure() -> None:
    """A failure would block the shard of the stream."""
    data = b64encode(gzip.compress(json.dumps(TRIAL).encode())).decode()
    (record,) = read_payload({"Records": [{"kinesis": {"data": data, "sequenceNumber": "495"}}]})
    assert isinstance(record.error, UnsupportedEvent)
    assert "CONTROL_MESSAGE" in str(record.error)


def test_an_event_in_a_trial_message_is_loud() -> None:
    (record,) = read_payload({**TRIAL, "event": task_state_change()})
    assert not isinstance(record.error, UnsupportedEvent)
    assert record.error is not None


@each("spell", [str, lambda name: name[0].upper() + name[1:]], ids=["ecs", "step-functions"])
def test_a_container_is_no_task(spell: Callable[[str], str]) -> None:
    """It has its task's ARN and a status too, but not why the task stopped."""
    (container,) = task_state_change()["detail"]["containers"]
    assert {"taskArn", "lastStatus"} < container.keys()
    (record,) = read_payload({spell(name): value for name, value in container.items()})
    assert record.event is None


def test_a_whole_container_in_a_broken_event_is_no_task() -> None:
    """Its alert would have the id of the task's own, so that one would be taken for a repeat."""
    text = json.dumps(task_state_change(containers=[{}, {"name": "log"}]))
    for end in range(0, len(text), 25):
        (record,) = read_payload(text[:end])
        assert record.event is None
