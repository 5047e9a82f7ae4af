"""
Notices about deployments (ECS Deployment State Change): the progress of a service's deployment.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_deployment_events.html
"""

from __future__ import annotations

from typing import Final

from ..causes import Cause
from ._envelope import Envelope
from ._event_names import cause_of, unknown_name
from ._notice import Notice
from ._service_notice import failed_deployment, service_notice

DETAIL_TYPE: Final = "ECS Deployment State Change"

_CAUSES: Final = {
    "SERVICE_DEPLOYMENT_FAILED": Cause.DEPLOYMENT_FAILED,
    "SERVICE_DEPLOYMENT_IN_PROGRESS": Cause.ROUTINE,
    "SERVICE_DEPLOYMENT_COMPLETED": Cause.ROUTINE,
}


def read(envelope: Envelope) -> Notice:
    """Read the progress of a deployment. AWS reports a roll-back as a deployment in progress."""
    detail = envelope.detail
    name, kind = detail.required_text("eventName"), detail.text("eventType")
    cause = cause_of(name, kind, _CAUSES)
    if cause is Cause.DEPLOYMENT_FAILED:
        return failed_deployment(envelope)

    return service_notice(
        envelope,
        cause,
        evidence=("detail.eventName",),
        facts={
            "event_name": name,
            "event_type": kind,
            "deployment_id": detail.word("deploymentId"),
        },
        **(unknown_name(detail, name) if cause is Cause.SERVICE_OTHER else {}),
    )
