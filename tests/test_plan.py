"""The plan of the house: who may import whom, without a circle, in modules of one idea."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import pytest

import ecs_failure_alerts
from ecs_failure_alerts.testing import task_state_change

PACKAGE: Final = "ecs_failure_alerts"
HOUSE: Final = Path(ecs_failure_alerts.__file__).parent

#: So many lines has a module at most.
LONGEST: Final = 300

#: What stands on the ground floor, in one word for the table below.
GROUND: Final = "ground"

#: Which wing may import from which others; what is not named here may not be imported.
MAY_IMPORT: Final[Mapping[str, frozenset[str]]] = {
    "patterns": frozenset({GROUND}),
    "tasks": frozenset({GROUND, "patterns"}),
    "task_patterns": frozenset({GROUND, "patterns", "tasks"}),
    "notices": frozenset({GROUND, "patterns", "tasks"}),
    "notifiers": frozenset({GROUND}),
    GROUND: frozenset({"notices", "notifiers", "tasks"}),
    "testing": frozenset({GROUND, "notifiers", "tasks"}),
    "cli": frozenset(
        {GROUND, "notices", "notifiers", "patterns", "task_patterns", "tasks", "testing"}
    ),
}

#: What the patterns, who know nothing of ECS, may use of the ground floor.
TOOLS: Final = frozenset({"_frames", "_globs", "_json", "_texts", "exceptions"})

#: The modules that build rules, and so may use the patterns; no Lambda loads them.
RULES: Final = ("tasks.pattern", "notices.pattern")

#: The one arrow that goes up: a policy builds its event pattern when it is asked to.
UPWARDS: Final = frozenset({("policy", "tasks.pattern")})

#: Modules that are being rebuilt.
UNDER_WAY: Final[tuple[str, ...]] = ()


def modules() -> dict[str, Path]:
    """Return the modules of the package by their names, without the package's own."""
    paths = {path.relative_to(HOUSE).with_suffix(""): path for path in HOUSE.rglob("*.py")}
    return {".".join(name.parts): path for name, path in paths.items()}


MODULES: Final = modules()


def wing_of(module: str) -> str:
    """Return the wing in which *module* stands."""
    wing = module.partition(".")[0]
    return wing if (HOUSE / wing).is_dir() else GROUND


def find(dotted: str) -> str | None:
    """Return the module that *dotted*, a path below the package, names; None if it is none."""
    return next((m for m in (dotted, f"{dotted}.__init__".lstrip(".")) if m in MODULES), None)


def arrows(module: str, tree: ast.AST) -> Iterator[str]:
    """Find what *module* imports of the package, also inside of functions."""
    folder = module.split(".")[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                if alias.name.split(".")[0] == PACKAGE:
                    yield find(alias.name.removeprefix(PACKAGE).lstrip(".")) or "__init__"
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                base = ".".join([*folder[: len(folder) + 1 - node.level], *filter(None, [base])])
            elif base.split(".")[0] == PACKAGE:
                base = base.removeprefix(PACKAGE).lstrip(".")
            else:
                continue
            inner = {find(f"{base}.{alias.name}".lstrip(".")) for alias in node.names}
            yield from filter(None, inner if None not in inner else {*inner, find(base)})


def type_checking_only(tree: ast.AST) -> ast.AST:
    """Remove what only type checkers read."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    return tree


def read(module: str) -> ast.AST:
    """Parse *module*, as it is when it runs."""
    return type_checking_only(ast.parse(MODULES[module].read_text("utf-8")))


GRAPH: Final = {module: set(arrows(module, read(module))) - {module} for module in MODULES}


def faults(graph: Mapping[str, set[str]]) -> list[str]:
    """Name every arrow that the plan does not have."""
    found = []
    for module, targets in graph.items():
        for target in targets:
            here, there = wing_of(module), wing_of(target)
            if (module, target) in UPWARDS or {module, target} & {"__init__", "__main__"}:
                continue
            if here != there and there not in MAY_IMPORT[here]:
                found.append(f"{module} imports {target}: {here} may not import {there}")
            elif here == "patterns" and there == GROUND and target not in TOOLS:
                found.append(f"{module} imports {target}: patterns may use {sorted(TOOLS)}")
            elif there == "patterns" and here in {"tasks", "notices"} and module not in RULES:
                found.append(f"{module} imports {target}: only {' and '.join(RULES)} may")
            elif there not in {here, GROUND} and is_private(target, there):
                found.append(f"{module} imports {target}: it is private to {there}")
    return found


def is_private(module: str, wing: str) -> bool:
    """Return whether a part of the module's path below *wing* is private."""
    parts = module.removeprefix(f"{wing}.").split(".")
    return any(part.startswith("_") and part != "__init__" for part in parts)


def circle(graph: Mapping[str, set[str]]) -> list[str]:
    """Return a circle of imports; empty if there is none."""
    down = {m: {t for t in targets if (m, t) not in UPWARDS} for m, targets in graph.items()}
    try:
        TopologicalSorter(down).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_module_imports_against_the_plan() -> None:
    """Each wing imports only what the table lets it, and nothing private of another wing."""
    assert [fault for fault in faults(GRAPH) if not fault.startswith(UNDER_WAY)] == []


def test_there_is_no_circle_of_imports() -> None:
    """Imports go one way, those inside of functions too."""
    assert circle(GRAPH) == []


@pytest.mark.parametrize(
    ("module", "line", "fault"),
    [
        ("patterns._search", "from ..policy import LEVELS", "patterns may use"),
        ("patterns._search", "from ..tasks.events import SOURCE", "patterns may not import tasks"),
        ("tasks.events", "from ..patterns import EventPattern", "only tasks.pattern and"),
        ("delivery", "from .cli import main", "ground may not import cli"),
        ("delivery", "from .notifiers.sentry._client import X", "it is private to notifiers"),
        (
            "testing._inbox",
            "def f():\n    from ..patterns import prefix",
            "may not import patterns",
        ),
    ],
)
def test_the_plan_is_red_when_a_module_imports_against_it(
    module: str, line: str, fault: str
) -> None:
    """What the two tests above look for, they find."""
    (found,) = faults({module: set(arrows(module, ast.parse(line)))})
    assert fault in found


def test_a_circle_is_found() -> None:
    """A later stage that is imported by an earlier one makes a circle."""
    back = {"sources": GRAPH["sources"] | {"alerter"}}
    assert {"sources", "alerter"} <= set(circle({**GRAPH, **back}))


@pytest.mark.parametrize("module", sorted(set(MODULES) - {*UNDER_WAY}))
def test_a_module_is_of_one_idea(module: str) -> None:
    """No module is longer than a reader can hold in the head."""
    assert len(MODULES[module].read_text("utf-8").splitlines()) <= LONGEST


def test_packages_only_export_again() -> None:
    """An ``__init__.py`` defines nothing but what the package itself needs."""
    for module in MODULES:
        if module.endswith("__init__") and module != "__init__":
            allowed = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign)
            body = ast.parse(MODULES[module].read_text("utf-8")).body
            assert all(isinstance(node, allowed) for node in body), module


def test_a_lambda_loads_no_wing_that_it_does_not_need() -> None:
    """An alerter that is made of the environment has loaded neither patterns nor tools."""
    code = (
        "import sys\n"
        "from ecs_failure_alerts import alerter_from_env\n"
        "alerter = alerter_from_env({'SENTRY_DSN': 'http://key@127.0.0.1:9/1'})\n"
        f"alerter.process({task_state_change(lastStatus='RUNNING')!r})\n"
        f"print(*sorted(name for name in sys.modules if name.startswith('{PACKAGE}.')))"
    )
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    loaded = {wing_of(name.removeprefix(f"{PACKAGE}.")) for name in answer.stdout.split()}

    assert loaded == {GROUND, "tasks", "notifiers"}
