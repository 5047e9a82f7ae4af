"""The program ``ecs-failure-alerts``: its commands and its exit status."""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence
from typing import Final, NoReturn

from .._texts import clean
from .._version import __version__
from ..exceptions import SettingsError
from ._command import FAILED, OK, UNUSABLE
from ._completion import completion

#: The exit status of a process that Ctrl-C has ended.
_INTERRUPTED: Final = 130

#: Characters of an error about the arguments at most.
_ERROR_CHARACTERS: Final = 2_000


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run the command.

    Args:
        argv: The arguments; those of the process by default.

    Returns:
        The exit status: 0 for success; 1 for a negative answer (no match, an error found by
        ``lint``, an unreadable task, an alert that was not delivered, no answer of AWS); 2 for a
        usage error, and for ``match`` also for a malformed pattern or event. It is no failure if
        the reader of the output leaves early, as ``head`` does.
    """
    _open_closed_outputs()
    try:
        arguments = _parser().parse_args(argv)
        status = int(arguments.run(arguments))
        sys.stdout.flush()  # so that a broken pipe is noticed here
    except BrokenPipeError:  # the reader of the output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except ConnectionError as error:  # the network or AWS did not answer
        return _refuse(error, FAILED)
    except OSError as error:
        return _refuse(
            f"{error.filename or 'output'}: {error.strerror}" if error.strerror else error
        )
    except (ModuleNotFoundError, SettingsError, ValueError) as error:
        return _refuse(error)
    except KeyboardInterrupt as error:
        if error.args:
            _refuse(error)
        return _INTERRUPTED

    return status


def _open_closed_outputs() -> None:
    """Open outputs that some daemons close, and allow any character in them."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123

    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _refuse(why: object, status: int = UNUSABLE) -> int:
    print(f"ecs-failure-alerts: {clean(str(why))}", file=sys.stderr)
    return status


class _Parser(argparse.ArgumentParser):
    """A parser whose errors quote arguments, such as the names of files, as they can be shown."""

    def error(self, message: str) -> NoReturn:
        super().error(clean(message, _ERROR_CHARACTERS))


def _parser() -> argparse.ArgumentParser:
    from ._commands import COMMANDS  # noqa: PLC0415 - slow to import, and Ctrl-C must end that

    parser = _Parser(
        prog="ecs-failure-alerts", description="An Amazon ECS task dies, and somebody learns why."
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")

    added = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in (*COMMANDS, completion(_parser)):
        subparser = added.add_parser(
            command.name,
            help=command.summary,
            description=command.summary,
            epilog=command.statuses or None,
        )
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)

    return parser
