"""
The patterns that pass the notices a policy may alert on, one for each kind of notice.

Each passes what `diagnose()` alerts on, and little else. A kind keeps its pattern even if the
policy silences all of it: to get none of its events, leave out its rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from ..causes import NOTICE_CAUSES
from ..patterns import EventPattern, any_of, exists, suffix
from ..policy import FailurePolicy
from ..tasks.pattern import cluster_condition, clusters_of
from . import (
    _batch,
    _daemons,
    _deployments,
    _hooks,
    _instances,
    _refused_runs,
    _retirement,
    _services,
    _workflows,
)

_Fields: TypeAlias = dict[str, Any]

#: Every type of ECS event about something other than a task.
_SERVICE_TYPES: Final = (
    _services.DETAIL_TYPE,
    _deployments.DETAIL_TYPE,
    _hooks.DETAIL_TYPE,
    _instances.STATE_DETAIL_TYPE,
    _instances.HEALTH_DETAIL_TYPE,
    _daemons.ACTION_DETAIL_TYPE,
    _daemons.DEPLOYMENT_DETAIL_TYPE,
)


def notice_patterns(policy: FailurePolicy | None = None) -> dict[str, EventPattern]:
    """
    Build the EventBridge patterns for notices.

    Args:
        policy: What counts as a failure. Only its clusters narrow a pattern, and an event without
            a cluster passes.

    Returns:
        ``services`` (deployments, instances and daemons too), ``runs`` (refused ones, from
        CloudTrail), ``batch``, ``workflows`` and ``retirement``. Dead letters of schedules have no
        pattern, because they come through a queue.
    """
    policy = policy or FailurePolicy()
    return {name: EventPattern(build(policy)) for name, build in _RULES.items()}


def _of_services(policy: FailurePolicy) -> _Fields:
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
    if clusters := clusters_of(policy, NOTICE_CAUSES):
        named = map(cluster_condition, clusters)
        detail["clusterArn"] = [*named, exists(False), None, ""]  # without a cluster: let it pass

    return {"source": ["aws.ecs"], "detail-type": list(_SERVICE_TYPES), "detail": detail}


def _of_runs(policy: FailurePolicy) -> _Fields:  # noqa: ARG001
    return {
        "source": ["aws.ecs"],
        "detail-type": [_refused_runs.DETAIL_TYPE],
        "detail": {
            "eventSource": [_refused_runs.EVENT_SOURCE],
            "eventName": sorted(_refused_runs.RUNS),
            "$or": any_of(
                {"errorCode": [exists(True)]},
                {"responseElements": {"failures": {"reason": [exists(True)]}}},
            ),
        },
    }


def _of_batch(policy: FailurePolicy) -> _Fields:  # noqa: ARG001
    return {
        "source": [_batch.SOURCE],
        "$or": any_of(
            {"detail-type": [_batch.JOB_DETAIL_TYPE], "detail": {"status": [_batch.FAILED]}},
            {"detail-type": [_batch.QUEUE_DETAIL_TYPE]},
        ),
    }


def _of_workflows(policy: FailurePolicy) -> _Fields:  # noqa: ARG001
    return {
        "source": [_workflows.SOURCE],
        "detail-type": [_workflows.DETAIL_TYPE],
        "detail": {"status": sorted(_workflows.CAUSES)},
    }


def _of_retirement(policy: FailurePolicy) -> _Fields:  # noqa: ARG001
    return {
        "source": [_retirement.SOURCE],
        "detail-type": [_retirement.DETAIL_TYPE],
        "detail": {"eventTypeCode": [_retirement.RETIREMENT]},
    }


_RULES: Final[Mapping[str, Callable[[FailurePolicy], _Fields]]] = {
    "services": _of_services,
    "runs": _of_runs,
    "batch": _of_batch,
    "workflows": _of_workflows,
    "retirement": _of_retirement,
}
