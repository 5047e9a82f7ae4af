"""A complete ECS Task State Change event for tests, with fields to change."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from copy import deepcopy
from typing import Any, Final

from .._texts import close_match, echo, quote
from ..tasks.fields import CONTAINER, DETAIL

_ACCOUNT: Final = "123456789012"
_REGION: Final = "eu-central-1"
_TASK: Final = "0f8a3b5c7d9e4a1b8c2d3e4f5a6b7c8d"
_ARN: Final = f"arn:aws:ecs:{_REGION}:{_ACCOUNT}"


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


#: A value of `task_state_change()` that leaves the field out.
ABSENT: Final = _Absent()

_ENVELOPE: Final[Mapping[str, Any]] = {
    "version": "0",
    "id": "7bf73129-1428-4cd3-a780-95db273d1602",
    "detail-type": "ECS Task State Change",
    "source": "aws.ecs",
    "account": _ACCOUNT,
    "time": "2026-03-02T02:14:09Z",
    "region": _REGION,
    "resources": [f"{_ARN}:task/jobs/{_TASK}"],
}
_CONTAINER: Final[Mapping[str, Any]] = {
    "containerArn": f"{_ARN}:container/jobs/{_TASK}/5c1e0f5a-1c5b-4a53-9c58-3d0f6f0f8f11",
    "taskArn": f"{_ARN}:task/jobs/{_TASK}",
    "name": "app",
    "lastStatus": "STOPPED",
    "exitCode": 1,
    "image": f"{_ACCOUNT}.dkr.ecr.{_REGION}.amazonaws.com/nightly-report:1.4.2",
    "imageDigest": "sha256:" + "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945",
    "runtimeId": f"{_TASK}-0265927825",
    "cpu": "0",
}
_DETAIL: Final[Mapping[str, Any]] = {
    "taskArn": f"{_ARN}:task/jobs/{_TASK}",
    "clusterArn": f"{_ARN}:cluster/jobs",
    "taskDefinitionArn": f"{_ARN}:task-definition/nightly-report:17",
    "group": "family:nightly-report",
    "startedBy": "chronos-schedule/nightly-report",
    "launchType": "FARGATE",
    "platformVersion": "1.4.0",
    "availabilityZone": "eu-central-1b",
    "attachments": [],
    "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
    "connectivity": "CONNECTED",
    "connectivityAt": "2026-03-02T02:00:09.81Z",
    "cpu": "256",
    "memory": "512",
    "overrides": {"containerOverrides": [{"name": "app"}]},
    "containers": [_CONTAINER],
    "createdAt": "2026-03-02T02:00:04.318Z",
    "pullStartedAt": "2026-03-02T02:00:16.2Z",
    "pullStoppedAt": "2026-03-02T02:00:24.61Z",
    "startedAt": "2026-03-02T02:00:27.054Z",
    "executionStoppedAt": "2026-03-02T02:13:44Z",
    "stoppingAt": "2026-03-02T02:13:54.4Z",
    "stoppedAt": "2026-03-02T02:14:08.912Z",
    "updatedAt": "2026-03-02T02:14:08.912Z",
    "desiredStatus": "STOPPED",
    "lastStatus": "STOPPED",
    "stopCode": "EssentialContainerExited",
    "stoppedReason": "Essential container in task exited",
    "version": 5,
}
_ENVELOPE_ALONE: Final = (_ENVELOPE.keys() - _DETAIL.keys()) | {"replay-name"}
_FIELDS: Final = {*_ENVELOPE_ALONE, *DETAIL}


def task_state_change(
    *, containers: Iterable[Mapping[str, Any]] | None = None, **changes: Any
) -> dict[str, Any]:
    """
    Build an ECS Task State Change event: a scheduled task whose container exited with 1.

    ``task_state_change(stopCode="UserInitiated", containers=[{"name": "app", "exitCode": 0}])``

    Args:
        containers: The changes of each container; other fields are as in the default container.
        changes: New values of fields of ``detail`` or of the envelope, in AWS's spelling or in
            snake_case (``stopCode`` or ``stop_code``; ``detail_type``). `ABSENT` leaves a field
            out.

    Returns:
        A new event for each call, as EventBridge delivers it.

    Raises:
        TypeError: AWS has no such field, or *containers* is not a list of mappings.
    """
    envelope, detail = deepcopy(dict(_ENVELOPE)), deepcopy(dict(_DETAIL))

    for name, value in changes.items():
        key = _aws_name(name, _FIELDS)
        _change(envelope if key in _ENVELOPE_ALONE else detail, key, value)

    if containers is not None:
        detail["containers"] = _containers(containers)

    return {**envelope, "detail": detail}


def _containers(given: Any) -> list[dict[str, Any]]:
    if isinstance(given, Mapping) or not isinstance(given, Iterable):
        raise TypeError(f"containers: expected a list of mappings of fields, got {echo(given)}")
    return [_container(f"containers[{index}]", changes) for index, changes in enumerate(given)]


def _container(place: str, changes: Any) -> dict[str, Any]:
    if not isinstance(changes, Mapping):
        raise TypeError(f"{place}: expected a mapping of fields, got {echo(changes)}")
    container = dict(_CONTAINER)
    for name, value in changes.items():
        _change(container, _aws_name(name, CONTAINER.keys()), value)
    return container


def _change(fields: dict[str, Any], key: str, value: Any) -> None:
    if value is ABSENT:
        fields.pop(key, None)
    else:
        fields[key] = value


def _aws_name(name: str, fields: AbstractSet[str]) -> str:
    """Return the AWS spelling of the field *name*, one of *fields*."""
    if name in fields:
        return name

    camel = re.sub(r"_([a-z])", lambda match: match[1].upper(), name)
    for spelling in (camel, name.replace("_", "-")):
        if spelling in fields:
            return spelling

    if camel in CONTAINER:
        raise TypeError(f"{name!r} is a field of a container: use containers=[{{{camel!r}: ...}}]")
    near = close_match(camel, fields)
    hint = f"did you mean {near!r}?" if near else "expected a field of the event, as AWS spells it"
    raise TypeError(f"unknown field {quote(name)}: {hint}")
