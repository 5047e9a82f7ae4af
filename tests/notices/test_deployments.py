"""Deployments of services: one alert for each that failed."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts import judge
from ecs_failure_alerts.testing import deployment_state_change, service_action
from rows import each


@each(
    ("reason", "said"),
    [
        ("ECS deployment circuit breaker: tasks failed to start.", "the circuit breaker saw"),
        ("ECS deployment failed: alarm(s) detected.", "a CloudWatch alarm went off"),
        ("Something new.", "failed: Something new."),
        (None, "ECS gives no reason"),
    ],
)
def test_a_failed_deployment_says_what_made_ecs_give_it_up(reason: Any, said: str) -> None:
    assert said in judge(deployment_state_change(reason=reason)).diagnosis.summary


@each(
    ("reason", "hint"),
    [
        ("ECS deployment circuit breaker: tasks failed to start.", "Read why the last task of"),
        ("ECS deployment failed: alarm(s) detected.", "Then look at the alarms in the service's"),
        ("Something new.", "Check how many tasks run now, and whether ECS rolls back."),
    ],
)
def test_what_to_do_about_a_failed_deployment_fits_what_made_ecs_give_it_up(
    reason: str, hint: str
) -> None:
    assert hint in judge(deployment_state_change(reason=reason)).diagnosis.hint


def test_nothing_is_promised_about_the_tasks_that_run() -> None:
    """With a low minimum of healthy tasks the old ones may have stopped already."""
    message = judge(deployment_state_change()).as_alert().message
    assert "keep running" not in message
    assert "does not tell whether ECS rolls back, or how many tasks still run" in message


def test_the_reason_is_not_part_of_the_group() -> None:
    alerts = [judge(deployment_state_change(reason=text)).as_alert() for text in ("a", "alarm")]
    assert alerts[0].fingerprint == alerts[1].fingerprint


@pytest.mark.parametrize("name", ["SERVICE_DEPLOYMENT_IN_PROGRESS", "SERVICE_DEPLOYMENT_COMPLETED"])
def test_a_deployment_that_goes_on_or_rolls_back_is_routine(name: str) -> None:
    reason = "ECS deployment circuit breaker: rolling back to deploymentId ecs-svc/1."
    judgement = judge(deployment_state_change(name, event_type="INFO", reason=reason))
    assert judgement.diagnosis.cause == "routine"


def test_two_types_of_event_about_one_failed_deployment_are_one_alert() -> None:
    change = deployment_state_change()
    action = service_action("SERVICE_DEPLOYMENT_FAILED", event_type="ERROR")
    first, second = (judge(event).as_alert() for event in (change, action))
    assert (first.event_id, first.fingerprint) == (second.event_id, second.fingerprint)


def test_two_failed_deployments_of_a_service_are_two_alerts() -> None:
    ids = {
        judge(deployment_state_change(updatedAt=at)).as_alert().event_id
        for at in ("2026-03-02T02:14:08Z", "2026-03-02T02:18:08Z")
    }
    assert len(ids) == 2


def test_an_unknown_error_of_a_deployment_has_its_name_in_the_title() -> None:
    alert = judge(deployment_state_change("SERVICE_DEPLOYMENT_EXPLODED")).as_alert()
    assert alert.title == "SERVICE_DEPLOYMENT_EXPLODED: api"
