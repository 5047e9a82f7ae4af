"""The hook for pre-commit calls a command that there is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ecs_failure_alerts import FailurePolicy
from ecs_failure_alerts.cli import main
from rows import each

HOOKS = Path(__file__).parents[1] / ".pre-commit-hooks.yaml"

pytestmark = pytest.mark.skipif(not HOOKS.exists(), reason="the tests run without the checkout")


def test_the_hook_lints_the_files_it_is_given(tmp_path: Path) -> None:
    """Its entry and a file name make a call of the command."""
    (entry,) = re.findall(r"entry: ecs-failure-alerts (\w+)", HOOKS.read_text("utf-8"))
    (file := tmp_path / "rule.json").write_text(FailurePolicy().event_pattern().to_json(), "utf-8")
    assert main([entry, str(file)]) == 0


@each(
    ("file", "taken"),
    [
        ("rules/event_pattern.json", True),
        ("event-pattern-prod.json", True),
        ("main.tf", True),
        ("package.json", False),
        ("main.tfvars", False),
    ],
)
def test_the_hook_takes_pattern_files(file: str, taken: bool) -> None:
    """Other JSON is no pattern."""
    (files,) = re.findall(r"^  files: (.+)$", HOOKS.read_text("utf-8"), re.MULTILINE)
    assert bool(re.search(files, file)) is taken
