"""The command ``send``: it sends the alerts for saved events, and prints each outcome."""

from __future__ import annotations

import logging
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Mapping
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Final

from .._log import LOGGER
from .._texts import clean, counted
from ..alerter import FailureAlerter
from ..exceptions import EventError, SettingsError
from ..notifiers.sentry import load_client
from ..report import Outcome, holders, reason
from ..settings import CONFIG_VARIABLES, DSN_VARIABLES, alerter_from_env
from ..sources import SourceRecord
from ._cards import NO_ALERT
from ._command import FAILED, OK, Command, add_config, add_dsn, add_files
from ._dry_run import dry_run
from ._environ import environ_with, naming_options
from ._failed_file import FailedFile, is_same_file, open_failed
from ._files import faults, place_of, read_records
from ._interrupts import interrupted_once
from ._progress import Progress
from ._replay import Tally, replay


def _run(arguments: Namespace) -> int:
    if arguments.dry_run:
        return dry_run(arguments)

    environ = environ_with(arguments)
    if not _is_any_set(environ, CONFIG_VARIABLES):
        load_client()  # checked first: without sentry-sdk nothing can be sent
    if arguments.failed and any(map(partial(is_same_file, arguments.failed), arguments.files)):
        raise ValueError(
            f"--failed {arguments.failed}: expected another file, got an input, which would be "
            "overwritten: name another file"
        )
    alerter = _alerter(arguments, environ)
    LOGGER.setLevel(logging.CRITICAL)  # printed below instead

    tally = _send(arguments, alerter)
    return FAILED if tally.failed else OK


def _send(arguments: Namespace, alerter: FailureAlerter) -> Tally:
    records: Iterable[SourceRecord] = read_records(arguments.files, named=True)
    total = None
    if arguments.failed:  # an interruption saves the records that were not reached
        records = list(records)
        total = len(records)
    tally, progress = Tally(), Progress()
    progress.show(tally)

    with ExitStack() as stack:
        failed = None
        if arguments.failed and any(record.raw is not None for record in records):
            failed = stack.enter_context(open_failed(Path(arguments.failed)))
            stack.enter_context(interrupted_once())

        try:
            outcomes = replay(records, alerter, failed=failed, wait=progress.wait)
            for outcome, tally in stack.enter_context(closing(outcomes)):
                progress.clear()
                try:
                    _print_outcome(outcome)
                except BrokenPipeError:  # nobody reads the output any more: go on sending
                    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
                progress.show(tally)
        except KeyboardInterrupt:
            outcomes.close()
            progress.clear()
            raise KeyboardInterrupt(f"{_done(tally, total)}; {_next_step(failed)}") from None

        progress.end(tally)
        if tally.failed and not (failed and failed.missing):  # of that, an error tells
            print(_next_step(failed, tally), file=sys.stderr)
    return tally


def _done(tally: Tally, total: int | None) -> str:
    """Return how far an interrupted replay has come."""
    if total is None:
        return f"interrupted: {counted(tally.done, 'event')} done"
    return f"interrupted: {tally.done:,} of {counted(total, 'event')} done"


def _next_step(failed: FailedFile | None, ended: Tally | None = None) -> str:
    """Return where the events are that must be sent again, or how to find them again."""
    if failed is not None:
        return f"{counted(failed.saved, 'event')} saved in {clean(str(failed.path))}"
    if ended and ended.failed == ended.unreadable:
        return "sending it again does not help: correct what cannot be read, or leave it out"
    return "send the same input again; --failed FILE saves what fails"


def _alerter(arguments: Namespace, environ: Mapping[str, str]) -> FailureAlerter:
    try:
        with naming_options(arguments):
            return alerter_from_env(environ)
    except SettingsError as error:
        if error.variable == DSN_VARIABLES[0] and not _is_any_set(environ, DSN_VARIABLES):
            raise ValueError(f"{error}; or use --dsn or --dry-run") from None
        raise


def _is_any_set(environ: Mapping[str, str], variables: Iterable[str]) -> bool:
    return any(environ.get(variable, "").strip() for variable in variables)


def _print_outcome(outcome: Outcome) -> None:
    what = outcome.task_arn or place_of(outcome.record)
    if outcome.alert or outcome.failed:
        what = outcome.alert.title if outcome.alert else place_of(outcome.record)
        what += f" ({outcome.task_arn.rpartition('/')[2]})" if outcome.task_arn else ""
    what = clean(what)

    if outcome.failed:
        how = "PARTLY " if outcome.receipts else "FAILED "
        print(f"{how}    {what}: {clean(_why(outcome))}", file=sys.stderr)
    elif outcome.diagnosis is None:
        print(f"ignored    {what}: {clean(_why(outcome))}")
    elif outcome.alert is None:
        print(f"no alert   {what}: {outcome.diagnosis.decision.removeprefix(NO_ALERT)}")
    elif outcome.status == "dropped":
        print(f"dropped    {what}: no route takes it, and the last one drops the rest")
    else:
        for receipt in outcome.receipts:
            print(clean(f"delivered  {what}: {receipt.notifier} event {receipt.id}"))


def _why(outcome: Outcome) -> str:
    """Return who has the alert nevertheless, and why the others have not, or why nobody has."""
    reasons = [
        "; ".join(faults(outcome.record, error)) if isinstance(error, EventError) else reason(error)
        for error in outcome.errors
    ]
    return "; ".join([*holders(outcome), *reasons])


def _add_arguments(parser: ArgumentParser) -> None:
    add_dsn(parser)
    add_files(parser)
    add_config(parser)

    parser.add_argument(
        "--environment", metavar="NAME", help="the environment of the events for Sentry"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="send nothing: print the events for Sentry, and with a configuration where each "
        "alert would go",
    )
    parser.add_argument(
        "--failed",
        metavar="FILE",
        help="save the events that failed, whole and with their overrides, to send them again; "
        "complete when the command has ended; an existing file is overwritten",
    )


SEND: Final = Command(
    "send",
    "send alerts to Sentry, or to the notifiers of a configuration",
    _add_arguments,
    _run,
    "exit status: 0 if every alert was confirmed, or with --dry-run everything could be read "
    "(events of other types are ignored); 1 if an alert was not delivered or something could not "
    "be read; 2 on a usage error, or if --failed has no room; 130 if interrupted",
)
