"""Tasks that AWS will stop for maintenance."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts import EventError, judge
from notice_events import ARN, notice_event
from rows import each


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ("Wed, 16 Aug 2023 23:18:51 GMT", "on or after 2023-08-16"),
        ("soon", "on or after a day that the event does not name"),
        (f"1 Jan {'9' * 30} 1:1:1 GMT", "on or after a day that the event does not name"),
        (None, "on or after a day that the event does not name"),
    ],
)
def test_a_retirement_says_which_tasks_and_when(start: Any, day: str) -> None:
    tasks = [f"{ARN}:task/jobs/{number:032x}" for number in range(30)]
    alert = judge(
        notice_event(
            "AWS Health Event",
            source="aws.health",
            eventTypeCode="AWS_ECS_TASK_PATCHING_RETIREMENT",
            startTime=start,
            affectedEntities=[{"entityValue": task} for task in tasks],
        )
    ).as_alert()

    assert f"AWS will stop 30 standalone tasks in cluster jobs {day}" in alert.message
    assert alert.contexts["ecs_notice"]["tasks"].endswith(" and 10 more")


def test_a_task_of_the_old_form_names_no_cluster() -> None:
    retirement = notice_event(
        "AWS Health Event",
        source="aws.health",
        eventTypeCode="AWS_ECS_TASK_PATCHING_RETIREMENT",
        affectedEntities=[{"entityValue": f"{ARN}:task/0123"}],
    )
    assert "cluster" not in judge(retirement).diagnosis.summary


@each(
    ("entities", "resources", "cause"),
    [
        (["prod|api"], [], "routine"),
        (["prod|api", f"{ARN}:task/jobs/1"], [], "task_retirement"),
        ([], [f"{ARN}:task/jobs/1"], "task_retirement"),
        ([], [], "routine"),
    ],
    ids=["of a service", "of both", "named by the envelope", "none"],
)
def test_only_tasks_of_no_service_need_somebody(
    entities: list[str], resources: list[str], cause: str
) -> None:
    """ECS replaces the tasks of services itself."""
    retirement = notice_event(
        "AWS Health Event",
        source="aws.health",
        eventTypeCode="AWS_ECS_TASK_PATCHING_RETIREMENT",
        affectedEntities=[{"entityValue": name} for name in entities],
    )
    assert judge(retirement | {"resources": resources}).diagnosis.cause == cause


def test_a_retirement_of_what_cannot_be_read_is_loud() -> None:
    """Perhaps it is a task that nobody replaces."""
    retirement = notice_event(
        "AWS Health Event",
        source="aws.health",
        eventTypeCode="AWS_ECS_TASK_PATCHING_RETIREMENT",
        affectedEntities=[{"entityValue": 5}],
    )
    with pytest.raises(EventError, match=r"affectedEntities\[0\].entityValue: expected a string"):
        judge(retirement)


def test_entities_without_a_name_leave_the_tasks_to_the_envelope() -> None:
    retirement = notice_event(
        "AWS Health Event",
        source="aws.health",
        eventTypeCode="AWS_ECS_TASK_PATCHING_RETIREMENT",
        affectedEntities=[{}],
    )
    named = {**retirement, "resources": [f"{ARN}:task/jobs/1"]}
    assert judge(named).diagnosis.cause == "task_retirement"


def test_other_news_of_aws_health_is_routine() -> None:
    event = notice_event(
        "AWS Health Event",
        source="aws.health",
        eventTypeCode="AWS_ECS_OPERATIONAL_ISSUE",
        affectedEntities=[{"entityValue": f"{ARN}:task/jobs/1"}],
    )
    assert judge(event).diagnosis.cause == "routine"
