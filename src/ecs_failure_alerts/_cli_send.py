"""The command send: what it says meanwhile, and the file for what failed."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final, TextIO

from ._cards import printable
from ._cli_files import faults, place_of, read_records, task_of
from ._replay import Tally, replay
from .alerter import FailureAlerter, Outcome
from .alerts import build_alert
from .diagnosis import diagnose
from .exceptions import EventError, UnsupportedEvent
from .notifiers.sentry import SentryNotifier, load_client, sentry_event
from .settings import policy_from_env

_OK: Final = 0
_FAILED: Final = 1


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
    alerter = FailureAlerter(notifier, policy=policy_from_env(os.environ))
    logging.getLogger("ecs_failure_alerts").setLevel(logging.CRITICAL)  # said below instead
    tally, progress = Tally(), _Progress()
    with ExitStack() as stack:
        failed = None
        if arguments.failed:
            failed = stack.enter_context(_open_failed(Path(arguments.failed), arguments.files))
            stack.enter_context(_end_in_order())
        records = read_records(arguments.files)
        going = replay(records, alerter, failed=failed, wait=progress.wait)
        for outcome, tally in stack.enter_context(closing(going)):
            progress.clear()
            try:
                _say_outcome(outcome)
            except BrokenPipeError:  # nobody listens any more: go on sending
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            progress.show(tally)
    progress.end(tally)
    return _FAILED if tally.failed else _OK


class _Progress:
    """How far a replay is: on a terminal a line that changes, else the last one alone."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._shown: Tally | str = ""

    def show(self, what: Tally | str) -> None:
        """Show *what* in place of what was shown."""
        if self._terminal:
            print(f"\r{what}\033[K", end="", file=sys.stderr, flush=True)
            self._shown = what

    def clear(self) -> None:
        """Make room for another line."""
        if self._terminal and self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)

    def wait(self, seconds: float) -> None:
        """Wait, and say so."""
        if self._terminal:
            self.show(f"{self._shown or 'nothing sent yet'}; Sentry asks to wait {seconds:.0f} s")
        else:
            print(f"waiting {seconds:.0f} s, as Sentry asks", file=sys.stderr, flush=True)
        time.sleep(seconds)

    def end(self, tally: Tally) -> None:
        """Leave the last tally."""
        if self._terminal:
            print(file=sys.stderr)
        elif tally.done > 1:
            print(tally, file=sys.stderr)


def _environment(arguments: argparse.Namespace) -> str | None:
    variables = ("ECS_ALERTS_ENVIRONMENT", "SENTRY_ENVIRONMENT")
    return arguments.environment or next(filter(None, map(os.environ.get, variables)), None)


@contextmanager
def _open_failed(path: Path, inputs: Sequence[str]) -> Iterator[TextIO]:
    """Open the file for what failed; only its owner may read it, since events hold secrets."""
    if any(_is_input(path, file) for file in inputs):
        raise ValueError(f"--failed {path}: is an input too, and would be lost")
    path.touch(0o600)
    path.chmod(0o600)
    with path.open("w", encoding="utf-8", buffering=1) as failed:  # line by line
        yield failed


def _is_input(path: Path, file: str) -> bool:
    try:
        given = os.fstat(sys.stdin.fileno()) if file == "-" else Path(file).stat()
        return os.path.samestat(path.stat(), given)
    except (OSError, ValueError, AttributeError):  # there is no such file, or no standard input
        return False


@contextmanager
def _end_in_order() -> Iterator[None]:
    """Take the signals that end a process for Ctrl-C, so that what was not reached is saved."""
    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and threading.current_thread() is threading.main_thread():
            before[number] = signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_outcome(outcome: Outcome) -> None:
    what = outcome.task_arn or place_of(outcome.record)
    if outcome.alert:
        what = f"{outcome.alert.title} ({what.rpartition('/')[2]})"
    if outcome.failed:
        whys = [
            "; ".join(faults(outcome.record, error)) if isinstance(error, EventError) else error
            for error in outcome.errors
        ]
        why = "; ".join(map(str, whys))
        print(f"FAILED     {printable(what)}: {printable(why)}", file=sys.stderr)
    elif outcome.status == "delivered":
        for receipt in outcome.receipts:
            print(f"delivered  {printable(what)}: {receipt.notifier} event {receipt.id}")
    elif outcome.diagnosis:
        print(f"no alert   {printable(what)}: {outcome.diagnosis.decision}")
    else:
        print(f"ignored    {printable(what)}: {printable(str(outcome.errors[0]))}")


def _dry_run(arguments: argparse.Namespace) -> int:
    status, policy = _OK, policy_from_env(os.environ)
    for record in read_records(arguments.files):
        try:
            task = task_of(record)
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
