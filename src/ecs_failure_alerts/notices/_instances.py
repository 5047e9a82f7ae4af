"""
Notices about container instances: one that is impaired, and one that cannot register.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_health_events.html
and https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_container_instance_events.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..causes import Cause, WorkloadType
from ..diagnosis import Workload
from ..tasks.arns import after, last
from ._envelope import Envelope
from ._notice import Fields, Notice

HEALTH_DETAIL_TYPE: Final = "ECS Container Instance Health Change"
STATE_DETAIL_TYPE: Final = "ECS Container Instance State Change"

_IMPAIRED: Final = "IMPAIRED"
_REGISTRATION_FAILED: Final = "REGISTRATION_FAILED"

#: What to do about a fault of an instance that ECS may replace itself:
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AutoRepairConfiguration.html
_REPLACED: Final = (
    "ECS drains and replaces the instance itself if auto repair is on. If it is not, set the "
    "instance to DRAINING, wait until its tasks have ended, then replace it."
)

#: What an impaired check means for the tasks of the instance, and what to do.
_CHECKS: Final[Mapping[str, tuple[str, str]]] = {
    "AGENT_CONNECTIVITY": (
        "lost its ECS agent; its tasks can neither be stopped nor replaced",
        (
            "Restart the ECS agent on the instance. If that does not help, replace the instance: "
            "the tasks that still run on it end with it."
        ),
    ),
    "CONTAINER_RUNTIME": (
        "has a container runtime that does not answer",
        (
            "Set the instance to DRAINING, so that it gets no new tasks. Then restart Docker on "
            "it, or replace it."
        ),
    ),
    "ACCELERATED_COMPUTE": ("has a GPU fault", _REPLACED),
    "DAEMON": (
        "has a daemon that does not run",
        f"Read why the daemon's task stopped. {_REPLACED}",
    ),
}


def read_health(envelope: Envelope) -> Notice:
    """Read the health checks of an instance."""
    detail = envelope.detail
    status = detail.required_text("overallStatus")
    checks = list(detail.members("healthChecks"))
    impaired = [check for check in checks if check.text("status") == _IMPAIRED]

    if status != _IMPAIRED:
        said = f": its health is {status}"
        return _notice(envelope, Cause.ROUTINE, evidence=("detail.overallStatus",), which=said)

    # The newest change counts; the order of the checks has no meaning.
    newest = max(impaired, key=_change, default=Fields({}))
    kind, reason = newest.word("type"), newest.word("statusReason")
    unknown = f"is impaired: {kind}" if kind else "is impaired"
    which, hint = _CHECKS.get(kind or "", (unknown, None))

    return _notice(
        envelope,
        Cause.INSTANCE_IMPAIRED,
        discriminator=kind,
        id_parts=("instance", _arn(envelope), *_change(newest)),
        evidence=("detail.overallStatus", "detail.healthChecks"),
        which=f"{which} ({reason})" if reason and kind != "AGENT_CONNECTIVITY" else which,
        hint=hint,
        reason=reason,
        facts={
            "checks": ", ".join(sorted(check.word("type") or "" for check in impaired)),
            "since": newest.word("lastStatusChange"),
        },
    )


def read_state(envelope: Envelope) -> Notice:
    """Read the state of an instance; most changes are routine."""
    status = envelope.detail.required_text("status")
    reason = envelope.detail.word("statusReason")
    if status != _REGISTRATION_FAILED:
        agent = ", its agent is not connected"
        off = agent if envelope.detail.values.get("agentConnected") is False else ""
        said = f": it is {status}{off}"
        return _notice(envelope, Cause.ROUTINE, evidence=("detail.status",), which=said)

    return _notice(
        envelope,
        Cause.INSTANCE_REGISTRATION_FAILED,
        id_parts=("registration", _arn(envelope), envelope.detail.word("updatedAt")),
        evidence=("detail.status",),
        which=reason or "ECS gives no reason",
        reason=reason,
        facts={"status": status},
    )


def _notice(envelope: Envelope, cause: Cause, **rest: Any) -> Notice:
    """Build a notice about an instance. Its name is in the facts, not in the group."""
    detail, arn = envelope.detail, _arn(envelope)
    cluster_arn, ec2 = detail.text("clusterArn"), detail.word("ec2InstanceId")
    cluster, instance = after(":cluster/", cluster_arn), last(arn)
    facts = {
        "ec2_instance_id": ec2,
        "container_instance_arn": arn,
        "capacity_provider_name": detail.word("capacityProviderName"),
        **rest.pop("facts", {}),
    }
    page = f"/ecs/v2/clusters/{cluster}/infrastructure/container-instances/{instance}"
    alerting = cause is not Cause.ROUTINE

    return envelope.notice(
        cause,
        Workload(WorkloadType.INSTANCE, None) if alerting else None,
        scope=(cluster, "-"),
        time=envelope.time("updatedAt"),
        subject=arn,
        cluster_arn=cluster_arn,
        facts=facts,
        name=ec2,
        tags={"ec2.instance": ec2},
        console_path=page if cluster and instance else None,
        **rest,
    )


def _change(check: Fields) -> tuple[str, str]:
    """Return the time of a check's last change, and its type."""
    return check.word("lastStatusChange") or "", check.word("type") or ""


def _arn(envelope: Envelope) -> str | None:
    return envelope.detail.word("containerInstanceArn") or envelope.resource
