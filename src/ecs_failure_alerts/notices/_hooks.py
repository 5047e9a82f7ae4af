"""
Notices about hooks (ECS Hook State Change): a pause or a function in the middle of a deployment.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_hook_state_change_events.html
"""

from __future__ import annotations

from typing import Any, Final

from ..causes import Cause
from ._envelope import Envelope
from ._event_names import cause_of, unknown_name
from ._notice import Notice
from ._service_notice import service_notice

DETAIL_TYPE: Final = "ECS Hook State Change"

_CAUSES: Final = {
    "HOOK_FAILED": Cause.DEPLOYMENT_HOOK_FAILED,
    "HOOK_TIMED_OUT": Cause.DEPLOYMENT_HOOK_TIMED_OUT,
    "HOOK_IN_PROGRESS": Cause.ROUTINE,
    "HOOK_AWAITING_ACTION": Cause.ROUTINE,
    "HOOK_SUCCEEDED": Cause.ROUTINE,
}

#: A hook of this type waits for a person. It fails if that person asks for the roll-back.
_PAUSE: Final = "PAUSE"


def read(envelope: Envelope) -> Notice:
    """Read the state of a deployment's hook."""
    detail = envelope.detail
    name, kind = detail.required_text("eventName"), detail.text("eventType")
    hook, hook_type = detail.word("hookId"), detail.text("hookType")
    stage, deployment = detail.word("lifecycleStage"), detail.word("serviceDeploymentArn")

    cause = cause_of(name, kind, _CAUSES)
    if cause is Cause.DEPLOYMENT_HOOK_FAILED and hook_type == _PAUSE:
        cause = Cause.ROUTINE

    where = f" at {stage}" if stage else ""
    waited = "nobody approved it" if hook_type == _PAUSE else "its lifecycle hook did not answer"
    words: dict[str, Any] = {"which": where}
    if cause is Cause.DEPLOYMENT_HOOK_TIMED_OUT:
        words = {"which": f"{waited} in time{where}"}
    if cause is Cause.SERVICE_OTHER:
        words = unknown_name(detail, name)

    return service_notice(
        envelope,
        cause,
        evidence=("detail.eventName", "detail.hookType"),
        id_parts=("hook", hook, name, deployment),
        facts={
            "event_name": name,
            "hook_type": hook_type,
            "lifecycle_stage": stage,
            "expires_at": detail.word("expiresAt"),
            "service_deployment_arn": deployment,
        },
        **words,
    )
