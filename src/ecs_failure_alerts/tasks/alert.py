"""
The alert of a stopped task: what leaves the account, field by field.

Each field is named: the raw event is never copied, because its ``overrides`` hold secrets.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .._texts import clean, cut
from ..alerts import Alert, Milestone, iso_time
from ..causes import CAUSES, Cause
from ..diagnosis import Diagnosis, Workload
from ..redaction import redact_and_cut
from .containers import describe_end
from .events import Container, TaskStateChange

#: Characters of a title, a tag, a container's reason in the message, a container's name in the
#: name of its context, and any other text. The last is AWS's own limit of a reason.
_TITLE: Final = 200
_TAG: Final = 200
_LINE: Final = 300
_NAME: Final = 64
_TEXT: Final = 1024

#: Values of a context that anybody may have written.
_FREE: Final = frozenset(
    {"group", "hint", "reason", "started_by", "stopped_reason", "summary", "unknown"}
)
#: Characters of a text before its blanks are counted as one each.
_LONGEST: Final = 20_000
#: Characters of a cluster's name and a task's id together; AWS's own are shorter.
_LONGEST_NAMES: Final = 600

#: So many containers have a line in the message, and a context.
_CONTAINERS: Final = 20

#: https://docs.aws.amazon.com/general/latest/gr/rande.html; no link for other partitions.
_CONSOLES: Final = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-eusc": "console.amazonaws-eusc.eu",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_SERVICE_CONNECT: Final = "ecs-service-connect-"
_REGION: Final = re.compile(r"[a-z0-9-]{1,32}")

_MILESTONES: Final = (
    ("created", "created_at"),
    ("pull started", "pull_started_at"),
    ("pull stopped", "pull_stopped_at"),
    ("started", "started_at"),
    ("execution stopped", "execution_stopped_at"),
    ("stopping", "stopping_at"),
    ("stopped", "stopped_at"),
)
_DURATIONS: Final = (
    ("pull_seconds", "pull_started_at", "pull_stopped_at"),
    ("start_seconds", "created_at", "started_at"),
    ("run_seconds", "started_at", "execution_stopped_at"),
    ("stop_seconds", "stopping_at", "stopped_at"),
    ("total_seconds", "created_at", "stopped_at"),
)


def build_task_alert(task: TaskStateChange, diagnosis: Diagnosis) -> Alert:
    """
    Build the alert for a failure.

    Args:
        task: The task that stopped.
        diagnosis: What `diagnose()` made of it.

    Returns:
        The alert, for any diagnosis; at level ``info`` where the policy asks for none.
    """
    url, name = console_url(task), diagnosis.workload.name
    timeline = tuple(_timeline(task))

    return Alert(
        event_id=_event_id(task),
        timestamp=task.stopped_at or task.execution_stopped_at or task.updated_at or task.time,
        title=build_task_title(task, diagnosis),
        message="\n".join(_message(task, diagnosis)),
        level=diagnosis.level or "info",
        fingerprint=tuple(clean(part, _LINE) for part in _fingerprint(task, diagnosis)),
        cause=diagnosis.cause,
        workload=Workload(diagnosis.workload.type, name and clean(name, _LINE)),
        tags=_tags(task, diagnosis),
        contexts={
            name: present
            for name, context in _contexts(task, diagnosis, timeline, url)
            if (present := _present(context))
        },
        timeline=timeline,
        url=url,
    )


def console_url(task: TaskStateChange) -> str | None:
    """Return the task's address in the AWS console; ECS keeps stopped tasks for about an hour."""
    from urllib.parse import quote  # noqa: PLC0415 - slow to import, needed for alerts only

    host = _CONSOLES.get(task.partition or "")
    region, cluster, task_id = task.region or "", task.cluster, task.task_id
    if len(f"{cluster}{task_id}") > _LONGEST_NAMES:
        return None
    if not (host and cluster and task_id and _REGION.fullmatch(region)):
        return None

    path = f"clusters/{quote(clean(cluster), '')}/tasks/{quote(clean(task_id), '')}"
    return f"https://{region}.{host}/ecs/v2/{path}?region={region}"


def _event_id(task: TaskStateChange) -> str:
    from hashlib import sha256  # noqa: PLC0415 - slow to import, needed for alerts only

    seed = f"task:{task.task_arn}" if task.task_arn else f"event:{_canonical(task)}"
    return sha256(seed.encode(errors="replace")).hexdigest()[:32]


def _canonical(task: TaskStateChange) -> str:
    try:
        return json.dumps(task.raw, sort_keys=True, default=str)
    except (RecursionError, TypeError, ValueError):  # too deep, or no JSON: what was read will do
        return repr(task)


def build_task_title(task: TaskStateChange, diagnosis: Diagnosis) -> str:
    """Build what a person scans, such as ``OutOfMemory: daily-etl``."""
    name = diagnosis.workload.name or (f"a task in {task.cluster}" if task.cluster else "a task")
    return _line(f"{CAUSES[diagnosis.cause].title}: {name}", _TITLE)


def _message(task: TaskStateChange, diagnosis: Diagnosis) -> Iterator[str]:
    yield _line(diagnosis.summary, _TEXT)

    culprits = sorted(diagnosis.culprits or task.containers, key=lambda c: c.name)
    for container in culprits[:_CONTAINERS]:
        code = describe_end(container)
        reason = f', "{_line(container.reason, _LINE)}"' if container.reason else ""
        yield f"Container {_line(container.name, _LINE, free=False)}: {code}{reason}"
    if len(culprits) > _CONTAINERS:
        yield f"... and {len(culprits) - _CONTAINERS} more containers"

    if task.stopped_reason:
        yield f'ECS says: "{_line(task.stopped_reason, _TEXT)}"'
    yield from (*diagnosis.notes, *diagnosis.unknown)
    yield f"Next: {diagnosis.hint}"


def _fingerprint(task: TaskStateChange, diagnosis: Diagnosis) -> Iterator[str]:
    yield from ("ecs", task.account or "", task.region or "", task.cluster or "")
    yield f"{diagnosis.workload.type}:{diagnosis.workload.name or ''}"
    yield diagnosis.cause.value

    for container in sorted(diagnosis.culprits, key=lambda c: (c.name, c.exit_code or 0)):
        if diagnosis.cause is Cause.CONTAINER_EXIT:
            code = container.exit_code
            yield f"{_stable_name(container)}={'none' if code is None else code}"
        else:
            yield _stable_name(container)


def _stable_name(container: Container) -> str:
    """Return the name without the random end that Service Connect gives its container."""
    return _SERVICE_CONNECT if container.name.startswith(_SERVICE_CONNECT) else container.name


def _tags(task: TaskStateChange, diagnosis: Diagnosis) -> dict[str, str]:
    culprits = sorted(diagnosis.culprits, key=lambda c: c.name)
    first = culprits[0] if culprits else None

    tags = {
        "aws.account": task.account,
        "aws.region": task.region,
        "ecs.cause": diagnosis.cause.value,
        "ecs.cluster": task.cluster,
        "ecs.container": first and first.name,
        "ecs.exit_code": first and str(first.exit_code) if first and first.exit_code else None,
        "ecs.family": task.family,
        "ecs.launch_type": task.launch_type,
        "ecs.service": task.service,
        "ecs.stop_code": task.stop_code,
        "ecs.task_id": task.task_id,
        "ecs.workload": diagnosis.workload.type.value,
    }

    lines = {key: _line(value, _TAG, free=False) for key, value in tags.items() if value}
    return {key: value for key, value in lines.items() if value}


def _contexts(
    task: TaskStateChange, diagnosis: Diagnosis, timeline: tuple[Milestone, ...], url: str | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    yield (
        "ecs_task",
        {
            "task_arn": task.task_arn,
            "console_url": url,
            "cluster": task.cluster,
            "group": task.group,
            "started_by": task.started_by,
            "task_definition": task.task_definition,
            "stop_code": task.stop_code,
            "stopped_reason": task.stopped_reason,
            "launch_type": task.launch_type,
            "capacity_provider_name": task.capacity_provider_name,
            "platform_version": task.platform_version,
            "availability_zone": task.availability_zone,
            "container_instance_arn": task.container_instance_arn,
            "cpu": task.cpu,
            "memory": task.memory,
            "version": task.version,
            "containers": len(task.containers),
        },
    )
    yield (
        "ecs_diagnosis",
        {
            "cause": diagnosis.cause.value,
            "decision": diagnosis.decision,
            "evidence": ", ".join(diagnosis.evidence),
            "hint": diagnosis.hint,
            "notes": " ".join(diagnosis.notes),
            "summary": diagnosis.summary,
            "unknown": " ".join(diagnosis.unknown),
        },
    )
    yield (
        "ecs_timeline",
        {
            **{milestone.name.replace(" ", "_"): iso_time(milestone.at) for milestone in timeline},
            **dict(_durations(task)),
        },
    )

    at_fault = {id(container) for container in diagnosis.culprits}
    shown = sorted(task.containers, key=lambda c: id(c) not in at_fault)[:_CONTAINERS]
    for number, container in enumerate(shown, 1):
        yield (
            f"container {number}: {_line(container.name, _NAME, free=False)}",
            _container(container, at_fault=id(container) in at_fault),
        )


def _container(container: Container, *, at_fault: bool) -> dict[str, Any]:
    return {
        "name": container.name,
        "at_fault": at_fault,
        "exit_code": describe_end(container),
        "reason": container.reason,
        "last_status": container.last_status,
        "image": container.image,
        "image_digest": container.image_digest,
        "memory": container.memory,
        "memory_reservation": container.memory_reservation,
        "runtime_id": container.runtime_id,
    }


def _timeline(task: TaskStateChange) -> Iterator[Milestone]:
    points = [(getattr(task, field), name) for name, field in _MILESTONES]
    known = [(at, name) for at, name in points if at is not None]

    for at, name in sorted(known, key=lambda point: point[0]):
        yield Milestone(name, at)


def _durations(task: TaskStateChange) -> Iterator[tuple[str, float]]:
    for name, start, end in _DURATIONS:
        began, ended = getattr(task, start), getattr(task, end)
        if began and ended and ended >= began:
            yield name, round((ended - began).total_seconds(), 3)


def _present(context: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what is empty, and cut what is too long."""
    return {
        key: _text(value, _TEXT, free=key in _FREE) if isinstance(value, str) else value
        for key, value in context.items()
        if value is not None and value != ""
    }


def _line(text: str, limit: int, *, free: bool = True) -> str:
    """Return *text* on one line."""
    return cut(" ".join(_text(text, _LONGEST, free=free).split()), limit)


def _text(text: str, limit: int, *, free: bool) -> str:
    """Return *text* as it may leave; one that is *free*, and no name of AWS's, is redacted."""
    if not free:
        return clean(text, limit)
    return redact_and_cut(text, limit)
