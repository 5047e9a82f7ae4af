"""The values that every kind of event shares: a workload, and why its run failed."""

from __future__ import annotations

from attrs import Factory, field, frozen

from ._reprs import redacted
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
        culprits: The containers at fault, in the order of the event; empty if none is.
        evidence: The fields that decided, such as ``detail.stopCode``.
        summary: One sentence for a person on call, with names as the event has them.
        workload: What the task was part of.
        alert: Whether the policy asks for an alert.
        level: The alert's level; None if there is no alert.
        decision: Why there is an alert or not, in a few words.
        hint: What to do next.
        unknown: What the event cannot tell, in sentences.
        notes: Details from the task definition, in sentences; empty if it was not looked up.
        decided_by: The row of the policy's table that decided, such as ``rules[0]``; ``default``
            if the policy has nothing about such a failure.
        rule_note: The rule that set the level, and why, as in the alert; empty if none did.
        case: The basis of the decision, for rules and routes.
    """

    cause: Cause
    culprits: tuple[Container, ...]
    evidence: tuple[str, ...]
    summary: str = field(repr=redacted)
    workload: Workload
    alert: bool
    level: Level | None
    decision: str
    hint: str
    unknown: tuple[str, ...] = field(default=(), repr=redacted)
    notes: tuple[str, ...] = ()
    decided_by: str = "default"
    rule_note: str = ""
    case: Case = field(
        default=Factory(lambda self: Case(self.cause, self.workload), takes_self=True),
        repr=False,
        eq=False,
        kw_only=True,
    )
