"""Shell completion, by the shells themselves."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ecs_failure_alerts.cli import main

#: Completes the words in $@, the last of which is not yet whole, as bash does after a Tab.
IN_BASH = """
source ./script
name=$(complete -p ecs-failure-alerts | sed 's/.*-F \\([^ ]*\\).*/\\1/')
COMP_WORDS=(ecs-failure-alerts "$@")
COMP_CWORD=$#
"$name"
echo "${COMPREPLY[@]}"
"""


@pytest.mark.skipif(
    sys.platform == "win32" or shutil.which("bash") is None, reason="there is no bash"
)
@pytest.mark.parametrize(
    ("words", "completed"),
    [
        pytest.param(["exp"], "explain", id="command"),
        pytest.param(["explain", "--js"], "--json", id="option"),
        pytest.param(["pattern", "--format", "t"], "terraform", id="choice"),
        pytest.param(["explain", "dead"], "dead-letters.json", id="file"),
        pytest.param(["send", "--failed", "dead"], "dead-letters.json", id="file-of-an-option"),
    ],
)
def test_bash_completes_commands_options_choices_and_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], completed: str
) -> None:
    (tmp_path / "dead-letters.json").touch()
    assert main(["completion", "bash"]) == 0
    (tmp_path / "script").write_text(capsys.readouterr().out, "utf-8")

    answer = subprocess.run(
        ["bash", "-c", IN_BASH, "bash", *words],  # noqa: S607
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )

    assert answer.stdout.split() == [completed]


@pytest.mark.parametrize("shell", ["zsh", "tcsh"])
def test_the_scripts_for_other_shells_have_the_commands_words(
    capsys: pytest.CaptureFixture[str], shell: str
) -> None:
    assert main(["completion", shell]) == 0
    script = capsys.readouterr().out
    assert "ecs-failure-alerts" in script
    assert "explain" in script


def test_without_shtab_the_command_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The core does not need it."""
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert main(["completion", "bash"]) == 2
    assert capsys.readouterr().err == (
        "ecs-failure-alerts: expected shtab for completion; it is not installed: pip install "
        "shtab\n"
    )
