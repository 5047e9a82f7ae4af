"""The options of the command ``explain`` for a cluster in place of files."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Sequence
from typing import Final

from .._options import MOST_LOG_LINES

#: Log lines of a container by default.
LINES: Final = 10


def add_cluster(parser: ArgumentParser) -> None:
    """Add the options for a cluster's tasks."""
    group = parser.add_argument_group("a cluster in place of files (needs the extra aws)")

    group.add_argument(
        "--cluster", metavar="NAME", help="explain its tasks that stopped within the last hour"
    )
    group.add_argument("--service", metavar="NAME", help="only tasks of this service")
    group.add_argument(
        "--task",
        metavar="ID",
        action="append",
        help="only this task (id or ARN); may be repeated",
    )
    group.add_argument(
        "--logs",
        metavar="N",
        type=_number_of_lines,
        help=f"log lines of each container at fault, 0 to {MOST_LOG_LINES} (default: {LINES})",
    )
    group.add_argument("--profile", metavar="NAME", help="the profile of the AWS CLI to use")
    group.add_argument("--region", metavar="NAME", help="the Region of the cluster")
    group.add_argument(
        "--watch",
        action="store_const",
        const=True,
        help="wait for the next tasks that stop",
    )


def check_inputs(arguments: Namespace) -> None:
    """
    Check that there is one source of events.

    Raises:
        ValueError: There is no source, or there are two.
    """
    given: Sequence[str] = [
        f"--{name}"
        for name in ("service", "task", "logs", "profile", "region", "watch")
        if getattr(arguments, name) is not None
    ]

    if arguments.cluster and arguments.files:
        raise ValueError("expected files or --cluster, got both: leave one out")
    if not arguments.cluster and given:
        raise ValueError(f"expected --cluster with {given[0]}, got none: name the cluster")
    if not arguments.cluster and not arguments.files:
        raise ValueError("expected files of events, - for standard input, or --cluster NAME")


def _number_of_lines(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text) <= MOST_LOG_LINES:
        return int(text)
    raise ArgumentTypeError(f"expected a number from 0 to {MOST_LOG_LINES}, got {text!r}")
