"""A diagnosis as a card for a terminal: 80 columns, colour where it is wanted."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final

from ..alerts import Alert
from ..diagnosis import Diagnosis
from ..judging import Judgement
from ..tasks.events import TaskStateChange
from ..tasks.exit_codes import describe_exit_code

_WIDTH: Final = 80
_LABEL: Final = 12
_COLORS: Final = {"fatal": "1;31", "error": "1;31", "warning": "1;33", "info": "1;36", None: "1;32"}
_TIME: Final = "%Y-%m-%d %H:%M:%S UTC"


def card(judgement: Judgement, *, color: bool) -> str:
    """
    Draw the card of one event.

    Args:
        judgement: What is made of the event.
        color: Whether to use terminal colours.
    """
    task, diagnosis, alert = judgement.event, judgement.diagnosis, judgement.as_alert()
    verdict = f"ALERT ({diagnosis.level})" if diagnosis.alert else "no alert"
    title, room = printable(alert.title), _WIDTH - len(verdict) - 2
    if len(title) > room:
        title = title[: room - 3] + "..."
    head = f"{title}{verdict:>{_WIDTH - len(title)}}"
    if color:
        head = f"\033[{_COLORS[diagnosis.level]}m{head}\033[0m"
    rows = [row for label, text in _rows(task, diagnosis, alert) for row in _wrap(label, text)]
    return "\n".join([head, *rows])


def printable(text: str) -> str:
    """Give *text* on one line, without what would steer a terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def _rows(task: TaskStateChange, diagnosis: Diagnosis, alert: Alert) -> Iterator[tuple[str, str]]:
    yield "", diagnosis.summary
    yield "cause", f"{diagnosis.cause}, by {', '.join(diagnosis.evidence)}"
    if not diagnosis.alert:
        yield "decision", diagnosis.decision
    at_fault = set(diagnosis.culprits)
    for container in task.containers:
        fault = " <- at fault" if container in at_fault else ""
        yield (
            "container",
            f"{container.name}: {describe_exit_code(container.exit_code)}{fault}",
        )
        if container.reason:
            yield "", container.reason
    if task.stop_code:
        yield "stop code", task.stop_code
    if task.stopped_reason:
        yield "stop reason", task.stopped_reason
    if len(alert.timeline) > 1:
        last = alert.timeline[-1]
        span = (last.at - alert.timeline[0].at).total_seconds()
        yield last.name, f"{last.at.strftime(_TIME)}, {_span(span)} after {alert.timeline[0].name}"
    if task.task_definition:
        yield "ran", task.task_definition
    if alert.url:
        yield "console", alert.url
    elif task.task_arn:  # which the link would show
        yield "task", task.task_arn
    for sentence in diagnosis.unknown:
        yield "not known", sentence
    yield "next", diagnosis.hint


def _wrap(label: str, text: str) -> list[str]:
    indent = " " * (_LABEL + 2)
    return textwrap.wrap(
        printable(text),
        _WIDTH,
        initial_indent=f"  {label:<{_LABEL}}",
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"
