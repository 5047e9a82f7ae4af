"""
Notices about services (ECS Service Action): reports of the service scheduler.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service_events.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from ..causes import Cause
from ..tasks.arns import last
from ._envelope import Envelope
from ._event_names import cause_of, unknown_name
from ._notice import Fields, Notice
from ._placement import placement_code, placement_hint, placement_words
from ._service_notice import failed_deployment, service_notice

_ROLE: Final = re.compile(r":role/(?:[^\s']{1,512}/)?([\w+=,.@-]+)")

DETAIL_TYPE: Final = "ECS Service Action"

#: The cause by the event's name. The name wins over the type, because wrong types have been seen.
_CAUSES: Final[Mapping[str, Cause]] = {
    "SERVICE_TASK_START_IMPAIRED": Cause.SERVICE_TASK_START_IMPAIRED,
    "SERVICE_TASK_PLACEMENT_FAILURE": Cause.SERVICE_TASK_PLACEMENT_FAILURE,
    "SERVICE_TASK_CONFIGURATION_FAILURE": Cause.SERVICE_TASK_CONFIGURATION_FAILURE,
    "SERVICE_DEPLOYMENT_FAILED": Cause.DEPLOYMENT_FAILED,
    "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED": Cause.SERVICE_CONSTRAINT_VIOLATED,
    "ECS_OPERATION_THROTTLED": Cause.SERVICE_THROTTLED,
    "SERVICE_DISCOVERY_OPERATION_THROTTLED": Cause.SERVICE_THROTTLED,
    "SERVICE_HEALTH_UNKNOWN": Cause.SERVICE_HEALTH_UNKNOWN,
    # After these two a task stops, and that is a health_check.
    "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY": Cause.ROUTINE,
    "VPC_LATTICE_TARGET_UNHEALTHY": Cause.ROUTINE,
    "SERVICE_STEADY_STATE": Cause.ROUTINE,
    "TASKSET_STEADY_STATE": Cause.ROUTINE,
    "CAPACITY_PROVIDER_STEADY_STATE": Cause.ROUTINE,
    "SERVICE_DESIRED_COUNT_UPDATED": Cause.ROUTINE,
    "TASKS_STOPPED": Cause.ROUTINE,
    "SERVICE_DEPLOYMENT_IN_PROGRESS": Cause.ROUTINE,
    "SERVICE_DEPLOYMENT_COMPLETED": Cause.ROUTINE,
}


def read(envelope: Envelope) -> Notice:
    """Read a report of the scheduler about a service."""
    detail = envelope.detail
    name, kind = detail.required_text("eventName"), detail.text("eventType")
    cause = cause_of(name, kind, _CAUSES)
    if cause is Cause.DEPLOYMENT_FAILED:
        return failed_deployment(envelope)

    words = _WORDS.get(cause, _name_alone)(detail, name)
    return service_notice(
        envelope,
        cause,
        evidence=("detail.eventName", *(["detail.reason"] if detail.word("reason") else [])),
        facts={"event_name": name, "event_type": kind},
        **words,
    )


def _name_alone(detail: Fields, name: str) -> dict[str, Any]:  # noqa: ARG001
    return {"which": f": {name}"}


def _placement(detail: Fields, name: str) -> dict[str, Any]:  # noqa: ARG001
    reason = detail.word("reason")
    providers = ", ".join(filter(None, map(last, detail.words("capacityProviderArns"))))
    which = placement_words(reason) + (f", capacity provider {providers}" if providers else "")

    return {
        "discriminator": placement_code(reason),
        "which": which,
        "hint": placement_hint(reason, providers),
    }


def _configuration(detail: Fields, name: str) -> dict[str, Any]:  # noqa: ARG001
    reason = detail.word("reason")
    said = placement_words(reason) if reason else "the event does not tell what is wrong with it"
    role = _ROLE.search(reason or "")
    if role:
        said = f"ECS cannot assume the role {role[1]}"

    return {"which": said, "hint": placement_hint(reason)}


def _throttled(detail: Fields, name: str) -> dict[str, Any]:  # noqa: ARG001
    return {"which": "AWS Cloud Map" if "DISCOVERY" in name else "Amazon ECS"}


#: The words for a cause that come from the event.
_WORDS: Final[Mapping[Cause, Callable[[Fields, str], dict[str, Any]]]] = {
    Cause.SERVICE_TASK_PLACEMENT_FAILURE: _placement,
    Cause.SERVICE_TASK_CONFIGURATION_FAILURE: _configuration,
    Cause.SERVICE_THROTTLED: _throttled,
    Cause.SERVICE_OTHER: unknown_name,
}
