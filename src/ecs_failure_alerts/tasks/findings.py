"""What was found out about a stopped task, before anybody puts it into words."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from attrs import frozen

from ..causes import Cause, Level, WorkloadType
from ..diagnosis import Workload
from .containers import Containers
from .events import Container, TaskStateChange

#: So many characters of a text are read; AWS's own limit of a reason is 1,024.
READ_CHARACTERS: Final = 2048


@frozen(slots=False, eq=False, repr=False)
class Finding:
    """
    Why a task stopped.

    Attributes:
        task: The task.
        containers: Its containers, by what they can be blamed for.
        workload: What it was part of.
        cause: The cause.
        culprits: The containers at fault, in the order of the event.
        evidence: The paths of the fields that decided.
        undecided: Whether the work may have been completed all the same.
        at_most: The highest level that it deserves; None where the cause's own holds.
        completed: Whether the task definition tells that the work ended with 0 and ECS stopped
            the rest: then, and only then, a definition may silence an alert.
        essential: The names of the essential containers, where the task definition tells them.
        ended_first: Whether the task definition tells that the culprit ended before the others.
        notes: What the task definition adds, in sentences.
    """

    task: TaskStateChange
    containers: Containers
    workload: Workload
    cause: Cause
    culprits: tuple[Container, ...]
    evidence: tuple[str, ...]
    undecided: bool
    at_most: Level | None = None
    completed: bool = False
    essential: frozenset[str] | None = None
    ended_first: bool = False
    notes: tuple[str, ...] = ()

    @cached_property
    def text(self) -> str:
        """What ECS says: stoppedReason and the reasons of the culprits, a line each."""
        reasons = (container.reason for container in self.culprits)
        said = (self.task.stopped_reason, *reasons)
        return "\n".join(text[:READ_CHARACTERS] for text in said if text)

    @property
    def is_service(self) -> bool:
        """Whether the task is one of a service, which replaces it."""
        return self.workload.type is WorkloadType.SERVICE
