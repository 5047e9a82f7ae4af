"""The README does what it says: its code runs, its output is the real one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ecs_failure_alerts import Cause
from ecs_failure_alerts.cli import main
from ecs_failure_alerts.settings import VARIABLES

FOLDER = Path(__file__).parent
README = FOLDER.parent / "README.md"

pytestmark = pytest.mark.skipif(not README.exists(), reason="the tests run without the checkout")


def blocks(language: str) -> list[str]:
    """Give the code blocks of a language."""
    if not README.exists():
        return []
    return re.findall(
        rf"^```{language}\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL
    )


@pytest.mark.parametrize("code", [pytest.param(code, id=code[:40]) for code in blocks("python")])
def test_python_block(
    code: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each block of Python runs, its assertions hold."""
    monkeypatch.setenv("ECS_ALERTS_SENTRY_DSN", "https://key@sentry.invalid/1")
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})  # noqa: S102


def test_console_block(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The card that is shown is the one that is printed."""
    (shown,) = blocks("console")
    assert main(["explain", str(FOLDER / "readme_task.json")]) == 0
    assert shown.partition("\n")[2] == capsys.readouterr().out


def test_set_up_is_two_lines() -> None:
    """The first two sh blocks are one line each: the demo and the tests."""
    demo, tests, *_ = blocks("sh")
    assert demo.count("\n") == tests.count("\n") == 1
    assert demo.rstrip().endswith("ecs-failure-alerts demo")
    assert tests.rstrip().endswith("pytest -q")


def test_pattern_command(capsys: pytest.CaptureFixture[str]) -> None:
    """The command for the rule prints a rule."""
    command = blocks("sh")[2].split()
    assert main([word.strip("'") for word in command[1:]]) == 0
    assert "jsonencode" in capsys.readouterr().out


def test_every_cause_is_explained() -> None:
    """The table of causes has every cause."""
    text = README.read_text("utf-8")
    assert [cause for cause in Cause if f"| `{cause}` |" not in text] == []


def test_every_variable_is_explained() -> None:
    """The table of settings has every variable."""
    text = README.read_text("utf-8")
    assert [name for name in VARIABLES if f"| `{name}` |" not in text] == []
