"""Services: their scheduler, their deployments and the hooks of these."""

from __future__ import annotations

from typing import Any

import pytest

from ecs_failure_alerts import FailurePolicy, judge
from ecs_failure_alerts.testing import deployment_state_change, service_action


def placed(reason: str) -> Any:
    """Judge a placement failure for *reason*."""
    return judge(service_action("SERVICE_TASK_PLACEMENT_FAILURE", reason=reason))


@pytest.mark.parametrize(
    ("reason", "word", "said"),
    [
        ("RESOURCE:GPU", "RESOURCE:GPU", "no instance has a GPU left (RESOURCE:GPU)"),
        ("ATTRIBUTE", "ATTRIBUTE", "an attribute that the task definition asks for"),
        ("MemberOf placement constraint unsatisfied.", "MEMBEROF", "the placement constraint"),
        ("ECS was unable to assume the role 'x'.", "role", "ECS cannot assume a role"),
        ("Something new happened.", "other", "Something new happened"),
        ("NEW_CODE", "NEW_CODE", "NEW_CODE"),
    ],
)
def test_why_there_is_no_place_is_a_word_for_the_group_and_a_sentence_for_a_person(
    reason: str, word: str, said: str
) -> None:
    judgement = placed(reason)
    assert judgement.as_alert().fingerprint[-1] == word
    assert said in judgement.diagnosis.summary


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        ("RESOURCE:PORTS", "host port"),
        ("RESOURCE:GPU", "GPU"),
        ("AGENT", "ECS agent"),
        ("ECS was unable to assume the role 'x'.", "trust policy"),
        ("something new", "Add capacity"),
    ],
)
def test_the_hint_is_about_what_is_missing(reason: str, hint: str) -> None:
    assert hint in placed(reason).diagnosis.hint


def test_a_role_that_cannot_be_assumed_is_named_once() -> None:
    reason = "ECS was unable to assume the role 'arn:aws:iam::123456789012:role/x/api-task'."
    event = service_action("SERVICE_TASK_CONFIGURATION_FAILURE", reason=reason)
    judgement = judge(event)

    assert judgement.diagnosis.summary.endswith("ECS cannot assume the role api-task.")
    assert judgement.as_alert().message.count("unable to assume") == 1


@pytest.mark.parametrize("field", ["serviceName", "service"])
def test_a_service_may_be_named_in_the_detail_alone(field: str) -> None:
    event = service_action() | {"resources": []}
    event["detail"][field] = "web"
    assert judge(event).as_alert().title == "TasksCannotStart: web"


def test_a_service_that_nothing_names_is_said_to_be_unnamed() -> None:
    event = service_action() | {"resources": []}
    summary = judge(event).diagnosis.summary
    assert summary.startswith("A service that the event does not name cannot keep its tasks")


def test_two_failed_deployments_of_a_service_are_two_alerts() -> None:
    ids = {
        judge(deployment_state_change(updatedAt=at)).as_alert().event_id
        for at in ("2026-03-02T02:14:08Z", "2026-03-02T02:18:08Z")
    }
    assert len(ids) == 2


def test_an_unknown_error_of_a_deployment_has_its_name_in_the_title() -> None:
    alert = judge(deployment_state_change("SERVICE_DEPLOYMENT_EXPLODED")).as_alert()
    assert alert.title == "SERVICE_DEPLOYMENT_EXPLODED: api"


def hook(name: str, hook_type: str, **detail: Any) -> dict[str, Any]:
    """Make an event of a deployment's hook."""
    parts = {"hookId": "h1", "hookType": hook_type, "lifecycleStage": "PRE_SCALE_UP", **detail}
    return service_action(name, event_type="ERROR", **parts) | {
        "detail-type": "ECS Hook State Change"
    }


@pytest.mark.parametrize(
    ("name", "hook_type", "summary"),
    [
        ("HOOK_TIMED_OUT", "PAUSE", "nobody approved it in time at PRE_SCALE_UP."),
        ("HOOK_TIMED_OUT", "AWS_LAMBDA", "did not answer in time at PRE_SCALE_UP."),
        ("HOOK_FAILED", "AWS_LAMBDA", "its lifecycle hook at PRE_SCALE_UP failed."),
        ("HOOK_FAILED", "PAUSE", "Service api reported a routine event at PRE_SCALE_UP."),
        ("HOOK_EXPLODED", "PAUSE", "Service api: ECS reports the error HOOK_EXPLODED."),
    ],
)
def test_a_hook_says_what_it_waited_for(name: str, hook_type: str, summary: str) -> None:
    assert judge(hook(name, hook_type)).diagnosis.summary.endswith(summary)


def test_the_same_hook_of_another_deployment_is_another_alert() -> None:
    ids = {
        judge(hook("HOOK_FAILED", "AWS_LAMBDA", serviceDeploymentArn=arn)).as_alert().event_id
        for arn in ("arn:aws:ecs:x:1:service-deployment/a", "arn:aws:ecs:x:1:service-deployment/b")
    }
    assert len(ids) == 2


@pytest.mark.parametrize(("services", "alerts"), [(("api",), True), (("web",), False), ((), True)])
def test_the_policys_services_count_for_a_services_notice(
    services: tuple[str, ...], alerts: bool
) -> None:
    policy = FailurePolicy(services=services)
    assert judge(service_action(), policy).diagnosis.alert is alerts
