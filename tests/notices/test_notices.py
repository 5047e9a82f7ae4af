"""What is no task: each labelled payload, read, diagnosed and put into words."""

from __future__ import annotations

import copy
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from ecs_failure_alerts import (
    EventError,
    FailurePolicy,
    Judgement,
    Rule,
    UnsupportedEvent,
    judge,
    read_payload,
)
from ecs_failure_alerts.causes import NOTICE_CAUSES
from ecs_failure_alerts.notices import READERS, Notice
from ecs_failure_alerts.testing import service_action
from rows import each

OWN: Final = Path(__file__).parent / "notices.jsonl"
CORPUS: Final = Path(os.environ.get("TESTS_CORPUS", "nowhere")) / "ecs-notices.jsonl"


def rows(path: Path) -> Iterator[dict[str, Any]]:
    """Read the labelled payloads of a file."""
    for text in path.read_text("utf-8").splitlines():
        if "infrastructure-health" not in text:  # tasks, which have a corpus of their own
            yield json.loads(text)


#: Our own, or the whole corpus where it is there.
ROWS: Final = {row["name"]: row for row in rows(CORPUS if CORPUS.exists() else OWN)}
JUDGED: Final = [
    pytest.param(row, id=name)
    for name, row in ROWS.items()
    if row["expect"]["kind"] not in {"malformed", "other"}
]


def judged(row: dict[str, Any]) -> Judgement:
    """Judge the one event in the row's payload."""
    (record,) = read_payload(row["event"])
    if record.error is not None:
        raise record.error
    return judge(record.event or {})


def test_every_cause_and_every_reader_has_a_payload() -> None:
    """Whoever adds one adds events to `notices.jsonl`, from which the properties draw theirs."""
    own = list(rows(OWN))
    events = [record.event or {} for row in own for record in read_payload(row["event"])]
    assert NOTICE_CAUSES.keys() - {row["expect"]["kind"] for row in own} == set()
    assert READERS.keys() - {(e.get("source"), e.get("detail-type")) for e in events} == set()


def test_no_payload_names_an_account_that_is_somebodys() -> None:
    fields = r'\barn:[^:"]*:[^:"]*:[^:"]*:(\d+):|"account": "(\d+)"'
    found = re.findall(fields, OWN.read_text("utf-8"))
    assert {account for pair in found for account in pair if account} == {"123456789012"}


@each("row", JUDGED)
def test_a_payload_is_judged_as_labelled(row: dict[str, Any]) -> None:
    """Cause, alert, level and workload are as a person labelled them."""
    judgement, expect = judged(row), row["expect"]
    diagnosis = judgement.diagnosis
    workload = diagnosis.workload
    if isinstance(judgement.event, Notice) and judgement.event.workload is None:
        named = None
    else:
        named = {"type": workload.type.value, "name": workload.name}

    assert diagnosis.cause.value == expect["kind"]
    assert diagnosis.alert is expect["should_alert"]
    assert diagnosis.level == expect["level"]
    assert named == expect["workload"]


def test_rows_of_one_group_share_a_fingerprint_and_others_do_not() -> None:
    """Sentry makes one issue of a group, and of no two."""
    groups: dict[str, set[tuple[str, ...]]] = {}
    for row in ROWS.values():
        if row["expect"].get("group"):
            groups.setdefault(row["expect"]["group"], set()).add(judged(row).as_alert().fingerprint)

    assert all(len(fingerprints) == 1 for fingerprints in groups.values())
    assert len(set.union(*groups.values())) == len(groups) > 30


@each("name", [n for n, r in ROWS.items() if r["expect"]["kind"] == "malformed"])
def test_a_malformed_payload_is_loud(name: str) -> None:
    """A field that decides and has a wrong type names its place."""
    with pytest.raises(EventError) as caught:
        judged(ROWS[name])
    assert all(problem.path for problem in caught.value.problems)


@pytest.mark.parametrize("name", [n for n, r in ROWS.items() if r["expect"]["kind"] == "other"])
def test_what_nobody_knows_is_unsupported(name: str) -> None:
    """A source or type in no row of the table is refused, so that the log names it."""
    with pytest.raises(UnsupportedEvent):
        judged(ROWS[name])


@each(
    ("first", "second", "same"),
    [
        pytest.param("made-impaired-first", "made-impaired-again-6min", True, id="within-the-hour"),
        pytest.param("made-deployment-failed", "made-service-action-deployment-failed", True),
        pytest.param("made-deployment-failed", "made-deployment-failed-replayed", True),
        pytest.param("made-deployment-failed", "made-deployment-failed-alarm", False),
        pytest.param("made-runtask-failures-memory", "made-runtask-failures-memory-retried", True),
        pytest.param("made-scheduler-dlq-denied", "made-scheduler-dlq-exhausted", False),
        pytest.param("made-batch-failed-exit1", "made-batch-array-child", False),
    ],
)
def test_one_piece_of_news_has_one_id(first: str, second: str, same: bool) -> None:
    """What AWS repeats is the same alert within the hour; every run and job has its own."""
    ids = {judged(ROWS[name]).as_alert().event_id for name in (first, second)}
    assert len(ids) == (1 if same else 2)


def test_a_new_hour_is_a_new_alert() -> None:
    """Trouble that lasts is told once an hour, in the same group."""
    event = ROWS["made-impaired-first"]["event"]
    detail = event["detail"] | {"createdAt": "2026-11-03T03:14:08.695Z"}
    early, late = judge(event).as_alert(), judge(event | {"detail": detail}).as_alert()

    assert early.event_id != late.event_id
    assert early.fingerprint == late.fingerprint


def _dateless(**extra: Any) -> dict[str, Any]:
    """Return an event that AWS does not send: without an id and a time."""
    event = ROWS["made-impaired-first"]["event"]
    detail = {name: value for name, value in event["detail"].items() if name != "createdAt"}
    rest = {name: value for name, value in event.items() if name not in {"id", "time"}}
    return rest | {"detail": detail} | extra


def test_without_an_id_and_a_time_another_event_has_another_id() -> None:
    again = dict(reversed(_dateless().items()))
    ids = [judge(e).as_alert().event_id for e in (_dateless(), again, _dateless(version="1"))]
    assert ids[0] == ids[1] != ids[2]


def test_an_event_without_an_id_and_a_time_alerts_however_odd_it_is() -> None:
    """In Python a value may hold itself, and JSON may nest as deep as it can just be read."""
    odd: dict[str, Any] = {}
    odd["self"] = odd
    assert re.fullmatch("[0-9a-f]{32}", judge(_dateless(odd=odd)).as_alert().event_id)


@each("row", [param for param in JUDGED if "checkin" not in str(param.id)])
def test_an_alert_says_who_what_and_what_next(row: dict[str, Any]) -> None:
    """A title, a sentence, what to do next, and JSON that every backend takes."""
    alert = judged(row).as_alert()

    assert alert.title
    assert len(alert.title) <= 200
    assert alert.message.splitlines()[-1].startswith("Next: ")
    assert "{" not in alert.message
    for text in (alert.title, alert.message, *alert.fingerprint, *alert.tags.values()):
        assert "None" not in text
    assert json.loads(json.dumps(alert.to_dict(), allow_nan=False)) == alert.to_dict()


def _free_texts(value: Any) -> Iterator[tuple[dict[str, Any], str]]:
    """Find the fields in which somebody may quote a command, wherever they are in *value*."""
    if isinstance(value, list):
        for part in value:
            yield from _free_texts(part)
    elif isinstance(value, dict):
        for key, part in value.items():
            if isinstance(part, str) and re.search("(?i)reason|cause|message|stage|name$", key):
                yield value, key
            yield from _free_texts(part)


@each("row", JUDGED)
def test_no_repr_shows_a_secret_that_the_alert_does_not(row: dict[str, Any]) -> None:
    """Whatever the sentence, the fact or the doubt is that takes a text of AWS up."""
    for number in range(len([*_free_texts(row["event"])])):
        changed = copy.deepcopy(row)
        fields, key = [*_free_texts(changed["event"])][number]
        fields[key] = "DB_PASSWORD=HUNTER2"
        try:
            judgement = judged(changed)
        except EventError:
            continue
        if "HUNTER2" not in json.dumps(judgement.as_alert().to_dict()):
            assert "HUNTER2" not in repr(judgement), key


def test_neither_a_fault_nor_the_reason_of_a_rule_shows_a_secret() -> None:
    """The one quotes a field of a wrong form, the other is of whoever wrote the policy."""
    rule = Rule(service="*", level="fatal", why="as long as token=HUNTER2 holds")
    event = service_action("SERVICE_DEPLOYMENT_FAILED", createdAt="DB_PASSWORD=HUNTER2")
    message = judge(event, FailurePolicy(rules=[rule])).as_alert().message
    assert 'got "DB_PASSWORD=[redacted: secret]"' in message
    assert "as long as token=[redacted: secret] holds" in message
    assert "HUNTER2" not in message


@each("row", JUDGED)
def test_no_secret_of_a_run_leaves(row: dict[str, Any]) -> None:
    """Overrides, environments, sessions, addresses and keys stay in the account."""
    judgement = judged(row)
    shown = json.dumps(judgement.as_alert().to_dict()) + repr(judgement)

    for secret in ("not-a-real-secret", "alice", "203.0.113.10", "AKIAEXAMPLE", "customers.csv"):
        assert secret not in shown
