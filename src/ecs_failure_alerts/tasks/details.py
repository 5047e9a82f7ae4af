"""The tags and contexts of a task's alert."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from .._texts import clean, cut
from ..alerts import Milestone, iso_time
from ..diagnosis import Diagnosis
from ..redaction import redact_and_cut
from .containers import describe_end
from .events import Container, TaskStateChange
from .images import Image

#: The most characters of a tag, and of a text in a context. The latter is AWS's limit for a reason.
_TAG_CHARACTERS: Final = 200
_TEXT_CHARACTERS: Final = 1024
#: The most characters of a text before its runs of blanks become one each.
_LINE_CHARACTERS: Final = 20_000

#: The most containers with a line in the message, and with a context.
CONTAINERS: Final = 20

#: The values of a context with free text, because anybody may have written them.
_FREE_TEXTS: Final = frozenset(
    {"group", "hint", "notes", "reason", "started_by", "stopped_reason", "summary", "unknown"}
)

#: The prefixes of ECS's own groups.
_ECS_GROUPS: Final = ("family:", "service:")

_DURATIONS: Final = (
    ("pull_seconds", "pull_started_at", "pull_stopped_at"),
    ("start_seconds", "created_at", "started_at"),
    ("run_seconds", "started_at", "execution_stopped_at"),
    ("stop_seconds", "stopping_at", "stopped_at"),
    ("total_seconds", "created_at", "stopped_at"),
)


def task_tags(task: TaskStateChange, diagnosis: Diagnosis) -> dict[str, str]:
    """
    Return the tags.

    The names of a task are tags too, because Sentry's default scrubbing leaves tags alone, but
    blanks a value of a context with a word such as ``auth``.
    """
    culprits = sorted(diagnosis.culprits, key=lambda c: c.name)
    first = culprits[0] if culprits else None
    image = _image(first, task.containers)

    names = {
        "aws.account": task.account,
        "aws.region": task.region,
        "ecs.capacity_provider": task.capacity_provider_name,
        "ecs.cause": diagnosis.cause.value,
        "ecs.cluster": task.cluster,
        "ecs.container": first and first.name,
        "ecs.container_instance": (task.container_instance_arn or "").rpartition("/")[2],
        "ecs.exit_code": first and str(first.exit_code) if first and first.exit_code else None,
        "ecs.family": task.family,
        "ecs.image": image.repository,
        "ecs.image_digest": image.digest,
        "ecs.image_tag": image.tag,
        "ecs.launch_type": task.launch_type,
        "ecs.service": task.service,
        "ecs.stop_code": task.stop_code,
        "ecs.task_definition": task.task_definition,
        "ecs.task_id": task.task_id,
        "ecs.workload": diagnosis.workload.type.value,
    }
    texts = {"ecs.group": _own_group(task.group), "ecs.started_by": task.started_by}

    lines = {
        **{
            key: one_line(value, _TAG_CHARACTERS, free=False)
            for key, value in names.items()
            if value
        },
        **{key: one_line(value, _TAG_CHARACTERS) for key, value in texts.items() if value},
    }
    return {key: value for key, value in sorted(lines.items()) if value}


def _own_group(group: str | None) -> str | None:
    """Return a group that somebody chose; ECS's own groups repeat the service or the family."""
    return None if (group or "").startswith(_ECS_GROUPS) else group


def _image(culprit: Container | None, containers: Sequence[Container]) -> Image:
    """Return the image of the container at fault, or else of the only container."""
    if culprit is None and len(containers) == 1:
        culprit = containers[0]
    if culprit is None:
        return Image()

    return Image.of(culprit.image or "", culprit.image_digest)


def task_contexts(
    task: TaskStateChange, diagnosis: Diagnosis, timeline: Sequence[Milestone], url: str | None
) -> dict[str, dict[str, Any]]:
    """Return the contexts that are not empty; their names hold nothing from the event."""
    named = dict(_contexts(task, diagnosis, timeline, url))
    full = {name: present(context, _FREE_TEXTS) for name, context in named.items()}

    return {name: context for name, context in full.items() if context}


def _contexts(
    task: TaskStateChange, diagnosis: Diagnosis, timeline: Sequence[Milestone], url: str | None
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
    shown = sorted(task.containers, key=lambda c: id(c) not in at_fault)[:CONTAINERS]
    for number, container in enumerate(shown, 1):
        yield f"container {number}", _container(container, at_fault=id(container) in at_fault)


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


def _durations(task: TaskStateChange) -> Iterator[tuple[str, float]]:
    for name, start, end in _DURATIONS:
        began, ended = getattr(task, start), getattr(task, end)
        if began and ended and ended >= began:
            yield name, round((ended - began).total_seconds(), 3)


def present(context: Mapping[str, Any], free_texts: Collection[str]) -> dict[str, Any]:
    """Leave out empty values, cut long ones, and redact those with a key in *free_texts*."""
    return {
        key: _text(value, _TEXT_CHARACTERS, free=key in free_texts)
        if isinstance(value, str)
        else value
        for key, value in context.items()
        if value is not None and value != ""
    }


def one_line(text: str, limit: int, *, free: bool = True) -> str:
    """Return *text* on one line."""
    return cut(" ".join(_text(text, _LINE_CHARACTERS, free=free).split()), limit)


def _text(text: str, limit: int, *, free: bool) -> str:
    """Clean *text* for an alert; redact it if it is *free* text, not a name of AWS's."""
    return redact_and_cut(text, limit) if free else clean(text, limit)
