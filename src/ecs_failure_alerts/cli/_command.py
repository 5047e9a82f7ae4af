"""What a command is, and the arguments that several commands take."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from typing import Final

from attrs import frozen

#: How a command ends: what it was asked for is done or true; it is not; the call makes no sense.
OK: Final = 0
FAILED: Final = 1
UNUSABLE: Final = 2


@frozen
class Command:
    """
    One command.

    Attributes:
        name: What it is called by.
        summary: What it does, in a few words.
        add_arguments: Adds its arguments to its parser.
        run: Does it, and returns the exit status.
        statuses: What each exit status means; empty where 0 is success and nothing else is to
            be told.
    """

    name: str
    summary: str
    add_arguments: Callable[[ArgumentParser], None]
    run: Callable[[Namespace], int]
    statuses: str = ""


def add_files(parser: ArgumentParser, *, needed: bool = True) -> None:
    """Add the files of events, of which there may be none where they are not *needed*."""
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
        help="the configuration, as TOML or JSON, in place of the environment's",
    )


def add_dsn(parser: ArgumentParser) -> None:
    """Add the Sentry project to send to."""
    parser.add_argument("--dsn", metavar="DSN", help="the Sentry project to send to")
