"""The form of a command, and the arguments that several commands share."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Final

from attrs import frozen

#: Exit statuses: done or true; not done or false; a usage error.
OK: Final = 0
FAILED: Final = 1
UNUSABLE: Final = 2


@frozen
class Command:
    """
    A command.

    Attributes:
        name: Its name.
        summary: What it does, in a few words.
        add_arguments: Adds its arguments to its parser.
        run: Runs it, and returns the exit status.
        statuses: The meaning of each exit status; empty if only 0 needs no explanation.
    """

    name: str
    summary: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]
    statuses: str = ""


def add_files(parser: ArgumentParser, *, needed: bool = True) -> None:
    """Add the files of events; there may be none if they are not *needed*."""
    parser.add_argument(
        "files",
        nargs="+" if needed else "*",
        metavar="FILE",
        help="EventBridge events, SQS or SNS records, a saved dead-letter queue, the output of "
        "aws ecs describe-tasks, or JSON lines of these; - for standard input",
    )


def add_config(parser: ArgumentParser) -> None:
    """Add the configuration."""
    parser.add_argument(
        "--config",
        metavar="FILE",
        help="the configuration, as TOML or JSON, in place of that in the environment",
    )


def add_dsn(parser: ArgumentParser) -> None:
    """Add the Sentry project to send to."""
    parser.add_argument("--dsn", metavar="DSN", help="the Sentry project to send to")
