"""Each notifier and each enricher stands in the places that CONTRIBUTING.md names for one."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest

from documents import DOCS
from ecs_failure_alerts import enrichers, notifiers
from ecs_failure_alerts.configuration import NOTIFIERS
from rows import each

TESTS: Final = Path(__file__).parent


def classes(wing: ModuleType, ending: str) -> dict[str, type[Any]]:
    """Return the class whose name ends so of each public module of *wing*, by the module."""
    modules = [found.name for found in pkgutil.iter_modules(wing.__path__)]
    return {
        module: value
        for module in modules
        if not module.startswith("_")
        for value in vars(import_module(f"{wing.__name__}.{module}")).values()
        if inspect.isclass(value)
        and value.__name__.endswith(ending)
        and f"{value.__module__}.".startswith(f"{wing.__name__}.{module}.")
    }


OF_NOTIFIERS: Final = classes(notifiers, "Notifier")
OF_ENRICHERS: Final = classes(enrichers, "Enricher")


def is_named(text: str, path: Path) -> bool:
    """Return whether the file, or one of the folder, has *text* as a word of its own."""
    files = sorted(path.glob("*.py")) if path.is_dir() else [path]
    word = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
    return any(word.search(file.read_text("utf-8")) for file in files)


@each("place", ["notifiers/test_names.py", "typing_api.py"])
@each("module", OF_NOTIFIERS)
def test_a_notifier_has_its_places_in_the_tests(module: str, place: str) -> None:
    assert is_named(OF_NOTIFIERS[module].__name__, TESTS / place), f"add it to tests/{place}"
    own = TESTS / "notifiers" / f"test_{module}.py"
    assert own.exists() or (own.parent / module).is_dir(), f"write tests/notifiers/{own.name}"


@each("module", OF_NOTIFIERS)
def test_a_notifier_that_posts_by_http_passes_the_tests_for_those(module: str) -> None:
    base = Path(notifiers.__path__[0])
    code = base / module if (base / module).is_dir() else base / f"{module}.py"
    named = is_named(OF_NOTIFIERS[module].__name__, TESTS / "http_notifiers.py")
    assert named or not is_named("ConfirmedPost", code), "add it to tests/http_notifiers.py"


@each("method", ["__init__", "notify"])
@each("module", OF_NOTIFIERS)
def test_a_notifier_is_without_locals(module: str, method: str) -> None:
    """It may be handed an address by mistake, or a whole event in place of an alert."""
    function = getattr(OF_NOTIFIERS[module], method)
    assert hasattr(function, "__wrapped__"), f"put @without_locals on {method}()"


@each("type_", NOTIFIERS)
def test_a_key_of_a_notifier_is_an_argument_of_its_class(type_: str) -> None:
    """Else the function would fail as it starts, and only where a document has the key."""
    taken = inspect.signature(OF_NOTIFIERS[type_]).parameters
    assert {key.argument for key in NOTIFIERS[type_]} - taken.keys() == set()


@each("module", OF_ENRICHERS)
def test_an_enricher_is_exported_and_tested(module: str) -> None:
    name = OF_ENRICHERS[module].__name__
    assert name in enrichers.__all__, "export it in enrichers/__init__.py"
    assert is_named(name, TESTS / "enrichers"), "test it in tests/enrichers"


@each("module", OF_ENRICHERS)
def test_an_enricher_is_without_locals(module: str) -> None:
    assert hasattr(OF_ENRICHERS[module].enrich, "__wrapped__"), "put @without_locals on enrich()"


@pytest.mark.skipif(not DOCS.exists(), reason="the tests run without the checkout")
@pytest.mark.parametrize(
    ("found", "page", "form"),
    [(OF_NOTIFIERS, "notifiers.md", "| `{}` |"), (OF_ENRICHERS, "lookups.md", "`{}")],
    ids=["notifiers", "enrichers"],
)
def test_the_page_has_each(found: Mapping[str, type[Any]], page: str, form: str) -> None:
    text = (DOCS / page).read_text("utf-8")
    missing = [c.__name__ for c in found.values() if form.format(c.__name__) not in text]
    assert missing == [], f"add to docs/{page}"
