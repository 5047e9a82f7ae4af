"""The command ``lint``: the failures that a rule misses, its needless alerts, and why."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Sequence
from typing import Final

import attrs

from .._texts import clean
from ..exceptions import InvalidPattern
from ..task_patterns import Coverage, Finding, coverage, lint
from ._command import FAILED, OK, Command
from ._pattern_files import NamedPattern, label_of, named_patterns

#: Characters of a finding's line at most.
_LINE_CHARACTERS: Final = 2_000

_REFUSED: Final = "EventBridge refuses this pattern, so there is no rule"
_NO_FAULTS: Final = "nothing is wrong with it"
_ONLY_MISSES: Final = "it works as written, but misses failures: add what is listed under misses"
_NOT_CHECKED: Final = "not checked: this pattern names no known type of event"


def _run(arguments: argparse.Namespace) -> int:
    return max(_check_all(name, arguments) for name in arguments.patterns)


def _check_all(name: str, arguments: argparse.Namespace) -> int:
    """Print the reports on the patterns of an argument, and return the exit status."""
    statuses = [_check(pattern, arguments) for pattern in named_patterns(name)]
    if not statuses:
        print(f"{clean(label_of(name))}: no rule with an event pattern in it", file=sys.stderr)
    return max(statuses, default=OK)


def _check(pattern: NamedPattern, arguments: argparse.Namespace) -> int:
    """Print the report on one pattern, and return the exit status."""
    findings = lint(pattern.source)
    try:
        covered = coverage(pattern.source)
    except InvalidPattern:
        covered = None

    if arguments.format == "json":
        print(json.dumps(_as_json(pattern.name, covered, findings)))
    else:
        print(_as_text(pattern.name, covered, findings))

    missing = covered is not None and bool(covered.missed) and not arguments.allow_missing
    wrong = any(finding.severity == "error" for finding in findings)
    return FAILED if missing or wrong else OK


def _as_json(name: str, covered: Coverage | None, findings: Sequence[Finding]) -> dict[str, object]:
    return {
        "pattern": name,
        "coverage": covered.to_dict() if covered is not None else None,
        "findings": [attrs.asdict(finding) for finding in findings],
    }


def _as_text(name: str, covered: Coverage | None, findings: Sequence[Finding]) -> str:
    name = clean(name)
    if any(finding.code == "event" for finding in findings):
        return f"{name}: {findings[0].message}"

    is_checked = covered is None or covered.is_tried
    table = _REFUSED if covered is None else str(covered) if is_checked else _NOT_CHECKED
    no_faults = _ONLY_MISSES if covered is not None and covered.missed else _NO_FAULTS
    reasons = [clean(str(finding), _LINE_CHARACTERS) for finding in findings]
    lines = reasons or [no_faults] * is_checked

    return "\n".join([f"{name}:", textwrap.indent(table, "  "), *(f"  {line}" for line in lines)])


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "patterns",
        nargs="+",
        metavar="PATTERN",
        help="a file of JSON, the JSON itself, or a Terraform file (needs python-hcl2)",
    )

    parser.add_argument(
        "--allow-missing",
        action="store_true",
        help="exit with 0 even if failures are missed, for a rule about some of them",
    )
    parser.add_argument("--format", choices=["text", "json"], default="text")


LINT: Final = Command(
    "lint",
    "show what patterns for ECS events miss, and why",
    _add_arguments,
    _run,
    "exit status: 0 if nothing is wrong; 1 if failures are missed or something never works; "
    "2 if a file cannot be read, or a pattern in it is not there in full. A file without a rule is "
    "in order, so that all files of a module can be checked",
)
