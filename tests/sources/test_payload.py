"""From a payload to the events inside it, whatever they are wrapped in."""

from __future__ import annotations

import gzip
import itertools
import json
import time
from base64 import b64encode
from collections import Counter
from typing import Any, Final

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import EventError, SourceRecord, UnsupportedEvent, read_payload
from ecs_failure_alerts.tasks.reader import parse_event
from ecs_failure_alerts.testing import task_state_change
from linear_time import assert_linear
from rows import each

EVENT = task_state_change()
TEXT = json.dumps(EVENT)


def sqs(*bodies: str, **fields: Any) -> dict[str, Any]:
    """Return what SQS hands to a Lambda."""
    records = [
        {"messageId": f"m{number}", "body": body, "eventSource": "aws:sqs", **fields}
        for number, body in enumerate(bodies)
    ]
    return {"Records": records}


def sns(*messages: str) -> dict[str, Any]:
    """Return what SNS hands to a Lambda."""
    return {
        "Records": [
            {"EventSource": "aws:sns", "Sns": notification(message, f"n{number}")}
            for number, message in enumerate(messages)
        ]
    }


def notification(message: str, message_id: str = "n0") -> dict[str, Any]:
    """Return a notification of SNS."""
    return {"Type": "Notification", "MessageId": message_id, "Message": message}


def read(payload: Any) -> list[SourceRecord]:
    """Return all records of a payload."""
    return list(read_payload(payload))


@each(
    ("payload", "place", "record_id", "queue"),
    [
        pytest.param(EVENT, "", None, False, id="event"),
        pytest.param(TEXT, "", None, False, id="text"),
        pytest.param(TEXT.encode(), "", None, False, id="bytes"),
        pytest.param(bytearray(TEXT.encode()), "", None, False, id="bytearray"),
        pytest.param(TEXT.encode("utf-8-sig"), "", None, False, id="byte-order-mark"),
        pytest.param([EVENT], "[0]", None, False, id="list"),
        pytest.param((EVENT,), "[0]", None, False, id="tuple"),
        pytest.param([[EVENT]], "[0][0]", None, False, id="list-in-list"),
        pytest.param(json.dumps(TEXT), "", None, False, id="text-in-text"),
        pytest.param(sqs(TEXT), "Records[0].body", "m0", True, id="sqs"),
        pytest.param(sqs(json.dumps([EVENT])), "Records[0].body[0]", "m0", True, id="sqs-list"),
        pytest.param(json.dumps(sqs(TEXT)), "Records[0].body", "m0", True, id="sqs-as-text"),
        pytest.param(sns(TEXT), "Records[0].Sns.Message", "n0", False, id="sns"),
        pytest.param(
            sqs(json.dumps(notification(TEXT))), "Records[0].body.Message", "m0", True, id="sns-sqs"
        ),
        pytest.param(notification(TEXT), "Message", "n0", False, id="notification"),
        pytest.param(
            {"requestContext": {"requestId": "r0"}, "requestPayload": EVENT},
            "requestPayload",
            "r0",
            False,
            id="destination",
        ),
        pytest.param(
            {"requestPayload": EVENT}, "requestPayload", None, False, id="destination-bare"
        ),
        pytest.param(
            sqs(json.dumps({"requestContext": {"requestId": "r0"}, "requestPayload": EVENT})),
            "Records[0].body.requestPayload",
            "m0",
            True,
            id="destination-in-sqs",
        ),
        pytest.param(
            {"requestContext": {"requestId": "r0"}, "requestPayload": sqs(TEXT)},
            "requestPayload.Records[0].body",
            "r0",
            False,
            id="sqs-in-destination",
        ),
        pytest.param(
            {"requestPayload": sqs(TEXT)},
            "requestPayload.Records[0].body",
            "m0",
            False,
            id="sqs-in-bare-destination",
        ),
        pytest.param(
            {"Messages": [{"MessageId": "q0", "Body": TEXT}]},
            "Messages[0].Body",
            "q0",
            False,
            id="receive-message",
        ),
        pytest.param(
            {"Messages": [{"MessageId": "q0", "Body": json.dumps(notification(TEXT))}]},
            "Messages[0].Body.Message",
            "q0",
            False,
            id="receive-message-sns",
        ),
        pytest.param(
            [{"messageId": "p0", "body": TEXT, "eventSource": "aws:sqs"}],
            "[0].body",
            "p0",
            True,
            id="pipe",
        ),
    ],
)
def test_an_event_is_found_inside_every_wrapping(
    payload: Any, place: str, record_id: str | None, queue: bool
) -> None:
    """Its place and the id of the outermost record come with it."""
    (record,) = read(payload)
    assert record.event == EVENT
    assert record.error is None
    assert (record.place, record.id, record.queue) == (place, record_id, queue)
    assert record.raw == EVENT


def test_every_record_of_a_batch_comes_in_order() -> None:
    records = read(sqs(*(json.dumps(task_state_change(version=n)) for n in (3, 1, 2))))
    assert [r.event and r.event["detail"]["version"] for r in records] == [3, 1, 2]
    assert [record.id for record in records] == ["m0", "m1", "m2"]


def test_a_bad_record_between_good_ones_takes_none_along() -> None:
    """It is a record with an error."""
    good, bad, last = read(sqs(TEXT, "not json", TEXT))
    assert (good.event, last.event) == (EVENT, EVENT)
    assert bad.event is None
    assert bad.error is not None
    assert [p.path for p in bad.error.problems] == ["Records[1].body"]
    assert (bad.id, bad.queue, bad.raw) == ("m1", True, "not json")


@each(
    "payload",
    [
        pytest.param(None, id="null"),
        pytest.param(5, id="number"),
        pytest.param(True, id="true"),
        pytest.param({}, id="empty"),
        pytest.param({"a": 1}, id="anything"),
        pytest.param({"Records": {}}, id="records-that-are-no-list"),
        pytest.param({"Records": [None]}, id="record-that-is-null"),
        pytest.param([None], id="list-of-null"),
    ],
)
def test_a_payload_without_an_event_is_one_record_with_an_error(payload: Any) -> None:
    """It is never passed over."""
    (record,) = read(payload)
    assert record.event is None
    assert isinstance(record.error, EventError)
    assert record.error.problems


@each("payload", ["", " ", "nonsense", b"\xff\xff", "{", '"{"', "[" * 100_000])
def test_text_that_is_not_json_is_one_record_with_an_error(payload: str | bytes) -> None:
    (record,) = read(payload)
    assert record.error is not None


def test_a_payload_wrapped_too_many_times_is_refused() -> None:
    payload: Any = EVENT
    for _ in range(5000):
        payload = [payload]
    (record,) = read(payload)
    assert record.error is not None
    assert record.error.problems[0].message == "wrapped too many times"


def subscription(message: Any) -> dict[str, Any]:
    """Return what CloudWatch Logs hands to a subscribed Lambda."""
    line = {"id": "1", "timestamp": 1, "message": json.dumps(message)}
    data = {"messageType": "DATA_MESSAGE", "logGroup": "g", "logEvents": [line]}
    return {"awslogs": {"data": b64encode(gzip.compress(json.dumps(data).encode())).decode()}}


#: An event with few quotes, since each text in a text doubles what stands before them.
SMALL: Final = {"source": "aws.ecs", "detail-type": "x"}


@each(
    ("wrap", "deepest"),
    [
        (json.dumps, 16),  # text in text
        (lambda value: [value], 16),
        (lambda value: sqs(json.dumps(value)), 4),  # the records, the body, its text, the value
        (lambda value: f"{json.dumps(value)}\n{{", 8),  # a line among others
        (subscription, 2),
    ],
    ids=["text", "list", "queue", "lines", "log"],
)
def test_a_payload_is_unwrapped_sixteen_times_and_no_further(wrap: Any, deepest: int) -> None:
    payload: Any = SMALL
    for _ in range(deepest):
        payload = wrap(payload)
    assert SMALL in [record.event for record in read(payload)]
    assert SMALL not in [record.event for record in read(wrap(payload))]


EXPECTED: Final = (
    "expected an EventBridge event, SQS or SNS records, a Lambda destination's record, log events, "
    "the output of describe-tasks or receive-message, or a list of any of these"
)


@each(
    ("payload", "said"),
    [
        (5, f"not an event but a number: {EXPECTED}"),
        ({"a": 1}, f"not an event: {EXPECTED}"),
        ("", "empty: there is nothing to read"),
        ([], "an empty list: there is no event in it"),
        (
            {"source": ["aws.ecs"], "detail-type": "x"},
            "expected an event, got an event pattern: pass it to lint, and an event here",
        ),
        (
            {"source": "aws.ecs", "detail-type": ["x"]},
            "expected an event, got an event pattern: pass it to lint, and an event here",
        ),
        ("some words\nand more\n", f"not an event but text without JSON: {EXPECTED}"),
        ("some words\n\0and more\n", f"not an event but binary data: {EXPECTED}"),
        # Prose where less than half of the lines look like JSON; else each line has its fault.
        ("words\n[link\nwords\n", f"not an event but text without JSON: {EXPECTED}"),
    ],
)
def test_what_holds_no_event_is_told_in_full(payload: Any, said: str) -> None:
    (record,) = read(payload)
    assert str(record.error) == said


@each("begin", ["{", "[", '"'])
def test_lines_that_look_like_json_are_told_one_by_one(begin: str) -> None:
    faults = read(f"{begin}a\nsome words\n{begin}b\n")
    assert [record.place for record in faults] == ["line 1", "line 2", "line 3"]
    faults = read(f"{begin}a\nsome words\n")
    assert [record.place for record in faults] == ["line 1", "line 2"]


def test_a_line_inside_a_record_is_named_with_the_record() -> None:
    good, bad = read(sqs(f"{TEXT}\n{{broken"))
    assert (good.place, bad.place) == ("Records[0].body: line 1", "Records[0].body: line 2")


@pytest.mark.parametrize(
    "field",
    [
        pytest.param("source", id="source"),
        pytest.param("detail-type", id="detail-type"),
        pytest.param("detail", id="detail"),
    ],
)
def test_whatever_has_a_mark_of_an_event_is_left_to_the_parser(field: str) -> None:
    """The parser says what the event lacks."""
    (record,) = read({field: EVENT[field]})
    assert record.event == {field: EVENT[field]}


@each(
    "text",
    [
        pytest.param(f"{TEXT}\n{TEXT}", id="lines"),
        pytest.param(f"{TEXT}\n\n  \n{TEXT}\n", id="empty-lines"),
        pytest.param(f"{TEXT}\r\n{TEXT}\r\n", id="windows"),
        pytest.param(json.dumps(EVENT, indent=2) + "\n" + json.dumps(EVENT, indent=2), id="pretty"),
        pytest.param(f"{json.dumps(sqs(TEXT))}\n{TEXT}", id="mixed"),
    ],
)
@each(
    "encode",
    [
        pytest.param(str, id="text"),
        pytest.param(lambda text: f"\ufeff{text}", id="text-with-a-mark"),
        pytest.param(str.encode, id="utf-8"),
        pytest.param(lambda text: text.encode("utf-8-sig"), id="byte-order-mark"),
        pytest.param(lambda text: text.encode("utf-16"), id="utf-16"),
    ],
)
def test_documents_below_one_another_are_read_in_any_encoding(text: str, encode: Any) -> None:
    records = read(encode(text))
    assert [record.event for record in records] == [EVENT, EVENT]
    assert all(record.place.startswith("line ") for record in records)


@pytest.mark.parametrize(
    "separator", ["\u2028", "\u2029", "\x85"], ids=["line", "paragraph", "next-line"]
)
def test_a_line_end_of_unicode_alone_cuts_no_document(separator: str) -> None:
    event = task_state_change(stoppedReason=f"one{separator}two")
    line = json.dumps(event, ensure_ascii=False)
    assert [record.event for record in read(f"{line}\n{line}")] == [event, event]


def test_a_broken_line_takes_no_other_along_and_is_named_by_number() -> None:
    good, bad, last = read(f"{TEXT}\n{{broken\n{TEXT}")
    assert (good.event, last.event) == (EVENT, EVENT)
    assert bad.error is not None
    assert [p.path for p in bad.error.problems] == ["line 2"]


def test_a_document_that_was_cut_off_does_not_take_the_next_along() -> None:
    bad, good = read(f'{{"a":\n  [1,\n{TEXT}')
    assert bad.error is not None
    assert good.event == EVENT


def test_a_task_of_the_api_gets_the_verdict_and_ids_of_its_event() -> None:
    detail = {**EVENT["detail"], "createdAt": 1772416804.318, "stoppedAt": 1772417648.912}
    records = read({"tasks": [detail], "failures": []})
    (record,) = records
    assert record.place == "tasks[0]"
    assert record.event is not None
    task = parse_event(record.event)
    assert (task.account, task.region) == ("123456789012", "eu-central-1")
    assert task.task_arn == EVENT["detail"]["taskArn"]
    assert task.stopped_at == parse_event(EVENT).stopped_at


def test_a_record_without_an_id_takes_none_from_inside() -> None:
    payload = sqs(json.dumps(notification(TEXT)), messageId=None)
    (record,) = read(payload)
    assert record.event == EVENT
    assert (record.id, record.queue) == (None, True)


@each("failure", [None, "x", {}, {"reason": "AGENT", "arn": 5}], ids=repr)
def test_failures_of_describe_tasks_may_have_any_form(failure: Any) -> None:
    (record,) = read({"tasks": [], "failures": [failure]})
    assert record.raw is None
    assert "ECS returned no task, with the reason" in str(record.error)


@each(
    ("payload", "place"),
    [
        pytest.param([], "", id="list"),
        pytest.param("[]", "", id="text"),
        pytest.param({"Records": []}, "Records", id="records"),
        pytest.param({"Messages": []}, "Messages", id="messages"),
        pytest.param({"tasks": [], "failures": []}, "tasks", id="tasks"),
        pytest.param([[]], "[0]", id="list-in-list"),
        pytest.param(sqs("[]"), "Records[0].body", id="sqs"),
        pytest.param(sqs("[]", messageId=None), "Records[0].body", id="sqs-without-an-id"),
    ],
)
def test_a_list_of_nothing_is_no_success(payload: Any, place: str) -> None:
    (record,) = read(payload)
    assert (record.place, record.raw) == (place, None)
    assert str(record.error).endswith("an empty list: there is no event in it")


@each("message_id", [None, 5, ["m0"], {}])
def test_an_id_that_is_no_string_counts_as_none(message_id: Any) -> None:
    (record,) = read(sqs(TEXT, messageId=message_id))
    assert record.id is None


def test_the_repr_of_a_record_shows_nothing_of_the_event() -> None:
    event = task_state_change(overrides={"containerOverrides": [{"command": ["s3cr3t"]}]})
    (record,) = read(sqs(json.dumps(event)))
    assert "s3cr3t" not in repr(record)


@given(strategies.json_values())
def test_any_json_value_becomes_records_with_an_event_or_an_error(value: Any) -> None:
    for payload in (value, json.dumps(value), {"Records": [{"body": json.dumps(value)}]}):
        for record in read(payload):
            assert (record.event is None) is (record.error is not None)


_BROKEN = st.one_of(
    st.sampled_from(["{", "[", "}", "]", ' "a": 1,', '"a": {', "  ", "", " {broken", "\t]"]),
    st.text(strategies.CHARACTERS, max_size=5).filter(lambda text: "\n" not in text),
)


@given(st.lists(st.one_of(st.sampled_from([TEXT, f" {TEXT}"]), _BROKEN), min_size=2, max_size=8))
def test_no_event_on_its_own_line_is_lost_to_broken_lines(lines: list[str]) -> None:
    records = read("\n".join(["{", *lines]))
    events = [record for record in records if record.event == EVENT]
    assert len(events) == sum(line.strip() == TEXT for line in lines)


@given(st.lists(st.tuples(st.sampled_from([None, 1, 2]), st.booleans()), min_size=1, max_size=6))
def test_indented_documents_follow_each_other(forms: list[tuple[int | None, bool]]) -> None:
    """A line that closes nothing harms none of them."""
    lines = []
    for indent, stray in forms:
        lines.append(json.dumps(EVENT, indent=indent))
        lines += ["}"] * stray
    found = [record.event == EVENT for record in read("\n".join(lines))]
    expected = [part for _, stray in forms for part in [True, *[False] * stray]]
    assert found == expected


@each("indent", [None, 2])
@each("between", ["", " ", "\n"])
def test_documents_need_no_line_end_between_them(indent: int | None, between: str) -> None:
    text = between.join([json.dumps(EVENT, indent=indent)] * 3)
    assert [record.event for record in read(text)] == [EVENT] * 3


def test_a_part_of_a_broken_document_is_no_document_unless_it_is_an_event() -> None:
    broken = '{"a": [\n  {"name": "x"}\n  []\n  {"b": 1'
    first, second = read(f"{broken}\n {TEXT}")
    assert (first.raw, second.event) == (broken, EVENT)


@example(content=b'""\x00')
@given(content=st.binary(max_size=40))
def test_whatever_could_not_be_read_can_be_saved_as_json(content: bytes) -> None:
    """Of a file with nothing in it, nothing is saved."""
    for record in read_payload(content):
        json.dumps(record.raw)
        is_empty = str(record.error).endswith("empty: there is nothing to read")
        assert record.raw is not None or is_empty or content[:2] == b"\x1f\x8b"


@each(
    ("line", "count"),
    [
        (f" {TEXT}\n", 480),
        (f" {TEXT}\n {TEXT[:-1]}\n", 240),
        (" [1,\n", 4_800),
        ('{"a":\n', 4_800),
    ],
    ids=["events", "whole-and-broken", "nested-lists", "nested-objects"],
)
def test_thousands_of_lines_take_linear_time(line: str, count: int) -> None:
    assert_linear(lambda count: read(line * count), count)


def of_queue(**bodies: str) -> dict[str, Any]:
    """Return what SQS sends, by the ids of the messages."""
    return {
        "Records": [
            {"eventSource": "aws:sqs", "messageId": message_id, "body": body}
            for message_id, body in bodies.items()
        ]
    }


def test_a_message_of_many_broken_parts_has_one_record_for_those_after_the_twentieth() -> None:
    *_, before, last = read("{\n" * 1_000)
    assert before.place == "line 20"
    assert str(last.error).startswith("line 21: not JSON: ")
    assert str(last.error).endswith("; 979 more parts cannot be read either")


def test_one_more_than_twenty_broken_parts_have_a_record_each() -> None:
    records = read("{\n" * 21)
    assert [record.place for record in records] == [f"line {n}" for n in range(1, 22)]
    assert [record.raw for record in records] == ["{"] * 21


def test_each_message_of_a_batch_has_broken_parts_of_its_own() -> None:
    records = read(of_queue(first="{\n" * 100, whole=TEXT, last=json.dumps([1] * 100)))
    assert [record.id for record in records] == ["first"] * 21 + ["whole"] + ["last"] * 21
    assert all(record.queue for record in records)


@given(st.lists(st.sampled_from(["{", "[1", '{"a"', TEXT]), min_size=2, max_size=60))
def test_nothing_of_a_broken_text_is_lost(lines: list[str]) -> None:
    """What all records hold together is the text: so it can be saved, and read again."""
    kept: list[str] = []
    for record in read("\n".join(["{", *lines])):
        if record.event is None:
            kept += record.raw if isinstance(record.raw, list) else [record.raw]
    broken = [line for line in ["{", *lines] if line != TEXT]
    assert "".join("".join(kept).split()) == "".join("".join(broken).split())


@each(
    "body", ["{\n" * 40, json.dumps([1] * 40), f"{TEXT}\n{{\n" * 20], ids=["text", "list", "half"]
)
def test_a_message_that_takes_too_long_is_kept_and_the_others_are_read(body: str) -> None:
    records = list(read_payload(of_queue(long=body, real=TEXT), seconds=0))
    late = [record for record in records if "took too long" in str(record.error)]
    assert {record.id for record in late} == {"long"}
    assert late[-1].raw == body
    assert [record.id for record in records if record.event == EVENT][-1] == "real"


def test_of_one_message_at_most_10000_events_are_read() -> None:
    """AWS's own events are too large for more, and the other messages need the time."""
    foreign = {"source": "a", "detail-type": "b", "detail": {}}
    body = json.dumps([foreign] * 10_001)
    records = read(of_queue(many=body, real=TEXT))
    assert [record.event for record in records[:10_000]] == [foreign] * 10_000
    many, real = records[10_000:]
    assert str(many.error).endswith("since it has over 10000 events: send it in parts")
    assert (many.id, many.raw) == ("many", body)
    assert real.event == EVENT


def test_each_message_gets_half_of_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second passes at each look at the clock."""
    clock = map(float, itertools.count())
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    bodies = {name: json.dumps([1] * 100) for name in "abc"}

    records = Counter(record.id for record in read_payload(of_queue(**bodies), seconds=40))
    assert records["a"] > records["b"] > records["c"] > 1


def packed(text: str) -> str:
    """Pack *text* as a record of a stream may be."""
    return b64encode(gzip.compress(text.encode())).decode()


def of_stream(*texts: str) -> dict[str, dict[str, Any]]:
    """Return what other sources than SQS send, by their names."""
    records = [{"recordId": text, "topic": "t", "data": packed(text)} for text in texts]
    return {
        "kinesis": {"Records": [{"kinesis": {"data": packed(text)}} for text in texts]},
        "firehose": {"records": records},
        "kafka": {"records": {"t-0": [{**one, "value": one["data"]} for one in records]}},
        "mq": {"rmqMessagesByQueue": {"q": [{**one, "messageID": "m"} for one in records]}},
    }


@each("source", of_stream())
def test_each_record_of_a_stream_gets_half_of_the_time_left(
    source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second passes at each look at the clock."""
    clock = map(float, itertools.count())
    payload = of_stream(json.dumps([{"detail": 1}] * 1000), TEXT)[source]
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    records = list(read_payload(payload, seconds=40))
    assert len(records) < 40
    assert records[-1].event == EVENT


@each("source", of_stream())
def test_nothing_is_unpacked_when_the_time_is_over(source: str) -> None:
    """A small text may become a hundred times as large."""
    (record,) = read_payload(of_stream(TEXT)[source], seconds=0)
    assert "took too long" in str(record.error)
    assert record.raw == packed(TEXT)


@each("form", [{"requestPayload": "{}\n" * 1000}, {"body": "{}\n" * 1000}])
def test_any_other_form_gets_half_of_the_time_too(form: Any) -> None:
    (*_, last) = read_payload(form, seconds=0)
    assert "took too long" in str(last.error)


def test_many_parts_without_content_leave_nothing_to_send_again() -> None:
    *_, last = read([[]] * 30)
    assert str(last.error).endswith("; 9 more parts cannot be read either")
    assert last.raw is None


def test_bytes_that_decode_to_blanks_are_one_unreadable_record() -> None:
    (record,) = read("\N{NO-BREAK SPACE}\n\N{NO-BREAK SPACE}".encode())
    assert record.error is not None


def test_the_message_that_tries_a_subscription_is_of_no_known_type() -> None:
    (record,) = read({"messageType": "CONTROL_MESSAGE", "logEvents": 5})
    assert isinstance(record.error, UnsupportedEvent)
    assert (record.error.source, record.error.detail_type) == ("aws.logs", "CONTROL_MESSAGE")
