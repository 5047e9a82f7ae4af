"""The commands that only look at tasks: explain, demo."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from typing import Any, Final

from ._cards import card
from ._cli_files import faults, place_of, read_records, task_of
from .alerts import build_alert
from .diagnosis import diagnose
from .events import TaskStateChange
from .exceptions import EventError, UnsupportedEvent
from .policy import FailurePolicy
from .settings import policy_from_env

_OK: Final = 0
_FAILED: Final = 1


def explain(arguments: argparse.Namespace) -> int:
    """Run ``explain``."""
    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    status, policy = _OK, policy_from_env(os.environ)
    for number, record in enumerate(read_records(arguments.files)):
        try:
            task = task_of(record)
        except EventError as error:
            status = _FAILED
            if arguments.format == "json":
                print(json.dumps({"place": record.place} | _problems(error)))
            else:
                kind = "supported" if isinstance(error, UnsupportedEvent) else "readable"
                print(f"{place_of(record)} is not {kind}:", file=sys.stderr)
                for fault in faults(record, error):
                    print(f"  {fault}", file=sys.stderr)
            continue
        if arguments.format == "json":
            print(json.dumps({"place": record.place} | _explanation(task, policy)))
        else:
            diagnosis = diagnose(task, policy)
            print("\n" * bool(number), end="")
            print(card(task, diagnosis, build_alert(task, diagnosis), color=color))
    return status


def _explanation(task: TaskStateChange, policy: FailurePolicy) -> dict[str, Any]:
    diagnosis = diagnose(task, policy)
    return {
        "cause": diagnosis.cause.value,
        "alert": diagnosis.alert,
        "level": diagnosis.level,
        "title": build_alert(task, diagnosis).title,
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


def demo(arguments: argparse.Namespace) -> int:
    """Run ``demo``."""
    from ._demo import run_demo  # noqa: PLC0415 - brings a web server along

    logging.getLogger("ecs_failure_alerts").setLevel(logging.CRITICAL)  # the demo says it
    return _OK if run_demo(arguments.dsn, print) else _FAILED
