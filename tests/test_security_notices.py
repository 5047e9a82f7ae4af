"""SECURITY.md's list of what leaves of a notice, held to what alerts, reports and logs say."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final, TypeAlias

import pytest

from ecs_failure_alerts import (
    Cause,
    DeliveryError,
    EventError,
    FailureAlerter,
    FailurePolicy,
    judge,
    parse_notice,
    read_payload,
)
from ecs_failure_alerts.causes._notices import NOTICE_CAUSES
from ecs_failure_alerts.notices import READERS, build_notice_alert, diagnose_notice
from ecs_failure_alerts.notifiers.log import LogNotifier
from ecs_failure_alerts.notifiers.sentry import sentry_event
from ecs_failure_alerts.testing import RecordingNotifier, schedule_dead_letter
from rows import each
from whole_notices import WHOLE

SECURITY: Final = (Path(__file__).parents[1] / "SECURITY.md").read_text("utf-8")
SECRET: Final = "5ec2e7"
ABSENT: Final = object()
KINDS: Final = [pytest.param(kind, id=kind.strip("`")) for kind in WHOLE]

#: What leaves of an event around its detail, and what the page calls it.
ENVELOPE: Final = frozenset({"account", "region", "resources[]", "time"})
AROUND: Final = "around the `detail` of any of these"

#: Values that mean something, beside those that are made of any value.
MEANINGFUL: Final[dict[str, list[Any]]] = {
    "userIdentity.type": ["IAMUser"],
    "errorMessage": [
        "is not authorized to perform: iam:PassRole on resource: arn:aws:iam::123456789012:role/a",
        "not authorized to perform: ecs:StartTask",
    ],
    "cause": ['{"TaskArn": "arn:aws:ecs:eu-central-1:123456789012:task/prod/0b"}'],
}

#: What the report and the log name a record by, beside what an alert says of it.
NAMES_OF_RECORDS: Final = {"id", "messageId"}

Steps: TypeAlias = tuple[str | int, ...]


def leaves(value: Any, path: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    """Return each value that is no object or list, with its path."""
    if isinstance(value, dict) and value:
        for key, member in value.items():
            yield from leaves(member, (*path, key))
    elif isinstance(value, list) and value:
        for index, member in enumerate(value):
            yield from leaves(member, (*path, index))
    else:
        yield path, value


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Return every object inside *value*, itself too."""
    if isinstance(value, dict):
        yield value
    for member in value.values() if isinstance(value, dict) else value:
        if isinstance(member, dict | list):
            yield from objects(member)


def shown(path: Steps) -> str:
    """Return how the page names a field: without what stands around each event."""
    words = ["[]" if isinstance(step, int) else f".{step}" for step in path]
    text = "".join(words).removeprefix(".")
    text = text.removeprefix("detail.").removeprefix("Records[].")

    return text.removeprefix("messageAttributes.").removesuffix(".stringValue")


def copied(value: Any) -> Any:
    """Return a copy in which nothing is the same object twice."""
    return json.loads(json.dumps(value))


def put(payload: dict[str, Any], path: Steps, value: Any) -> dict[str, Any]:
    """Return *payload* with another value at *path*, or with none."""
    changed: dict[str, Any] = copied(payload)
    *way, last = path
    place: Any = changed
    for step in way:
        place = place[step]
    if value is ABSENT:
        del place[last]
    else:
        place[last] = value
    return changed


def variants(path: Steps, value: Any) -> Iterator[Any]:
    """Return other values that a field could have."""
    yield ABSENT
    yield from MEANINGFUL.get(shown(path), [])
    if isinstance(value, str):
        yield f"{value}-{SECRET}"
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield value + 1


def payload_of(whole: dict[str, Any]) -> dict[str, Any]:
    """Return what a Lambda is handed: the body of a message is text."""
    payload: dict[str, Any] = copied(whole)
    for record in payload.get("Records", ()):
        record["body"] = json.dumps(record["body"])
    return payload


def event_in(whole: dict[str, Any]) -> dict[str, Any]:
    """Return the event that a payload holds, or that is made of it."""
    (record,) = read_payload(payload_of(whole))
    return dict(record.event or {})


def sent(whole: dict[str, Any]) -> str:
    """Return what of a payload goes to Sentry and to any other notifier, or the error."""
    (record,) = read_payload(payload_of(whole))
    try:
        alert = judge(record.event or {}).as_alert()
    except EventError as error:
        return str(error)
    return json.dumps([sentry_event(alert), alert.to_dict()], sort_keys=True)


@cache
def fields_that_leave(kind: str) -> frozenset[str]:
    """Return the fields whose value makes a difference to what is sent."""
    found: set[str] = set()
    for whole in WHOLE[kind]:
        before = sent(whole)
        for path, value in leaves(whole):
            if is_fixed(path) or shown(path) in found:
                continue
            if any(sent(put(whole, path, other)) != before for other in variants(path, value)):
                found.add(shown(path))
    return frozenset(found)


def is_fixed(path: Steps) -> bool:
    """Return whether a field makes the payload one that is read at all."""
    is_about_the_queue = path[0] == "Records" and path[-1] in {"eventSource", "eventSourceARN"}
    return shown(path) in {"source", "detail-type"} or is_about_the_queue


def listed(kind: str) -> set[str]:
    """Return the fields that the page names for *kind*."""
    line = re.search(rf"^- {re.escape(kind)}: (.*)", SECURITY, re.MULTILINE)
    assert line, f"add a line for {kind} to SECURITY.md"
    return set(re.findall(r"`(.+?)`", line[1]))


def bullet(kind: str, fields: set[str] | frozenset[str]) -> str:
    """Return the line of the page for *fields*."""
    return f"- {kind}: " + ", ".join(f"`{name}`" for name in sorted(fields))


def planted(kind: str, whole: dict[str, Any]) -> dict[str, Any]:
    """Return *whole* with a secret in every field that the page does not name, known or not."""
    allowed = listed(kind) | listed(AROUND) | NAMES_OF_RECORDS
    event: dict[str, Any] = copied(whole)
    for path, value in leaves(whole):
        if not is_fixed(path) and shown(path) not in allowed:
            event = put(event, path, SECRET if isinstance(value, str) else {SECRET: [SECRET]})
    for place in list(objects(event)):
        place["unheardOf"] = {SECRET: [SECRET, {"deeper": SECRET}]}
    return event


def everything_said(payload: Any, caplog: pytest.LogCaptureFixture) -> str:
    """Return all that notifiers, reports, logs and errors say of a payload."""
    recording = RecordingNotifier()
    refusing = RecordingNotifier(error=DeliveryError("refused", retryable=False), name="refusing")
    caplog.set_level(logging.DEBUG)

    report = FailureAlerter(recording, LogNotifier(), refusing).process(payload)
    with pytest.raises(Exception, match="record failed") as raised:
        report.raise_for_failures()

    alerts = [[sentry_event(alert), alert.to_dict(), repr(alert)] for alert in recording.alerts]
    texts = [json.dumps(alerts), json.dumps(report.to_dict()), repr(report), repr(raised.value)]
    return "\n".join([*texts, str(raised.value), caplog.text])


def test_every_reader_has_a_whole_event() -> None:
    """The list of kinds is complete: a new reader fails here until it has one."""
    seen = set()
    for whole in (whole for several in WHOLE.values() for whole in several):
        (record,) = read_payload(payload_of(whole))
        assert record.event is not None
        seen.add((record.event["source"], record.event["detail-type"]))
    assert seen == set(READERS)


def test_every_cause_has_a_whole_event() -> None:
    """A reader may tell many causes apart: secrets are planted in events of each."""
    events = (event_in(whole) for several in WHOLE.values() for whole in several)
    causes = {judge(event).diagnosis.cause for event in events}
    assert causes >= NOTICE_CAUSES.keys() - {Cause.ROUTINE}


@each("kind", KINDS)
def test_the_list_of_what_leaves_of_a_notice_is_complete(kind: str) -> None:
    """The page names each field that an alert tells of, and no other."""
    expected = bullet(kind, fields_that_leave(kind) - ENVELOPE)
    assert expected in SECURITY.splitlines(), f"expected in SECURITY.md:\n{expected}"


def test_the_list_of_what_leaves_around_the_detail_is_complete() -> None:
    """The page names what leaves of the envelope of any notice, and no other."""
    expected = bullet(AROUND, ENVELOPE & frozenset().union(*map(fields_that_leave, WHOLE)))
    assert expected in SECURITY.splitlines(), f"expected in SECURITY.md:\n{expected}"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_listed_is_said_nowhere(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    """A secret in any other field is in no alert, report, log line or error."""
    for whole in WHOLE[kind]:
        payload = payload_of(planted(kind, whole))
        said = everything_said(payload, caplog)
        assert "refused" in said, "nothing was sent"
        assert SECRET not in said


@each("kind", KINDS)
def test_an_object_in_place_of_a_field_is_said_nowhere(
    kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A field of another type is left out or refused, and never quoted."""
    caplog.set_level(logging.DEBUG)
    recording = RecordingNotifier()
    for whole in WHOLE[kind][:2]:
        for path, _ in leaves(whole):
            changed = payload_of(put(whole, path, {SECRET: [SECRET]}))
            report = FailureAlerter(recording).process(changed)
            assert SECRET not in json.dumps(report.to_dict()) + repr(report)

    sent = [[sentry_event(alert), alert.to_dict()] for alert in recording.alerts]
    assert sent
    assert SECRET not in json.dumps(sent) + caplog.text


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("Step Functions Execution Status Change", "cause", f'{{"A": "{SECRET}", "TaskArn": "a"}}'),
        ("Step Functions Execution Status Change", "error", f"No row for {SECRET}"),
        ("AWS API Call via CloudTrail", "errorMessage", f"Bad value {SECRET}"),
        ("AWS API Call via CloudTrail", "requestParameters.startedBy", SECRET),
    ],
)
def test_only_the_part_that_is_listed_leaves(
    kind: str, path: str, value: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The rest of a field that leaves in part is in no alert, report, log line or error."""
    for whole in WHOLE[f"`{kind}`"]:
        for steps, _ in leaves(whole):
            if shown(steps) == path:
                assert SECRET not in everything_said(put(whole, steps, value), caplog)


@pytest.mark.parametrize(
    "who",
    [
        f"arn:aws:sts::123456789012:assumed-role/etl-runner/{SECRET}@example.com",
        f"arn:aws:iam::123456789012:user/{SECRET}",
        f"arn:aws:sts::123456789012:federated-user/{SECRET}",
    ],
)
def test_aws_sentence_names_no_person(who: str, caplog: pytest.LogCaptureFixture) -> None:
    """The name of a session or user is cut out of what AWS says of a missing permission."""
    message = f"User: {who} is not authorized to perform: ecs:RunTask on resource: *"
    dead_letter = schedule_dead_letter(ERROR_MESSAGE=message)
    assert SECRET not in everything_said(dead_letter, caplog)

    (call, *_) = WHOLE["`AWS API Call via CloudTrail`"]
    refused = {**call["detail"], "errorCode": "AccessDenied", "errorMessage": message}
    assert SECRET not in everything_said({**call, "detail": refused}, caplog)


@pytest.mark.parametrize(
    "body",
    [
        f'{{"Overrides": {{"A": "{SECRET}"}}, "TaskDefi',
        f'["{SECRET}"]',
        f'"{SECRET}"',
        SECRET,
        json.dumps({"id": {SECRET: SECRET}, "time": SECRET, "detail": SECRET}),
    ],
    ids=["cut off", "a list", "a text", "no JSON", "an event"],
)
def test_no_form_of_a_dead_letters_body_leaves(body: str, caplog: pytest.LogCaptureFixture) -> None:
    """EventBridge Scheduler cuts long bodies off, and a job's author chooses what is in them."""
    assert SECRET not in everything_said(schedule_dead_letter(body=body), caplog)

    (sqs,) = schedule_dead_letter(body=body)["Records"]
    attributes = {
        name: {"StringValue": attribute["stringValue"], "DataType": "String"}
        for name, attribute in sqs["messageAttributes"].items()
    }
    received = {"MessageId": "1", "Body": body, "MessageAttributes": attributes}
    assert SECRET not in everything_said({"Messages": [received]}, caplog)


def test_a_notice_keeps_its_event_out_of_its_repr() -> None:
    """Whoever logs a notice, a diagnosis or an alert logs no secret."""
    for kind, several in WHOLE.items():
        (record,) = read_payload(payload_of(planted(kind, several[0])))
        notice = parse_notice(record.event or {})
        diagnosis = diagnose_notice(notice, FailurePolicy())
        alert = build_notice_alert(notice, diagnosis)
        assert SECRET not in f"{notice!r}{diagnosis!r}{alert!r}"
