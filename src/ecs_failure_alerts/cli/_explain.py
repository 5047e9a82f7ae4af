"""The command explain: why tasks stopped."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TypeAlias

from .._texts import clean
from ..alerts import iso_time
from ..exceptions import EventError, UnsupportedEvent
from ..judging import Judgement, judge
from ..notices import Notice
from ..settings import policy_from_env
from ..sources import SourceRecord
from ..tasks.events import TaskStateChange
from ._cards import card
from ._command import FAILED, OK, Command, add_files
from ._counts import Counts
from ._files import event_of, faults, is_prose, place_of, read_records
from ._presentation import presented
from ._terminal import wants_color

#: What is made of a record: its judgement, or why there is none.
_Verdict: TypeAlias = Judgement | EventError
_Write: TypeAlias = Callable[[SourceRecord, _Verdict], None]

#: What quotes texts of the event; the rest is names, ids and words of ours.
_FREE: Final = frozenset({"title", "summary", "decision", "unknown", "hint", "error", "problems"})


def _run(arguments: Namespace) -> int:
    as_json = arguments.format == "json"
    raw: bool = arguments.raw
    write: _Write = partial(_write_json, raw=raw) if as_json else _CardWriter(raw=raw)
    policy, counts, skipped = policy_from_env(os.environ), Counts(), 0

    for record in read_records(arguments.files, named=not as_json):
        if is_prose(record):
            skipped += 1
            continue

        verdict: _Verdict
        try:
            verdict = judge(event_of(record), policy)
        except EventError as error:
            verdict = error

        counts.add(verdict)
        write(record, verdict)

    sys.stdout.flush()  # the lines below stand last, where both go to one place
    if skipped:
        print(f"skipped lines without JSON: {skipped:,}", file=sys.stderr)
    if counts.events > 1:
        print(counts, file=sys.stderr)
    return OK if counts.events > counts.unreadable == 0 else FAILED


class _CardWriter:
    """Writes cards, an empty line between two of them, and to standard error what has none."""

    def __init__(self, *, raw: bool) -> None:
        self._raw = raw
        self._color = wants_color(sys.stdout)
        self._written = False

    def __call__(self, record: SourceRecord, verdict: _Verdict) -> None:
        if isinstance(verdict, Judgement):
            print("\n" * self._written + card(verdict, color=self._color, raw=self._raw))
            self._written = True
            return

        kind = "ignored" if isinstance(verdict, UnsupportedEvent) else "not readable"
        print(f"{place_of(record)} is {kind}:", file=sys.stderr)
        for fault in faults(record, verdict):
            print(f"  {presented(fault, raw=self._raw)}", file=sys.stderr)


def _write_json(record: SourceRecord, verdict: _Verdict, *, raw: bool) -> None:
    known = _explanation(verdict) if isinstance(verdict, Judgement) else _problems(verdict)
    free = partial(presented, raw=raw)

    fields = {"place": record.place} | known
    print(json.dumps({key: _shown(fields[key], free if key in _FREE else clean) for key in fields}))


def _shown(value: Any, show: Callable[[str], str]) -> Any:
    """Return a JSON value with every text in it, keys as well, as *show* returns it."""
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
        "title": judgement.as_alert().title,
        "summary": diagnosis.summary,
        "culprits": [container.name for container in diagnosis.culprits],
        "exit_codes": {c.name: c.exit_code for c in task.containers} if task else {},
        "workload": workload and {"type": workload.type.value, "name": workload.name},
        "evidence": list(diagnosis.evidence),
        "decision": diagnosis.decision,
        "unknown": list(diagnosis.unknown),
        "hint": diagnosis.hint,
        "stopped_at": iso_time(task.stopped_at) if task else None,
        "account": event.account,
        "region": event.region,
        "cluster": event.cluster,
        "subject": event.subject,
        "task_arn": task and task.task_arn,
    }


def _problems(error: EventError) -> dict[str, Any]:
    return {
        "status": "ignored" if isinstance(error, UnsupportedEvent) else "unreadable",
        "error": str(error),
        "problems": [{"path": p.path, "message": p.message} for p in error.problems],
    }


def _add_arguments(parser: ArgumentParser) -> None:
    add_files(parser)
    parser.add_argument(
        "--raw", action="store_true", help="show also what looks like a secret in a reason"
    )

    formats = parser.add_mutually_exclusive_group()
    formats.add_argument(
        "--format",
        choices=["text", "json"],
        default="text",
        help="cards to read, or one JSON object a line",
    )
    formats.add_argument(
        "--json", action="store_const", const="json", dest="format", help="short for --format json"
    )


EXPLAIN: Final = Command(
    "explain",
    "explain why tasks stopped",
    _add_arguments,
    _run,
    "exit status: 0 if everything could be read (alert or no alert; events of other types are "
    "ignored), 1 if something could not, 2 if the call makes no sense",
)
