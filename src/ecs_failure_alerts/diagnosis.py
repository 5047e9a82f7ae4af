"""What every kind of event is turned into: a workload, and why its run failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import frozen

from .causes import Cause, Level, WorkloadType
from .tasks.events import Container

#: How a workload is spoken of; a task otherwise.
_KINDS: Final[Mapping[WorkloadType, str]] = {
    WorkloadType.SERVICE: "Service",
    WorkloadType.BATCH: "Batch job",
    WorkloadType.DAEMON: "Daemon",
    WorkloadType.WORKFLOW: "State machine",
    WorkloadType.INSTANCE: "Instance",
}


@frozen(slots=False)
class Workload:
    """
    What a task was part of.

    Attributes:
        type: batch, service, scheduled or standalone; of notices also daemon, workflow or
            instance.
        name: The service's name, else the task definition family; of notices the schedule's, job
            definition's or state machine's. None where the event names none.
    """

    type: WorkloadType
    name: str | None

    def __str__(self) -> str:
        kind = _KINDS.get(self.type, f"{self.type.capitalize()} task")
        return f"{kind} {self.name}" if self.name else f"{kind} (unnamed)"


@frozen(slots=False)
class Diagnosis:
    """
    Why a task stopped.

    Attributes:
        cause: The cause.
        culprits: The containers at fault, in the order of the event; empty where none is.
        evidence: The fields that decided, such as ``detail.stopCode``.
        summary: One sentence for a person on call, with names as the event has them.
        workload: What the task was part of.
        alert: Whether the policy asks for an alert.
        level: The alert's level; None where there is no alert.
        decision: Why there is an alert or none, in a few words.
        hint: What to do next.
        unknown: What the event cannot tell, in sentences.
        notes: What the task definition adds, in sentences; empty where none was looked up.
    """

    cause: Cause
    culprits: tuple[Container, ...]
    evidence: tuple[str, ...]
    summary: str
    workload: Workload
    alert: bool
    level: Level | None
    decision: str
    hint: str
    unknown: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
