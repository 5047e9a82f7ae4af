"""The test kit's events that are no task."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts import FailureAlerter, judge
from ecs_failure_alerts.testing import (
    RecordingNotifier,
    batch_job_state_change,
    deployment_state_change,
    execution_status_change,
    instance_health_change,
    schedule_dead_letter,
    service_action,
)
from rows import each


@each(
    ("payload", "title"),
    [
        pytest.param(service_action(), "TasksCannotStart: api", id="service-action"),
        pytest.param(deployment_state_change(), "DeploymentFailed: api", id="deployment"),
        pytest.param(
            schedule_dead_letter(), "ScheduleTargetFailed: default/nightly", id="dead-letter"
        ),
        pytest.param(batch_job_state_change(), "BatchJobFailed: nightly", id="batch"),
        pytest.param(execution_status_change(), "WorkflowFailed: etl", id="execution"),
        pytest.param(
            instance_health_change(), "InstanceImpaired: i-0abcdef1234567890", id="instance"
        ),
    ],
)
def test_an_event_of_the_kit_alerts_as_it_is(payload: Any, title: str) -> None:
    recorder = RecordingNotifier()
    FailureAlerter(recorder).process(payload)
    assert [alert.title for alert in recorder.alerts] == [title]


@each(
    ("event", "cause"),
    [
        (service_action("SERVICE_STEADY_STATE", event_type="INFO"), "routine"),
        (service_action("ECS_OPERATION_THROTTLED", event_type="ERROR"), "service_action.throttled"),
        (deployment_state_change("SERVICE_DEPLOYMENT_COMPLETED", event_type="INFO"), "routine"),
        (batch_job_state_change("SUCCEEDED", exit_code=0), "routine"),
        (batch_job_state_change(arrayProperties={"size": 3}), "routine"),
        (execution_status_change("TIMED_OUT"), "workflow.timed_out"),
        (instance_health_change(status="OK"), "routine"),
    ],
)
def test_a_changed_event_is_judged_anew(event: dict[str, Any], cause: str) -> None:
    assert judge(event).diagnosis.cause == cause


def test_names_and_details_are_the_callers() -> None:
    judgement = judge(
        service_action(
            "SERVICE_TASK_PLACEMENT_FAILURE",
            service="web",
            cluster="stage",
            reason="RESOURCE:MEMORY",
        )
    )
    assert judgement.diagnosis.summary == (
        "Service web has no place for a new task: no instance has enough memory left "
        "(RESOURCE:MEMORY)."
    )
    assert judgement.as_alert().tags["ecs.cluster"] == "stage"


def test_of_a_dead_letters_body_nothing_is_read() -> None:
    recorder = RecordingNotifier()
    FailureAlerter(recorder).process(schedule_dead_letter(body='{"Overrides": "s3cr3t"}'))
    (alert,) = recorder.alerts
    assert "s3cr3t" not in str(alert.to_dict())


@each(
    ("code", "said"),
    [
        ("AccessDeniedException", "is not authorized to perform: ecs:RunTask"),
        ("ClusterNotFoundException", "Cluster not found."),
        ("ClientException", "TaskDefinition is inactive"),
    ],
)
def test_the_message_of_a_dead_letter_fits_its_code(code: str, said: str) -> None:
    (record,) = schedule_dead_letter(code)["Records"]
    assert said in record["messageAttributes"]["ERROR_MESSAGE"]["stringValue"]


def test_the_message_of_a_dead_letter_may_be_given() -> None:
    (record,) = schedule_dead_letter(ERROR_MESSAGE="no")["Records"]
    assert record["messageAttributes"]["ERROR_MESSAGE"]["stringValue"] == "no"
