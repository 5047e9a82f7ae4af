"""What every kind of event is turned into: a workload, and why its run failed."""

from __future__ import annotations

from attrs import Factory, field, frozen

from ._values import Value
from .causes import Cause, Level
from .policy.cases import Case, Workload
from .tasks.events import Container

__all__ = ["Diagnosis", "Workload"]


@frozen(slots=False, eq=False, repr=False)
class Diagnosis(Value):
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
        decided_by: The row of the policy's table that decided, such as ``rules[0]``; ``default``
            where the policy says nothing of such a failure.
        rule_note: Which rule set the level, and why, as the alert says it; empty where none did.
        case: What was decided on, as rules and routes see it.
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
    decided_by: str = "default"
    rule_note: str = ""
    case: Case = field(
        default=Factory(lambda self: Case(self.cause, self.workload), takes_self=True),
        repr=False,
        eq=False,
        kw_only=True,
    )
