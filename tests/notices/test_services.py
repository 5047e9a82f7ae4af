"""What the service scheduler reports."""

from __future__ import annotations

from typing import Any

from ecs_failure_alerts import Cause, judge
from ecs_failure_alerts.testing import service_action
from linear_time import assert_linear
from notice_events import ARN
from rows import each

#: Every name on AWS's page, with what comes of it. The name decides, not the event's type.
NAMES = [
    ("SERVICE_TASK_START_IMPAIRED", Cause.SERVICE_TASK_START_IMPAIRED, "error"),
    ("SERVICE_TASK_PLACEMENT_FAILURE", Cause.SERVICE_TASK_PLACEMENT_FAILURE, "error"),
    ("SERVICE_TASK_CONFIGURATION_FAILURE", Cause.SERVICE_TASK_CONFIGURATION_FAILURE, "error"),
    ("SERVICE_DEPLOYMENT_FAILED", Cause.DEPLOYMENT_FAILED, "error"),
    ("SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED", Cause.SERVICE_CONSTRAINT_VIOLATED, "warning"),
    ("ECS_OPERATION_THROTTLED", Cause.SERVICE_THROTTLED, "warning"),
    ("SERVICE_DISCOVERY_OPERATION_THROTTLED", Cause.SERVICE_THROTTLED, "warning"),
    ("SERVICE_HEALTH_UNKNOWN", Cause.SERVICE_HEALTH_UNKNOWN, "warning"),
    ("SERVICE_DISCOVERY_INSTANCE_UNHEALTHY", Cause.ROUTINE, None),
    ("VPC_LATTICE_TARGET_UNHEALTHY", Cause.ROUTINE, None),
    ("SERVICE_STEADY_STATE", Cause.ROUTINE, None),
    ("TASKSET_STEADY_STATE", Cause.ROUTINE, None),
    ("CAPACITY_PROVIDER_STEADY_STATE", Cause.ROUTINE, None),
    ("SERVICE_DESIRED_COUNT_UPDATED", Cause.ROUTINE, None),
    ("TASKS_STOPPED", Cause.ROUTINE, None),
    ("SERVICE_DEPLOYMENT_IN_PROGRESS", Cause.ROUTINE, None),
    ("SERVICE_DEPLOYMENT_COMPLETED", Cause.ROUTINE, None),
]


@each("event_type", ["ERROR", "WARN", "INFO", None])
@each(("name", "cause", "level"), NAMES)
def test_the_name_decides_whatever_the_type(
    name: str, cause: Cause, level: str | None, event_type: Any
) -> None:
    diagnosis = judge(service_action(name, event_type=event_type)).diagnosis
    assert (diagnosis.cause, diagnosis.level) == (cause, level)


@each(
    ("event_type", "cause"),
    [
        ("ERROR", Cause.SERVICE_OTHER),
        ("WARN", Cause.ROUTINE),
        ("INFO", Cause.ROUTINE),
        (None, Cause.ROUTINE),
    ],
)
def test_of_a_name_that_nobody_knows_the_type_decides(event_type: Any, cause: Cause) -> None:
    judgement = judge(service_action("SERVICE_EXPLODED", event_type=event_type))
    assert judgement.diagnosis.cause is cause


def test_an_error_that_nobody_knows_has_its_name_in_the_title_and_in_the_group() -> None:
    alert = judge(service_action("SERVICE_EXPLODED", event_type="ERROR")).as_alert()
    assert alert.title == "SERVICE_EXPLODED: api"
    assert alert.fingerprint[-1] == "SERVICE_EXPLODED"


def test_a_role_that_cannot_be_assumed_is_named_once() -> None:
    reason = "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/x/api-task'."
    event = service_action("SERVICE_TASK_CONFIGURATION_FAILURE", reason=reason)
    judgement = judge(event)

    assert judgement.diagnosis.summary.endswith("ECS cannot assume the role api-task.")
    assert judgement.as_alert().message.count("unable to assume") == 1


@each("named", ["web", f"{ARN}:service/prod/web"], ids=["name", "arn"])
@each("field", ["serviceName", "service"])
def test_a_service_may_be_named_in_the_detail_alone(field: str, named: str) -> None:
    event = service_action() | {"resources": []}
    event["detail"][field] = named
    assert judge(event).as_alert().title == "TasksCannotStart: web"


def test_a_service_that_nothing_names_is_said_to_be_unnamed() -> None:
    event = service_action() | {"resources": []}
    summary = judge(event).diagnosis.summary
    assert summary.startswith("A service that the event does not name cannot start its tasks")


@each("time", ["soon", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", 5])
def test_a_time_that_cannot_be_read_costs_no_alert(time: Any) -> None:
    """A time decides nothing; the extremes lie outside of what a calendar in UTC has."""
    judgement = judge({**service_action(createdAt=time), "time": time})

    assert judgement.diagnosis.cause is Cause.SERVICE_TASK_START_IMPAIRED
    assert judgement.alert is not None


def test_a_reason_of_nothing_but_roles_takes_linear_time() -> None:
    def judge_roles(count: int) -> None:
        judge(
            service_action("SERVICE_TASK_CONFIGURATION_FAILURE", reason=":role/" * count + "/:role")
        )

    assert_linear(judge_roles, 8_000)
