"""Every form in which people have an event in their hands is read."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any, Final

import pytest

from ecs_failure_alerts import FailureAlerter, SourceRecord, read_payload
from ecs_failure_alerts.sources._wrappings import EVENTS, WRAPPINGS
from ecs_failure_alerts.testing import RecordingNotifier, task_state_change
from rows import each
from wrapped_events import bare_tasks, every_form, failed_cause, whole_events

EVENT = task_state_change()
TEXT = json.dumps(EVENT)
DETAIL: dict[str, Any] = EVENT["detail"]

WHOLE = whole_events(EVENT)
TASKS = bare_tasks(EVENT)


def read(payload: Any) -> list[SourceRecord]:
    """Return all records of a payload."""
    return list(read_payload(payload))


@each("form", WHOLE)
def test_an_event_is_found_inside(form: str) -> None:
    """The event comes as it went in, with its place and the outermost record's id."""
    payload, place, record_id = WHOLE[form]
    (record,) = read(payload)

    assert (record.event, record.error) == (EVENT, None)
    assert (record.place, record.id) == (place, record_id)


@each("form", TASKS)
def test_a_task_without_its_envelope_alerts_as_the_event_does(form: str) -> None:
    """Under the same id and title."""
    payload, place = TASKS[form]
    (record,) = read(payload)
    assert (record.place, record.error) == (place, None)

    recorder = RecordingNotifier()
    FailureAlerter(recorder).process([EVENT, payload]).raise_for_failures()
    (alert,) = recorder.alerts

    FailureAlerter(recorder).process(payload).raise_for_failures()
    assert (recorder.alerts[1].event_id, recorder.alerts[1].title) == (alert.event_id, alert.title)


#: A schedule's dead letter, as SQS hands it over and as the command line prints it.
DEAD_LETTERS: Final = [
    {
        "body": "{}",
        "messageAttributes": {
            "ERROR_CODE": {"stringValue": "NO_PERMISSIONS", "dataType": "String"},
            "TARGET_ARN": {"stringValue": "arn:aws:ecs:eu-west-1:123456789012:cluster/jobs"},
        },
    },
    {
        "Body": "{}",
        "MessageAttributes": {
            "ERROR_CODE": {"StringValue": "ClientException", "DataType": "String"},
            "SCHEDULE_ARN": {"StringValue": "arn:aws:scheduler:eu-west-1:1:schedule/default/x"},
        },
    },
]


@each(
    "message",
    [
        pytest.param({"messageAttributes": {}}, id="no-attributes"),
        pytest.param({"messageAttributes": []}, id="attributes-of-another-kind"),
        pytest.param({"messageAttributes": {"ERROR_CODE": "x"}}, id="attribute-without-value"),
        pytest.param(
            {
                "messageAttributes": {
                    "ERROR_CODE": {"stringValue": "NO_PERMISSIONS"},
                    "TARGET_ARN": {"stringValue": "arn:aws:sqs:eu-west-1:123456789012:alerts"},
                }
            },
            id="of-the-alerters-own-queue",
        ),
    ],
)
def test_a_message_that_is_no_schedules_dead_letter_is_its_body(message: Any) -> None:
    """Only a schedule's message is read by its attributes; every other one holds an event."""
    (record,) = read_payload({"Records": [{"body": TEXT, "messageId": "m", **message}]})
    assert record.event == EVENT


@each("wrapping", [*EVENTS, *WRAPPINGS], ids=lambda wrapping: wrapping.name.replace(" ", "-"))
def test_every_row_is_found_by_an_example(wrapping: Any) -> None:
    """Each form has its AWS page, and an example above or among the older forms."""
    assert wrapping.page.startswith("https://docs.aws.amazon.com/")

    examples = [*every_form(EVENT).values(), *DEAD_LETTERS]
    assert any(list(wrapping.find(value)) for value in mappings(examples))


def mappings(value: Any) -> list[dict[str, Any]]:
    """Return every mapping inside *value*, those in packed text too."""
    if isinstance(value, dict):
        found = [value]
        for part in value.values():
            found += mappings(part)
        if "awslogs" in value:
            found += mappings(json.loads(gzip.decompress(b64decode(value["awslogs"]["data"]))))
        return found
    if isinstance(value, list):
        return [found for part in value for found in mappings(part)]
    if isinstance(value, str) and value.startswith("{"):
        return mappings(json.loads(value))
    return []


def test_an_entry_that_somebody_put_becomes_the_event_of_eventbridge() -> None:
    entry = {"Source": "aws.ecs", "DetailType": "ECS Task State Change", "Time": EVENT["time"]}
    (record,) = read({"Entries": [{**entry, "Detail": json.dumps(DETAIL), "EventBusName": "x"}]})

    assert record.place == "Entries[0]"
    assert record.event == {
        "source": "aws.ecs",
        "detail-type": "ECS Task State Change",
        "detail": DETAIL,
        "time": EVENT["time"],
    }


def test_an_entry_whose_detail_is_no_json() -> None:
    """A detail that cannot be read is left to the parser, which is loud about it."""
    entry = {"Source": "aws.ecs", "DetailType": "ECS Task State Change", "Detail": "{"}
    report = FailureAlerter(RecordingNotifier()).process([entry])
    assert [outcome.status for outcome in report.outcomes] == ["unreadable"]
    assert "detail: expected an object" in str(report.outcomes[0].errors[0])


@each(
    "line",
    [
        pytest.param(f"2026-03-02T02:14:08.912Z {TEXT}", id="exported"),
        pytest.param(f"2026-03-02T02:14:08.912000+00:00 stream/1 {TEXT}", id="tail"),
        pytest.param(f"EVENTS\t39\t1772417649000\t{TEXT}", id="text"),
        pytest.param(f"{TEXT}\t{TEXT}", id="beside"),
        pytest.param(json.dumps(TEXT), id="json-text"),
    ],
)
@each("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_events_in_lines_of_a_log_are_read_whatever_stands_before_them(
    line: str, encoding: str
) -> None:
    records = read(f"{line}\n{line}\n".encode(encoding))
    assert [record.event for record in records] == [EVENT] * line.count("detail-type") * 2


@each("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@each("indent", [None, 4])
def test_the_output_of_describe_tasks_is_read_in_any_shells_encoding(
    encoding: str, indent: int | None
) -> None:
    text = json.dumps({"tasks": [DETAIL]}, indent=indent).replace("\n", "\r\n")
    (record,) = read(text.encode(encoding))
    assert record.event is not None


def test_text_is_read_that_was_decoded_with_its_byte_order_mark() -> None:
    (record,) = read(f"\ufeff{TEXT}")
    assert record.event == EVENT


@pytest.mark.parametrize(
    ("pack", "places"),
    [
        pytest.param(lambda text: gzip.compress(text.encode()), ["line 1", "line 2"], id="gzip"),
        pytest.param(
            lambda text: b"".join(gzip.compress(line.encode()) for line in text.splitlines(True)),
            ["line 1", "line 2"],
            id="gzip-of-two-members",
        ),
    ],
)
def test_a_file_of_gzip_is_read_as_the_lines_in_it(
    pack: Callable[[str], bytes], places: list[str]
) -> None:
    """As an archive's export in S3 is."""
    records = read(pack(f"{TEXT}\n{TEXT}\n"))
    assert [record.place for record in records] == places
    assert [record.event for record in records] == [EVENT, EVENT]


def test_of_a_list_that_is_cut_off_the_whole_events_are_read() -> None:
    """The rest is loud."""
    whole = json.dumps({"Records": [{"messageId": f"m{n}", "body": TEXT} for n in range(3)]})
    records = read(whole[:-100])
    assert [record.event for record in records if record.event] == [EVENT, EVENT]
    assert [record.id for record in records if record.event] == ["m0", "m1"]
    assert sum(record.error is not None for record in records) == 1


def test_failed_run_task_names_the_instance() -> None:
    """What run-task refuses is a place on a container instance, not a task."""
    arn = "arn:aws:ecs:eu-central-1:123456789012:container-instance/jobs/9009"
    (record,) = read({"tasks": [], "failures": [{"arn": arn, "reason": "RESOURCE:MEMORY"}]})
    assert '"RESOURCE:MEMORY" (container instance "9009")' in str(record.error)


def test_two_failed_tasks_of_one_execution_are_two_events() -> None:
    failed = {"taskFailedEventDetails": {"cause": failed_cause(DETAIL)}}
    assert [bool(record.event) for record in read({"events": [failed, failed]})] == [True, True]


@each("key", ["Detail", "DetailType", "taskArn", "lastStatus", "TaskArn", "LastStatus"])
def test_half_of_a_form_is_unreadable(key: str) -> None:
    """It takes nothing from the other records."""
    payload = [{key: "STOPPED"}, task_state_change()]
    report = FailureAlerter(RecordingNotifier()).process(payload)
    assert [outcome.status for outcome in report.outcomes] == ["unreadable", "delivered"]


def test_times_of_a_state_machine_are_in_milliseconds() -> None:
    task = {"TaskArn": "arn:aws:ecs:eu-central-1:1:task/a/b", "LastStatus": "STOPPED"}
    (record,) = read_payload({**task, "StoppedAt": 1_772_417_649_500, "CreatedAt": 1_772_417_000})
    detail = (record.event or {})["detail"]
    assert (detail["stoppedAt"], detail["createdAt"]) == (1_772_417_649.5, 1_772_417_000)
