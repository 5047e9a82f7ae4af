"""A diagnosis as a card for a terminal: it fits the width, and may have colour."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Final, TypeAlias

from .._texts import clean
from ..alerts import Alert
from ..diagnosis import Diagnosis
from ..judging import Event, Judgement
from ..notices import Notice
from ..tasks.containers import describe_end
from ..tasks.events import TaskStateChange
from ._presentation import presented

#: Columns of a card by default, and of the labels at its left.
_WIDTH: Final = 80
_LABEL: Final = 12

#: Characters at most of a text, of a name, and of an ARN or a link.
_TEXT_CHARACTERS: Final = 600
_NAME_CHARACTERS: Final = 100
_ADDRESS_CHARACTERS: Final = 2_000

#: Rows of ARNs and links; their ids may look like secrets, but are none.
_ADDRESSES: Final = frozenset({"about", "console", "ran", "task"})

#: Escape sequences by level; the last is for events that do not alert.
_COLORS: Final = {"fatal": "1;31", "error": "1;31", "warning": "1;33", "info": "1;36", None: "1;32"}
_TIME: Final = "%Y-%m-%d %H:%M:%S UTC"
_LOG_TIME: Final = "%H:%M:%S"

#: The beginnings of a decision; the head of the card has them already.
NO_ALERT: Final = "no alert: "
_ALERT: Final = "alert: "

#: The first known point of a task's life, as a clause.
_AFTER: Final = {
    "created": "it was created",
    "pull started": "the pull started",
    "pull stopped": "the pull stopped",
    "started": "it started",
    "execution stopped": "the execution stopped",
    "stopping": "it began to stop",
    "stopped": "it stopped",
}

#: A label and the text beside it; without a label the text belongs to the row above.
_Row: TypeAlias = tuple[str, str]


def card(judgement: Judgement, *, color: bool, raw: bool = False, width: int = _WIDTH) -> str:
    """
    Draw the card of one event.

    Args:
        judgement: The judgement of the event.
        color: Whether to use terminal colours.
        raw: Whether to show what looks like a secret.
        width: Columns, at least 40.
    """
    diagnosis, alert = judgement.diagnosis, judgement.as_alert()
    verdict = f"ALERT ({diagnosis.level})" if diagnosis.alert else "no alert"

    title = presented(alert.title, width - len(verdict) - 2, raw=raw)
    head = f"{title}{verdict:>{width - len(title)}}"
    if color:
        head = f"\033[{_COLORS[diagnosis.level]}m{head}\033[0m"

    rows = _rows(judgement.event, diagnosis, alert)
    return "\n".join([head, *(line for row in rows for line in _wrap(*row, raw=raw, width=width))])


def _rows(event: Event, diagnosis: Diagnosis, alert: Alert) -> Iterator[_Row]:
    yield "", diagnosis.summary
    yield "cause", f"{diagnosis.cause}, by {', '.join(diagnosis.evidence)}"
    if not diagnosis.alert or diagnosis.decided_by != "default":
        yield "decision", diagnosis.decision.removeprefix(NO_ALERT).removeprefix(_ALERT)

    if isinstance(event, TaskStateChange):
        yield from _container_rows(event, diagnosis)
        yield from _task_rows(event, alert)
    else:
        yield from _notice_rows(event, alert)

    for sentence in diagnosis.notes:
        yield "definition", sentence
    yield from _log_rows(alert)
    for sentence in diagnosis.unknown:
        yield "not known", sentence
    yield "next", diagnosis.hint


def _notice_rows(notice: Notice, alert: Alert) -> Iterator[_Row]:
    if notice.reason:
        yield "AWS says", notice.reason
    if notice.time:
        yield "reported", notice.time.strftime(_TIME)
    if notice.subject:
        yield "about", notice.subject
    if alert.url:
        yield "console", alert.url


def _log_rows(alert: Alert) -> Iterator[_Row]:
    """Yield the last log lines of each container, after its name."""
    names = dict.fromkeys(line.container for line in alert.log)

    for name in names:
        yield "log", clean(name, _NAME_CHARACTERS)
        for line in alert.log:
            if line.container == name:
                yield "", f"{line.at.strftime(_LOG_TIME)} {line.message}"


def _container_rows(task: TaskStateChange, diagnosis: Diagnosis) -> Iterator[_Row]:
    at_fault = set(diagnosis.culprits)

    for container in task.containers:
        fault = " <- at fault" if container in at_fault else ""
        yield (
            "container",
            f"{clean(container.name or '', _NAME_CHARACTERS)}: {describe_end(container)}{fault}",
        )
        if container.reason:
            yield "", container.reason


def _task_rows(task: TaskStateChange, alert: Alert) -> Iterator[_Row]:
    if task.stop_code:
        yield "stop code", task.stop_code
    if task.stopped_reason:
        yield "stop reason", task.stopped_reason

    if task.created_at and task.stopped_at and task.stopped_at < task.created_at:
        yield "times", "they disagree: the event says that the task stopped before it was created"
    elif len(alert.timeline) > 1:
        first, last = alert.timeline[0], alert.timeline[-1]
        seconds = (last.at - first.at).total_seconds()
        yield last.name, f"{last.at.strftime(_TIME)}, {_span(seconds)} after {_AFTER[first.name]}"

    if task.task_definition:
        yield "ran", task.task_definition
    limits = ", ".join(_memory_limits(task))
    if limits:
        yield "memory", limits

    if alert.url:
        yield "task", task.task_id or ""
        yield "console", alert.url
    elif task.task_arn:  # it tells where the task ran, like the link
        yield "task", task.task_arn


def _memory_limits(task: TaskStateChange) -> Iterator[str]:
    """
    Yield the memory limits in the event.

    ECS counts in MiB:
    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
    """
    if task.memory:
        yield f"{task.memory} MiB for the task"

    for container in task.containers:
        if container.memory:
            yield f"{container.memory} MiB for {clean(container.name or '', _NAME_CHARACTERS)}"


def _wrap(label: str, text: str, *, raw: bool, width: int) -> list[str]:
    is_address = label in _ADDRESSES
    shown = (
        clean(text, _ADDRESS_CHARACTERS)
        if is_address
        else presented(text, _TEXT_CHARACTERS, raw=raw)
    )

    return textwrap.wrap(
        shown,
        width,
        initial_indent=f"  {label:<{_LABEL}}",
        subsequent_indent=" " * (_LABEL + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )


def _span(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)

    parts = [(hours, "h"), (minutes, "min"), (rest, "s")]
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 s"
