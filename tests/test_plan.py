"""The plan of the house: who may import whom, without a circle, in modules of one idea."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Final

import ecs_failure_alerts
from ecs_failure_alerts.testing import deployment_state_change, task_state_change
from rows import each
from source_trees import statements, tree_of

PACKAGE: Final = "ecs_failure_alerts"
HOUSE: Final = Path(ecs_failure_alerts.__file__).parent

#: So many lines has a module at most.
LONGEST: Final = 300

#: So many lines have the modules of the ground floor together at most.
MOST_ON_THE_GROUND: Final = 2_400

#: What stands on the ground floor, in one word for the table below.
GROUND: Final = "ground"

#: Which wing may import from which others; what is not named here may not be imported.
MAY_IMPORT: Final[Mapping[str, frozenset[str]]] = {
    GROUND: frozenset(
        {
            "aws",
            "causes",
            "delivery",
            "enrichment",
            "notices",
            "notifiers",
            "policy",
            "redaction",
            "sources",
            "tasks",
        }
    ),
    "workers": frozenset({GROUND}),
    "host": frozenset({GROUND}),
    "redaction": frozenset({GROUND}),
    "causes": frozenset({GROUND}),
    "policy": frozenset({GROUND, "causes"}),
    "aws": frozenset({GROUND, "host"}),
    "sources": frozenset({GROUND, "tasks"}),
    "tasks": frozenset({GROUND, "aws", "causes", "patterns", "policy", "redaction"}),
    "notices": frozenset(
        {GROUND, "aws", "causes", "patterns", "policy", "redaction", "sources", "tasks"}
    ),
    "enrichment": frozenset({GROUND, "causes", "policy", "workers"}),
    "enrichers": frozenset({GROUND, "aws", "causes", "enrichment", "policy", "redaction", "tasks"}),
    "notifiers": frozenset({GROUND, "aws", "host", "redaction", "workers"}),
    "delivery": frozenset({GROUND, "causes", "notifiers", "policy", "workers"}),
    "settings": frozenset(
        {
            GROUND,
            "aws",
            "causes",
            "configuration",
            "delivery",
            "enrichers",
            "enrichment",
            "notifiers",
            "policy",
        }
    ),
    "configuration": frozenset({GROUND, "aws", "causes", "enrichers", "notifiers", "policy"}),
    "patterns": frozenset({GROUND}),
    "task_patterns": frozenset({GROUND, "causes", "notices", "patterns", "policy", "tasks"}),
    "archives": frozenset({GROUND, "causes", "policy", "tasks"}),
    "testing": frozenset({GROUND, "notifiers", "tasks"}),
    "cli": frozenset(
        {
            GROUND,
            "archives",
            "aws",
            "causes",
            "configuration",
            "delivery",
            "enrichers",
            "enrichment",
            "host",
            "notices",
            "notifiers",
            "patterns",
            "policy",
            "redaction",
            "settings",
            "sources",
            "task_patterns",
            "tasks",
            "testing",
        }
    ),
}

#: What each wing may use of the ground floor; the desk and the tests' tools are at the top.
TOOLS: Final[Mapping[str, frozenset[str]]] = {
    wing: frozenset(modules.split())
    for wing, modules in {
        "workers": "_deadline _locks",
        "host": "_locks",
        "redaction": "_texts",
        "causes": "_globs _texts",
        "policy": "_arguments _globs _log _texts _values",
        "aws": "_locks _memory _texts exceptions",
        "sources": "_deadline _frames _json _texts _values exceptions",
        "tasks": "_frames _globs _json _reprs _texts _values alerts diagnosis exceptions",
        "notices": "_frames _json _reprs _texts alerts diagnosis exceptions",
        "enrichment": "_arguments _deadline _texts alerts diagnosis judging",
        "enrichers": "_deadline _frames _globs _locks _memory _options _texts alerts "
        "exceptions judging",
        "notifiers": "_arguments _deadline _frames _locks _log _texts _values _version alerts "
        "exceptions",
        "delivery": "_arguments _deadline _frames _log _memory _plugins _texts alerts diagnosis "
        "exceptions judging",
        "settings": "_frames _log _options _texts alerter exceptions",
        "configuration": "_frames _json _options _texts exceptions",
        "patterns": "_frames _globs _json _texts exceptions",
        "task_patterns": "_texts exceptions",
        "archives": "_frames _texts alerts diagnosis exceptions judging",
        "testing": "_texts alerts exceptions",
        "cli": "_arguments _deadline _json _log _options _texts _version alerter "
        "alerts diagnosis exceptions judging report",
    }.items()
}

#: The ground floor's own floors, from low to high; a module may import only of lower ones.
FLOORS: Final = (
    "_locks",
    (
        "_deadline _frames _globs _lambda_time _log _memory _options _plugins _reprs _texts "
        "_values _version"
    ),
    "_arguments diagnosis exceptions",
    "_json alerts",
    "judging report",
    "_outcomes",
    "alerter",
    "__init__ __main__",
)
FLOOR_OF: Final = {module: floor for floor, row in enumerate(FLOORS) for module in row.split()}

#: What the modules of the ground floor may use of the wings; the package exports of all.
USES_OF_WINGS: Final[Mapping[str, frozenset[str]]] = {
    "_outcomes": frozenset({"delivery.__init__", "sources.__init__"}),
    "_reprs": frozenset({"redaction.__init__"}),
    "alerter": frozenset(
        {
            "delivery.__init__",
            "enrichment.__init__",
            "notifiers.__init__",
            "policy.__init__",
            "policy.ended_rules",
            "sources.__init__",
        }
    ),
    "alerts": frozenset({"causes.__init__"}),
    "diagnosis": frozenset({"causes.__init__", "policy.cases", "tasks.events"}),
    "judging": frozenset(
        {
            "notices.__init__",
            "policy.__init__",
            "policy.cases",
            "sources.buried",
            "tasks.alert",
            "tasks.diagnosis",
            "tasks.events",
            "tasks.reader",
        }
    ),
    "report": frozenset({"notifiers.__init__", "sources.__init__"}),
}

#: The modules that build rules, and so may use the patterns; no Lambda loads them.
RULES: Final = ("tasks.pattern", "notices.pattern")

#: The one arrow that goes up: a policy builds its event pattern when it is asked to.
UPWARDS: Final = frozenset({("policy._policy", "tasks.pattern")})


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
    for node in statements(tree):
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


@cache
def read_graph() -> Mapping[str, set[str]]:
    """Return what each module imports of the package."""
    return {
        module: set(arrows(module, tree_of(path))) - {module} for module, path in MODULES.items()
    }


def faults(graph: Mapping[str, set[str]]) -> list[str]:
    """Name every arrow that the plan does not have."""
    found = []
    for module, targets in graph.items():
        for target in targets:
            here, there = wing_of(module), wing_of(target)
            if module in {"__init__", "__main__"}:
                continue
            if target in {"__init__", "__main__"}:
                found.append(f"{module} imports {target}: nobody may, name the module itself")
            elif (module, target) in UPWARDS:
                continue
            elif here != there and there not in MAY_IMPORT[here]:
                found.append(f"{module} imports {target}: {here} may not import {there}")
            elif here != GROUND and there == GROUND and target not in TOOLS[here]:
                found.append(f"{module} imports {target}: {here} may use {sorted(TOOLS[here])}")
            elif there == "patterns" and here in {"tasks", "notices"} and module not in RULES:
                found.append(f"{module} imports {target}: only {' and '.join(RULES)} may")
            elif there not in {here, GROUND} and is_private(target, there):
                found.append(f"{module} imports {target}: it is private to {there}")
            elif here == there == GROUND and FLOOR_OF[target] >= FLOOR_OF[module]:
                found.append(f"{module} imports {target}: it stands on no lower floor")
            elif here == GROUND != there and target not in USES_OF_WINGS.get(module, ()):
                found.append(f"{module} imports {target}: it has no use of it in the table")
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
    assert faults(read_graph()) == []


def test_each_module_of_the_ground_floor_stands_on_one_floor() -> None:
    """A new module needs a place, and one that is gone leaves none behind."""
    ground = sorted(module for module in MODULES if wing_of(module) == GROUND)
    assert sorted(" ".join(FLOORS).split()) == ground


def test_the_tables_have_only_what_is_used() -> None:
    """A leave that nobody takes is a hole."""
    used: dict[str, set[str]] = {wing: set() for wing in TOOLS}
    for module, targets in read_graph().items():
        if wing_of(module) != GROUND:
            used[wing_of(module)] |= {target for target in targets if wing_of(target) == GROUND}
    outside = {
        module: {target for target in read_graph()[module] if wing_of(target) != GROUND}
        for module in USES_OF_WINGS
    }

    assert used == TOOLS
    assert outside == USES_OF_WINGS


def test_contributing_names_every_wing() -> None:
    text = (Path(__file__).parents[1] / "CONTRIBUTING.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(\w+)/` \|", text, re.MULTILINE)) == MAY_IMPORT.keys() - {GROUND}


def test_there_is_no_circle_of_imports() -> None:
    """Imports go one way, those inside of functions too."""
    assert circle(read_graph()) == []


@each(
    ("module", "line", "fault"),
    [
        ("patterns._search", "from ..judging import judge", "patterns may use"),
        ("patterns._search", "from .. import FailurePolicy", "nobody may"),
        ("cli._send", "import ecs_failure_alerts", "nobody may"),
        ("tasks.events", "from ..alerter import FailureAlerter", "tasks may use"),
        ("diagnosis", "from .notices import Notice", "it has no use of it"),
        ("alerts", "from .notifiers.sentry import SentryNotifier", "it has no use of it"),
        ("causes._table", "from ..policy import LEVELS", "causes may not import policy"),
        ("policy.rules", "from ..tasks.events import SOURCE", "policy may not import tasks"),
        ("report", "from .alerter import FailureAlerter", "it stands on no lower floor"),
        ("delivery._routing", "from ..report import Report", "delivery may use"),
        ("patterns._search", "from ..tasks.events import SOURCE", "patterns may not import tasks"),
        ("tasks.events", "from ..patterns import EventPattern", "only tasks.pattern and"),
        ("report", "from .cli import main", "ground may not import cli"),
        ("report", "from .notifiers.sentry._client import X", "it is private to notifiers"),
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
    back = {"sources._payload": read_graph()["sources._payload"] | {"alerter"}}
    assert {"sources._payload", "alerter"} <= set(circle({**read_graph(), **back}))


@each("module", sorted(MODULES))
def test_a_module_is_of_one_idea(module: str) -> None:
    """No module is longer than a reader can hold in the head."""
    assert len(MODULES[module].read_text("utf-8").splitlines()) <= LONGEST


def test_the_ground_floor_is_read_in_one_sitting() -> None:
    """What grows there beyond the flow and small tools gets a wing."""
    ground = [path for module, path in MODULES.items() if wing_of(module) == GROUND]
    lines = sum(len(path.read_text("utf-8").splitlines()) for path in ground)
    assert lines <= MOST_ON_THE_GROUND


def test_packages_only_export_again() -> None:
    """An ``__init__.py`` defines nothing but what the package itself needs."""
    for module in MODULES:
        if module.endswith("__init__") and module != "__init__":
            allowed = (ast.Expr, ast.Import, ast.ImportFrom, ast.Assign)
            body = tree_of(MODULES[module]).body
            assert all(isinstance(node, allowed) for node in body), module


def test_a_lambda_loads_no_wing_that_it_does_not_need() -> None:
    """A failed task and a notice are alerted without the patterns, the desk and the tools."""
    code = (
        "import sys\n"
        "from ecs_failure_alerts import FailureAlerter, alerter_from_env, function_notifier\n"
        "alerter_from_env({'SENTRY_DSN': 'http://key@127.0.0.1:9/1'})\n"
        "alerts = []\n"
        "alerter = FailureAlerter(function_notifier(alerts.append))\n"
        f"alerter.process({[task_state_change(), deployment_state_change()]!r})\n"
        "assert len(alerts) == 2, alerts\n"
        f"print(*sorted(name for name in sys.modules if name.startswith('{PACKAGE}.')))"
    )
    command = [sys.executable, "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    loaded = {wing_of(name.removeprefix(f"{PACKAGE}.")) for name in answer.stdout.split()}

    unloaded = "archives cli configuration enrichers enrichment patterns task_patterns testing"
    assert MAY_IMPORT.keys() - loaded == set(unloaded.split())
