"""From the event to the alert: parse, diagnose, build."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from measuring import Figure, per_call, race, ratios
from sample_events import EVENTS, text

from ecs_failure_alerts import Alert, build_alert, diagnose, parse_event


def alert(event: dict[str, Any]) -> Alert:
    """Do all of it."""
    task = parse_event(event)
    return build_alert(task, diagnose(task))


def figures(rounds: int) -> Iterator[Figure]:
    """Measure."""
    for size, event in EVENTS.items():
        document, task = text(event), parse_event(event)
        diagnosis = diagnose(task)
        times = race(
            {
                "json.loads": per_call(partial(json.loads, document)),
                "all": per_call(partial(alert, event)),
                "diagnose()": per_call(partial(diagnose, task)),
                "build_alert()": per_call(partial(build_alert, task, diagnosis)),
            },
            rounds,
        )
        floor = times["json.loads"]
        yield Figure(
            f"parse, diagnose, alert, {size}", "json.loads", ratios(times["all"], floor), 2.0
        )
        for step in ("diagnose()", "build_alert()"):
            yield Figure(f"  of it {step}, {size}", "json.loads", ratios(times[step], floor))
