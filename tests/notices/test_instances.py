"""Container instances: impaired ones, and ones that cannot register."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts import judge
from notice_events import ARN, notice_event
from rows import each


def health(*checks: tuple[str, str], arn: str | None = f"{ARN}:container-instance/p/1") -> Any:
    """Make the event of an instance whose checks are impaired since a time each."""
    return notice_event(
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


@each(
    ("check", "said"),
    [
        ("AGENT_CONNECTIVITY", "lost its ECS agent"),
        ("CONTAINER_RUNTIME", "has a container runtime that does not answer"),
        ("ACCELERATED_COMPUTE", "has a GPU fault"),
        ("DAEMON", "has a daemon that does not run"),
        ("SOMETHING_NEW", "is impaired: SOMETHING_NEW"),
    ],
)
def test_each_check_has_words_and_a_group_of_its_own(check: str, said: str) -> None:
    judgement = judge(health((check, "2026-03-02T02:00:00Z")))
    assert said in judgement.diagnosis.summary
    assert judgement.as_alert().fingerprint[-1] == check


@each(
    ("check", "said"),
    [
        ("AGENT_CONNECTIVITY", "can neither be stopped nor replaced."),
        ("CONTAINER_RUNTIME", "has a container runtime that does not answer (it hangs)."),
    ],
)
def test_the_reason_of_a_check_is_said_where_it_adds_something(check: str, said: str) -> None:
    event = health((check, "2026-03-02T02:00:00Z"))
    event["detail"]["healthChecks"][0]["statusReason"] = "it hangs"
    assert judge(event).diagnosis.summary.endswith(said)


def test_an_alert_names_every_impaired_check_and_since_when() -> None:
    facts = judge(health(RUNTIME, AGENT)).as_alert().contexts["ecs_notice"]
    assert facts["checks"] == "AGENT_CONNECTIVITY, CONTAINER_RUNTIME"
    assert facts["since"] == RUNTIME[1]


def test_the_newest_impaired_check_is_the_news_whatever_the_order() -> None:
    alerts = [judge(health(*checks)).as_alert() for checks in ((AGENT, RUNTIME), (RUNTIME, AGENT))]
    assert alerts[0].event_id == alerts[1].event_id
    assert alerts[0].fingerprint[-1] == "CONTAINER_RUNTIME"


def test_a_second_check_that_fails_is_another_alert() -> None:
    ids = {judge(health(*checks)).as_alert().event_id for checks in ((AGENT,), (AGENT, RUNTIME))}
    assert len(ids) == 2


@each("status", ["OK", "INSUFFICIENT_DATA", "INITIALIZING", "NEW"])
def test_of_the_health_of_an_instance_only_impaired_alerts(status: str) -> None:
    event = notice_event("ECS Container Instance Health Change", overallStatus=status)
    assert judge(event).diagnosis.cause == "routine"


@each(
    ("check", "hint"),
    [
        ("AGENT_CONNECTIVITY", "Restart the ECS agent on the instance."),
        ("CONTAINER_RUNTIME", "Then restart Docker on it"),
        ("ACCELERATED_COMPUTE", "replaces the instance itself if auto repair is on"),
        ("DAEMON", "Read why the daemon's task stopped."),
        ("NEW_CHECK", "Set it to DRAINING"),
    ],
)
def test_what_to_do_fits_the_check_that_failed(check: str, hint: str) -> None:
    """No restart of the agent heals a GPU."""
    event = notice_event(
        "ECS Container Instance Health Change",
        overallStatus="IMPAIRED",
        healthChecks=[{"type": check, "status": "IMPAIRED"}],
    )
    assert hint in judge(event).diagnosis.hint


@each("status", ["ACTIVE", "DRAINING", "REGISTERING", "DEREGISTERING", "INACTIVE", "NEW"])
def test_of_the_states_of_an_instance_only_a_failed_registration_alerts(status: str) -> None:
    event = notice_event("ECS Container Instance State Change", status=status)
    assert judge(event).diagnosis.cause == "routine"


def test_a_registration_that_failed_says_why() -> None:
    event = notice_event(
        "ECS Container Instance State Change",
        status="REGISTRATION_FAILED",
        statusReason="no network",
        ec2InstanceId="i-1",
        clusterArn=f"{ARN}:cluster/p",
    )
    diagnosis = judge(event).diagnosis
    assert diagnosis.summary == "Instance i-1 in cluster p could not register: no network."
    assert diagnosis.level == "warning"


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
    assert judge(notice_event(detail_type, **detail)).diagnosis.summary == summary


def test_an_instance_without_checks_or_name_is_told_once_an_hour() -> None:
    first = judge(health(arn=None)).as_alert()
    other = judge(health(arn=None) | {"account": "210987654321"}).as_alert()
    assert first.event_id != other.event_id
    assert "is impaired" in first.message
