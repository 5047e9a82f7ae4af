"""The finding about a stopped task, before it is put into words."""

from __future__ import annotations

from functools import cached_property
from typing import Final

from attrs import frozen

from ..causes import Cause, Level, WorkloadType
from ..diagnosis import Workload
from .containers import Containers
from .events import Container, TaskStateChange

#: The most characters that are read of a text; AWS's own limit for a reason is 1,024.
READ_CHARACTERS: Final = 2048


@frozen(slots=False, eq=False, repr=False)
class Finding:
    """
    Why a task stopped.

    Attributes:
        task: The task.
        containers: Its containers.
        workload: The workload that it was part of.
        cause: The cause.
        culprits: The containers at fault, in the order of the event.
        evidence: The paths of the fields that decided.
        undecided: Whether the work may still have been completed.
        at_most: The highest level that it deserves; None for the cause's own level.
        completed: Whether, by the task definition, the work ended with 0 and ECS stopped the
            rest. Only then may a definition silence an alert.
        essential: The names of the essential containers, if the task definition is known.
        ended_first: Whether, by the task definition, the culprit ended before the others.
        notes: The sentences that the task definition adds.
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
        """ECS's text: stoppedReason and the reasons of the culprits, a line each."""
        reasons = (container.reason for container in self.culprits)
        said = (self.task.stopped_reason, *reasons)
        return "\n".join(text[:READ_CHARACTERS] for text in said if text)

    @property
    def is_service(self) -> bool:
        """Whether the task belongs to a service, which replaces it."""
        return self.workload.type is WorkloadType.SERVICE
