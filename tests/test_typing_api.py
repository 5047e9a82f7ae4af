"""Every public name is in `typing_api.py`, which mypy and pyright check."""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType

import ecs_failure_alerts
from ecs_failure_alerts import patterns, task_patterns, testing
from rows import each

TREE = ast.parse((Path(__file__).parent / "typing_api.py").read_text("utf-8"))
NAMES = {node.id for node in ast.walk(TREE) if isinstance(node, ast.Name)} | {
    node.attr for node in ast.walk(TREE) if isinstance(node, ast.Attribute)
}


@each("module", [ecs_failure_alerts, patterns, task_patterns, testing])
def test_every_public_name_is_used_with_its_type(module: ModuleType) -> None:
    assert set(module.__all__) - NAMES == set()
