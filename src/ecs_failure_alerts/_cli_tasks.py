"""The commands that look at tasks and send alerts: explain, send, demo."""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, TextIO

from ._cards import card, printable
from ._cli_files import faults, place_of, read_records
from ._replay import Tally, replay
from .alerter import FailureAlerter, Outcome
from .alerts import build_alert
from .diagnosis import diagnose
from .events import TaskStateChange, parse_event
from .exceptions import EventError, UnsupportedEvent
from .notifiers.sentry import SentryNotifier, load_client, sentry_event
from .policy import FailurePolicy
from .settings import policy_from_env, warn_of_unknown
from .sources import SourceRecord

_OK: Final = 0
_FAILED: Final = 1


def _task(record: SourceRecord) -> TaskStateChange:
    if record.event is None:
        raise record.error or EventError([])
    return parse_event(record.event)


def _policy() -> FailurePolicy:
    warn_of_unknown(os.environ)
    return policy_from_env(os.environ)


def explain(arguments: argparse.Namespace) -> int:
    """Run ``explain``."""
    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    status, policy = _OK, _policy()
    for number, record in enumerate(read_records(arguments.files)):
        try:
            task = _task(record)
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
            print(json.dumps(_explanation(task, policy)))
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


def send(arguments: argparse.Namespace) -> int:
    """Run ``send``."""
    if arguments.dry_run:
        return _dry_run(arguments)
    load_client()  # before anything else is asked for: without sentry-sdk nothing can be sent
    dsn = arguments.dsn or os.environ.get("ECS_ALERTS_SENTRY_DSN") or os.environ.get("SENTRY_DSN")
    if not dsn:
        raise ValueError(
            "send needs a DSN in ECS_ALERTS_SENTRY_DSN, SENTRY_DSN or --dsn (it does not read "
            "ECS_ALERTS_SENTRY_DSN_SSM_PARAMETER or ..._SECRET_ID), or --dry-run"
        )
    notifier = SentryNotifier(dsn, environment=_environment(arguments))
    alerter = FailureAlerter(notifier, policy=_policy())
    logging.getLogger("ecs_failure_alerts").setLevel(logging.CRITICAL)  # said below instead
    tally = Tally()
    with ExitStack() as stack:
        failed = None
        if arguments.failed:
            failed = stack.enter_context(_open_failed(Path(arguments.failed), arguments.files))
        for outcome, tally in replay(read_records(arguments.files), alerter, failed=failed):
            try:
                _say_outcome(outcome)
            except BrokenPipeError:  # nobody listens any more: go on sending
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            if sys.stderr.isatty():
                print(f"\r{tally}\033[K", end="", file=sys.stderr, flush=True)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    elif tally.done > 1:
        print(tally, file=sys.stderr)
    return _FAILED if tally.failed else _OK


def _environment(arguments: argparse.Namespace) -> str | None:
    variables = ("ECS_ALERTS_ENVIRONMENT", "SENTRY_ENVIRONMENT")
    return arguments.environment or next(filter(None, map(os.environ.get, variables)), None)


def _open_failed(path: Path, inputs: Sequence[str]) -> TextIO:
    """Open the file for what failed; only its owner may read it, since events hold secrets."""
    if path.exists() and any(Path(file).exists() and path.samefile(file) for file in inputs):
        raise ValueError(f"--failed {path}: is an input too, and would be lost")
    path.touch(0o600)
    return path.open("w", encoding="utf-8")


def _say_outcome(outcome: Outcome) -> None:
    what = outcome.task_arn or place_of(outcome.record)
    if outcome.alert:
        what = f"{outcome.alert.title} ({what.rpartition('/')[2]})"
    if outcome.failed:
        why = "; ".join(map(str, outcome.errors))
        print(f"FAILED     {printable(what)}: {printable(why)}", file=sys.stderr)
    elif outcome.status == "delivered":
        for receipt in outcome.receipts:
            print(f"delivered  {printable(what)}: {receipt.notifier} event {receipt.id}")
    elif outcome.diagnosis:
        print(f"no alert   {printable(what)}: {outcome.diagnosis.decision}")
    else:
        print(f"ignored    {printable(what)}: {printable(str(outcome.errors[0]))}")


def _dry_run(arguments: argparse.Namespace) -> int:
    status, policy = _OK, _policy()
    for record in read_records(arguments.files):
        try:
            task = _task(record)
        except EventError as error:
            ignored = isinstance(error, UnsupportedEvent)
            status = status if ignored else _FAILED
            said = "; ".join(faults(record, error))
            print(f"{place_of(record)}: {'ignored: ' * ignored}{said}", file=sys.stderr)
            continue
        diagnosis = diagnose(task, policy)
        if diagnosis.alert:
            alert = build_alert(task, diagnosis)
            print(json.dumps(sentry_event(alert, environment=_environment(arguments))))
        else:
            print(f"{place_of(record)}: {diagnosis.decision}", file=sys.stderr)
    return status


def demo(arguments: argparse.Namespace) -> int:
    """Run ``demo``."""
    from ._demo import run_demo  # noqa: PLC0415 - brings a web server along

    logging.getLogger("ecs_failure_alerts").setLevel(logging.CRITICAL)  # the demo says it
    return _OK if run_demo(arguments.dsn, print) else _FAILED
