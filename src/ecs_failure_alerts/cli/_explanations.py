"""A verdict as JSON values, and as lines for standard error."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from .._texts import clean
from ..alerts import iso_time
from ..exceptions import EventError, UnsupportedEvent
from ..judging import Judgement
from ..notices import Notice
from ..redaction import redact_and_cut
from ..sources import SourceRecord
from ..tasks.events import TaskStateChange
from ._files import faults, place_of
from ._presentation import MOST_CHARACTERS, presented
from ._verdicts import Verdict

#: Fields with our own words only.
_OWN_FIELDS: Final = frozenset(
    {"status", "cause", "alert", "level", "evidence", "decided_by", "stopped_at"}
)
#: Fields that quote texts of the event; all others have ids and words of AWS.
_QUOTING_FIELDS: Final = frozenset(
    {
        *("title", "summary", "decision", "unknown", "notes", "hint", "error", "problems", "log"),
        *("culprits", "exit_codes", "workload"),  # names that somebody chose
    }
)


def explanation(record: SourceRecord, verdict: Verdict, *, raw: bool) -> dict[str, Any]:
    """
    Return the explanation of *record* as JSON values.

    Args:
        record: The event and its place.
        verdict: Its judgement, or the error of an unreadable event.
        raw: Whether to show what looks like a secret.
    """
    known = _explanation(verdict) if isinstance(verdict, Judgement) else _problems(verdict)
    free = partial(clean if raw else redact_and_cut, limit=MOST_CHARACTERS)

    fields = {"place": record.place} | known
    return {
        key: value
        if not value or key in _OWN_FIELDS
        else _shown(value, free if key in _QUOTING_FIELDS else clean)
        for key, value in fields.items()
    }


def faults_of(record: SourceRecord, error: EventError, *, raw: bool) -> str:
    """
    Return the faults of *record*, one on each line.

    Args:
        record: The input and its place.
        error: Why it cannot be read, or is ignored.
        raw: Whether to show what looks like a secret.
    """
    kind = "ignored" if isinstance(error, UnsupportedEvent) else "not readable"
    shown = (f"  {presented(fault, raw=raw)}" for fault in faults(record, error))
    return "\n".join([f"{place_of(record)} is {kind}:", *shown])


class Repeats:
    """Shortens faults that are those of the input before, such as of a folder without events."""

    def __init__(self) -> None:
        self._told = ""

    def shorten(self, text: str) -> str:
        """Return a text of `faults_of()`, in one line if its faults have just been told."""
        what, _, told = text.partition("\n")
        if told and told == self._told:
            return f"{what} the same"

        self._told = told
        return text


def skipped_lines(number: int) -> str:
    """Return the line that counts the lines without JSON."""
    return f"skipped lines without JSON: {number:,}"


def _shown(value: Any, show: Callable[[str], str]) -> Any:
    """Return a JSON value with *show* applied to every string in it, and to every key."""
    if isinstance(value, str):
        return show(value)
    if isinstance(value, list):
        return [_shown(part, show) for part in value]
    if isinstance(value, dict):
        return {show(key): _shown(part, show) for key, part in value.items()}
    return value


def _explanation(judgement: Judgement) -> dict[str, Any]:
    event, diagnosis = judgement.event, judgement.diagnosis
    task = event if isinstance(event, TaskStateChange) else None
    workload = event.workload if isinstance(event, Notice) else diagnosis.workload

    return {
        "status": "alert" if diagnosis.alert else "no_alert",
        "cause": diagnosis.cause.value,
        "alert": diagnosis.alert,
        "level": diagnosis.level,
        "title": judgement.title,
        "summary": diagnosis.summary,
        "culprits": [container.name for container in diagnosis.culprits],
        "exit_codes": {c.name: c.exit_code for c in task.containers} if task else {},
        "workload": workload and {"type": workload.type.value, "name": workload.name},
        "evidence": list(diagnosis.evidence),
        "decision": diagnosis.decision,
        "decided_by": diagnosis.decided_by,
        "unknown": list(diagnosis.unknown),
        "notes": list(diagnosis.notes),
        "hint": diagnosis.hint,
        "stopped_at": iso_time(task.stopped_at) if task else None,
        "account": event.account,
        "region": event.region,
        "cluster": event.cluster,
        "subject": event.subject,
        "task_arn": task and task.task_arn,
        "log": _log(judgement),
    }


def _log(judgement: Judgement) -> list[dict[str, Any]]:
    """Return the log lines that were looked up."""
    lines = judgement.alert.log if judgement.alert else ()
    return [
        {"at": iso_time(line.at), "container": line.container, "message": line.message}
        for line in lines
    ]


def _problems(error: EventError) -> dict[str, Any]:
    return {
        "status": "ignored" if isinstance(error, UnsupportedEvent) else "unreadable",
        "error": str(error),
        "problems": [{"path": p.path, "message": p.message} for p in error.problems],
    }
