"""The command ``report``: how a policy judges an archive of events."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from attrs import Factory, define, frozen

from .._texts import counted
from ..archives import ArchiveReport, Comparison, page, text
from ..exceptions import EventError
from ..policy import FailurePolicy
from ..settings import policy_from_env
from ._command import FAILED, OK, Command, add_files
from ._explanations import Repeats, faults_of, skipped_lines
from ._files import NamedPart, event_of, find_files, is_prose, read_named_parts, records_of, size_of
from ._interrupts import telling_of_interruption
from ._jobs import add_jobs, map_in_order
from ._meter import Meter
from ._recent_ids import RecentIds
from ._settings_files import read_policy

_Report: TypeAlias = ArchiveReport | Comparison

#: Unreadable events that are named at most; the others are counted.
_MOST_NAMED: Final = 10

_FORMS: Final[Mapping[str, Callable[[_Report], str]]] = {
    "text": text,
    "json": lambda report: json.dumps(report.to_dict()),
    "html": page,
}


@define(eq=False, repr=False)
class _Answer:
    """
    The results for some parts of files.

    Attributes:
        report: The report on their events.
        errors: The unreadable events, in words.
        size: Bytes that were read.
        events: The number of events.
        ids: The ids of the events.
    """

    report: _Report
    errors: list[str] = Factory(list)
    size: int = 0
    events: int = 0
    ids: list[str] = Factory(list)


@frozen(eq=False, repr=False)
class _Reporter:
    """
    Reports on parts of files, in any process.

    Attributes:
        a: What counts as a failure.
        b: The policy to compare with, or None.
    """

    a: FailurePolicy
    b: FailurePolicy | None

    def empty(self) -> _Report:
        """Return an empty report."""
        return ArchiveReport(self.a) if self.b is None else Comparison.of(self.a, self.b)

    def __call__(self, parts: list[NamedPart]) -> _Answer:
        answer = _Answer(self.empty())
        for name, part in parts:
            answer.size += len(part.content)

            for record in records_of(name, part):
                if is_prose(record):
                    answer.report.add_skipped(1)
                    continue
                answer.events += 1
                try:
                    event = event_of(record)
                    answer.report.add(event)
                    if isinstance(id_ := event.get("id"), str):
                        answer.ids.append(id_)
                except EventError as error:
                    answer.report.add_error(error)
                    answer.errors.append(faults_of(record, error, raw=False))

        return answer


def _run(arguments: Namespace) -> int:
    files = find_files(arguments.files)
    reporter = _Reporter(*_policies(arguments))
    report, events, errors = reporter.empty(), 0, 0
    meter, recent, repeats = Meter(files, answers_last=True), RecentIds(), Repeats()
    parts = read_named_parts(files, named=True)

    with telling_of_interruption(
        meter, lambda: f"{counted(events, 'event')}: there is no report yet"
    ):
        for answer in map_in_order(reporter, parts, arguments.jobs, size_of):
            report.merge(answer.report)  # type: ignore[arg-type]  # both reports are of one type
            report.add_repeats(recent.count_repeats(answer.ids))
            events += answer.events
            for error in answer.errors[: max(_MOST_NAMED - errors, 0)]:
                meter.clear()
                print(repeats.shorten(error), file=sys.stderr)
            errors += len(answer.errors)
            meter.show(events, answer.size)

    meter.clear()
    if errors > _MOST_NAMED:
        print(f"... and {errors - _MOST_NAMED:,} more", file=sys.stderr)
    print(_FORMS[arguments.format](report))

    counts = report.a if isinstance(report, Comparison) else report
    if counts.skipped:
        sys.stdout.flush()  # so that the line below comes last
        print(skipped_lines(counts.skipped), file=sys.stderr)
    return OK if events and not counts.unreadable else FAILED


def _policies(arguments: Namespace) -> tuple[FailurePolicy, FailurePolicy | None]:
    """Return the policy, and the policy to compare it with."""
    a, b = arguments.policy_a, arguments.policy_b
    first = read_policy(a) if a else policy_from_env(os.environ)
    return first, read_policy(b) if b else None


def _add_arguments(parser: ArgumentParser) -> None:
    add_files(parser)

    parser.add_argument(
        "--policy-a",
        metavar="SETTINGS",
        help="a file of settings (NAME=VALUE lines, or a JSON object) or a configuration, in place "
        "of the environment",
    )
    parser.add_argument(
        "--policy-b", metavar="SETTINGS", help="settings to compare with: what would change?"
    )

    add_jobs(parser)
    parser.add_argument(
        "--format", choices=list(_FORMS), default="text", help="html is one page with a picture"
    )


REPORT: Final = Command(
    "report",
    "show how a policy judges an archive of events",
    _add_arguments,
    _run,
    "exit status: 0 if everything could be read (events of other types are ignored), 1 if "
    "something could not, 2 on a usage error",
)
