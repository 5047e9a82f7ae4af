"""The command ``ecs-failure-alerts``: what it takes; the modules `_cli_...` do it."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

from .._version import __version__
from ..exceptions import SettingsError
from . import _patterns as _cli_patterns
from . import _send as _cli_send
from . import _tasks as _cli_tasks

_FAILED: Final = 1
_UNUSABLE: Final = 2
_INTERRUPTED: Final = 130


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run the command.

    Args:
        argv: The arguments; those of the process by default.

    Returns:
        The exit status: 0 for success, 1 for a no (no match, an error found by ``lint``, a
        task that cannot be read or an alert that was not delivered), 2 for a call that makes
        no sense, and for ``match`` also for a pattern or event that is malformed.
    """
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed, as some daemons have it
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123
    arguments = _parser().parse_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # names may hold anything
    try:
        status = int(arguments.run(arguments))
        sys.stdout.flush()  # else a broken pipe is noticed too late
    except BrokenPipeError:  # whoever read the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _FAILED
    except OSError as error:
        named = error.filename and error.strerror
        return _refuse(f"{error.filename}: {error.strerror}" if named else error)
    except (ModuleNotFoundError, SettingsError, ValueError) as error:
        return _refuse(error)
    except KeyboardInterrupt:
        return _INTERRUPTED
    return status


def _refuse(why: object) -> int:
    print(f"ecs-failure-alerts: {why}", file=sys.stderr)
    return _UNUSABLE


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ecs-failure-alerts", description="An Amazon ECS task dies, and somebody learns why."
    )
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(
        name: str, run: Callable[[argparse.Namespace], int], summary: str, *parents: Any
    ) -> argparse.ArgumentParser:
        added = commands.add_parser(name, parents=parents, help=summary, description=summary)
        added.set_defaults(run=run)
        return added

    files = argparse.ArgumentParser(add_help=False)
    files.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="EventBridge events, SQS or SNS records, a saved dead-letter queue, the output of "
        "aws ecs describe-tasks, or JSON lines of these; - for standard input",
    )
    dsn = argparse.ArgumentParser(add_help=False)
    dsn.add_argument("--dsn", metavar="DSN", help="the Sentry project to send to")

    explain = command("explain", _cli_tasks.explain, "say why tasks stopped", files)
    explain.add_argument("--format", choices=["text", "json"], default="text")

    send = command("send", _cli_send.send, "send alerts to Sentry", dsn, files)
    send.add_argument("--environment", metavar="NAME", help="the events' environment")
    send.add_argument("--dry-run", action="store_true", help="print the Sentry events instead")
    send.add_argument(
        "--failed",
        metavar="FILE",
        help="save what failed, whole events with their overrides, to be sent again; "
        "complete once the command has ended; a file that is there is written over",
    )

    command("demo", _cli_tasks.demo, "watch three tasks end, and two alerts arrive", dsn)

    pattern = command("pattern", _cli_patterns.pattern, "print the event pattern of a policy")
    pattern.add_argument(
        "--cluster",
        action="append",
        default=[],
        metavar="NAME",
        help="a cluster's name or ARN, in which * stands for any characters; may be repeated",
    )
    pattern.add_argument(
        "--ignore-cause",
        action="append",
        default=[],
        metavar="CAUSE",
        help="a cause that is not to alert, or a group such as failed_to_start; may be repeated",
    )
    pattern.add_argument("--format", choices=["json", "compact", "terraform"], default="json")

    match = command("match", _cli_patterns.match, "say whether events match a pattern", files)
    match.add_argument(
        "--pattern", required=True, metavar="PATTERN", help="a file, or the JSON itself"
    )
    match.add_argument("--explain", action="store_true", help="say why or why not")

    lint = command("lint", _cli_patterns.lint, "check patterns for ECS task events")
    lint.add_argument("patterns", nargs="+", metavar="PATTERN", help="a file, or the JSON itself")
    lint.add_argument("--format", choices=["text", "json"], default="text")
    return parser
