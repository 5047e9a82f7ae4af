"""The commands that are about event patterns: pattern, match, lint."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from typing import Final

import attrs

from .._texts import clean
from ..exceptions import EventError, InvalidPattern
from ..patterns import EventPattern
from ..patterns.documents import load_exactly
from ..policy import FailurePolicy
from ..settings import silenced
from ..sources import read_payload
from ..task_patterns import lint as lint_pattern
from ._command import Command, add_files
from ._files import place_of, read_file, read_records
from ._terraform import event_rule

_OK: Final = 0
_NO: Final = 1
_MALFORMED: Final = 2


def pattern(arguments: argparse.Namespace) -> int:
    """Run ``pattern``."""
    policy = FailurePolicy(
        clusters=arguments.cluster,
        levels=silenced(arguments.ignore_cause),
    )
    built = policy.event_pattern()
    if arguments.format == "terraform":
        print(event_rule(built))
    else:
        print(built.to_json(None if arguments.format == "compact" else 2))
    errors = [finding for finding in lint_pattern(built) if finding.severity == "error"]
    for finding in errors:
        print(finding, file=sys.stderr)
    return _NO if errors else _OK


def match(arguments: argparse.Namespace) -> int:
    """Run ``match``."""
    try:
        wanted = EventPattern.from_json(_pattern_text(arguments.pattern))
    except InvalidPattern as error:
        print(f"the pattern is malformed: {error}", file=sys.stderr)
        return _MALFORMED
    statuses = []
    for record in read_records(arguments.files, partial(read_payload, load=load_exactly)):
        if record.event is None and record.raw is None:
            print(f"{place_of(record)}: {record.error}", file=sys.stderr)
            statuses.append(_MALFORMED)
            continue
        # Events of other sources need not look like anything known.
        event = record.event if record.event is not None else record.raw
        try:
            found = wanted.matches(event)
            explanation = wanted.explain(event) if arguments.explain else None
        except EventError as error:
            print(f"{place_of(record)}: {error}", file=sys.stderr)
            statuses.append(_MALFORMED)
            continue
        statuses.append(_OK if found else _NO)
        place = f"{record.place}: " if record.place else ""
        print(f"{place}{'match' if found else 'no match'}")
        if explanation is not None:
            print("\n".join(map(clean, str(explanation).splitlines())))
    return max(statuses)


def lint(arguments: argparse.Namespace) -> int:
    """Run ``lint``."""
    status = _OK
    for name in arguments.patterns:
        findings = lint_pattern(_pattern_text(name))
        if any(finding.severity == "error" for finding in findings):
            status = _NO
        shown = "the pattern" if _is_json(name) else name
        if arguments.format == "json":
            for finding in findings:
                print(json.dumps({"pattern": shown} | attrs.asdict(finding)))
        elif findings:
            for finding in findings:
                print(f"{shown}: {finding}")
        else:
            print(f"{shown}: nothing found")
    return status


def _is_json(text: str) -> bool:
    return text.lstrip().startswith(("{", "["))


def _pattern_text(name: str) -> str | bytes:
    if not name.strip():
        raise ValueError("the pattern is empty: expected a file, or JSON")
    return name if _is_json(name) else read_file(name)


def _add_pattern_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--cluster",
        action="append",
        default=[],
        metavar="NAME",
        help="a cluster's name or ARN, in which * stands for any characters; may be repeated",
    )
    parser.add_argument(
        "--ignore-cause",
        action="append",
        default=[],
        metavar="CAUSE",
        help="a cause that is not to alert, or a group such as failed_to_start; may be repeated",
    )
    parser.add_argument("--format", choices=["json", "compact", "terraform"], default="json")


def _add_match_arguments(parser: argparse.ArgumentParser) -> None:
    add_files(parser)
    parser.add_argument(
        "--pattern", required=True, metavar="PATTERN", help="a file, or the JSON itself"
    )
    parser.add_argument("--explain", action="store_true", help="say why or why not")


def _add_lint_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("patterns", nargs="+", metavar="PATTERN", help="a file, or the JSON itself")
    parser.add_argument("--format", choices=["text", "json"], default="text")


PATTERN: Final = Command(
    "pattern", "print the event pattern of a policy", _add_pattern_arguments, pattern
)
MATCH: Final = Command("match", "say whether events match a pattern", _add_match_arguments, match)
LINT: Final = Command("lint", "check patterns for ECS task events", _add_lint_arguments, lint)
