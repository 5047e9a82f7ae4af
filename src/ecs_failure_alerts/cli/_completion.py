"""The command ``completion``: a script for the shell's completion."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping
from typing import Final

from ._command import OK, Command

_SHELLS: Final = ("bash", "zsh", "tcsh")


def completion(build_parser: Callable[[], ArgumentParser]) -> Command:
    """
    Return the command.

    Args:
        build_parser: Builds the parser of all commands; the script is made from it.
    """

    def run(arguments: Namespace) -> int:
        try:
            import shtab  # noqa: PLC0415 - in an extra
        except ModuleNotFoundError:
            raise ModuleNotFoundError(
                "expected shtab for completion; it is not installed: pip install shtab",
                name="shtab",
            ) from None

        parser = build_parser()
        _complete_files(parser, shtab.FILE)
        print(shtab.complete(parser, arguments.shell))
        return OK

    return Command("completion", "print a script for the shell's completion", _add_arguments, run)


def _complete_files(parser: ArgumentParser, files: Mapping[str, object]) -> None:
    """Complete arguments called FILE or PATTERN with the names of files."""
    for action in parser._actions:
        if isinstance(action.choices, dict):
            for command in action.choices.values():
                _complete_files(command, files)
        elif action.metavar in {"FILE", "PATTERN"}:
            action.complete = files  # type: ignore[attr-defined]


def _add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("shell", choices=_SHELLS)
