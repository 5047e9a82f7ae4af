"""The lint for event patterns for ECS: faults that EventBridge may accept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from ..patterns import EventPattern
from ._checks import Rule, Subject
from ._field_names import FIELD_NAMES
from ._findings import SEVERITIES, Finding
from ._gaps import GAPS
from ._limits import LIMITS
from ._logic import LOGIC
from ._noise import NOISE
from ._notice_values import NOTICE_VALUES
from ._reading import read_tolerantly
from ._resource_names import RESOURCE_NAMES
from ._values import VALUES
from ._wordings import WORDINGS

#: The rules, in the order of their findings within one severity.
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

#: Warnings about patterns that never match. An unknown stop code is none, because it may be new.
_BLOCKING_WARNINGS: Final = frozenset({"bare-group", "empty-text", "health-status"})
#: Codes about the effect of a match; they would mislead if the pattern never matches.
_ABOUT_MATCHES: Final = frozenset(rule.code for rule in (*GAPS, *NOISE)) | {
    *("exact-reason", "reason-prefix", "unknown-reason", "text-in-wrong-field"),
    "excludes-nothing",
}


def lint(pattern: EventPattern | str | bytes | Mapping[str, Any]) -> list[Finding]:
    """
    Check a pattern for ECS events.

    For notices, the types of events and the values of closed fields are checked. For other events,
    only the general rules apply.

    Args:
        pattern: A pattern, or its JSON.

    Returns:
        The findings, the worst first; empty if nothing is wrong. What EventBridge would refuse is
        ``malformed``, once for each fault, and the rest of the pattern is still checked.
    """
    readable, faults = read_tolerantly(pattern)
    found = dict.fromkeys(faults)

    if readable is not None:
        subject = Subject(readable)
        found |= dict.fromkeys(_findings(subject))

    return sorted(found, key=lambda finding: SEVERITIES.index(finding.severity))


def _findings(subject: Subject) -> Iterator[Finding]:
    """Find the faults; only the blocking ones, if the pattern never matches because of them."""
    findings = [finding for rule in RULES for finding in rule.findings(subject)]
    blocked = any(map(_blocks, findings)) and subject.takes_nothing

    return (finding for finding in findings if not blocked or finding.code not in _ABOUT_MATCHES)


def _blocks(finding: Finding) -> bool:
    """Return whether a finding can be the reason why nothing matches."""
    return finding.severity == "error" or finding.code in _BLOCKING_WARNINGS
