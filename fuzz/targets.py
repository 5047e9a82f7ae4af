"""What is fuzzed, and what must hold for any input; whatever is raised here is a finding."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from ecs_failure_alerts import (
    DeliveryFailed,
    EventError,
    EventPattern,
    FailureAlerter,
    FailurePolicy,
    Judgement,
    SourceRecord,
    build_alert,
    diagnose,
    judge,
    parse_event,
    read_payload,
)
from ecs_failure_alerts.cli._cards import card
from ecs_failure_alerts.configuration import read_configuration
from ecs_failure_alerts.exceptions import ConfigError, InvalidPattern
from ecs_failure_alerts.notifiers.sentry import sentry_event
from ecs_failure_alerts.task_patterns import lint
from ecs_failure_alerts.tasks import reader as readers
from ecs_failure_alerts.testing import RecordingNotifier, task_state_change

from . import seeds

#: Processor time for an input, in seconds: a fixed part, and so much a byte.
_ALLOWED: Final = (1.0, 50e-6)
_ECHO: Final = 40
_SECRET: Final = "pl4nt3d-s3cr3t"  # noqa: S105 - what must show nowhere
_PLANTED: Final[dict[str, Any]] = {
    "overrides": {
        "containerOverrides": [
            {"name": "app", "command": [_SECRET], "environment": [{"name": "K", "value": _SECRET}]}
        ]
    },
    "attachments": [{"details": [{"name": _SECRET, "value": _SECRET}]}],
    "attributes": [{"name": _SECRET}],
    "tags": {_SECRET: _SECRET},
}
_POLICY: Final = FailurePolicy()
_PATTERN: Final = _POLICY.event_pattern()
_READ_PATHS: Final = {
    "",
    "detail",
    "detail.containers",
    "detail.containers[]",
    *(key for key, *_ in (*readers._TYPE, *readers._ENVELOPE)),
    *(f"detail.{key}" for key, *_ in readers._DETAIL),
    *(f"detail.containers[].{key}" for key, *_ in readers._CONTAINER),
}
#: An alert is due for it, whatever stands beside it.
_GOOD: Final = task_state_change(taskArn="arn:aws:ecs:eu-central-1:123456789012:task/jobs/9009")
_GOOD_TEXT: Final = json.dumps(_GOOD)
#: Where the last event of a payload is, since one record after it may stand for many faults.
_LAST: Final = -2


@contextmanager
def _within_time(size: int) -> Iterator[None]:
    begin = time.process_time()
    yield
    taken = time.process_time() - begin
    assert taken < _ALLOWED[0] + _ALLOWED[1] * size, f"{taken:.1f} s for {size} bytes"


def _json(data: bytes) -> Any:
    """Return the document in *data* as Python reads it; None if it is none."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _texts(document: Any) -> Iterator[str]:
    """Yield every string of a document."""
    todo = [document]
    while todo:
        value = todo.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            todo += value.values()
        elif isinstance(value, list):
            todo += value


def _assert_safe(error: BaseException) -> None:
    """Assert that neither an error nor what it holds on to shows what was planted."""
    seen: set[int] = set()
    todo: list[BaseException | None] = [error]
    while todo:
        one = todo.pop()
        if one is not None and id(one) not in seen:
            seen.add(id(one))
            assert _SECRET not in f"{one} {one!r} {one.args} {vars(one)}"
            todo += [one.__cause__, one.__context__]


def _assert_echoes(error: EventError, document: Any) -> None:
    """Assert that at most 40 characters of a scalar at a path that is read are shown."""
    assert error.problems
    assert str(error)
    said = " ".join(problem.message for problem in error.problems)
    for text in _texts(document):
        if len(text) > _ECHO:
            shown = text[: _ECHO + 1].encode(errors="replace").decode()
            assert json.dumps(shown, ensure_ascii=False)[1:-1] not in said
    assert all(len(number) <= _ECHO for number in re.findall(r"-?[0-9.e+]+", said))
    for problem in error.problems:
        assert re.sub(r"\[[0-9]+\]", "[]", problem.path) in _READ_PATHS


def events(data: bytes) -> None:
    """
    Parse one event, and go on with whatever parses: diagnosis, alert, Sentry event, card.

    Only `EventError` may be raised; text, bytes and mapping mean the same; nothing planted in
    fields that are not read shows anywhere; what alerts matches the policy's pattern.
    """
    if _SECRET.encode() in data:
        return
    verdict = _verdict(data)
    with suppress(UnicodeDecodeError):
        text = data.decode()
        if not text.startswith("\ufeff") and "\0" not in text[:4]:  # else bytes are UTF-16 or so
            assert _verdict(text) == verdict
    document = _json(data)
    if document is None or isinstance(document, str):
        return
    own = _verdict(document)
    if isinstance(verdict, str) and not verdict.startswith("not JSON"):
        assert own == verdict
    if isinstance(document, dict) and isinstance(document.get("detail"), dict):
        document["detail"] |= _PLANTED
        planted = document | {"more": _SECRET}
        _verdict(planted)
        with suppress(ValueError):
            text = json.dumps(planted, allow_nan=False)
            for cut in (len(text), -1, text.rindex(_SECRET) + 4):
                _verdict(text[:cut])
            _verdict(text.encode().replace(_SECRET.encode(), _SECRET.encode() + b"\xff"))


def _assert_judged(event: Any) -> None:
    """Assert that any event is judged, or refused by an `EventError`; notices as well."""
    size = len(event) if isinstance(event, str | bytes) else len(repr(event))
    with _within_time(size):
        try:
            judgement = judge(event, _POLICY)
        except EventError as error:
            _assert_safe(error)
            return
        alert = judgement.as_alert()
        said = json.dumps([alert.to_dict(), sentry_event(alert)], allow_nan=False)
        shown = f"{judgement!r}{said}{card(judgement, color=False)}"

    assert _SECRET not in shown
    assert judgement.diagnosis.alert is (judgement.alert is not None)
    assert judge(event, _POLICY) == judgement


def _verdict(event: Any) -> str:
    """Return what is said of an event, having looked at all that is made of it."""
    _assert_judged(event)
    size = len(event) if isinstance(event, str | bytes) else len(repr(event))
    with _within_time(size):
        try:
            task = parse_event(event)
        except EventError as error:
            _assert_safe(error)
            document = event if not isinstance(event, str | bytes) else _json_of(event)
            _assert_echoes(error, document)
            return str(error)
        diagnosis = diagnose(task, _POLICY)
        alert = build_alert(task, diagnosis)
        sent = sentry_event(alert)
        said = [
            repr((task, task.containers, diagnosis, alert)),
            json.dumps([alert.to_dict(), sent], ensure_ascii=False, allow_nan=False),
            card(Judgement(task, diagnosis, alert), color=False),
        ]
    assert said[1].encode()
    assert _SECRET not in "".join(said)
    assert diagnosis.alert is (diagnosis.level is not None)
    assert not (diagnosis.alert and not task.stopped)
    assert build_alert(task, diagnosis) == alert
    hash(task)
    if diagnosis.alert and _as_aws_has_it(task.raw):
        assert _PATTERN.matches(task.raw), "the pattern drops what alerts"
    return repr((diagnosis, alert))


def _json_of(event: str | bytes) -> Any:
    return _json(event if isinstance(event, bytes) else event.encode(errors="surrogatepass"))


def _as_aws_has_it(raw: Any) -> bool:
    """Return whether all containers or none have an ARN, and no key holds a dot."""
    containers = raw["detail"].get("containers") or []
    with_arn = sum("containerArn" in container for container in containers)
    spelled = [raw, raw["detail"], *containers]
    return with_arn in {0, len(containers)} and not any("." in key for at in spelled for key in at)


def payloads(data: bytes) -> None:
    """
    Read a payload, and let an alerter deal with it.

    Nothing is raised but `DeliveryFailed` at the end; a record is an event or an error; a
    failure that stands before and after it is delivered, in every wrapping; the wrapping
    changes nothing of what is inside.
    """
    forms: list[Any] = [data]
    with suppress(UnicodeDecodeError):
        text = data.decode()
        forms += [text, f"{text}\n{_GOOD_TEXT}", seeds.sqs(text)]
        both = _delivered(f"{_GOOD_TEXT}\n{text}\n{_GOOD_TEXT}")
        assert "delivered" in both[_LAST:]
        batch = {"Records": [*seeds.sqs(text)["Records"], *seeds.sqs(_GOOD_TEXT)["Records"]]}
        assert "delivered" in _delivered(batch)[_LAST:]
    document = _json(data)
    if document is not None:
        forms.append(document)
        around = _delivered([_GOOD, document, _GOOD])
        assert around[0] == "delivered"
        assert "delivered" in around[_LAST:]
        if not isinstance(document, str):  # one that is text may hold JSON lines
            _assert_wrappings_change_nothing(document)
    for form in forms:
        _delivered(form)
        _assert_handled(form)


def _is_partly_read(records: list[SourceRecord]) -> bool:
    """Return whether something is wrapped too deeply, or a record stands for many faults."""
    faults = [str(record.error) for record in records if record.error]
    return any("wrapped too many times" in text or "be read either" in text for text in faults)


def _found(records: list[SourceRecord]) -> list[Any]:
    return [record.event for record in records]


def _assert_wrappings_change_nothing(document: Any) -> None:
    try:
        text = json.dumps(document, allow_nan=False)
    except (ValueError, RecursionError):
        return
    plain = list(read_payload(document))
    if _is_partly_read(plain):
        return
    for wrap in seeds.WRAPPINGS:
        inside = list(read_payload(wrap(text)))
        if _is_partly_read(inside):
            continue
        assert _found(inside) == _found(plain)


def _delivered(payload: Any) -> list[str]:
    """Return what became of each record of a payload."""
    size = len(payload) if isinstance(payload, str | bytes) else len(repr(payload))
    recorder = RecordingNotifier()
    alerter = FailureAlerter(recorder, policy=_POLICY)
    with _within_time(size):
        records = list(read_payload(payload))
        report = alerter.process(payload)
        said = json.dumps(report.to_dict())
        repr(report)
    assert len(report.outcomes) == len(records)
    for record, outcome in zip(records, report.outcomes, strict=True):
        assert (record.event is None) is (record.error is not None)
        assert (record.place, record.id, record.queue) == (
            outcome.record.place,
            outcome.record.id,
            outcome.record.queue,
        )
        assert outcome.status != "not_delivered"
        assert outcome.failed is (outcome.status == "unreadable")
    assert "a bug of" not in said, said
    due = {o.alert.event_id for o in report.outcomes if o.alert}
    assert {alert.event_id for alert in recorder.alerts} == due
    failed = bool(report.failures)
    try:
        report.raise_for_failures()
    except DeliveryFailed as error:
        assert failed
        assert str(error)
    else:
        assert not failed
    return [outcome.status for outcome in report.outcomes]


def _assert_handled(payload: Any) -> None:
    """Assert that a Lambda's answer never says less than what failed."""
    recorder = RecordingNotifier()
    alerter = FailureAlerter(recorder, policy=_POLICY, partial_batch=True)
    failures = alerter.process(payload).failures
    try:
        answer = alerter.handle(payload, None)
    except DeliveryFailed:
        assert failures
    else:
        named = {item["itemIdentifier"] for item in answer.get("batchItemFailures", ())}
        assert named == {outcome.record.id for outcome in failures}


def patterns(data: bytes) -> None:
    """
    Read a pattern and match an event with it: a line each.

    Only `InvalidPattern` and `EventError` may be raised; a pattern survives being written;
    text and mapping mean the same, and so do `matches()` and `explain()`; lint is total.
    """
    text, _, event_text = data.decode(errors="replace").partition("\n")
    sources, events = [text], [event_text]
    with suppress(ValueError, RecursionError):
        sources.append(json.loads(text))
    with suppress(ValueError, RecursionError):
        events.append(json.loads(event_text))
    with _within_time(len(data)):
        read = [_pattern(source) for source in sources if isinstance(source, str | dict)]
        lint(text)
    for pattern in filter(None, read):
        with _within_time(len(data)):
            written = pattern.to_json()
            assert _pattern(written) == pattern
            assert hash(_pattern(pattern.to_json(2))) == hash(pattern)
            assert all(map(str, lint(pattern)))
            repr(pattern)
        with _within_time(len(data)):
            answers = [_answers(pattern, event) for event in events]
        if "." not in event_text:  # the numbers of a mapping have lost their spelling
            assert len({answer for pair in answers for answer in pair if answer is not None}) <= 1


def _pattern(source: Any) -> EventPattern | None:
    try:
        return EventPattern.from_json(source)
    except InvalidPattern as error:
        assert error.message
        return None


def _answers(pattern: EventPattern, event: Any) -> tuple[bool | None, bool | None]:
    """Return what matching and explaining say; None for an error."""
    matches = explained = None
    with suppress(EventError):
        matches = pattern.matches(event)
    with suppress(EventError):
        explanation = pattern.explain(event)
        explained = explanation.matches
        for branch in explanation.branches:
            for finding in branch.findings:
                assert all(len(value) <= 6 * _ECHO + 2 for _, value in finding.values)
                assert finding.holds or not branch.matches
        assert str(explanation)
    assert None in {matches, explained} or matches == explained
    return matches, explained


def configurations(data: bytes) -> None:
    """
    Read a configuration document.

    Only `ConfigError` may be raised, soon, and nothing planted in it shows; what is taken makes a
    policy and has no repr with a secret.
    """
    with _within_time(len(data)):
        try:
            configuration = read_configuration(data, "it")
        except ConfigError as error:
            _assert_safe(error)
            assert error.problems
            return
        policy = FailurePolicy(**configuration.arguments["policy"])
        assert policy.event_pattern()

    said = f"{configuration!r}{configuration.notifiers!r}{list(map(str, configuration.warnings))}"
    assert _SECRET not in said


TARGETS: Final[dict[str, tuple[Callable[[bytes], None], Callable[[], list[str]]]]] = {
    "events": (events, lambda: [json.dumps(event) for event in seeds.events()]),
    "payloads": (payloads, lambda: list(seeds.payloads())),
    "patterns": (patterns, lambda: list(seeds.pairs())),
    "configurations": (configurations, seeds.documents),
}
