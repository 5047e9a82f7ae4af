"""One odd field that decides nothing never costs an alert, and is never passed over either."""

from __future__ import annotations

import logging
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from ecs_failure_alerts import (
    EventError,
    FailureAlerter,
    FailurePolicy,
    Report,
    diagnose,
    judge,
    parse_event,
)
from ecs_failure_alerts.testing import (
    RecordingNotifier,
    batch_job_state_change,
    service_action,
    task_state_change,
)
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
URL = "db://app:HUNTER2@h"
DECIDING: dict[str, Any] = {
    "lastStatus": 5,
    "stopCode": ["OutOfMemory"],
    "stoppedReason": {},
    "containers": [{"name": "app", "exitCode": "abc"}],
}


def process(event: Any, recorder: RecordingNotifier | None = None) -> Report:
    """Let an alerter deal with one event."""
    return FailureAlerter(recorder or RecordingNotifier()).process(event)


@each("event", [task_state_change(pullStartedAt=URL), {**service_action(), "time": URL}])
def test_a_secret_in_an_odd_place_does_not_leave(event: Any) -> None:
    """The alert names the fault with what stands there, as it does all foreign text."""
    alert = judge(event).as_alert()
    assert 'got "db://app:[redacted: password]@h"' in alert.message
    assert "HUNTER2" not in str(alert.to_dict())


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


@each("count", [10, 3000])
def test_an_alert_names_ten_faults_and_the_report_all(count: int) -> None:
    """An alert with thousands of them would be too large for some backends."""
    containers = [{**KILLED[0], "memory": []} for _ in range(count)]
    (outcome,) = process(task_state_change(containers=containers)).outcomes
    assert (outcome.status, len(outcome.faults)) == ("delivered", count)
    message = outcome.alert.message if outcome.alert else ""
    assert message.count(".memory cannot be read: ") == 10
    assert ("More fields cannot be read" in message) == (count > 10)


@each("name", ["taskArn", "clusterArn"])
def test_an_alert_keeps_its_id_and_its_group_though_an_arn_is_malformed(name: str) -> None:
    """The envelope has the task's ARN, and that has the cluster's name."""
    whole, broken = (
        judge(task_state_change(containers=KILLED, **changes)).as_alert()
        for changes in ({}, {name: 5})
    )
    assert (broken.event_id, broken.fingerprint) == (whole.event_id, whole.fingerprint)


@pytest.mark.parametrize(
    ("arn", "resources"),
    [(5, None), (5, [1]), (5, ["arn:aws:ecs:eu-central-1:123456789012:cluster/jobs"])],
)
def test_without_any_readable_arn_an_alert_still_goes_out(arn: Any, resources: Any) -> None:
    event = task_state_change(containers=KILLED, taskArn=arn, clusterArn=arn)
    event["resources"] = resources
    (outcome,) = process(event).outcomes
    assert (outcome.status, outcome.subject) == ("delivered", None)


#: Notices, each with a field that decides nothing and cannot be read.
NOTICES: Final[dict[str, tuple[dict[str, Any], str]]] = {
    "reason": (service_action("SERVICE_DEPLOYMENT_FAILED", reason={"text": "x"}), "detail.reason"),
    "time": (service_action("SERVICE_TASK_START_IMPAIRED", createdAt="soon"), "detail.createdAt"),
    "list": (
        service_action("SERVICE_TASK_PLACEMENT_FAILURE", capacityProviderArns="x"),
        "detail.capacityProviderArns",
    ),
    "member": (
        service_action("SERVICE_TASK_PLACEMENT_FAILURE", capacityProviderArns=["x", 5]),
        "detail.capacityProviderArns[1]",
    ),
    "inside": (
        batch_job_state_change(attempts=[{"container": {"exitCode": "abc"}}]),
        "detail.attempts[0].container.exitCode",
    ),
}


@pytest.mark.parametrize("name", NOTICES)
def test_the_alert_of_a_notice_goes_out_though_a_field_is_malformed(
    name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It, the report and a warning name the field, so that nobody reads that AWS said nothing."""
    caplog.set_level(logging.WARNING, "ecs_failure_alerts")
    recorder, (event, path) = RecordingNotifier(), NOTICES[name]
    (outcome,) = process(event, recorder).outcomes

    assert outcome.status == "delivered"
    assert f"{path} cannot be read: expected " in recorder.alerts[0].message
    assert [fault.path for fault in outcome.faults] == [path]
    assert [(record.levelname, path in record.message) for record in caplog.records] == [
        ("WARNING", True)
    ]


@each(
    "event",
    [
        pytest.param(task_state_change(containers=KILLED, createdAt="password=HUNTER2"), id="task"),
        pytest.param(
            service_action("SERVICE_TASK_START_IMPAIRED", createdAt="password=HUNTER2"), id="notice"
        ),
    ],
)
def test_a_fault_in_an_alert_shows_no_secret(event: dict[str, Any]) -> None:
    """It echoes the beginning of what cannot be read, redacted as any text."""
    alert = judge(event).as_alert()
    assert "detail.createdAt cannot be read: expected a time" in alert.message
    assert "HUNTER2" not in str(alert.to_dict())


def test_the_exit_code_of_a_job_may_be_a_number_in_quotes_as_that_of_a_task() -> None:
    alerts = [
        judge(batch_job_state_change(attempts=[{"container": {"exitCode": code}}])).as_alert()
        for code in (137, "137", 137.0)
    ]
    assert len({(alert.message, alert.fingerprint) for alert in alerts}) == 1
    assert "137" in alerts[0].message


def test_a_notice_that_no_alert_is_due_for_has_to_tell_whose_it_is() -> None:
    """Perhaps the policy does not name the service because its name cannot be read."""
    policy = FailurePolicy(levels={("service_action.task_start_impaired", "*"): None})
    event = service_action("SERVICE_TASK_START_IMPAIRED", serviceName=5)
    with pytest.raises(EventError, match=r"detail\.serviceName"):
        judge(event, policy)
    assert judge(service_action("SERVICE_TASK_START_IMPAIRED", createdAt=[]), policy).alert is None


def test_the_alert_of_a_replayed_notice_tells_that_it_is_an_old_one() -> None:
    event = {**service_action("SERVICE_TASK_START_IMPAIRED"), "replay-name": "after-outage"}
    assert 'the replay "after-outage" has sent it again' in judge(event).as_alert().message


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
