"""
Notices about daemons: one that cannot start on an instance, and a failed deployment of one.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-daemons-events.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..causes import Cause, Level, WorkloadType
from ..diagnosis import Workload
from ..tasks.arns import after, last
from ._envelope import Envelope
from ._event_names import cause_of, unknown_name
from ._notice import Notice

ACTION_DETAIL_TYPE: Final = "ECS Daemon Service Action"
DEPLOYMENT_DETAIL_TYPE: Final = "ECS Daemon Deployment State Change"

_ACTIONS: Final = {"DAEMON_TASK_START_IMPAIRED": Cause.DAEMON_TASK_START_IMPAIRED}

_PREFIX: Final = "DAEMON_DEPLOYMENT_"
_DEPLOYMENTS: Final[Mapping[str, Cause]] = {
    f"{_PREFIX}ROLLBACK_FAILED": Cause.DAEMON_DEPLOYMENT_FAILED,
    # The only sign that a deployment failed.
    f"{_PREFIX}ROLLBACK_IN_PROGRESS": Cause.DAEMON_DEPLOYMENT_FAILED,
    f"{_PREFIX}ROLLBACK_SUCCESSFUL": Cause.ROUTINE,
    f"{_PREFIX}PENDING": Cause.ROUTINE,
    f"{_PREFIX}IN_PROGRESS": Cause.ROUTINE,
    f"{_PREFIX}SUCCESSFUL": Cause.ROUTINE,
    f"{_PREFIX}STOPPED": Cause.ROUTINE,
    f"{_PREFIX}STOP_REQUESTED": Cause.ROUTINE,
}
_ROLLBACKS: Final[Mapping[str, tuple[str, Level | None]]] = {
    f"{_PREFIX}ROLLBACK_FAILED": ("its roll-back failed too", None),
    f"{_PREFIX}ROLLBACK_IN_PROGRESS": ("ECS rolls it back", "warning"),
}

#: The type of a daemon's failed start, in words.
_FAILURES: Final[Mapping[str, str]] = {
    "TASK_FAILED_TO_RUN": "its task does not reach RUNNING",
    "TASK_CREATION_FAILED": "its task cannot be created",
}


def read_action(envelope: Envelope) -> Notice:
    """Read a report about a daemon on one instance."""
    detail = envelope.detail
    name, kind = detail.required_text("eventName"), detail.text("eventType")
    failure, provider = detail.text("failureType"), detail.word("capacityProviderName")
    cause = cause_of(name, kind, _ACTIONS)

    where = f" of {provider}" if provider else ""
    why = detail.word("reason") or _FAILURES.get(failure or "", "ECS gives no reason")
    words: dict[str, Any] = {"discriminator": failure, "which": f"{where}: {why}"}
    if cause is Cause.SERVICE_OTHER:
        words = unknown_name(detail, name)

    return _notice(
        envelope,
        cause,
        evidence=("detail.eventName", "detail.failureType"),
        facts={
            "event_name": name,
            "failure_type": failure,
            "capacity_provider_name": provider,
            "container_instance_arn": detail.word("containerInstanceArn"),
            "task_arn": detail.word("taskArn"),
        },
        **words,
    )


def read_deployment(envelope: Envelope) -> Notice:
    """Read the progress of a daemon's deployment."""
    detail = envelope.detail
    name, kind = detail.required_text("eventName"), detail.text("eventType")
    cause = cause_of(name, kind, _DEPLOYMENTS)

    deployment = detail.word("daemonDeploymentArn")
    which, at_most = _ROLLBACKS.get(name, ("", None))
    words: dict[str, Any] = {"which": which, "at_most": at_most}
    if cause is Cause.SERVICE_OTHER:
        words = unknown_name(detail, name)

    return _notice(
        envelope,
        cause,
        evidence=("detail.eventName",),
        id_parts=("daemon", deployment, name),
        facts={"event_name": name, "daemon_deployment_arn": deployment},
        **words,
    )


def _notice(envelope: Envelope, cause: Cause, **rest: Any) -> Notice:
    """Build a notice about a daemon."""
    arn = envelope.detail.text("daemonArn")
    if arn is None and cause is not Cause.ROUTINE:
        arn = envelope.resource
    name = last(after(":daemon/", arn))
    cluster_arn = envelope.detail.text("clusterArn")

    return envelope.notice(
        cause,
        Workload(WorkloadType.DAEMON, name) if name else None,
        scope=(after(":cluster/", cluster_arn), f"daemon:{name or ''}"),
        time=envelope.time("updatedAt", "createdAt"),
        subject=arn,
        cluster_arn=cluster_arn,
        reason=envelope.detail.word("reason"),
        tags={"ecs.daemon": name},
        **rest,
    )
