"""Lifecycle hooks of deployments."""

from __future__ import annotations

from typing import Any

from ecs_failure_alerts import judge
from ecs_failure_alerts.testing import service_action
from notice_events import ARN
from rows import each


def hook(name: str, hook_type: str, **detail: Any) -> dict[str, Any]:
    """Make an event of a deployment's hook."""
    parts = {"hookId": "h1", "hookType": hook_type, "lifecycleStage": "PRE_SCALE_UP", **detail}
    return service_action(name, event_type="ERROR", **parts) | {
        "detail-type": "ECS Hook State Change"
    }


@each("hook_type", ["PAUSE", "AWS_LAMBDA"])
@each("name", ["HOOK_IN_PROGRESS", "HOOK_AWAITING_ACTION", "HOOK_SUCCEEDED"])
def test_a_hook_that_waits_or_has_succeeded_is_routine(name: str, hook_type: str) -> None:
    assert judge(hook(name, hook_type)).diagnosis.cause == "routine"


@each(
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


def test_a_hooks_service_is_known_by_its_deployment() -> None:
    """The envelope names the service's deployment, and ``serviceArn`` may be missing."""
    event = hook("HOOK_FAILED", "AWS_LAMBDA")
    event["resources"] = [f"{ARN}:service-deployment/prod/api/0EYSiB0qap8xf0N76FsbE"]
    assert judge(event).as_alert().title == "DeploymentHookFailed: api"
