"""The labelled corpus, where ``TESTS_CORPUS`` names its folder."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from ecs_failure_alerts import FailureAlerter
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.testing import RecordingNotifier

_FOLDER = os.environ.get("TESTS_CORPUS")


def rows(name: str) -> list[dict[str, Any]]:
    """Return the rows of a file of the corpus; none where there is no corpus."""
    if not _FOLDER:
        return []
    lines = (Path(_FOLDER) / name).read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.strip()]


def cases(rows: list[dict[str, Any]]) -> list[Any]:
    """Return parameters of *rows*, or one that is skipped and says why."""
    if not _FOLDER:
        skip = pytest.mark.skip(reason="TESTS_CORPUS names no folder")
        return [pytest.param({}, id="no-corpus", marks=skip)]
    return [pytest.param(row, id=row["name"]) for row in rows]


EVENTS = [*rows("ecs-events.jsonl"), *rows("field-events.jsonl")]
SEQUENCES = rows("ecs-sequences.jsonl")
TASKS = [row for row in EVENTS if row["expect"]["is_task_state_change"]]
OTHERS = [row for row in EVENTS if not row["expect"]["is_task_state_change"]]


def _is_event(row: dict[str, Any]) -> bool:
    return "source" in row["event"] and "detail-type" in row["event"]


@pytest.mark.parametrize("row", cases(TASKS))
def test_a_task_event_is_explained_as_it_is_labelled(
    row: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "event.json"
    file.write_text(json.dumps(row["event"]), encoding="utf-8")
    assert main(["explain", "--format", "json", str(file)]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    said, expect = json.loads(line), row["expect"]
    assert {
        "kind": said["cause"],
        "should_alert": said["alert"],
        "failed_containers": said["culprits"],
        "exit_codes": said["exit_codes"],
        "workload": said["workload"],
        "stopped": said["cause"] != "not_stopped",
    } == {key: value for key, value in expect.items() if key != "is_task_state_change"}


@pytest.mark.parametrize("row", cases([row for row in OTHERS if _is_event(row)]))
def test_an_event_of_another_type_is_ignored_and_no_failure(row: dict[str, Any]) -> None:
    notifier = RecordingNotifier()
    report = FailureAlerter(notifier).process(row["event"])
    assert [outcome.status for outcome in report.outcomes] == ["ignored"]
    assert (report.failures, notifier.alerts) == ((), [])


@pytest.mark.parametrize("row", cases([row for row in OTHERS if not _is_event(row)]))
def test_another_payload_never_alerts(row: dict[str, Any]) -> None:
    """It is ignored, or unreadable and said so."""
    notifier = RecordingNotifier()
    report = FailureAlerter(notifier).process(row["event"])
    assert {outcome.status for outcome in report.outcomes} <= {"ignored", "unreadable"}
    assert report.outcomes
    assert notifier.alerts == []


@pytest.mark.parametrize("row", cases(SEQUENCES))
def test_a_series_gives_the_alerts_and_groups_of_its_label(row: dict[str, Any]) -> None:
    notifier = RecordingNotifier()
    alerter = FailureAlerter(notifier)
    outcomes = [o for event in row["events"] for o in alerter.process(event).outcomes]
    assert len({alert.event_id for alert in notifier.alerts}) == row["distinct_alerts"]
    assert len({alert.fingerprint for alert in notifier.alerts}) == row["distinct_groups"]
    bad = "bad-record" in row["name"]
    assert [outcome.status for outcome in outcomes if outcome.failed] == ["unreadable"] * bad
