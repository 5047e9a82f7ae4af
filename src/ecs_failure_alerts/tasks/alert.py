"""
The alert of a stopped task: what leaves the account, field by field.

Each field is named: the raw event is never copied, because its ``overrides`` hold secrets.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from .._texts import clean
from ..alerts import NEXT, Alert, Milestone
from ..aws.console import console_url
from ..causes import CAUSES, Cause
from ..diagnosis import Diagnosis, Workload
from .containers import describe_end
from .details import CONTAINERS, one_line, task_contexts, task_tags
from .events import Container, TaskStateChange
from .place import place_line

#: The most characters of a title, of a line of the message, and of any other text.
#: The last is AWS's own limit for a reason.
_TITLE_CHARACTERS: Final = 200
_LINE_CHARACTERS: Final = 300
_TEXT_CHARACTERS: Final = 1024

#: The most characters of a cluster's name and a task's id together; AWS's own are shorter.
_NAMES_CHARACTERS: Final = 600

_SERVICE_CONNECT: Final = "ecs-service-connect-"

_MILESTONES: Final = (
    ("created", "created_at"),
    ("pull started", "pull_started_at"),
    ("pull stopped", "pull_stopped_at"),
    ("started", "started_at"),
    ("execution stopped", "execution_stopped_at"),
    ("stopping", "stopping_at"),
    ("stopped", "stopped_at"),
)


def build_task_alert(task: TaskStateChange, diagnosis: Diagnosis) -> Alert:
    """
    Build the alert for a failure.

    Args:
        task: The task that stopped.
        diagnosis: The task's diagnosis by `diagnose()`.

    Returns:
        The alert, for any diagnosis; at level ``info`` if the policy does not alert.
    """
    url, name = _url(task), diagnosis.workload.name
    timeline, tags = tuple(_timeline(task)), task_tags(task, diagnosis)

    return Alert(
        event_id=_event_id(task),
        timestamp=task.happened_at,
        title=build_task_title(task, diagnosis),
        message="\n".join(_message(task, diagnosis, tags)),
        level=diagnosis.level or "info",
        fingerprint=tuple(clean(part, _LINE_CHARACTERS) for part in _fingerprint(task, diagnosis)),
        cause=diagnosis.cause,
        workload=Workload(diagnosis.workload.type, name and clean(name, _LINE_CHARACTERS)),
        tags=tags,
        contexts=task_contexts(task, diagnosis, timeline, url),
        timeline=timeline,
        url=url,
    )


def _url(task: TaskStateChange) -> str | None:
    """Return the task's address in the AWS console; ECS keeps stopped tasks for about an hour."""
    from urllib.parse import quote  # noqa: PLC0415 - slow to import, needed for alerts only

    cluster, task_id = task.cluster, task.task_id
    if not (cluster and task_id) or len(f"{cluster}{task_id}") > _NAMES_CHARACTERS:
        return None

    path = f"clusters/{quote(clean(cluster), '')}/tasks/{quote(clean(task_id), '')}"
    return console_url(task.partition, task.region, f"/ecs/v2/{path}")


def _event_id(task: TaskStateChange) -> str:
    from hashlib import sha256  # noqa: PLC0415 - slow to import, needed for alerts only

    seed = f"task:{task.task_arn}" if task.task_arn else f"event:{_canonical(task)}"
    return sha256(seed.encode(errors="replace")).hexdigest()[:32]


def _canonical(task: TaskStateChange) -> str:
    try:
        return json.dumps(task.raw, sort_keys=True, default=str)
    except (RecursionError, TypeError, ValueError):  # too deep, or not JSON
        return repr(task)


def build_task_title(task: TaskStateChange, diagnosis: Diagnosis) -> str:
    """Build the title, such as ``OutOfMemory: daily-etl``."""
    name = diagnosis.workload.name or (f"a task in {task.cluster}" if task.cluster else "a task")
    return one_line(f"{CAUSES[diagnosis.cause].title}: {name}", _TITLE_CHARACTERS)


def _message(task: TaskStateChange, diagnosis: Diagnosis, tags: Mapping[str, str]) -> Iterator[str]:
    yield one_line(diagnosis.summary, _TEXT_CHARACTERS)
    if where := place_line(tags, task.happened_at, "stopped" if task.stopped_at else "at"):
        yield where

    culprits = sorted(diagnosis.culprits or task.containers, key=lambda c: c.name)
    for container in culprits[:CONTAINERS]:
        code = describe_end(container)
        reason = f', "{one_line(container.reason, _LINE_CHARACTERS)}"' if container.reason else ""
        yield f"Container {one_line(container.name, _LINE_CHARACTERS, free=False)}: {code}{reason}"
    if len(culprits) > CONTAINERS:
        yield f"... and {len(culprits) - CONTAINERS} more containers"

    if task.stopped_reason:
        yield f'ECS says: "{one_line(task.stopped_reason, _TEXT_CHARACTERS)}"'
    yield from (*diagnosis.notes, *diagnosis.unknown)
    if diagnosis.rule_note:
        yield one_line(diagnosis.rule_note, _TEXT_CHARACTERS)
    yield f"{NEXT}{diagnosis.hint}"


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


def _timeline(task: TaskStateChange) -> Iterator[Milestone]:
    points = [(getattr(task, field), name) for name, field in _MILESTONES]
    known = [(at, name) for at, name in points if at is not None]

    for at, name in sorted(known, key=lambda point: point[0]):
        yield Milestone(name, at)
