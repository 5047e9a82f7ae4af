"""One odd field that decides nothing never costs an alert, and is never passed over either."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import EventError, FailureAlerter, Report, diagnose, judge, parse_event
from ecs_failure_alerts.testing import RecordingNotifier, task_state_change
from rows import each

ARN = "arn:aws:ecs:eu-central-1:123456789012:task/jobs/9009"
KILLED = [{"name": "app", "exitCode": 137, "reason": "OutOfMemoryError: killed"}]
#: Fields that decide nothing, each with a value that cannot be read.
INCIDENTAL: dict[str, Any] = {
    "cpu": 256.5,
    "memory": {},
    "pullStartedAt": "soon",
    "startedAt": "soon",
    "stoppedAt": [1],
    "version": "v5",
    "availabilityZone": 1,
    "clusterArn": 5,
    "group": ["service:x"],
    "launchType": 1,
    "taskArn": 7,
}
DECIDING: dict[str, Any] = {
    "lastStatus": 5,
    "stopCode": ["OutOfMemory"],
    "stoppedReason": {},
    "containers": [{"name": "app", "exitCode": "abc"}],
}


def process(event: Any, recorder: RecordingNotifier | None = None) -> Report:
    """Let an alerter deal with one event."""
    return FailureAlerter(recorder or RecordingNotifier()).process(event)


@pytest.mark.parametrize("name", INCIDENTAL)
def test_an_alert_goes_out_though_a_field_is_malformed(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It, the report and a warning name the field."""
    caplog.set_level(logging.WARNING, "ecs_failure_alerts")
    recorder = RecordingNotifier()
    report = process(task_state_change(containers=KILLED, **{name: INCIDENTAL[name]}), recorder)

    (outcome,) = report.outcomes
    assert (outcome.status, outcome.diagnosis and outcome.diagnosis.cause) == (
        "delivered",
        "out_of_memory",
    )
    assert f"detail.{name} cannot be read: expected " in recorder.alerts[0].message
    assert outcome.to_dict()["faults"][0].startswith(f"detail.{name}: expected ")
    assert [
        (record.levelname, f"detail.{name}" in record.message) for record in caplog.records
    ] == [("WARNING", True)]


def test_what_decides_nothing_about_a_container_is_left_out_as_well() -> None:
    report = process(task_state_change(containers=[KILLED[0] | {"image": 5, "memory": 0.5}]))
    (outcome,) = report.outcomes
    assert outcome.status == "delivered"
    assert [fault.path for fault in outcome.faults] == [
        "detail.containers[0].image",
        "detail.containers[0].memory",
    ]


@each("name", DECIDING)
def test_a_fault_that_decides_is_loud(name: str) -> None:
    """Where it cannot be told why the task stopped, the event is unreadable, with every fault."""
    event = task_state_change(**{"cpu": 256.5, name: DECIDING[name]})
    (outcome,) = process(event).outcomes
    assert outcome.status == "unreadable"
    assert "detail.cpu: " in str(outcome.errors[0])
    assert f"detail.{name}" in str(outcome.errors[0])


def test_a_routine_stop_with_an_odd_field_stays_routine() -> None:
    """An odd field makes no failure of a routine stop; the report names it."""
    report = process(task_state_change(containers=[{"name": "app", "exitCode": 0}], cpu=256.5))
    (outcome,) = report.outcomes
    assert (outcome.status, len(outcome.faults)) == ("no_alert", 1)


@each("name", ["clusterArn", "taskDefinitionArn", "group", "startedBy"])
def test_where_no_alert_is_due_the_name_that_decides_has_to_be_readable(name: str) -> None:
    """Perhaps because of whose task it is."""
    event = task_state_change(containers=[{"name": "app", "exitCode": 0}], **{name: 5})
    assert [outcome.status for outcome in process(event).outcomes] == ["unreadable"]


def test_a_start_time_that_cannot_be_read_is_a_start() -> None:
    """A task with any startedAt has started, so it did not fail to start."""
    parts: dict[str, Any] = {"stopCode": "TaskFailedToStart", "stoppedReason": "x"}
    causes = {
        judge(task_state_change(**parts, startedAt=at)).diagnosis.cause
        for at in ("soon", "2026-03-02T02:14:08Z")
    }
    assert len(causes) == 1


@given(strategies.task_events(), st.sampled_from(sorted({*INCIDENTAL} - {"clusterArn", "group"})))
def test_no_incidental_field_turns_an_alert_off(event: dict[str, Any], name: str) -> None:
    """Whatever the event, a field that decides nothing changes no decision."""
    if name == "startedAt":  # that it is there decides, whatever it says
        event["detail"][name] = "2026-03-02T02:14:08Z"
    expected = diagnose(parse_event(event)).alert
    event["detail"][name] = INCIDENTAL[name]
    (outcome,) = process(event).outcomes
    assert outcome.status == ("delivered" if expected else "no_alert")


@pytest.mark.parametrize("strict", [{}, {"strict": True}])
def test_strict_reading_refuses_every_fault(strict: dict[str, bool]) -> None:
    """`parse_event()` is strict unless it is told otherwise."""
    with pytest.raises(EventError) as caught:
        parse_event(task_state_change(cpu=256.5), **strict)
    assert [problem.path for problem in caught.value.problems] == ["detail.cpu"]


def test_lenient_reading_keeps_what_is_readable() -> None:
    """A lenient reading leaves the faulty field out and keeps the event as it came."""
    event = task_state_change(cpu=256.5, memory="512")
    task = parse_event(event, strict=False)
    assert (task.cpu, task.memory, task.raw) == (None, "512", event)
    assert [fault.path for fault in task.faults] == ["detail.cpu"]
    assert parse_event(task_state_change(), strict=False).faults == ()
