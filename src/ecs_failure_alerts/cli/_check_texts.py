"""A configuration, and the course of an event through it, as texts and as JSON values."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from attrs import frozen

from .._texts import clean, counted
from ..configuration import Configuration
from ..policy import FailurePolicy
from ..routes import Route
from ..rules import Rule
from ._presentation import presented
from ._steps import Course, Step

#: Columns of the names at the left of a course.
_LABEL: Final = 12

_Cells: TypeAlias = tuple[str, ...]


@frozen(slots=False, eq=False, repr=False)
class CheckedDocument:
    """
    A configuration that is right, and what it comes to.

    Attributes:
        name: The name of its file.
        configuration: What it says.
        policy: The policy of it, and of the environment.
        routes: Its routes; without any, one to each notifier.
        now: When it is looked at: a rule may have ended.
    """

    name: str
    configuration: Configuration
    policy: FailurePolicy
    routes: Sequence[Route]
    now: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "document": self.name,
            "valid": True,
            "problems": [],
            "warnings": [
                {"path": warning.path, "message": warning.message}
                for warning in self.configuration.warnings
            ],
            "rules": [
                {
                    "name": row.name,
                    "level": row.level,
                    "fits": row.conditions,
                    "until": _until(row.rule),
                    "ended": _has_ended(row.rule, self.now),
                    "why": row.why,
                }
                for row in self.policy.own_rows
            ],
            "routes": [
                {"name": name, "route": str(route)} for name, route in _named_routes(self.routes)
            ],
        }

    def __str__(self) -> str:
        configuration = self.configuration
        rules = [
            ("default", "", "the levels of every policy, by cause and workload"),
            *self._rules(),
        ]

        parts = {
            "rule": configuration.rules,
            "notifier": configuration.notifiers,
            "route": configuration.routes,
        }
        lines = [
            f"{self.name}: right; {', '.join(counted(len(p), noun) for noun, p in parts.items())}",
            *(f"warning: {warning}" for warning in configuration.warnings),
            "",
            "rules: the last that fits decides",
            *_columns(rules),
            "",
            "routes: each that fits takes the alert",
            *_columns([(name, str(route)) for name, route in _named_routes(self.routes)]),
        ]
        return "\n".join(map(clean, lines))

    def _rules(self) -> Iterator[_Cells]:
        for row in self.policy.own_rows:
            ended = "(ended)" if _has_ended(row.rule, self.now) else ""
            why = f"because: {row.why}" if row.why else ""
            yield row.name, row.level or "silent", row.conditions, ended, why


def _until(rule: Rule | None) -> str | None:
    return rule.until.isoformat() if rule and rule.until else None


def _has_ended(rule: Rule | None, now: datetime) -> bool:
    return rule is not None and rule.has_ended(now)


def _named_routes(routes: Sequence[Route]) -> Iterator[tuple[str, Route]]:
    return ((f"routes[{index}]", route) for index, route in enumerate(routes))


def _columns(rows: Sequence[_Cells]) -> Iterator[str]:
    """Yield rows as lines, in which the cells stand below each other."""
    widths = [max(map(len, column)) for column in zip(*(row[:2] for row in rows), strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  " + "  ".join([*cells, *filter(None, row[2:])]).rstrip()


def course_text(place: str, course: Course) -> str:
    """
    Return the course of an event as lines to read.

    Args:
        place: Where the event stands.
        course: What becomes of it.
    """
    title = f"{place}: {course.judgement.title}" if place else course.judgement.title
    told = ", ".join(course.told) or f"nobody: {course.end}"
    rows = [
        *((step.name, _verdict(step, course.row.name, "fits")) for step in course.rules),
        ("decision", course.judgement.diagnosis.decision),
        *((step.name, _verdict(step, "", "takes it")) for step in course.routes),
        ("told", told),
    ]

    return "\n".join(
        ["", presented(title), *(f"  {name:<{_LABEL}}{presented(text)}" for name, text in rows)]
    )


def _verdict(step: Step, decider: str, yes: str) -> str:
    if not step.fits:
        return f"no: {step.why_not}"
    return f"{yes}, and decides" if step.name == decider else yes


def course_json(place: str, course: Course) -> str:
    """
    Return the course of an event as a line of JSON.

    Args:
        place: Where the event stands.
        course: What becomes of it.
    """
    judgement = course.judgement
    diagnosis = judgement.diagnosis

    return json.dumps(
        {
            "place": place,
            "title": presented(judgement.title),
            "cause": diagnosis.cause,
            "alert": diagnosis.alert,
            "level": diagnosis.level,
            "decision": presented(diagnosis.decision),
            "decided_by": course.row.name,
            "rules": [_step_values(step) for step in course.rules],
            "routes": [_step_values(step) for step in course.routes],
            "told": list(course.told),
            "lost": course.is_lost,
        }
    )


def _step_values(step: Step) -> dict[str, Any]:
    why_not = presented(step.why_not) if step.why_not else None
    return {"name": step.name, "fits": step.fits, "why_not": why_not}
