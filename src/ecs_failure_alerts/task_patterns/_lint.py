"""What is wrong with an event pattern for ECS tasks, though EventBridge may accept it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..patterns import EventPattern
from ._field_names import FIELD_NAMES
from ._findings import SEVERITIES, Finding
from ._gaps import GAPS
from ._limits import LIMITS
from ._logic import LOGIC
from ._noise import NOISE
from ._notice_values import NOTICE_VALUES
from ._reading import read_tolerantly
from ._resource_names import RESOURCE_NAMES
from ._rules import Rule, Subject
from ._values import VALUES
from ._wordings import WORDINGS

#: In the order in which their findings stand, among those of one severity.
RULES: Final[tuple[Rule, ...]] = (
    *VALUES,
    *FIELD_NAMES,
    *RESOURCE_NAMES,
    *NOTICE_VALUES,
    *WORDINGS,
    *LOGIC,
    *GAPS,
    *NOISE,
    *LIMITS,
)

#: Warnings of what never matches. A stop code that is unknown here may be new, so it is none.
_BLOCKING_WARNINGS: Final = frozenset({"bare-group", "empty-text", "health-status"})
#: What tells how a pattern fares that matches: of one that never does it would mislead.
_MATCHING: Final = frozenset(rule.code for rule in (*GAPS, *NOISE)) | {
    *("exact-reason", "reason-prefix", "unknown-reason", "text-in-wrong-field"),
    "excludes-nothing",
}


def lint(pattern: EventPattern | str | bytes | Mapping[str, Any]) -> list[Finding]:
    """
    Check a pattern for ECS events.

    Of events that are no task, the types and the values of closed fields are checked. Of a pattern
    about other events, only what holds for every pattern is told.

    Args:
        pattern: A pattern, or its JSON.

    Returns:
        What is wrong, the worst first; empty if nothing is. What EventBridge would refuse is
        ``malformed``, once for each fault, and the rest of the pattern is checked all the same.
    """
    readable, faults = read_tolerantly(pattern)
    found = dict.fromkeys(faults)

    if readable is not None:
        subject = Subject(readable)
        found |= dict.fromkeys(_findings(subject))

    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


def _findings(subject: Subject) -> Iterator[Finding]:
    """Find what is wrong; of a pattern that a fault keeps from matching, no more than the fault."""
    findings = [finding for rule in RULES for finding in rule.findings(subject)]
    blocked = any(map(_blocks, findings)) and subject.takes_nothing

    return (finding for finding in findings if not blocked or finding.code not in _MATCHING)


def _blocks(finding: Finding) -> bool:
    """Return whether a finding can be why nothing matches."""
    return finding.severity == "error" or finding.code in _BLOCKING_WARNINGS
