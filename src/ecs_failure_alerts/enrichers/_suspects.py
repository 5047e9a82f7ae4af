"""The containers whose logs are worth reading."""

from __future__ import annotations

from typing import Final

from .._globs import matches_any
from ..causes import Cause
from ..judging import Judgement
from ..tasks.containers import Containers, find_awaited
from ..tasks.definitions import TaskDefinition
from ..tasks.events import TaskStateChange

#: Containers whose logs are read at most.
_MOST_CONTAINERS: Final = 3

#: The causes without a log, because no container ran or none has ended.
_SILENT: Final = frozenset(
    {Cause.NOT_STOPPED, Cause.FAILED_TO_START_IMAGE_PULL, Cause.FAILED_TO_START_RESOURCE_INIT}
)


def may_have_log(judgement: Judgement) -> bool:
    """Return whether a container has run and may have written a log."""
    task = judgement.event
    if not isinstance(task, TaskStateChange) or judgement.diagnosis.cause in _SILENT:
        return False
    return task.has_started or any(c.exit_code is not None for c in task.containers)


def containers_to_read(
    task: TaskStateChange, judgement: Judgement, definition: TaskDefinition | None
) -> list[str]:
    """
    Return the names of the containers whose logs may tell the cause, the likeliest first.

    They are the containers at fault, or those that these waited for in vain. After a failed health
    check they are the containers with a health check; otherwise the essential ones.
    """
    policy, diagnosis = judgement.policy, judgement.diagnosis
    known = definition.containers if definition is not None else ()

    at_fault = [name for c in diagnosis.culprits for name in (find_awaited(c) or [c.name])]
    checked = [c.name for c in known if c.health_check is not None]
    essential = [c.name for c in known if c.essential]
    main = [c.name for _, c in Containers(task, policy).main]

    candidates = (
        checked if diagnosis.cause is Cause.HEALTH_CHECK and not at_fault else at_fault,
        essential,
        main,
    )
    names = next((names for names in candidates if names), [])
    counted = [name for name in names if not matches_any(name, policy.ignore_containers)]
    return list(dict.fromkeys(counted))[:_MOST_CONTAINERS]
