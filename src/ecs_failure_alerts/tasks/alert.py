"""
The alert of a stopped task: what leaves the account, field by field.

Each field is named: the raw event is never copied, because its ``overrides`` hold secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from .._json import canonical
from .._texts import clean, counted
from ..alerts import NEXT, Alert, Milestone
from ..aws.console import console_url
from ..causes import CAUSES, Cause
from ..diagnosis import Diagnosis, Workload
from .containers import MOST_CONTAINERS, SERVICE_CONNECT, describe_end
from .details import CONTAINERS, one_line, task_contexts, task_tags
from .events import Container, TaskStateChange
from .place import place_line
from .signs import BARE_SENTENCE

#: The most characters of a title, of a name or a reason among many, and of any other text.
#: The last is AWS's own limit for a reason, whose end often says what is missing.
_TITLE_CHARACTERS: Final = 200
_LINE_CHARACTERS: Final = 300
_TEXT_CHARACTERS: Final = 1024

#: The most characters of the names in a link together; AWS's own are shorter.
_NAMES_CHARACTERS: Final = 600

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
    url, name = _console_page(task, "tasks", task.task_id), diagnosis.workload.name
    service_url = _console_page(task, "services", task.service)
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
        links={"Service": service_url} if service_url else {},
    )


def _console_page(task: TaskStateChange, kind: str, name: str | None) -> str | None:
    """Return the page of a task or a service; ECS keeps stopped tasks for about an hour."""
    from urllib.parse import quote  # noqa: PLC0415 - slow to import, needed for alerts only

    cluster = task.cluster
    if not (cluster and name) or len(f"{cluster}{name}") > _NAMES_CHARACTERS:
        return None

    path = f"clusters/{quote(clean(cluster), '')}/{kind}/{quote(clean(name), '')}"
    return console_url(task.partition, task.region, f"/ecs/v2/{path}")


def _event_id(task: TaskStateChange) -> str:
    from hashlib import sha256  # noqa: PLC0415 - slow to import, needed for alerts only

    seed = (
        f"task:{task.task_arn}" if task.task_arn else f"event:{canonical(task.raw) or repr(task)}"
    )
    return sha256(seed.encode(errors="replace")).hexdigest()[:32]


def build_task_title(task: TaskStateChange, diagnosis: Diagnosis) -> str:
    """Build the title, such as ``OutOfMemory: daily-etl``."""
    name = diagnosis.workload.name or (f"a task in {task.cluster}" if task.cluster else "a task")
    return one_line(f"{CAUSES[diagnosis.cause].title}: {name}", _TITLE_CHARACTERS)


def _message(task: TaskStateChange, diagnosis: Diagnosis, tags: Mapping[str, str]) -> Iterator[str]:
    summary = one_line(diagnosis.summary, _TEXT_CHARACTERS)
    said = one_line(task.stopped_reason or "", _TEXT_CHARACTERS)
    yield summary
    if where := place_line(tags, task.happened_at, "stopped" if task.stopped_at else "at"):
        yield where

    lines = list(_container_lines(task, diagnosis, summary, said))
    yield from lines[:CONTAINERS]
    if len(lines) > CONTAINERS:
        yield f"... and {counted(len(lines) - CONTAINERS, 'more container')}"

    quoted = f'"{said.removesuffix(".")}"' in summary
    if not (quoted or re.fullmatch(BARE_SENTENCE, said)):
        yield f'ECS says: "{said}"'
    for sentence in (*diagnosis.notes, *diagnosis.unknown):
        yield one_line(sentence, _TEXT_CHARACTERS)
    if diagnosis.rule_note:
        yield one_line(diagnosis.rule_note, _TEXT_CHARACTERS)
    yield f"{NEXT}{diagnosis.hint}"


def _container_lines(
    task: TaskStateChange, diagnosis: Diagnosis, summary: str, said: str
) -> Iterator[str]:
    """Tell of each container at fault, or else with a reason, what is not told elsewhere."""
    named = diagnosis.culprits or [c for c in task.containers if c.reason]
    most = _TEXT_CHARACTERS if len(named) <= MOST_CONTAINERS else _LINE_CHARACTERS

    for container in sorted(named, key=lambda c: c.name):
        name = one_line(container.name, _LINE_CHARACTERS, free=False)
        end = describe_end(container)
        reason = one_line(container.reason or "", most)
        told_ends = (f"container {name}, {end}", f"container {name} ended with {end}")
        end_is_told = container.exit_code is None or any(told in summary for told in told_ends)
        reason_is_told = reason in {"", one_line(said, most)}
        parts = ("" if end_is_told else end, "" if reason_is_told else f'"{reason}"')
        if told := ", ".join(filter(None, parts)):
            yield f"Container {name}: {told}"


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
    return SERVICE_CONNECT if container.name.startswith(SERVICE_CONNECT) else container.name


def _timeline(task: TaskStateChange) -> Iterator[Milestone]:
    points = [(getattr(task, field), name) for name, field in _MILESTONES]
    known = [(at, name) for at, name in points if at is not None]

    for at, name in sorted(known, key=lambda point: point[0]):
        yield Milestone(name, at)
