"""The command ``explain``: why tasks stopped."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import nullcontext
from itertools import chain
from typing import Final

from attrs import Factory, define, frozen

from .._texts import counted
from ..judging import Judgement
from ..policy import FailurePolicy
from ..settings import policy_from_env
from ..sources import SourceRecord
from ._cards import card
from ._cluster_options import add_cluster, check_inputs
from ._command import FAILED, OK, Command, add_config, add_files
from ._counts import Counts
from ._environ import environ_with, naming_options
from ._explanations import Repeats, explanation, faults_of, skipped_lines
from ._files import (
    NamedPart,
    find_files,
    has_pipes,
    is_prose,
    read_named_parts,
    records_of,
    size_of,
)
from ._interrupts import telling_of_interruption
from ._jobs import add_jobs, map_in_order
from ._meter import Meter
from ._terminal import columns, wants_color, write_each_line
from ._verdicts import Verdict, is_quiet, judge_record


@define(eq=False, repr=False)
class _Answer:
    """
    The output for some parts of files.

    Attributes:
        texts: Each text, and whether it is for standard error.
        counts: The counts of the events.
        skipped: The number of lines without JSON.
        size: Bytes that were read.
    """

    texts: list[tuple[str, bool]] = Factory(list)
    counts: Counts = Factory(Counts)
    skipped: int = 0
    size: int = 0


@frozen(eq=False, repr=False)
class _Explainer:
    """
    Explains parts of files, in any process.

    Attributes:
        policy: What counts as a failure.
        as_json: Whether each event becomes a line of JSON instead of a card.
        only_alerts: Whether to leave out events that do not alert; unreadable ones are shown.
        raw: Whether to show what looks like a secret.
        color: Whether cards are coloured.
        width: Columns of a card.
    """

    policy: FailurePolicy
    as_json: bool
    only_alerts: bool
    raw: bool
    color: bool
    width: int

    def __call__(self, parts: list[NamedPart]) -> _Answer:
        answer = _Answer()
        for name, part in parts:
            answer.size += len(part.content)
            for record in records_of(name, part):
                self._explain(record, answer)
        return answer

    def _explain(self, record: SourceRecord, answer: _Answer) -> None:
        if is_prose(record):
            answer.skipped += 1
            return

        self.add(record, judge_record(record, self.policy), answer)

    def add(self, record: SourceRecord, verdict: Verdict, answer: _Answer) -> None:
        """Count a verdict, and add its text."""
        answer.counts.add(verdict)
        if not (self.only_alerts and is_quiet(verdict)):
            answer.texts.append(self._text(record, verdict))

    def _text(self, record: SourceRecord, verdict: Verdict) -> tuple[str, bool]:
        """Return the text, and whether it is for standard error."""
        if self.as_json:
            return json.dumps(explanation(record, verdict, raw=self.raw)), False
        if isinstance(verdict, Judgement):
            return card(verdict, color=self.color, raw=self.raw, width=self.width), False
        return faults_of(record, verdict, raw=self.raw), True


def _run(arguments: Namespace) -> int:
    check_inputs(arguments)
    as_json = arguments.format == "json"
    with naming_options(arguments):
        policy = policy_from_env(environ_with(arguments))
    explainer = _Explainer(
        policy,
        as_json=as_json,
        only_alerts=arguments.only == "alerts",
        raw=arguments.raw,
        color=wants_color(sys.stdout),
        width=columns(sys.stdout),
    )

    files = find_files(arguments.files)
    if has_pipes(files) or arguments.watch:
        write_each_line(sys.stdout)
    counts, skipped, meter = Counts(), 0, Meter(files)
    write = _Writer(meter, blank_lines=not as_json)
    interruption = telling_of_interruption(meter, lambda: counted(counts.events, "event"))
    with nullcontext() if arguments.watch else interruption:  # a watch ends in no other way
        for answer in _answers(explainer, files, arguments):
            counts += answer.counts
            skipped += answer.skipped
            write(answer.texts)
            meter.show(counts.events, answer.size)

    meter.clear()
    sys.stdout.flush()  # so that the lines below come last
    if skipped:
        print(skipped_lines(skipped), file=sys.stderr)
    if counts.events > 1:
        print(counts, file=sys.stderr)
    found = counts.events or arguments.cluster  # a cluster where nothing failed is a good answer
    return OK if found and not counts.unreadable else FAILED


def _answers(explainer: _Explainer, files: list[str], arguments: Namespace) -> Iterator[_Answer]:
    """Explain the events in the files, or the tasks of a cluster."""
    if not arguments.cluster:
        parts = read_named_parts(files, named=not explainer.as_json)
        at_once = has_pipes(files)
        yield from map_in_order(explainer, parts, arguments.jobs, size_of, at_once=at_once)
        return

    from ._lookups import ClusterReader  # noqa: PLC0415 - it needs boto3

    reader = ClusterReader(arguments, explainer.policy)
    following = reader.follow() if arguments.watch else ()
    for record, verdict in chain(reader.read(), following):
        answer = _Answer()
        explainer.add(record, verdict, answer)
        yield answer


class _Writer:
    """
    Writes texts as they come, because somebody may be waiting at the other end of a pipe.

    Args:
        meter: The progress, which uses standard error too.
        blank_lines: Whether to write a blank line between two texts.
    """

    def __init__(self, meter: Meter, *, blank_lines: bool) -> None:
        self._meter = meter
        self._blank_lines = blank_lines
        self._written = False
        self._repeats = Repeats()

    def __call__(self, texts: list[tuple[str, bool]]) -> None:
        for text, is_error in texts:
            if is_error:
                self._meter.clear()
                print(self._repeats.shorten(text), file=sys.stderr)
            else:
                print("\n" * (self._blank_lines and self._written) + text)
                self._written = True


def _add_arguments(parser: ArgumentParser) -> None:
    add_files(parser, needed=False)
    add_cluster(parser)
    add_config(parser)

    parser.add_argument("--raw", action="store_true", help="also show what looks like a secret")

    parser.add_argument(
        "--only",
        choices=["alerts"],
        help="leave out events that do not alert; unreadable ones are still shown",
    )
    add_jobs(parser)

    formats = parser.add_mutually_exclusive_group()
    formats.add_argument(
        "--format",
        choices=["text", "json"],
        default="text",
        help="cards to read, or one JSON object per line",
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
    "ignored), 1 if something could not or AWS did not answer, 2 on a usage error or if AWS "
    "refused",
)
