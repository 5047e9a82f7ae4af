"""Daemons: starts that fail, and deployments that are rolled back."""

from __future__ import annotations

import pytest

from ecs_failure_alerts import judge
from notice_events import ARN, notice_event
from rows import each


@pytest.mark.parametrize(
    ("name", "kind", "title"),
    [
        ("DAEMON_TASK_EXPLODED", "ERROR", "DAEMON_TASK_EXPLODED: agent"),
        ("DAEMON_TASK_START_IMPAIRED", "WARNING", "DaemonCannotStart: agent"),
    ],
)
def test_a_daemon_is_named(name: str, kind: str, title: str) -> None:
    action = notice_event(
        "ECS Daemon Service Action",
        eventName=name,
        eventType=kind,
        daemonArn=f"{ARN}:daemon/p/agent",
    )
    assert judge(action).as_alert().title == title


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        ("TASK_FAILED_TO_RUN", "its task does not reach RUNNING"),
        ("TASK_CREATION_FAILED", "its task cannot be created"),
        ("SOMETHING_NEW", "ECS gives no reason"),
    ],
)
def test_how_a_daemon_failed_is_part_of_the_group_but_no_instance_is(
    failure: str, said: str
) -> None:
    judgements = [
        judge(
            notice_event(
                "ECS Daemon Service Action",
                eventName="DAEMON_TASK_START_IMPAIRED",
                eventType="WARNING",
                daemonArn=f"{ARN}:daemon/p/agent",
                failureType=failure,
                containerInstanceArn=f"{ARN}:container-instance/p/{number}",
            )
        )
        for number in range(2)
    ]
    first, second = (judgement.as_alert() for judgement in judgements)

    assert said in judgements[0].diagnosis.summary
    assert first.fingerprint[-1] == failure
    assert first.fingerprint == second.fingerprint
    assert first.event_id == second.event_id


@pytest.mark.parametrize(
    ("provider", "said"), [("spot", "an instance of spot: "), (None, "instance: ")]
)
def test_a_daemon_is_told_with_the_provider_of_its_instances(
    provider: str | None, said: str
) -> None:
    action = notice_event(
        "ECS Daemon Service Action",
        eventName="DAEMON_TASK_START_IMPAIRED",
        eventType="WARNING",
        daemonArn=f"{ARN}:daemon/p/agent",
        capacityProviderName=provider,
    )
    assert said in judge(action).diagnosis.summary


@each(
    ("name", "level"),
    [
        ("PENDING", None),
        ("IN_PROGRESS", None),
        ("SUCCESSFUL", None),
        ("STOPPED", None),
        ("STOP_REQUESTED", None),
        ("ROLLBACK_IN_PROGRESS", "warning"),
        ("ROLLBACK_SUCCESSFUL", None),
        ("ROLLBACK_FAILED", "error"),
    ],
)
def test_a_daemons_deployment_alerts_when_it_is_rolled_back(name: str, level: str | None) -> None:
    change = notice_event(
        "ECS Daemon Deployment State Change",
        eventName=f"DAEMON_DEPLOYMENT_{name}",
        eventType="INFO",
        daemonArn=f"{ARN}:daemon/p/agent",
    )
    assert judge(change).diagnosis.level == level


def test_an_unknown_error_of_a_daemons_deployment_has_its_name_in_the_title() -> None:
    change = notice_event(
        "ECS Daemon Deployment State Change",
        eventName="DAEMON_DEPLOYMENT_EXPLODED",
        eventType="ERROR",
        daemonArn=f"{ARN}:daemon/p/agent",
    )
    assert judge(change).as_alert().title == "DAEMON_DEPLOYMENT_EXPLODED: agent"
