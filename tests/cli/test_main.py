"""The command as a whole: calls that make no sense, and what its caller replaces."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from contextlib import suppress

import pytest

from command_line import Saver
from ecs_failure_alerts import __version__
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.testing import task_state_change
from rows import each


@each(
    "arguments",
    [
        pytest.param([], id="nothing"),
        pytest.param(["send"], id="no-file"),
        pytest.param(["explain", "--format", "xml", "x"], id="format"),
        pytest.param(["fly"], id="command"),
    ],
)
def test_a_call_that_makes_no_sense_exits_with_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


@each("sign", ["\n", "\x1b[2J", "\x9b", "\u202e", "\udc80"], ids=ascii)
@each(
    "arguments",
    [
        pytest.param(lambda name: ["explain", name], id="explain"),
        pytest.param(lambda name: ["lint", name], id="lint"),
        pytest.param(lambda name: ["check", name], id="check"),
        pytest.param(lambda name: ["match", name, name], id="match"),
        pytest.param(lambda name: ["report", name], id="report"),
        pytest.param(lambda name: ["explain", f"--{name}"], id="option"),
        pytest.param(lambda name: [name], id="command"),
    ],
)
def test_an_argument_steers_no_terminal(
    arguments: Callable[[str], list[str]], sign: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name of a file may be somebody else's."""
    with suppress(SystemExit):
        main(arguments(f"no{sign}FORGED"))
    output = capsys.readouterr()
    lines = [*output.out.split("\n"), *output.err.split("\n")]
    assert all(line.isprintable() for line in lines)
    assert not [line for line in lines if line.startswith("FORGED")]


def test_the_version_comes_with_the_programs_name(capsys: pytest.CaptureFixture[str]) -> None:
    """People paste it into reports."""
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"ecs-failure-alerts {__version__}\n"


def test_a_caller_may_replace_standard_output(save: Saver, monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.StringIO()
    monkeypatch.setattr(sys, "stdout", output)
    assert main(["explain", save(task_state_change())]) == 0
    assert "ContainerExit" in output.getvalue()


def test_a_pattern_file_that_is_missing_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "no-such-file"]) == 2
    assert (
        capsys.readouterr().err == "ecs-failure-alerts: no-such-file: No such file or directory\n"
    )


def test_ctrl_c_while_the_commands_are_imported_ends_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Interrupted:
        def find_spec(self, name: str, *_: object) -> None:
            if name.endswith("._commands"):
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "ecs_failure_alerts.cli._commands", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Interrupted(), *sys.meta_path])
    assert main(["--version"]) == 130
    assert capsys.readouterr() == ("", "")
