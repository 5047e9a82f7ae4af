"""The command ``match``: whether events match a pattern."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from functools import partial
from typing import Final

from .._lookalikes import explain_mapping
from .._texts import clean
from ..exceptions import EventError, InvalidPattern
from ..patterns import EventPattern
from ..patterns.documents import load_exactly
from ..sources import SourceRecord, read_payload
from ..task_patterns import lint
from ._command import FAILED, OK, UNUSABLE, Command, add_files
from ._files import faults, place_of, read_records
from ._pattern_files import pattern_text


def _run(arguments: argparse.Namespace) -> int:
    try:
        text = pattern_text(arguments.pattern)
        pattern = EventPattern.from_json(text)
    except InvalidPattern as error:
        event = next((finding for finding in lint(text) if finding.code == "event"), None)
        print(event.message if event else f"the pattern is malformed: {error}", file=sys.stderr)
        return UNUSABLE

    records = read_records(arguments.files, partial(read_payload, load=load_exactly))
    return max(_match(pattern, record, explain=arguments.explain) for record in records)


def _match(pattern: EventPattern, record: SourceRecord, *, explain: bool) -> int:
    """Print whether one event matches, and return the exit status."""
    # Events of other sources need not look like anything known.
    event = record.event if record.event is not None else record.raw
    of_aws = record.event is None and isinstance(event, Mapping) and explain_mapping(event)
    if record.error is not None and (event is None or of_aws):
        print(f"{place_of(record)}: {'; '.join(faults(record, record.error))}", file=sys.stderr)
        return UNUSABLE

    try:
        found = pattern.matches(event)
        explanation = str(pattern.explain(event)) if explain else ""
    except EventError as error:
        print(f"{place_of(record)}: {error}", file=sys.stderr)
        return UNUSABLE

    place = f"{record.place}: " if record.place else ""
    print(f"{place}{'match' if found else 'no match'}")
    for line in explanation.splitlines():
        print(clean(line))
    return OK if found else FAILED


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    add_files(parser)
    parser.add_argument(
        "--pattern", required=True, metavar="PATTERN", help="a file, or the JSON itself"
    )
    parser.add_argument("--explain", action="store_true", help="say why or why not")


MATCH: Final = Command(
    "match",
    "say whether events match a pattern",
    _add_arguments,
    _run,
    "Exit status: 0 if all match; 1 if one does not; 2 if the pattern or an event is malformed.",
)
