"""The command send: what it says meanwhile, and the file for what failed."""

from __future__ import annotations

import argparse
import json
import logging
import os
import signal
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Final, TextIO

from ..alerter import FailureAlerter
from ..exceptions import EventError, SettingsError, UnsupportedEvent
from ..judging import judge
from ..notifiers.sentry import load_client, sentry_event
from ..report import Outcome
from ..settings import DSN_VARIABLES, alerter_from_env, environment_from_env, policy_from_env
from ._cards import printable
from ._command import FAILED, OK, Command, add_dsn, add_files
from ._files import event_of, faults, place_of, read_records
from ._replay import Tally, replay


def send(arguments: argparse.Namespace) -> int:
    """Run ``send``."""
    if arguments.dry_run:
        if arguments.failed:
            raise ValueError("--failed has nothing to save in a dry run")
        return _dry_run(arguments)
    load_client()  # before anything else is asked for: without sentry-sdk nothing can be sent
    if arguments.failed and any(map(partial(_is_same, arguments.failed), arguments.files)):
        raise ValueError(f"--failed {arguments.failed}: is an input too, and would be lost")
    alerter = _alerter(arguments)
    logging.getLogger("ecs_failure_alerts").setLevel(logging.CRITICAL)  # said below instead
    records = list(read_records(arguments.files))  # whole, before anything is sent or written
    tally, progress = Tally(), _Progress()
    progress.show(tally)
    with ExitStack() as stack:
        failed = None
        if arguments.failed and any(record.raw is not None for record in records):
            failed = stack.enter_context(_open_failed(Path(arguments.failed)))
            stack.enter_context(_ended_once())
        try:
            going = replay(records, alerter, failed=failed, wait=progress.wait)
            for outcome, tally in stack.enter_context(closing(going)):
                progress.clear()
                try:
                    _say_outcome(outcome)
                except BrokenPipeError:  # nobody listens any more: go on sending
                    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                progress.show(tally)
        except KeyboardInterrupt:
            going.close()
            progress.clear()
            left = f"; what was not delivered is in {arguments.failed}" if failed else ""
            print(f"ended after {tally}, of {len(records)}{left}", file=sys.stderr)
            raise
    progress.end(tally)
    return FAILED if tally.failed else OK


class _Progress:
    """How far a replay is: on a terminal a line that changes, else the last one alone."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._tally = Tally()

    def show(self, tally: Tally) -> None:
        """Show *tally* in place of what was shown."""
        self._tally = tally
        self._write(str(tally))

    def clear(self) -> None:
        """Make room for another line."""
        self._write("")

    def wait(self, seconds: float) -> None:
        """Wait, and say so."""
        said = f"waiting {seconds:.0f} s, as Sentry asks"
        if self._terminal:
            self._write(f"{self._tally}; {said}")
        else:
            print(said, file=sys.stderr, flush=True)
        time.sleep(seconds)

    def _write(self, text: str) -> None:
        if self._terminal:
            print(f"\r{text}\033[K", end="", file=sys.stderr, flush=True)

    def end(self, tally: Tally) -> None:
        """Leave the last tally."""
        if self._terminal:
            print(file=sys.stderr)
        elif tally.done > 1:
            print(tally, file=sys.stderr)


def _alerter(arguments: argparse.Namespace) -> FailureAlerter:
    environ = _environ(arguments)
    try:
        with _options_named(arguments):
            return alerter_from_env(environ)
    except SettingsError as error:
        if not any(environ.get(variable, "").strip() for variable in DSN_VARIABLES):
            raise ValueError(f"{error}; or give --dsn, or --dry-run") from None
        raise


@contextmanager
def _options_named(arguments: argparse.Namespace) -> Iterator[None]:
    """Say of an option what is wrong with it, not of the variable in whose place it stands."""
    options = {
        "ECS_ALERTS_SENTRY_DSN": ("--dsn", arguments.dsn),
        "ECS_ALERTS_ENVIRONMENT": ("--environment", arguments.environment),
    }
    try:
        yield
    except SettingsError as error:
        option, given = options.get(error.variable, ("", None))
        if given:
            raise ValueError(f"{option}: {error.message}") from None
        raise


def _environ(arguments: argparse.Namespace) -> dict[str, str]:
    """Give the environment, with what the command line says in its place."""
    environ = dict(os.environ)
    if arguments.dsn:
        for variable in DSN_VARIABLES:
            environ.pop(variable, None)
        environ["ECS_ALERTS_SENTRY_DSN"] = arguments.dsn
    if arguments.environment:
        environ["ECS_ALERTS_ENVIRONMENT"] = arguments.environment
    return environ


@contextmanager
def _open_failed(path: Path) -> Iterator[TextIO]:
    """Open the file for what failed; only its owner may read it, since events hold secrets."""
    path.touch(0o600)
    if path.is_file():  # not a device or a pipe
        path.chmod(0o600)
    failed = path.open("w", encoding="utf-8", buffering=1)  # line by line
    try:
        yield failed
    finally:
        try:
            failed.close()
        except OSError as error:  # which does not know the file's name
            raise OSError(error.errno, error.strerror, str(path)) from None


def _is_same(path: str, file: str) -> bool:
    """Say whether *file*, of which ``-`` is standard input, is the file at *path*."""
    try:
        given = os.fstat(sys.stdin.fileno()) if file == "-" else Path(file).stat()
        found = Path(path).stat()
    except (OSError, ValueError, AttributeError):  # there is no such file, or no standard input
        return False
    return stat.S_ISREG(found.st_mode) and os.path.samestat(found, given)


@contextmanager
def _ended_once() -> Iterator[None]:
    """
    Take the first signal that ends a process for Ctrl-C, and let no other end it.

    So what was not delivered is saved, however impatient somebody is. Signals that are ignored,
    as under nohup, stay so.
    """
    ended = False

    def end(*_: object) -> None:
        nonlocal ended
        if not ended:
            ended = True
            raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, end)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)


def _say_outcome(outcome: Outcome) -> None:
    what = outcome.task_arn or place_of(outcome.record)
    if outcome.alert or outcome.failed:
        what = outcome.alert.title if outcome.alert else place_of(outcome.record)
        what += f" ({outcome.task_arn.rpartition('/')[2]})" if outcome.task_arn else ""
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
    environ = _environ(arguments)
    status, policy = OK, policy_from_env(environ)
    with _options_named(arguments):
        environment = environment_from_env(environ)
    for record in read_records(arguments.files):
        try:
            judgement = judge(event_of(record), policy)
        except EventError as error:
            ignored = isinstance(error, UnsupportedEvent)
            status = status if ignored else FAILED
            said = "; ".join(faults(record, error))
            print(f"{place_of(record)}: {'ignored: ' * ignored}{said}", file=sys.stderr)
            continue
        if judgement.alert:
            print(json.dumps(sentry_event(judgement.alert, environment=environment)))
        else:
            print(f"{place_of(record)}: {judgement.diagnosis.decision}", file=sys.stderr)
    return status


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_dsn(parser)
    add_files(parser)
    parser.add_argument("--environment", metavar="NAME", help="the events' environment")
    parser.add_argument("--dry-run", action="store_true", help="print the Sentry events instead")
    parser.add_argument(
        "--failed",
        metavar="FILE",
        help="save what failed, whole events with their overrides, to be sent again; "
        "complete once the command has ended; a file that is there is written over",
    )


SEND: Final = Command("send", "send alerts to Sentry", _add_arguments, send)
