"""The command explain: why tasks stopped."""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import Any, Final

from ..exceptions import EventError, UnsupportedEvent
from ..judging import Judgement, judge
from ..settings import policy_from_env
from ._cards import card
from ._command import FAILED, OK, Command, add_files
from ._files import event_of, faults, place_of, read_records


def explain(arguments: argparse.Namespace) -> int:
    """Run ``explain``."""
    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    status, policy = OK, policy_from_env(os.environ)
    for number, record in enumerate(read_records(arguments.files)):
        try:
            judgement = judge(event_of(record), policy)
        except EventError as error:
            status = FAILED
            if arguments.format == "json":
                print(json.dumps({"place": record.place} | _problems(error)))
            else:
                kind = "supported" if isinstance(error, UnsupportedEvent) else "readable"
                print(f"{place_of(record)} is not {kind}:", file=sys.stderr)
                for fault in faults(record, error):
                    print(f"  {fault}", file=sys.stderr)
            continue
        if arguments.format == "json":
            print(json.dumps({"place": record.place} | _explanation(judgement)))
        else:
            print("\n" * bool(number), end="")
            print(card(judgement, color=color))
    return status


def _explanation(judgement: Judgement) -> dict[str, Any]:
    task, diagnosis = judgement.event, judgement.diagnosis
    return {
        "cause": diagnosis.cause.value,
        "alert": diagnosis.alert,
        "level": diagnosis.level,
        "title": judgement.as_alert().title,
        "summary": diagnosis.summary,
        "culprits": [container.name for container in diagnosis.culprits],
        "exit_codes": {container.name: container.exit_code for container in task.containers},
        "workload": {"type": diagnosis.workload.type.value, "name": diagnosis.workload.name},
        "evidence": list(diagnosis.evidence),
        "decision": diagnosis.decision,
        "unknown": list(diagnosis.unknown),
        "hint": diagnosis.hint,
        "task_arn": task.task_arn,
    }


def _problems(error: EventError) -> dict[str, Any]:
    return {
        "error": str(error),
        "problems": [{"path": p.path, "message": p.message} for p in error.problems],
    }


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_files(parser)
    parser.add_argument("--format", choices=["text", "json"], default="text")


EXPLAIN: Final = Command("explain", "say why tasks stopped", _add_arguments, explain)
