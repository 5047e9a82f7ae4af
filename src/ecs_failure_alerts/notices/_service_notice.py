"""The notices about a service: from its scheduler, its deployments and their hooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ..causes import Cause, WorkloadType
from ..diagnosis import Workload
from ..tasks.arns import after
from ._envelope import Envelope
from ._notice import Notice, bucket

_SERVICE: Final = ":service/"
_DEPLOYMENT: Final = ":service-deployment/"

#: Fields that may have a service's name, in addition to the ARNs.
_NAMES: Final = ("serviceName", "service")

#: Why ECS gave up a deployment, by a word of the reason, and what to do.
_DEPLOYMENT_REASONS: Final = (
    (
        "circuit breaker",
        "the circuit breaker saw its tasks fail to start",
        (
            "Check how many tasks run now, and whether ECS rolls back. Read why the last task of "
            "the new deployment stopped, then fix it and deploy again."
        ),
    ),
    (
        "alarm",
        "a CloudWatch alarm went off",
        (
            "Check whether ECS rolls back. If it does not, deploy the last good version: the new "
            "tasks may still take traffic. Then look at the alarms in the service's deployment "
            "settings."
        ),
    ),
)

_NOT_TOLD: Final = (
    "The event does not tell whether ECS rolls back, or how many tasks still run. A first "
    "deployment has nothing to roll back to."
)

#: AWS reports a failed deployment by two types of event within seconds, and only one names it.
_ONE_FAILURE_SECONDS: Final = 60


def service_arn(envelope: Envelope) -> str | None:
    """Return the ARN of an event's service, even if a hook names only the deployment."""
    detail = envelope.detail
    named = (detail.word("serviceArn"), *envelope.resources, *map(detail.word, _NAMES))
    arn = next((name for name in named if _SERVICE in (name or "")), None)
    deployment = after(_DEPLOYMENT, envelope.resource)
    if arn or not (deployment and envelope.resource):
        return arn

    return f"{envelope.resource.partition(_DEPLOYMENT)[0]}{_SERVICE}{deployment.rpartition('/')[0]}"


def service_notice(
    envelope: Envelope,
    cause: Cause,
    *,
    facts: Mapping[str, str | None],
    tags: Mapping[str, str | None] | None = None,
    **rest: Any,
) -> Notice:
    """Build a notice about a service. The old form of its ARN has no cluster."""
    arn = service_arn(envelope)
    path, named = after(_SERVICE, arn) or "", envelope.detail.text("clusterArn")
    from_arn, _, name = path.rpartition("/")
    name = name or next(filter(None, map(envelope.detail.word, _NAMES)), "")

    cluster_arn = named or (_cluster_arn(arn, from_arn) if arn and from_arn else None)
    cluster = after(":cluster/", cluster_arn)

    return envelope.notice(
        cause,
        Workload(WorkloadType.SERVICE, name) if name else None,
        scope=(cluster, f"service:{name}"),
        time=envelope.time("updatedAt", "createdAt"),
        subject=arn,
        cluster_arn=cluster_arn,
        reason=envelope.detail.word("reason"),
        facts=facts,
        tags={"ecs.service": name or None, **(tags or {})},
        console_path=f"/ecs/v2/clusters/{cluster}/services/{name}" if cluster and name else None,
        **rest,
    )


def failed_deployment(envelope: Envelope) -> Notice:
    """Build the notice about a failed deployment, for both types of event."""
    detail = envelope.detail
    reason = detail.word("reason") or ""
    deployment = detail.word("deploymentId")
    known = (row[1:] for row in _DEPLOYMENT_REASONS if row[0] in reason.lower())
    words, hint = next(known, (None, None))
    span = bucket(envelope.time("updatedAt", "createdAt"), _ONE_FAILURE_SECONDS)

    return service_notice(
        envelope,
        Cause.DEPLOYMENT_FAILED,
        evidence=("detail.eventName", *(["detail.reason"] if words else [])),
        id_parts=("deployment", service_arn(envelope), span),
        which=words or reason or "ECS gives no reason",
        hint=hint,
        facts={"event_name": detail.word("eventName"), "deployment_id": deployment},
        tags={"ecs.deployment": deployment},
        unknown=(_NOT_TOLD,),
    )


def _cluster_arn(service: str, cluster: str) -> str:
    return f"{service.partition(_SERVICE)[0]}:cluster/{cluster}"
