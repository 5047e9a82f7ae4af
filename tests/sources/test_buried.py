"""No event of ECS is ignored because of what it is wrapped in."""

from __future__ import annotations

import gzip
import json
import zlib
from base64 import b64encode, encodebytes, urlsafe_b64encode
from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import EventError, FailureAlerter, UnsupportedEvent, judge
from ecs_failure_alerts.sources.buried import find_buried
from ecs_failure_alerts.testing import (
    RecordingNotifier,
    batch_job_state_change,
    execution_status_change,
    task_state_change,
)
from linear_time import assert_linear
from rows import each
from wrapped_events import failed_cause, older_forms, whole_events

EVENT = task_state_change()
NOTICE = batch_job_state_change()
#: One step of a wrapping that no table knows.
STEPS: dict[str, Callable[[Any], Any]] = {
    "key": lambda value: {"forwarded": value},
    "list": lambda value: [1, value],
    "text": json.dumps,
    "line": lambda value: f"2026-03-02 {json.dumps(value)} and more",
    "base64": lambda value: b64encode(json.dumps(value).encode()).decode(),
    "gzip": lambda value: b64encode(gzip.compress(json.dumps(value).encode())).decode(),
    "zlib": lambda value: b64encode(zlib.compress(json.dumps(value).encode())).decode(),
    "base64 for URLs": lambda value: (
        urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
    ),
    "base64 in lines": lambda value: encodebytes(json.dumps(value).encode()).decode(),
    "hexadecimal": lambda value: json.dumps(value).encode().hex(),
    "hexadecimal of PostgreSQL": lambda value: rf"\x{json.dumps(value).encode().hex()}",
    "name": lambda value: {json.dumps(value): 1},
    "bytes": lambda value: json.dumps(value, default=str).encode(),
    "base64 of UTF-16": lambda value: b64encode(json.dumps(value).encode("utf-16")).decode(),
    "buffer of Node.js": lambda value: {"type": "Buffer", "data": [*json.dumps(value).encode()]},
}
#: Notations in which an event can be read by a person, so it is not passed over either.
NOTATIONS: dict[str, Callable[[Any], str]] = {
    "escaped": lambda value: json.dumps(value).replace("aws.ecs", r"\u0061ws\u002eecs"),
    "escaped twice": lambda value: json.dumps(json.dumps(value).replace("aws", r"\u0061ws")),
    "URL": lambda value: quote(json.dumps(value)),
    "URL twice": lambda value: quote(quote(json.dumps(value))),
    "HTML": lambda value: escape(json.dumps(value)),
    "HTML twice": lambda value: escape(escape(json.dumps(value))),
    "URL in HTML": lambda value: escape(quote(json.dumps(value)).replace("%", "&#37;")),
    "DynamoDB": lambda value: json.dumps(in_dynamodb(value)),
    "DynamoDB indented": lambda value: json.dumps(json.dumps(in_dynamodb(value), indent=2)),
    "DynamoDB in a form": lambda value: quote_plus(json.dumps(in_dynamodb(value))),
    "base64 in a URL": lambda value: quote(STEPS["zlib"](value), safe=""),
    "base64 as PHP escapes it": lambda value: STEPS["zlib"](value).replace("/", r"\/"),
    "base64 as .NET escapes it": lambda value: STEPS["zlib"](value).replace("+", r"\u002B"),
    "numbers in HTML": lambda value: "&#91;" + "&#44;".join(map(str, json.dumps(value).encode())),
    "Python": str,
    "YAML": lambda value: "source: aws.ecs\ndetail-type: ECS Task State Change\ndetail:\n  x: 1\n",
    "XML": lambda value: "<event><source>aws.ecs</source><detail>x</detail></event>",
}


def statuses(payload: Any) -> list[str]:
    """Return what an alerter makes of each record."""
    report = FailureAlerter(RecordingNotifier()).process(payload)
    return [outcome.status for outcome in report.outcomes]


def in_dynamodb(value: Any) -> Any:
    """Write a value as DynamoDB does: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html."""
    if isinstance(value, dict):
        return {"M": {key: in_dynamodb(part) for key, part in value.items()}}
    if isinstance(value, list):
        return {"L": [*map(in_dynamodb, value)]}
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def foreign(detail: Any) -> dict[str, Any]:
    """Build an event of another source."""
    return {"source": "my.forwarder", "detail-type": "Forwarded", "detail": detail}


@given(st.sampled_from([EVENT, NOTICE]), st.lists(st.sampled_from(sorted(STEPS)), max_size=4))
def test_an_event_in_a_foreign_one_is_loud(event: Any, steps: list[str]) -> None:
    """However the event is wrapped inside a foreign one, it is never ignored."""
    value = event
    for step in steps:
        value = STEPS[step](value if not isinstance(value, bytes) else value.decode())
    assert statuses(foreign({"inner": value})) == ["unreadable"]


@each("notation", NOTATIONS)
def test_an_event_in_another_notation_is_loud(notation: str) -> None:
    """What a person would take for an event of ECS is not ignored in silence."""
    assert statuses(foreign({"inner": NOTATIONS[notation](EVENT)})) == ["unreadable"]


@each("notation", [name for name in NOTATIONS if name not in {"YAML", "XML"}])
def test_a_notice_in_another_notation_is_loud(notation: str) -> None:
    assert statuses(foreign({"inner": NOTATIONS[notation](NOTICE)})) == ["unreadable"]


HEALTH = {"source": "aws.health", "detail-type": "AWS Health Event", "detail": {}}


@each("notice", [execution_status_change(), HEALTH, NOTICE])
def test_a_notice_of_another_source_in_a_foreign_event_is_named(notice: Any) -> None:
    """A forwarder wraps it as it does an event of ECS."""
    for inner in (notice, json.dumps(notice)):
        with pytest.raises(EventError, match="with a notice inside: pass the inner event itself"):
            judge(foreign({"inner": inner}))


def test_an_event_in_an_event_of_ecs_that_is_not_known_is_loud() -> None:
    unknown = {"source": "aws.ecs", "detail-type": "ECS Something New", "detail": {"inner": EVENT}}
    assert statuses(unknown) == ["unreadable"]
    assert statuses({**unknown, "detail": {}}) == ["ignored"]


def test_a_foreign_event_in_json_text_of_json_text_is_judged_as_any_other() -> None:
    """Whoever calls `judge()` may hand over text that was written as JSON twice."""
    with pytest.raises(UnsupportedEvent):
        judge(json.dumps(json.dumps(foreign({}))))
    with pytest.raises(EventError, match="pass the inner event itself"):
        judge(json.dumps(json.dumps(foreign({"inner": EVENT}))))


def test_the_error_names_the_inner_event_as_what_is_wanted() -> None:
    report = FailureAlerter(RecordingNotifier()).process(foreign({"inner": EVENT}))
    assert "pass the inner event itself" in str(report.outcomes[0].errors[0])


@each("place", ["first", "middle", "last"])
def test_an_event_among_many_others_is_found(place: str) -> None:
    others: dict[str, Any] = {
        name: {"more": [{"deep": {}}]} for name in ("first", "middle", "last")
    }
    assert statuses(foreign(others)) == ["ignored"]
    assert statuses(foreign({**others, place: {"inner": EVENT}})) == ["unreadable"]
    assert statuses(foreign({"list": [{}, *others.values(), EVENT, {}]})) == ["unreadable"]


@each("level", [0, 1, 6, 9])
def test_an_event_in_zlib_is_loud_at_any_level(level: int) -> None:
    text = b64encode(zlib.compress(json.dumps(EVENT).encode(), level)).decode()
    assert statuses(foreign({"text": text})) == ["unreadable"]
    assert statuses(foreign({"text": text.rstrip("=")})) == ["unreadable"]


def test_an_entry_in_a_foreign_event_is_loud() -> None:
    """An entry of PutEvents is an event in other letters."""
    entry = {"Source": "aws.ecs", "DetailType": "x", "Detail": "{}"}
    assert statuses(foreign({"entries": [entry]})) == ["unreadable"]


@each(
    "detail",
    [
        pytest.param(EVENT["detail"], id="detail"),
        pytest.param({"tasks": [EVENT["detail"]]}, id="describe-tasks"),
        pytest.param({"output": json.dumps({"tasks": [EVENT["detail"]]})}, id="text"),
        pytest.param({"Cause": failed_cause(EVENT["detail"])}, id="cause"),
        pytest.param(in_dynamodb(EVENT), id="dynamodb-event"),
        pytest.param(in_dynamodb(EVENT["detail"]), id="dynamodb-task"),
        pytest.param({"text": "taskArn: arn:aws:ecs:x\nstopCode: TaskFailedToStart"}, id="yaml"),
    ],
)
def test_a_stopped_task_in_a_foreign_event_is_loud(detail: Any) -> None:
    """A forwarder may have taken the task out of its event."""
    assert statuses(foreign(detail)) == ["unreadable"]


BESIDE = {**whole_events(foreign({})), **older_forms(foreign({}))}
FORMS = {form: one[0] if isinstance(one, tuple) else one for form, one in BESIDE.items()}


@each("form", [form for form, payload in FORMS.items() if isinstance(payload, dict)])
def test_an_event_beside_a_foreign_one_is_loud(form: str) -> None:
    """Where one field of a wrapping is read, the others are not passed over."""
    payload = FORMS[form]
    assert set(statuses(payload)) == {"ignored"}
    assert "unreadable" in statuses({**payload, "more": {"event": json.dumps(EVENT)}})


def test_an_error_about_an_event_beside_a_foreign_one_says_where_that_stands() -> None:
    """It shows nothing of either, because both may hold secrets."""
    report = FailureAlerter(RecordingNotifier()).process(
        {"requestPayload": foreign({"password": "s3cr3t"}), "more": EVENT}
    )
    (said,) = [str(error) for one in report.outcomes for error in one.errors if one.failed]
    assert said == (
        "expected an event in requestPayload, got a foreign one there, and an event of ECS "
        "elsewhere: pass that one itself"
    )


def test_a_message_with_the_event_in_an_attribute_comes_again() -> None:
    attribute = {"event": {"dataType": "String", "stringValue": json.dumps(EVENT)}}
    record = {"messageId": "m0", "eventSource": "aws:sqs", "body": json.dumps(foreign({}))}
    alerter = FailureAlerter(RecordingNotifier(), partial_batch=True)
    answer = alerter.handle({"Records": [{**record, "messageAttributes": attribute}]}, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "m0"}]}


@each(
    "payload",
    [
        pytest.param({"requestPayload": EVENT, "responsePayload": str(EVENT)}, id="quoted"),
        pytest.param({"requestPayload": NOTICE, "responsePayload": str(NOTICE)}, id="notice"),
        pytest.param(
            {
                "Records": [
                    {
                        "messageId": "m0",
                        "body": json.dumps(EVENT),
                        "messageAttributes": {
                            "ERROR_CODE": {"stringValue": "NO_PERMISSIONS"},
                            "RULE_ARN": {"stringValue": "arn:aws:events:eu-central-1:1:rule/x"},
                            "TARGET_ARN": {"stringValue": "arn:aws:ecs:eu-central-1:1:cluster/x"},
                        },
                    }
                ]
            },
            id="dead-letter",
        ),
    ],
)
def test_what_was_read_is_no_event_beside(payload: Any) -> None:
    """An event that is delivered is not reported once more for what quotes it."""
    assert statuses(payload) == ["delivered"]


@each(
    "detail",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"taskArn": "arn:aws:ecs:x", "lastStatus": "RUNNING"}, id="running-task"),
        pytest.param({"taskArn": "arn:aws:ecs:x", "stopCode": None}, id="no-stop"),
        pytest.param({"text": '{"taskArn": "arn:aws:ecs:x", "stopCode": null}'}, id="no-stop-text"),
        pytest.param({"numbers": [256, 1]}, id="numbers"),
        pytest.param({"text": "%252525252541"}, id="many-layers"),
        pytest.param({"eventPattern": '{"source": ["aws.ecs"]}'}, id="pattern"),
        pytest.param({"source": "aws.ecs"}, id="filter"),
        pytest.param({"text": "aws.ecs is the source, in detail"}, id="words"),
        pytest.param({"text": "source: ['aws.ecs'], detail: {}"}, id="pattern-in-yaml"),
        pytest.param({"text": "source: aws.ecs"}, id="source-alone"),
        pytest.param({"text": "detail-type: ['AWS Health Event']"}, id="pattern-of-a-notice"),
        pytest.param({"source": "aws.batch", "detail": {}}, id="source-of-a-notice"),
        pytest.param({"image": "eyJ" + "x" * 100}, id="not-packed"),
    ],
)
def test_other_foreign_events_are_ignored(detail: Any) -> None:
    """An event of another source that holds none of ECS stays ignored."""
    assert statuses(foreign(detail)) == ["ignored"]


@given(strategies.json_values())
def test_any_foreign_event_has_one_outcome(value: Any) -> None:
    """It costs none of the others."""
    assert statuses([foreign({"x": value}), EVENT])[-1] == "delivered"


@each("count", [1, 20, 200])
def test_packed_data_that_is_too_large_to_search_is_loud(count: int) -> None:
    """What may hold an event is not ignored, and takes no time of the others."""
    bomb = b64encode(gzip.compress(b" " * 9_000_000, 9)).decode()
    with pytest.raises(EventError, match="packed data of over 1 MB inside"):
        judge(foreign({"bombs": [bomb] * count}))
    assert statuses(foreign({"bombs": [bomb] * count, "event": EVENT})) == ["unreadable"]


def test_all_packed_strings_of_an_event_count_together() -> None:
    """The same string counts once."""
    packed = [
        b64encode(zlib.compress(sign * 450_000, level)).decode()
        for sign in (b" ", b"-")
        for level in (1, 9)
    ]
    assert statuses(foreign({"strings": packed[:2] * 9})) == ["ignored"]
    assert statuses(foreign({"strings": packed[:3]})) == ["unreadable"]


def test_an_event_behind_another_file_in_gzip_is_loud() -> None:
    """Files of gzip may be put together, as Firehose does."""
    data = gzip.compress(b"{}\n") + gzip.compress(json.dumps(EVENT).encode())
    assert statuses(foreign({"text": b64encode(data).decode()})) == ["unreadable"]


def test_a_value_that_holds_itself_is_searched_once() -> None:
    """JSON has none, but Python has."""
    detail: dict[str, Any] = {"events": []}
    detail["events"] += [detail, detail["events"]]
    assert not find_buried(foreign(detail))
    detail["events"].append(EVENT)
    assert find_buried(foreign(detail))


@each(
    "unit",
    [
        pytest.param("\\", id="escapes"),
        pytest.param("taskArn: " + "-" * 39, id="task"),
        pytest.param("1" + " " * 20, id="numbers"),
        pytest.param("A" * 60 + " ", id="base64"),
        pytest.param("&amp;%25", id="layers"),
        pytest.param("&amp;" + "A" * 60, id="base64-in-layers"),
        pytest.param('source":' + r"\n" * 50, id="blanks"),
    ],
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    assert_linear(lambda count: find_buried(foreign({"text": unit * count})), 4_000)


def test_any_number_of_digests_hides_no_event() -> None:
    """They look packed, and cost next to nothing to look at."""
    packed, digests = STEPS["base64"](EVENT), ["0123456789abcdef" * 4] * 100
    assert statuses(foreign({"images": [packed, *digests]})) == ["unreadable"]
    assert statuses(foreign({"images": [*digests, packed]})) == ["unreadable"]


def test_a_known_event_may_hold_one_of_ecs() -> None:
    """A failed execution whose input was an event of ECS is told as what it is."""
    detail = {"status": "FAILED", "input": json.dumps(EVENT), "stateMachineArn": "arn:x:y"}
    event = {"source": "aws.states", "detail-type": "Step Functions Execution Status Change"}
    assert statuses({**event, "detail": detail}) != ["unreadable"]


def test_an_event_in_bytes_is_found() -> None:
    """As boto3 hands over a record's data."""
    text = json.dumps(task_state_change())
    assert find_buried({"records": [{"data": text.encode()}]})
