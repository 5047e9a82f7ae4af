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


def modules_after(statement: str) -> dict[str, None]:
    """Return the modules of a fresh process after *statement*, in the order of their imports."""
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    command = [sys.executable, "-I", "-c", code]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    return dict.fromkeys(answer.stdout.split())


@pytest.fixture(scope="module")
def brought() -> set[str]:
    """Return the modules that the package brings beyond a bare process."""
    return modules_after("import ecs_failure_alerts").keys() - modules_after("")


@pytest.mark.parametrize("module", HEAVY)
def test_importing_the_package_loads_nothing_heavy(brought: set[str], module: str) -> None:
    """A cold start would feel it."""
    assert not {name for name in brought if name == module or name.startswith(f"{module}.")}


def test_a_notifier_loads_the_library_of_its_backend_only_when_it_is_made() -> None:
    """Whoever sends nothing there need not have it."""
    public = [f"{notifiers.__name__}.{found.name}" for found in iter_modules(notifiers.__path__)]
    wanted = ", ".join(name for name in public if "._" not in name)
    assert [name for name in modules_after(f"import {wanted}") if name in LIBRARIES] == []


def test_the_fresh_process_did_import_the_package(brought: set[str]) -> None:
    assert {"ecs_failure_alerts", "ecs_failure_alerts.diagnosis"} <= brought


def test_the_sentry_notifier_loads_urllib3_before_the_sdk_does() -> None:
    """Deep inside the imports of sentry-sdk it takes several times as long."""
    loaded = list(modules_after("import ecs_failure_alerts.notifiers.sentry._client"))
    assert loaded.index("urllib3") < loaded.index("sentry_sdk")


def test_the_package_needs_attrs_alone() -> None:
    baseline = modules_after(f"import {BASELINE}")
    brought = modules_after("import ecs_failure_alerts").keys() - baseline
    outside = {name.partition(".")[0] for name in brought} - set(sys.stdlib_module_names)
    assert outside == {"ecs_failure_alerts"}


def test_every_public_name_is_there_and_shown_by_dir() -> None:
    """The list of them is sorted."""
    names = ecs_failure_alerts.__all__
    assert all(hasattr(ecs_failure_alerts, name) for name in names)
    assert set(names) <= set(dir(ecs_failure_alerts))
    assert list(names) == sorted(set(names))


def test_type_checkers_find_the_annotations() -> None:
    from importlib.resources import files

    assert (files(ecs_failure_alerts) / "py.typed").is_file()
