"""The command ``match``: whether events match a pattern."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Final

from attrs import Factory, define, frozen

from .._texts import clean
from ..exceptions import EventError, InvalidPattern
from ..patterns import EventPattern
from ..patterns.documents import load_exactly
from ..sources import SourceRecord
from ..sources.lookalikes import explain_mapping
from ..task_patterns import lint
from ._command import FAILED, OK, UNUSABLE, Command, add_files
from ._files import (
    NamedPart,
    faults,
    find_files,
    has_pipes,
    place_of,
    read_named_parts,
    records_of,
    size_of,
)
from ._jobs import add_jobs, map_in_order
from ._meter import Meter
from ._pattern_files import pattern_text
from ._terminal import write_each_line

_AN_EVENT: Final = (
    "expected a pattern, got an event: pass the pattern by --pattern, the event as FILE"
)


def _run(arguments: argparse.Namespace) -> int:
    try:
        text = pattern_text(arguments.pattern)
        pattern = EventPattern.from_json(text)
    except InvalidPattern as error:
        is_event = any(finding.code == "event" for finding in lint(text))
        print(_AN_EVENT if is_event else f"the pattern is malformed: {error}", file=sys.stderr)
        return UNUSABLE

    files = find_files(arguments.files)
    at_once = has_pipes(files)
    if at_once:
        write_each_line(sys.stdout)
    matcher = _Matcher(pattern, explain=arguments.explain, shows_files=len(files) > 1)
    status, events, meter = OK, 0, Meter(files)

    parts = read_named_parts(files, named=True)
    for answer in map_in_order(matcher, parts, arguments.jobs, size_of, at_once=at_once):
        for text, is_error in answer.texts:
            if is_error:
                meter.clear()
            print(text, file=sys.stderr if is_error else sys.stdout)
        status = max(status, answer.status)
        events += answer.events
        meter.show(events, answer.size)

    meter.clear()
    return status


@define(eq=False, repr=False)
class _Answer:
    """
    The output for some parts of files.

    Attributes:
        texts: Each text, and whether it is for standard error.
        status: The exit status.
        events: The number of events.
        size: Bytes that were read.
    """

    texts: list[tuple[str, bool]] = Factory(list)
    status: int = OK
    events: int = 0
    size: int = 0


@frozen(eq=False, repr=False)
class _Matcher:
    """
    Matches the events of parts of files, in any process.

    Attributes:
        pattern: The pattern.
        explain: Whether to explain the answer.
        shows_files: Whether each answer names its file, because there are several.
    """

    pattern: EventPattern
    explain: bool
    shows_files: bool

    def __call__(self, parts: list[NamedPart]) -> _Answer:
        answer = _Answer()
        for name, part in parts:
            answer.size += len(part.content)
            for record in records_of(name, part, load_exactly):
                text, status = self._match(record, name)
                answer.texts.append((text, status == UNUSABLE))
                answer.status = max(answer.status, status)
                answer.events += 1
        return answer

    def _match(self, record: SourceRecord, file: str) -> tuple[str, int]:
        """Return whether one event of *file* matches, in words and as an exit status."""
        # An event of another source may have an unknown form.
        event = record.event if record.event is not None else record.raw
        of_aws = record.event is None and isinstance(event, Mapping) and explain_mapping(event)
        if record.error is not None and (event is None or of_aws or isinstance(event, str)):
            return f"{place_of(record)}: {'; '.join(faults(record, record.error))}", UNUSABLE

        try:
            found = self.pattern.matches(event)
            explanation = str(self.pattern.explain(event)) if self.explain else ""
        except EventError as error:
            return f"{place_of(record)}: {error}", UNUSABLE

        place = record.place if self.shows_files else record.place[len(file) :].removeprefix(": ")
        verdict = f"{place}: " * bool(place) + ("match" if found else "no match")
        lines = (clean(line) for line in explanation.splitlines())
        return "\n".join([verdict, *lines]), OK if found else FAILED


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_files(parser)
    parser.add_argument(
        "--pattern", required=True, metavar="PATTERN", help="a file, or the JSON itself"
    )
    parser.add_argument("--explain", action="store_true", help="explain why or why not")
    add_jobs(parser)


MATCH: Final = Command(
    "match",
    "tell whether events match a pattern",
    _add_arguments,
    _run,
    "exit status: 0 if all match; 1 if one does not; 2 if the pattern or an event is malformed",
)
