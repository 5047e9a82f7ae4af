"""
The typical notices, for patterns about services, instances, runs and jobs.

`diagnose_notice()` decides which of them are failures. The names are AWS's:
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_cwe_events.html
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeAlias

from ..notices import diagnose_notice, parse_notice
from ..policy import FailurePolicy
from ._typical import TypicalEvent, envelope

Details: TypeAlias = tuple[dict[str, Any], ...]

_ECS: Final = "aws.ecs"
_ARN: Final = "arn:aws:ecs:eu-central-1:123456789012"
_BATCH: Final = "arn:aws:batch:eu-central-1:123456789012"
_STATES: Final = "arn:aws:states:eu-central-1:123456789012"
_CLUSTER: Final = {"clusterArn": f"{_ARN}:cluster/main"}

_SERVICE_ACTIONS: Final = {
    "ERROR": (
        "SERVICE_TASK_PLACEMENT_FAILURE SERVICE_TASK_CONFIGURATION_FAILURE "
        "SERVICE_DEPLOYMENT_FAILED SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED "
        "ECS_OPERATION_THROTTLED SERVICE_DISCOVERY_OPERATION_THROTTLED SERVICE_HEALTH_UNKNOWN"
    ),
    "WARN": (
        "SERVICE_TASK_START_IMPAIRED SERVICE_DISCOVERY_INSTANCE_UNHEALTHY "
        "VPC_LATTICE_TARGET_UNHEALTHY"
    ),
    "INFO": (
        "SERVICE_STEADY_STATE TASKSET_STEADY_STATE CAPACITY_PROVIDER_STEADY_STATE "
        "SERVICE_DESIRED_COUNT_UPDATED TASKS_STOPPED SERVICE_DEPLOYMENT_IN_PROGRESS "
        "SERVICE_DEPLOYMENT_COMPLETED"
    ),
}
_DEPLOYMENTS: Final = {
    "ERROR": "SERVICE_DEPLOYMENT_FAILED",
    "INFO": "SERVICE_DEPLOYMENT_IN_PROGRESS SERVICE_DEPLOYMENT_COMPLETED",
}
_HOOKS: Final = {
    "ERROR": "HOOK_FAILED HOOK_TIMED_OUT",
    "INFO": "HOOK_IN_PROGRESS HOOK_AWAITING_ACTION HOOK_SUCCEEDED",
}
_DAEMON_DEPLOYMENTS: Final = {
    "ERROR": "DAEMON_DEPLOYMENT_ROLLBACK_FAILED",
    "INFO": (
        "DAEMON_DEPLOYMENT_PENDING DAEMON_DEPLOYMENT_IN_PROGRESS DAEMON_DEPLOYMENT_SUCCESSFUL "
        "DAEMON_DEPLOYMENT_STOP_REQUESTED DAEMON_DEPLOYMENT_STOPPED "
        "DAEMON_DEPLOYMENT_ROLLBACK_IN_PROGRESS DAEMON_DEPLOYMENT_ROLLBACK_SUCCESSFUL"
    ),
}


def _named(names: Mapping[str, str], **rest: Any) -> Details:
    """Build a detail for each event name, with its type."""
    return tuple(
        {"eventType": event_type, "eventName": name, **_CLUSTER, **rest}
        for event_type, words in names.items()
        for name in words.split()
    )


def _each(field: str, words: str, **rest: Any) -> Details:
    """Build a detail for each word of a field."""
    return tuple({field: word, **rest} for word in words.split())


def _call(**answer: Any) -> dict[str, Any]:
    """Build the detail of a RunTask that EventBridge asked for."""
    issuer = {"type": "Role", "userName": "ecsEventsRole"}

    return {
        "eventSource": "ecs.amazonaws.com",
        "eventName": "RunTask",
        "userIdentity": {
            "type": "AssumedRole",
            "invokedBy": "events.amazonaws.com",
            "sessionContext": {"sessionIssuer": issuer},
        },
        "requestParameters": {
            "cluster": f"{_ARN}:cluster/main",
            "count": 1,
            "startedBy": "events-rule/report",
            "taskDefinition": "report:4",
        },
        **answer,
    }


_SERVICE: Final = f"{_ARN}:service/main/web"
_DEPLOYMENT: Final = f"{_ARN}:service-deployment/main/web/Xg7Qc1dQ2vT"
_DAEMON: Final = f"{_ARN}:daemon/main/agent"
_INSTANCE: Final = f"{_ARN}:container-instance/main/0c9a8b7d6e5f40312233445566778899"
_TASK: Final = f"{_ARN}:task/main/4b1c2d3e5f60718293a4b5c6d7e8f901"
_JOB_ARN: Final = f"{_BATCH}:job/4c7599ae"
_JOB: Final[dict[str, Any]] = {
    "jobArn": _JOB_ARN,
    "jobName": "report-2026-05-04",
    "jobId": "4c7599ae",
    "jobQueue": f"{_BATCH}:job-queue/default",
    "jobDefinition": f"{_BATCH}:job-definition/report:7",
    "attempts": [],
}
_EXECUTION: Final = {
    "executionArn": f"{_STATES}:execution:etl:r1",
    "stateMachineArn": f"{_STATES}:stateMachine:etl",
    "name": "r1",
}
_RETIREMENT: Final = "AWS_ECS_TASK_PATCHING_RETIREMENT"

#: The source, the detail-type, the ARN in ``resources``, and the details that AWS sends.
_ROWS: Final[tuple[tuple[str, str, str | None, Details], ...]] = (
    (_ECS, "ECS Service Action", _SERVICE, _named(_SERVICE_ACTIONS)),
    (
        _ECS,
        "ECS Deployment State Change",
        _SERVICE,
        _named(_DEPLOYMENTS, deploymentId="ecs-svc/5390214786501243917"),
    ),
    (
        _ECS,
        "ECS Hook State Change",
        _DEPLOYMENT,
        _named(_HOOKS, hookType="AWS_LAMBDA", serviceArn=_SERVICE),
    ),
    (
        _ECS,
        "ECS Container Instance State Change",
        _INSTANCE,
        _each(
            "status",
            "REGISTERING REGISTRATION_FAILED ACTIVE DRAINING DEREGISTERING INACTIVE",
            containerInstanceArn=_INSTANCE,
            agentConnected=False,
            **_CLUSTER,
        ),
    ),
    (
        _ECS,
        "ECS Container Instance Health Change",
        _INSTANCE,
        _each(
            "overallStatus",
            "OK IMPAIRED INSUFFICIENT_DATA INITIALIZING",
            containerInstanceArn=_INSTANCE,
            healthChecks=[],
            **_CLUSTER,
        ),
    ),
    (
        _ECS,
        "ECS Daemon Service Action",
        None,
        _named({"WARNING": "DAEMON_TASK_START_IMPAIRED"}, daemonArn=_DAEMON),
    ),
    (
        _ECS,
        "ECS Daemon Deployment State Change",
        _DAEMON,
        _named(_DAEMON_DEPLOYMENTS, daemonArn=_DAEMON),
    ),
    (
        _ECS,
        "AWS API Call via CloudTrail",
        None,
        (
            _call(errorCode="AccessDenied", responseElements=None),
            _call(responseElements={"tasks": [], "failures": [{"reason": "RESOURCE:MEMORY"}]}),
            _call(responseElements={"tasks": [{"taskArn": _TASK}], "failures": []}),
        ),
    ),
    (
        "aws.batch",
        "Batch Job State Change",
        _JOB_ARN,
        _each("status", "SUBMITTED PENDING RUNNABLE STARTING RUNNING SUCCEEDED FAILED", **_JOB),
    ),
    (
        "aws.batch",
        "Batch Job Queue Blocked",
        _JOB_ARN,
        _each("status", "RUNNABLE", **_JOB),
    ),
    (
        "aws.states",
        "Step Functions Execution Status Change",
        _EXECUTION["executionArn"],
        _each("status", "RUNNING SUCCEEDED FAILED TIMED_OUT ABORTED PENDING_REDRIVE", **_EXECUTION),
    ),
    (
        "aws.health",
        "AWS Health Event",
        _TASK,
        (
            {
                "service": "ECS",
                "eventTypeCode": _RETIREMENT,
                "affectedEntities": [{"entityValue": _TASK}],
            },
        ),
    ),
)

#: The source that sends each type.
SENDERS: Final[Mapping[str, str]] = {detail_type: source for source, detail_type, _, _ in _ROWS}

#: The only source of each type that ECS does not send.
NAMED_SENDERS: Final[Mapping[str, str]] = {
    name: source for name, source in SENDERS.items() if source in {"aws.batch", "aws.states"}
}

#: Fields whose values are all known.
_CLOSED: Final = ("eventType", "eventName", "status", "overallStatus")

#: Types with open names of calls and events.
_OPEN: Final = frozenset({"AWS API Call via CloudTrail", "AWS Health Event"})


def known_words(types: Collection[str]) -> Mapping[str, tuple[str, ...]]:
    """Return every value that AWS writes in a field of events of these types, by path."""
    if not _OPEN.isdisjoint(types):
        return {}

    details = [detail for _, name, _, details in _ROWS if name in types for detail in details]
    words = {
        field: dict.fromkeys(detail[field] for detail in details if field in detail)
        for field in _CLOSED
    }
    return {f"detail.{field}": tuple(known) for field, known in words.items() if known}


def typical_notices(types: Collection[str]) -> list[TypicalEvent]:
    """Return the typical events of these types."""
    return [event for name, event in _notices() if name in types]


@cache
def _notices() -> tuple[tuple[str, TypicalEvent], ...]:
    return tuple(_build())


def _build() -> Iterator[tuple[str, TypicalEvent]]:
    for source, name, resource, details in _ROWS:
        for detail in details:
            event = envelope(source, name, [resource] if resource else [], detail)
            diagnosis = diagnose_notice(parse_notice(event), FailurePolicy())
            kind = diagnosis.cause.value if diagnosis.alert else f"routine: {name}"
            yield name, TypicalEvent(_title(name, detail), kind, diagnosis.alert, event)


def _title(name: str, detail: Mapping[str, Any]) -> str:
    """Return a title with AWS's words."""
    words = (detail.get(field) for field in ("eventName", "status", "overallStatus", "errorCode"))
    return ": ".join((name, " ".join(filter(None, words)))).removesuffix(": ")
