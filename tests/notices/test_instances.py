"""Instances, daemons, workflows and task retirement."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts import judge

ARN = "arn:aws:ecs:eu-central-1:123456789012"


def event(detail_type: str, source: str = "aws.ecs", **detail: Any) -> dict[str, Any]:
    """Make an event of *detail_type*."""
    return {
        "source": source,
        "detail-type": detail_type,
        "account": "123456789012",
        "region": "eu-central-1",
        "time": "2026-03-02T02:14:09Z",
        "detail": detail,
    }


def health(*checks: tuple[str, str], arn: str | None = f"{ARN}:container-instance/p/1") -> Any:
    """Make the event of an instance whose checks are impaired since a time each."""
    return event(
        "ECS Container Instance Health Change",
        overallStatus="IMPAIRED",
        clusterArn=f"{ARN}:cluster/p",
        containerInstanceArn=arn,
        healthChecks=[
            {"type": kind, "status": "IMPAIRED", "lastStatusChange": at} for kind, at in checks
        ],
    )


AGENT = ("AGENT_CONNECTIVITY", "2026-03-02T02:00:00Z")
RUNTIME = ("CONTAINER_RUNTIME", "2026-03-02T02:10:00Z")


def test_the_newest_impaired_check_is_the_news_whatever_the_order() -> None:
    alerts = [judge(health(*checks)).as_alert() for checks in ((AGENT, RUNTIME), (RUNTIME, AGENT))]
    assert alerts[0].event_id == alerts[1].event_id
    assert alerts[0].fingerprint[-1] == "CONTAINER_RUNTIME"


def test_a_second_check_that_fails_is_another_alert() -> None:
    ids = {judge(health(*checks)).as_alert().event_id for checks in ((AGENT,), (AGENT, RUNTIME))}
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("detail_type", "detail", "summary"),
    [
        (
            "ECS Container Instance State Change",
            {"status": "ACTIVE", "agentConnected": False, "ec2InstanceId": "i-1"},
            "Instance i-1 reported a routine event: it is ACTIVE, its agent is not connected.",
        ),
        (
            "ECS Container Instance Health Change",
            {"overallStatus": "OK"},
            "ECS Container Instance Health Change reported a routine event: its health is OK.",
        ),
    ],
)
def test_what_is_routine_says_what_it_is_about(
    detail_type: str, detail: dict[str, Any], summary: str
) -> None:
    assert judge(event(detail_type, **detail)).diagnosis.summary == summary


def test_an_instance_without_checks_or_name_is_told_once_an_hour() -> None:
    first = judge(health(arn=None)).as_alert()
    other = judge(health(arn=None) | {"account": "210987654321"}).as_alert()
    assert first.event_id != other.event_id
    assert "is impaired" in first.message


@pytest.mark.parametrize(
    ("name", "kind", "title"),
    [
        ("DAEMON_TASK_EXPLODED", "ERROR", "DAEMON_TASK_EXPLODED: agent"),
        ("DAEMON_TASK_START_IMPAIRED", "WARNING", "DaemonCannotStart: agent"),
    ],
)
def test_a_daemon_is_named(name: str, kind: str, title: str) -> None:
    action = event(
        "ECS Daemon Service Action",
        eventName=name,
        eventType=kind,
        daemonArn=f"{ARN}:daemon/p/agent",
    )
    assert judge(action).as_alert().title == title


def test_an_unknown_error_of_a_daemons_deployment_has_its_name_in_the_title() -> None:
    change = event(
        "ECS Daemon Deployment State Change",
        eventName="DAEMON_DEPLOYMENT_EXPLODED",
        eventType="ERROR",
        daemonArn=f"{ARN}:daemon/p/agent",
    )
    assert judge(change).as_alert().title == "DAEMON_DEPLOYMENT_EXPLODED: agent"


@pytest.mark.parametrize(
    ("error", "summary"),
    [
        ("States.Timeout", "State machine etl ran into a time limit (execution r1)."),
        ("States.TaskFailed", "State machine etl failed (execution r1): States.TaskFailed."),
        ("no word, but a sentence", "State machine etl failed (execution r1)."),
    ],
)
def test_an_execution_says_its_error_where_that_is_a_word(error: str, summary: str) -> None:
    change = event(
        "Step Functions Execution Status Change",
        source="aws.states",
        status="FAILED",
        name="r1",
        error=error,
        cause='{"TaskArn":"arn:aws:ecs:eu-central-1:123456789012:task/jobs/1","Env":"s3cr3t"}',
        executionArn="arn:aws:states:eu-central-1:123456789012:execution:etl:r1",
        stateMachineArn="arn:aws:states:eu-central-1:123456789012:stateMachine:etl",
    )
    alert = judge(change).as_alert()

    assert alert.message.splitlines()[0] == summary
    assert alert.contexts["ecs_notice"]["task_arn"].endswith(":task/jobs/1")
    assert "s3cr3t" not in str(alert.to_dict())


@pytest.mark.parametrize(
    ("start", "day"),
    [
        ("Wed, 16 Aug 2023 23:18:51 GMT", "on or after 2023-08-16"),
        ("soon", "on or after a day that the event does not name"),
        (None, "on or after a day that the event does not name"),
    ],
)
def test_a_retirement_says_which_tasks_and_when(start: Any, day: str) -> None:
    tasks = [f"{ARN}:task/jobs/{number:032x}" for number in range(30)]
    alert = judge(
        event(
            "AWS Health Event",
            source="aws.health",
            eventTypeCode="AWS_ECS_TASK_PATCHING_RETIREMENT",
            startTime=start,
            affectedEntities=[{"entityValue": task} for task in tasks],
        )
    ).as_alert()

    assert f"AWS stops 30 standalone tasks in cluster jobs {day}" in alert.message
    assert alert.contexts["ecs_notice"]["tasks"].endswith(" and 10 more")


def test_a_task_of_the_old_form_names_no_cluster() -> None:
    retirement = event(
        "AWS Health Event",
        source="aws.health",
        eventTypeCode="AWS_ECS_TASK_PATCHING_RETIREMENT",
        affectedEntities=[{"entityValue": f"{ARN}:task/0123"}],
    )
    assert "cluster" not in judge(retirement).diagnosis.summary
