"""A typical event, with a title and the event that EventBridge delivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

from attrs import field, frozen

from ..causes import WorkloadType
from ..tasks.events import DETAIL_TYPE, SOURCE

_REGION: Final = "eu-central-1"
_ACCOUNT: Final = "123456789012"
_ARN: Final = f"arn:aws:ecs:{_REGION}:{_ACCOUNT}"
_TASK: Final = "4b1c2d3e5f60718293a4b5c6d7e8f901"

#: A container in short: its name, its exit code if it has one, its reason if it has one.
Ended: TypeAlias = tuple[str, int | None, str | None]


@frozen
class TypicalEvent:
    """
    An event as ECS typically sends it.

    Attributes:
        title: What happened to what.
        kind: The row of the coverage that counts it, such as ``failed starts``.
        is_failure: Whether it should alert by default.
        event: The event as EventBridge delivers it.
    """

    title: str
    kind: str
    is_failure: bool
    event: Mapping[str, Any] = field(repr=False, eq=False)

    def __str__(self) -> str:
        return self.title


#: The workloads: their names in titles, and their fields.
_WORKLOADS: Final[Mapping[WorkloadType, tuple[str, Mapping[str, str]]]] = {
    WorkloadType.SERVICE: (
        "a service",
        {
            "group": "service:web",
            "startedBy": "ecs-svc/5390214786501243917",
            "clusterArn": f"{_ARN}:cluster/main",
            "taskDefinitionArn": f"{_ARN}:task-definition/web:12",
        },
    ),
    WorkloadType.SCHEDULED: (
        "a scheduled job",
        {
            "group": "family:report",
            "startedBy": "chronos-schedule/report",
            "clusterArn": f"{_ARN}:cluster/main",
            "taskDefinitionArn": f"{_ARN}:task-definition/report:4",
        },
    ),
    WorkloadType.STANDALONE: (
        "a task run by hand",
        {
            "group": "family:migrate",
            "clusterArn": f"{_ARN}:cluster/main",
            "taskDefinitionArn": f"{_ARN}:task-definition/migrate:9",
        },
    ),
    WorkloadType.BATCH: (
        "a job of AWS Batch",
        {
            "group": "family:render",
            "clusterArn": f"{_ARN}:cluster/AWSBatch-ce-7d1f0c3a",
            "taskDefinitionArn": f"{_ARN}:task-definition/render:2",
        },
    ),
}

_INSTANCE: Final = f"{_ARN}:container-instance/main/0c9a8b7d6e5f40312233445566778899"

#: The launch types: their names in titles, and their fields.
_LAUNCH_TYPES: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "FARGATE": (
        "Fargate",
        {
            "launchType": "FARGATE",
            "platformVersion": "1.4.0",
            "attachments": [{"id": "a1", "type": "eni", "status": "DELETED", "details": []}],
        },
    ),
    "FARGATE_SPOT": (
        "Fargate Spot",
        {
            "launchType": "FARGATE",
            "capacityProviderName": "FARGATE_SPOT",
            "platformVersion": "1.4.0",
        },
    ),
    "EC2": ("EC2", {"launchType": "EC2", "containerInstanceArn": _INSTANCE}),
    "EXTERNAL": ("a host of your own", {"launchType": "EXTERNAL"}),
    "MANAGED_INSTANCES": (
        "Managed Instances",
        {"launchType": "MANAGED_INSTANCES", "containerInstanceArn": _INSTANCE},
    ),
}

#: The statuses of a task: the desired status, and the version of its state.
_COURSES: Final[Mapping[str, tuple[str, int]]] = {
    "PROVISIONING": ("RUNNING", 1),
    "PENDING": ("RUNNING", 2),
    "RUNNING": ("RUNNING", 3),
    "DEACTIVATING": ("STOPPED", 4),
    "STOPPING": ("STOPPED", 5),
    "DEPROVISIONING": ("STOPPED", 6),
    "STOPPED": ("STOPPED", 7),
}
#: From here on the containers have ended.
_ENDED: Final = frozenset({"DEPROVISIONING", "STOPPED"})


def build_event(
    workload: WorkloadType,
    launch_type: str,
    *,
    stop_code: str | None,
    stopped_reason: str | None,
    containers: Sequence[Ended],
    started: bool = True,
    status: str = "STOPPED",
) -> dict[str, Any]:
    """Build the event of a task with this end, in one of its states."""
    wanted, version = _COURSES[status]
    stop = {"stopCode": stop_code, "stoppedReason": stopped_reason}

    detail: dict[str, Any] = {
        "taskArn": f"{_ARN}:task/main/{_TASK}",
        **_WORKLOADS[workload][1],
        **_LAUNCH_TYPES[launch_type][1],
        "availabilityZone": f"{_REGION}a",
        "containers": [_container(*container, status) for container in containers],
        "cpu": "256",
        "memory": "512",
        "overrides": {"containerOverrides": []},
        "createdAt": "2026-05-04T02:00:04.318Z",
        "updatedAt": "2026-05-04T02:14:08.912Z",
        "version": version,
        "lastStatus": status,
        "desiredStatus": "STOPPED" if stop_code else wanted,
        **{name: text for name, text in stop.items() if text},
    }
    if started and version >= _COURSES["RUNNING"][1]:
        detail["startedAt"] = "2026-05-04T02:00:27.054Z"
    if status == "STOPPED":
        detail["stoppedAt"] = "2026-05-04T02:14:08.912Z"

    return envelope(SOURCE, DETAIL_TYPE, [detail["taskArn"]], detail)


def envelope(
    source: str, detail_type: str, resources: list[str], detail: Mapping[str, Any]
) -> dict[str, Any]:
    """Build an event from its detail."""
    return {
        "version": "0",
        "id": "c0d8d2a5-35ac-4c0a-a1b5-9f6f0d2a4f11",
        "detail-type": detail_type,
        "source": source,
        "account": _ACCOUNT,
        "time": "2026-05-04T02:14:09Z",
        "region": _REGION,
        "resources": resources,
        "detail": detail,
    }


def _container(name: str, exit_code: int | None, reason: str | None, status: str) -> dict[str, Any]:
    container: dict[str, Any] = {
        "containerArn": f"{_ARN}:container/main/{_TASK}/{name}",
        "taskArn": f"{_ARN}:task/main/{_TASK}",
        "name": name,
        "image": f"{_ACCOUNT}.dkr.ecr.{_REGION}.amazonaws.com/{name}:1.4.2",
        "runtimeId": f"{_TASK}-0265927825",
        "cpu": "0",
        "lastStatus": "STOPPED" if status in _ENDED else status,
    }

    if status in _ENDED:
        told = {"exitCode": exit_code, "reason": reason}
        container |= {field: value for field, value in told.items() if value is not None}
    return container


def describe(text: str, workload: WorkloadType, launch_type: str) -> str:
    """Return the title of an event: what happened, to whom, and where it ran."""
    return f"{text}: {_WORKLOADS[workload][0]} on {_LAUNCH_TYPES[launch_type][0]}"
