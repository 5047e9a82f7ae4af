"""
From a payload to the events inside it.

A payload is what a Lambda is handed, or what a saved file holds. Every wrapping is one row of
a table; they may stand inside each other (SQS holding SNS, a dead-letter queue holding either).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, TypeAlias

from attrs import evolve, field, frozen

from . import _json
from ._texts import echo, kind
from .exceptions import EventError, Problem
from .tasks.events import DETAIL_TYPE, SOURCE

Payload: TypeAlias = Mapping[str, Any] | list[Any] | str | bytes | bytearray
Load: TypeAlias = Callable[..., Any]

_DEEPEST: Final = 12
#: The place of a record that the Lambda was handed, not of one inside it; a pipe hands a list over.
_HANDED: Final = re.compile(r"(Records)?\[[0-9]+\]")
_EXPECTED: Final = (
    "expected an EventBridge event, SQS or SNS records, a Lambda destination's record, the output "
    "of describe-tasks or receive-message, or a list of any of these"
)


@frozen
class SourceRecord:
    """
    One event found in a payload, or the place where one should be.

    Attributes:
        place: Where it stands, such as ``Records[0].body``; empty for the payload itself.
        id: The id of the outermost record that it came in: SQS's messageId, SNS's MessageId,
            the request id of a failed invocation; None outside of a record.
        queue: Whether that record is one that SQS handed to this Lambda.
        event: The event, not yet parsed; None where ``error`` says why there is none.
        error: What is wrong with this record.
        raw: The event, or what cannot be read, as it came; None where there is nothing.
    """

    place: str = ""
    id: str | None = None
    queue: bool = False
    event: Mapping[str, Any] | None = field(default=None, repr=False)
    error: EventError | None = None
    raw: Any = field(default=None, repr=False)


def read_payload(payload: Payload, *, load: Load = _json.load) -> Iterator[SourceRecord]:
    """
    Give every event inside *payload*.

    Args:
        payload: One EventBridge event; a list of them; SQS ``Records[].body``; SNS
            ``Records[].Sns.Message``; SQS holding SNS; a Lambda destination's
            ``requestPayload``; the output of ``aws sqs receive-message`` or of
            ``aws ecs describe-tasks``. Or any of these as JSON text, or several as JSON
            lines.
        load: What reads JSON text, given the text and its place; it raises `EventError`.

    Yields:
        A record for each event, in order. What cannot be read becomes a record with an error,
        and the rest is read all the same.
    """
    return _read(payload, load)


def _read(payload: Payload, load: Load) -> Iterator[SourceRecord]:
    if isinstance(payload, str | bytes | bytearray):
        yield from _read_text(payload, load)
    else:
        yield from _unwrap(payload, SourceRecord(), 0, load)


def _read_text(text: str | bytes | bytearray, load: Load) -> Iterator[SourceRecord]:
    """Read one JSON document, or else several, each beginning on a line of its own."""
    if not text.strip():
        yield SourceRecord(error=EventError([Problem("", "empty: there is nothing to read")]))
        return
    try:
        document = load(text)
    except EventError as error:
        whole = text if isinstance(text, str) else _decoded(text)
        from ._documents import documents  # noqa: PLC0415 - for saved files only

        found = list(documents(whole, _is_payload))
        if len(found) < 2:
            yield SourceRecord(error=error, raw=whole)
            return
        for number, lines in found:
            yield from _unwrap(lines, SourceRecord(place=f"line {number}"), 0, load)
    else:
        yield from _unwrap(document, SourceRecord(), 0, load)


def _decoded(text: bytes | bytearray) -> str:
    """Decode JSON lines by the encodings that JSON has."""
    from json import detect_encoding  # noqa: PLC0415 - for the rare case only

    return text.decode(detect_encoding(text), errors="replace")


def _is_payload(value: Any) -> bool:
    return isinstance(value, dict) and (
        not {"detail-type", "source", "detail"}.isdisjoint(value)
        or any(wrapping(value) for wrapping in _WRAPPINGS)
    )


def _unwrap(value: Any, at: SourceRecord, depth: int, load: Load) -> Iterator[SourceRecord]:
    """Give the events inside *value*, which stands where *at* says."""
    if depth > _DEEPEST:
        yield _unreadable(value, at, "wrapped too many times")
    elif isinstance(value, str):
        try:
            value = load(value, at.place)
        except EventError as error:
            yield evolve(at, error=error, raw=value)
        else:
            yield from _unwrap(value, at, depth + 1, load)
    elif isinstance(value, list | tuple):
        if not value:
            yield _unreadable(None, at, "an empty list: there is no event in it")
        for index, member in enumerate(value):
            place = f"{at.place}[{index}]"
            yield from _unwrap(member, evolve(at, place=place), depth + 1, load)
    elif not isinstance(value, Mapping):
        yield _unreadable(value, at, f"no event but {kind(value)}: {_EXPECTED}")
    elif {"detail-type", "source", "detail"} & value.keys():
        yield evolve(at, event=value, raw=value)
    else:
        yield from _unwrap_mapping(value, at, depth, load)


def _unwrap_mapping(
    value: Mapping[str, Any], at: SourceRecord, depth: int, load: Load
) -> Iterator[SourceRecord]:
    for wrapping in _WRAPPINGS:
        found = wrapping(value)
        if found is not None:
            step, inner, record_id = found
            if at.id is not None or at.queue or not isinstance(record_id, str):
                record_id = at.id
            handed = _HANDED.fullmatch(at.place) is not None
            queue = at.queue or (handed and value.get("eventSource") == "aws:sqs")
            place = f"{at.place}.{step}" if at.place and step else at.place or step
            inside = evolve(at, place=place, id=record_id, queue=queue)
            refused = list(_refused(value, at))
            if inner or not refused:
                yield from _unwrap(inner, inside, depth + 1, load)
            yield from refused
            return
    yield _unreadable(value, at, f"no event: {_EXPECTED}")


def _refused(value: Mapping[str, Any], at: SourceRecord) -> Iterator[SourceRecord]:
    """Give what DescribeTasks or RunTask says it has no task for."""
    failures = value.get("failures") if "tasks" in value else None
    for index, failure in enumerate(failures if isinstance(failures, list) else ()):
        known = failure if isinstance(failure, Mapping) else {}
        reason, arn = known.get("reason"), known.get("arn")
        said = _REASONS.get(str(reason), f"ECS gives no task, for the reason {echo(reason)}")
        if isinstance(arn, str):
            said += f" (task {echo(arn.rpartition('/')[2])})"
        place = f"{at.place}.failures[{index}]" if at.place else f"failures[{index}]"
        yield _unreadable(None, evolve(at, place=place), said)  # there is nothing to send again


#: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
_REASONS: Final = {
    "MISSING": "ECS does not have this task: it forgets stopped tasks after about an hour"
}


def _unreadable(value: Any, at: SourceRecord, message: str) -> SourceRecord:
    return evolve(at, error=EventError([Problem(at.place, message)]), raw=value)


# The wrappings. Each gives what is inside (the step there, the value, the record's id), or
# None where the mapping is not of its form.

_Inside: TypeAlias = tuple[str, Any, Any] | None
_Wrapping: TypeAlias = Callable[[Mapping[str, Any]], _Inside]


def _list_at(key: str) -> _Wrapping:
    return lambda value: (key, value[key], None) if isinstance(value.get(key), list) else None


def _sqs_record(value: Mapping[str, Any]) -> _Inside:
    return ("body", value["body"], value.get("messageId")) if "body" in value else None


def _sqs_message(value: Mapping[str, Any]) -> _Inside:
    return ("Body", value["Body"], value.get("MessageId")) if "Body" in value else None


def _sns_record(value: Mapping[str, Any]) -> _Inside:
    return ("Sns", value["Sns"], None) if "Sns" in value else None


def _sns_notification(value: Mapping[str, Any]) -> _Inside:
    if value.get("Type") == "Notification" and "Message" in value:
        return "Message", value["Message"], value.get("MessageId")
    return None


def _destination(value: Mapping[str, Any]) -> _Inside:
    if "requestPayload" not in value:
        return None
    context = value.get("requestContext")
    request_id = context.get("requestId") if isinstance(context, Mapping) else None
    return "requestPayload", value["requestPayload"], request_id


def _task(value: Mapping[str, Any]) -> _Inside:
    """Make an event of a task as the API gives it."""
    if "taskArn" not in value or "lastStatus" not in value:
        return None
    event = {"source": SOURCE, "detail-type": DETAIL_TYPE, "resources": [value["taskArn"]]}
    return "", event | {"detail": value}, None


_WRAPPINGS: Final = (
    # https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
    _list_at("Records"),
    _sqs_record,
    # https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html
    _sns_record,
    _sns_notification,
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
    _list_at("Messages"),
    _sqs_message,
    # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
    _destination,
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
    _list_at("tasks"),
    _task,
)
