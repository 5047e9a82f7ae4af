"""The command ``pattern``: the event pattern of a policy, for each kind of rule."""

from __future__ import annotations

import argparse
import sys
from typing import Final

from attrs import evolve

from .._arguments import naming
from ..notices.pattern import notice_patterns
from ..patterns import EventPattern
from ..policy import FailurePolicy
from ..settings import CONFIG_FILE, policy_from_env, silenced
from ..task_patterns import lint
from ._command import FAILED, OK, Command, add_config
from ._environ import naming_options
from ._terraform import RULES, event_rule

_TASKS: Final = "tasks"


def _run(arguments: argparse.Namespace) -> int:
    with naming("--ignore-cause"):
        levels = silenced(arguments.ignore_cause)
    policy = evolve(_policy(arguments), clusters=arguments.cluster, levels=levels)
    pattern = _pattern(policy, arguments.kind)

    if arguments.format == "terraform":
        print(event_rule(pattern, arguments.kind))
    else:
        print(pattern.to_json(None if arguments.format == "compact" else 2))

    errors = [finding for finding in lint(pattern) if finding.severity == "error"]
    for finding in errors:
        print(finding, file=sys.stderr)
    return FAILED if errors else OK


def _policy(arguments: argparse.Namespace) -> FailurePolicy:
    """Return the policy of the configuration alone; the environment must not change the rule."""
    if not arguments.config:
        return FailurePolicy()
    with naming_options(arguments):
        return policy_from_env({CONFIG_FILE: arguments.config})


def _pattern(policy: FailurePolicy, kind: str) -> EventPattern:
    """Return the pattern of the rule that passes events of *kind*."""
    return policy.event_pattern() if kind == _TASKS else notice_patterns(policy)[kind]


def _add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--kind",
        choices=tuple(RULES),
        default=_TASKS,
        help="the events that the rule passes (default: tasks); services includes deployments and "
        "instances, and runs are those that ECS refused",
    )

    parser.add_argument(
        "--cluster",
        action="append",
        default=[],
        metavar="NAME",
        help="a cluster's name or ARN, in which * stands for any characters; narrows tasks and "
        "services, and may be repeated",
    )
    parser.add_argument(
        "--ignore-cause",
        action="append",
        default=[],
        metavar="CAUSE",
        help="a cause that must not alert, or a group such as failed_to_start; narrows tasks, "
        "and may be repeated",
    )

    add_config(parser)
    parser.add_argument("--format", choices=["json", "compact", "terraform"], default="json")


PATTERN: Final = Command(
    "pattern",
    "print the event pattern of a policy",
    _add_arguments,
    _run,
    "exit status: 0; 1 if EventBridge would refuse the pattern",
)
