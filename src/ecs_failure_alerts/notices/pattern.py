"""
The rules that pass the notices a policy may alert on, one for each kind of news.

Each passes what `diagnose()` alerts on, and little else. A kind that the policy silences whole
keeps its rule: whoever wants none of its events leaves the rule away.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from ..patterns import EventPattern, any_of, exists, suffix
from ..policy import FailurePolicy
from ..tasks.pattern import cluster_condition

_Fields: TypeAlias = dict[str, Any]

#: Every type of event that ECS sends of something that is no task.
_SERVICE_TYPES: Final = (
    "ECS Service Action",
    "ECS Deployment State Change",
    "ECS Hook State Change",
    "ECS Container Instance State Change",
    "ECS Container Instance Health Change",
    "ECS Daemon Service Action",
    "ECS Daemon Deployment State Change",
)


def notice_patterns(policy: FailurePolicy | None = None) -> dict[str, EventPattern]:
    """
    Build the EventBridge patterns for what is no task.

    Args:
        policy: What counts as a failure. Of it only the clusters narrow a pattern, and an event
            that names no cluster passes.

    Returns:
        ``services`` (deployments, instances and daemons too), ``runs`` (refused ones, by
        CloudTrail), ``batch``, ``workflows`` and ``retirement``. Dead letters of schedules come
        by a queue, so they have no pattern.
    """
    policy = policy or FailurePolicy()
    return {name: EventPattern(build(policy)) for name, build in _RULES.items()}


def _services(policy: FailurePolicy) -> _Fields:
    detail: _Fields = {
        "$or": any_of(
            {"eventType": ["ERROR", "WARNING"]},
            {
                "eventName": [
                    suffix("_FAILED"),
                    suffix("_FAILURE"),
                    suffix("_IMPAIRED"),
                    suffix("_THROTTLED"),
                    suffix("_TIMED_OUT"),
                    suffix("_UNKNOWN"),
                    suffix("_VIOLATED"),
                    "DAEMON_DEPLOYMENT_ROLLBACK_IN_PROGRESS",
                ]
            },
            {"overallStatus": ["IMPAIRED"]},
            {"status": ["REGISTRATION_FAILED"]},
        )
    }
    if policy.clusters:
        named = map(cluster_condition, policy.clusters)
        detail["clusterArn"] = [*named, exists(False), None, ""]  # of no cluster: let it pass
    return {"source": ["aws.ecs"], "detail-type": list(_SERVICE_TYPES), "detail": detail}


def _runs(policy: FailurePolicy) -> _Fields:  # noqa: ARG001
    return {
        "source": ["aws.ecs"],
        "detail-type": ["AWS API Call via CloudTrail"],
        "detail": {
            "eventSource": ["ecs.amazonaws.com"],
            "eventName": ["RunTask", "StartTask"],
            "$or": any_of(
                {"errorCode": [exists(True)]},
                {"responseElements": {"failures": {"reason": [exists(True)]}}},
            ),
        },
    }


def _batch(policy: FailurePolicy) -> _Fields:  # noqa: ARG001
    return {
        "source": ["aws.batch"],
        "$or": any_of(
            {"detail-type": ["Batch Job State Change"], "detail": {"status": ["FAILED"]}},
            {"detail-type": ["Batch Job Queue Blocked"]},
        ),
    }


def _workflows(policy: FailurePolicy) -> _Fields:  # noqa: ARG001
    return {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {"status": ["FAILED", "TIMED_OUT"]},
    }


def _retirement(policy: FailurePolicy) -> _Fields:  # noqa: ARG001
    return {
        "source": ["aws.health"],
        "detail-type": ["AWS Health Event"],
        "detail": {"eventTypeCode": ["AWS_ECS_TASK_PATCHING_RETIREMENT"]},
    }


_RULES: Final[Mapping[str, Callable[[FailurePolicy], _Fields]]] = {
    "services": _services,
    "runs": _runs,
    "batch": _batch,
    "workflows": _workflows,
    "retirement": _retirement,
}
