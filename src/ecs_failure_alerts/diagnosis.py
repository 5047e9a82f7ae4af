"""What every kind of event is turned into: a workload, and why its run failed."""

from __future__ import annotations

from attrs import frozen

from .causes import Cause, Level, WorkloadType
from .tasks.events import Container


@frozen
class Workload:
    """
    What a task was part of.

    Attributes:
        type: batch, service, scheduled or standalone.
        name: The service's name, else the task definition family; None where the event
            names neither.
    """

    type: WorkloadType
    name: str | None

    def __str__(self) -> str:
        kind = {"service": "Service", "batch": "Batch job"}.get(
            self.type, f"{self.type.capitalize()} task"
        )
        return f"{kind} {self.name}" if self.name else f"{kind} (unnamed)"


@frozen
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
