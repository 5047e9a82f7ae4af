"""CONTRIBUTING.md names files and names of the code that are there."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from typing import Final

import pytest

from documents import ROOT
from rows import each

PAGE: Final = ROOT / "CONTRIBUTING.md"
PACKAGE: Final = ROOT / "src" / "ecs_failure_alerts"

#: What stands for a file of the reader's own, the file of the page's own example, and Event Ruler.
_OUTSIDE: Final = re.compile("NAME|SUBJECT|WING|MODULE|start_capacity|Machine|rulesFor")

_TEXT: Final = PAGE.read_text("utf-8") if PAGE.exists() else ""
_QUOTED: Final = [q for q in set(re.findall(r"`([^`\n]+)`", _TEXT)) if not _OUTSIDE.search(q)]
PATHS: Final = [q for q in _QUOTED if re.fullmatch(r"[\w./*-]+\.[a-z]{2,5}", q)]
#: What is called, in capitals, or private.
NAMES: Final = [q for q in _QUOTED if re.fullmatch(r"[\w.]+\(\)|_*[A-Z_]{3,}|_\w+", q)]

pytestmark = pytest.mark.skipif(not PAGE.exists(), reason="the tests run without the checkout")


@cache
def defined() -> set[str]:
    """Return the names that the package and its tests define, or find in another module."""
    names: set[str] = set()
    for path in (*PACKAGE.rglob("*.py"), *(ROOT / "tests").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                    names.add(name)
                case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name):
                    names.add(name)
    return names


@each("path", PATHS or [""])
def test_every_file_is_there(path: str) -> None:
    """A path begins at the top, in the package, or beside a file that is named before it."""
    bases = (ROOT, PACKAGE, ROOT / "examples" / "terraform", *PACKAGE.iterdir())
    assert any(any(base.glob(path)) for base in bases)


@each("name", NAMES or [""])
def test_every_name_of_the_code_is_there(name: str) -> None:
    assert name.rpartition(".")[2].removesuffix("()") in defined()


def test_the_tables_have_every_extra_and_every_session() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    sessions = re.findall(r"@nox\.session\ndef (\w+)", (ROOT / "noxfile.py").read_text("utf-8"))
    for header, expected in {
        "extra | brings": set(extras["optional-dependencies"]),
        "session | does": set(sessions),
    }.items():
        table = _TEXT.partition(f"| {header} |\n")[2].partition("\n\n")[0]
        first = " ".join(line.split("|")[1] for line in table.splitlines())
        assert set(re.findall(r"`(\w+)`", first)) == expected
