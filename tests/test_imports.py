"""What importing the package costs and brings along."""

from __future__ import annotations

import subprocess
import sys
from pkgutil import iter_modules

import pytest

import ecs_failure_alerts
from ecs_failure_alerts import notifiers

HEAVY = (
    "sentry_sdk",
    "urllib3",
    "ssl",
    "http",
    "boto3",
    "botocore",
    "apprise",
    "requests",
    "pydantic",
    "importlib.metadata",
    "argparse",
    "asyncio",
    "concurrent.futures",
    "ecs_failure_alerts.settings",
    "ecs_failure_alerts.testing",
    "ecs_failure_alerts.cli",
)
#: What backends need.
LIBRARIES = ("apprise", "boto3", "botocore", "certifi", "requests", "sentry_sdk", "urllib3")
BASELINE = "attrs, json, re, enum, logging, decimal, typing, datetime, inspect"


def modules_after(*statements: str) -> list[dict[str, None]]:
    """Return the modules of a fresh process after each statement, in the order of their imports."""
    code = ["import sys", *(f"{statement}\nprint(*sys.modules)" for statement in statements)]
    command = [sys.executable, "-I", "-c", "\n".join(code)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return [dict.fromkeys(line.split()) for line in answer.stdout.splitlines()]


@pytest.fixture(scope="module")
def loaded() -> list[set[str]]:
    """Return the modules of a bare process, with the baseline, and with the package as well."""
    return [*map(set, modules_after("", f"import {BASELINE}", "import ecs_failure_alerts"))]


@pytest.fixture
def brought(loaded: list[set[str]]) -> set[str]:
    """Return the modules that the package brings beyond a bare process."""
    bare, _, package = loaded
    return package - bare


@pytest.mark.parametrize("module", HEAVY)
def test_importing_the_package_loads_nothing_heavy(brought: set[str], module: str) -> None:
    """A cold start would feel it."""
    assert not {name for name in brought if name == module or name.startswith(f"{module}.")}


def test_a_notifier_loads_the_library_of_its_backend_only_when_it_is_made() -> None:
    """Whoever sends nothing there need not have it."""
    public = [f"{notifiers.__name__}.{found.name}" for found in iter_modules(notifiers.__path__)]
    wanted = ", ".join(name for name in public if "._" not in name)
    (modules,) = modules_after(f"import {wanted}")
    assert [name for name in modules if name in LIBRARIES] == []


def test_the_fresh_process_did_import_the_package(brought: set[str]) -> None:
    assert {"ecs_failure_alerts", "ecs_failure_alerts.diagnosis"} <= brought


def test_the_sentry_notifier_loads_urllib3_before_the_sdk_does() -> None:
    """Deep inside the imports of sentry-sdk it takes several times as long."""
    (modules,) = modules_after("import ecs_failure_alerts.notifiers.sentry._client")
    assert [*modules].index("urllib3") < [*modules].index("sentry_sdk")


def test_the_package_needs_attrs_alone(loaded: list[set[str]]) -> None:
    _, baseline, package = loaded
    outside = {name.partition(".")[0] for name in package - baseline} - sys.stdlib_module_names
    assert outside == {"ecs_failure_alerts"}


def test_every_public_name_is_there_and_shown_by_dir() -> None:
    """The list of them is sorted."""
    names = ecs_failure_alerts.__all__
    assert all(hasattr(ecs_failure_alerts, name) for name in names)
    assert set(names) <= set(dir(ecs_failure_alerts))
    assert list(names) == sorted(set(names))


def test_a_name_that_is_loaded_later_is_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(vars(ecs_failure_alerts), "Route", raising=False)
    found = ecs_failure_alerts.Route
    assert vars(ecs_failure_alerts)["Route"] is found


def test_type_checkers_find_the_annotations() -> None:
    from importlib.resources import files

    assert (files(ecs_failure_alerts) / "py.typed").is_file()
