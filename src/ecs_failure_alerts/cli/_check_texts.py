"""A configuration, and the trace of an event through it, as texts and as JSON values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final, TypeAlias

from attrs import frozen

from .._texts import clean, counted
from ..configuration import Configuration
from ..exceptions import Problem
from ..policy import FailurePolicy
from ..policy.rules import Rule
from ..settings import DSN_VARIABLES
from ._presentation import presented
from ._steps import NamedRoute, Step, Trace

#: Columns of the names at the left of a trace.
_LABEL: Final = 12

#: The name of the routes of a document without routes: each notifier takes everything.
NO_ROUTES: Final = "(no routes)"

#: The words of a summary for events whose alert goes nowhere, by the reason.
_NOT_SENT: Final = {"there is no alert": "without an alert", "a route drops it": "dropped"}

_Cells: TypeAlias = tuple[str, ...]


@frozen(slots=False, eq=False, repr=False)
class CheckedDocument:
    """
    A valid configuration, with its policy and routes.

    Attributes:
        name: The name of its file.
        configuration: The configuration.
        policy: The policy of the configuration and of the environment.
        routes: Its routes; without any, one to each notifier.
        warnings: The warnings that a function with it logs.
        looked_up: The keys of the tags that a look-up finds, by `tag_key()`.
        now: The time, by which a rule may have ended.
    """

    name: str
    configuration: Configuration
    policy: FailurePolicy
    routes: Sequence[NamedRoute]
    warnings: Sequence[Problem]
    looked_up: Collection[str]
    now: datetime

    def to_dict(self) -> dict[str, Any]:
        """Return the configuration as JSON values."""
        return {
            "document": self.name,
            "valid": True,
            "problems": [],
            "warnings": values_of(self.warnings),
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
            "routes": [{"name": name, "route": str(route)} for name, route in self.routes],
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
            f"{self.name}: valid: {', '.join(counted(len(p), noun) for noun, p in parts.items())}",
            *(f"warning: {warning}" for warning in self.warnings),
            "",
            "rules: the last that fits decides",
            *_columns(rules),
            "",
            "routes: each that fits takes the alert",
            *_columns(list(self._routes())),
        ]
        return "\n".join(map(clean, lines))

    def _routes(self) -> Iterator[_Cells]:
        """Yield the routes, or where alerts go without any."""
        if self.configuration.routes or self.configuration.notifiers:
            yield from ((name, str(route)) for name, route in self.routes)
        else:
            yield (
                NO_ROUTES,
                f"no notifiers: alerts go to the Sentry project of {DSN_VARIABLES[0]}",
            )

    def _rules(self) -> Iterator[_Cells]:
        for row in self.policy.own_rows:
            ended = "(ended)" if _has_ended(row.rule, self.now) else ""
            why = f"because: {row.why}" if row.why else ""
            yield row.name, row.level or "silent", row.conditions, ended, why


def _until(rule: Rule | None) -> str | None:
    return rule.until.isoformat() if rule and rule.until else None


def _has_ended(rule: Rule | None, now: datetime) -> bool:
    return rule is not None and rule.has_ended(now)


def values_of(problems: Iterable[Problem]) -> list[dict[str, str]]:
    """Return problems as JSON values."""
    return [{"path": problem.path, "message": problem.message} for problem in problems]


def _columns(rows: Sequence[_Cells]) -> Iterator[str]:
    """Yield rows as lines with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*(row[:2] for row in rows), strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        yield "  " + "  ".join([*cells, *filter(None, row[2:])]).rstrip()


class TraceSummary:
    """
    Counts where the alerts of all events would go.

    Args:
        document: The configuration of the traces.

    Attributes:
        events: The number of events.
    """

    def __init__(self, document: CheckedDocument) -> None:
        self.events = 0
        named = (route.notifier.name for _, route in document.routes if route.notifier)
        self._told = dict.fromkeys(named, 0)
        self._others: Counter[str] = Counter()

    def count(self, trace: Trace) -> None:
        """Count an event."""
        self.events += 1
        for name in trace.told:
            self._told[name] += 1
        if not trace.told:
            self._others[_NOT_SENT.get(trace.end, "without a route")] += 1

    def __str__(self) -> str:
        told = [f"{number:,} to {name}" for name, number in self._told.items()]
        others = [f"{number:,} {end}" for end, number in self._others.items()]
        return clean(f"{counted(self.events, 'event')}: {', '.join([*told, *others])}")


def trace_text(place: str, trace: Trace) -> str:
    """
    Return the trace of an event as lines to read.

    Args:
        place: The place of the event in its file.
        trace: The trace.
    """
    title = f"{place}: {trace.judgement.title}" if place else trace.judgement.title
    told = ", ".join(trace.told) or (f"nobody: {trace.end}" if trace.end else "")
    word = "; or " if trace.is_rest else "; and "
    told = word.join(filter(None, [told, *trace.possible]))
    rows = [
        *((step.name, _verdict(step, trace.row.name, "fits")) for step in trace.rules),
        ("decision", trace.judgement.diagnosis.decision),
        *((step.name, _verdict(step, "", "takes it")) for step in trace.routes),
        ("goes to", told),
    ]

    return "\n".join(
        ["", presented(title), *(f"  {name:<{_LABEL}}{presented(text)}" for name, text in rows)]
    )


def _verdict(step: Step, decider: str, yes: str) -> str:
    if step.is_open:
        return f"maybe: {step.why_not}"
    if not step.fits:
        return f"no: {step.why_not}"
    return f"{yes}, and decides" if step.name == decider else yes


def trace_json(place: str, trace: Trace) -> str:
    """
    Return the trace of an event as a line of JSON.

    Args:
        place: The place of the event in its file.
        trace: The trace.
    """
    judgement = trace.judgement
    diagnosis = judgement.diagnosis

    return json.dumps(
        {
            "place": place,
            "title": presented(judgement.title),
            "cause": diagnosis.cause,
            "alert": diagnosis.alert,
            "level": diagnosis.level,
            "decision": presented(diagnosis.decision),
            "decided_by": trace.row.name,
            "rules": [_step_values(step) for step in trace.rules],
            "routes": [_step_values(step) for step in trace.routes],
            "told": list(trace.told),
            "possible": list(trace.possible),
            "lost": trace.is_lost,
        }
    )


def _step_values(step: Step) -> dict[str, Any]:
    why_not = presented(step.why_not) if step.why_not else None
    fits = None if step.is_open else step.fits
    return {"name": step.name, "fits": fits, "why_not": why_not}
