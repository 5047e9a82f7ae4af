"""The command ``check``: it checks a configuration and shows where alerts would go."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from .._texts import clean
from ..configuration import Configuration, find_ended, read_configuration, schema
from ..exceptions import ConfigError, EventError, Problem, UnsupportedEvent
from ..policy import FailurePolicy
from ..policy.cases import tag_key
from ..settings import find_ineffective
from ..settings.config import find_warnings, notifier_entries, notifier_paths
from ..settings.environment import Environment
from ._check_texts import CheckedDocument, TraceSummary, trace_json, trace_text, values_of
from ._command import FAILED, OK, Command
from ._destinations import named_routes
from ._explanations import faults_of
from ._files import check_files, read_file, read_records
from ._plain_values import try_plain_values
from ._presentation import presented
from ._steps import trace_event
from ._terminal import folded
from ._verdicts import judge_record

#: Events with the same fault that are reported one by one at most.
_MOST_EQUAL: Final = 10


def _run(arguments: Namespace) -> int:
    if arguments.schema:
        print(json.dumps(schema(), indent=2))
        return OK
    if not arguments.file:
        raise ValueError("expected a file with a configuration, or --schema; got neither")

    as_json = arguments.format == "json"
    try:
        document = _read(arguments.file)
    except ConfigError as error:
        _print_faults(error, as_json=as_json)
        return FAILED

    try:
        check_files(arguments.event)
    except OSError as error:
        print(clean(f"{error.filename}: {error.strerror}"), file=sys.stderr)
        return FAILED

    if as_json:
        print(json.dumps(document.to_dict()))
    else:
        print(folded(str(document), sys.stdout))
    return _follow(arguments, document, as_json=as_json)


def _read(file: str) -> CheckedDocument:
    """Read and check the configuration in *file*."""
    name = "standard input" if file == "-" else file
    environment = Environment(os.environ)
    configuration = read_configuration(read_file(file), name, file, environment.given)
    environment = environment.with_fallbacks(configuration.arguments, configuration.paths)
    lookups = environment.arguments("enrichers")
    now = datetime.now(UTC)

    warnings = list(_warnings(configuration, environment, now))
    tried = try_plain_values(
        notifier_entries(configuration, environment), notifier_paths(configuration, environment)
    )
    warnings += (Problem(p.path, f"not checked: {p.message}") for p in tried.missing)
    warnings += tried.warnings
    if tried.faults:
        raise ConfigError(name, tried.faults, warnings)

    return CheckedDocument(
        name=name,
        configuration=configuration,
        policy=FailurePolicy(**environment.arguments("policy")),
        routes=list(named_routes(configuration, environment)),
        warnings=warnings,
        looked_up=frozenset(map(tag_key, lookups.get("keys", ())))
        if "tags" in lookups.get("wanted", ())
        else frozenset(),
        now=now,
    )


def _warnings(
    configuration: Configuration, environment: Environment, now: datetime
) -> Iterator[Problem]:
    """Yield the warnings of a function that starts with this configuration."""
    yield from configuration.warnings
    yield from find_ended(configuration, now)
    yield from find_warnings(configuration, environment)
    yield from find_ineffective(environment, configuration)


def _print_faults(error: ConfigError, *, as_json: bool) -> None:
    if as_json:
        faults = {"problems": values_of(error.problems), "warnings": values_of(error.warnings)}
        print(json.dumps({"document": error.variable, "valid": False, **faults}))
        return

    for problem in error.problems:
        print(folded(f"{error.variable}: {problem}", sys.stderr), file=sys.stderr)
    for warning in error.warnings:
        print(folded(f"{error.variable}: warning: {warning}", sys.stderr), file=sys.stderr)


def _follow(arguments: Namespace, document: CheckedDocument, *, as_json: bool) -> int:
    """Print where the alert of each event would go, and return the exit status."""
    status, write = OK, trace_json if as_json else trace_text
    summary = TraceSummary(document)
    faults: Counter[str] = Counter()

    for record in read_records(arguments.event):
        verdict = judge_record(record, document.policy)
        if isinstance(verdict, EventError):
            status = status if isinstance(verdict, UnsupportedEvent) else FAILED
            faults[str(verdict)] += 1
            if faults[str(verdict)] <= _MOST_EQUAL:
                print(faults_of(record, verdict, raw=False), file=sys.stderr)
            continue

        trace = trace_event(verdict, document.routes, document.looked_up)
        status = FAILED if trace.is_lost else status
        summary.count(trace)
        written = write(record.place, trace)
        print(written if as_json else folded(written, sys.stdout))

    for fault, times in faults.items():
        if times > _MOST_EQUAL:
            print(f"and {times - _MOST_EQUAL:,} more: {presented(fault)}", file=sys.stderr)
    if not as_json and summary.events > 1:
        print(f"\n{summary}")
    return status


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "file",
        nargs="?",
        metavar="FILE",
        help="the configuration, as TOML or JSON; - for standard input",
    )

    parser.add_argument(
        "--event",
        metavar="FILE",
        action="append",
        default=[],
        help="show step by step where the alerts of the events in it would go (any input of "
        "explain); may be repeated",
    )
    parser.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of a configuration"
    )
    parser.add_argument(
        "--format",
        choices=["text", "json"],
        default="text",
        help="text to read; or a line of JSON for the configuration, and one for each event",
    )


CHECK: Final = Command(
    "check",
    "check a configuration, and show where alerts would go",
    _add_arguments,
    _run,
    "exit status: 0 if the configuration is right and every alert has a route, even one that drops "
    "it; 1 if the configuration is wrong, an alert has no route, or an event cannot be read; 2 on "
    "a usage error. Nothing is sent, and no secret is read. Variables of the shell count like "
    "those of a function: ECS_ALERTS_TAG_KEYS wins over tag_keys.",
)
