"""The voice and the rhythm of the code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
FOLDERS: Final = ("src", "adapters", "benchmarks", "fuzz", "tests")
FILES: Final = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))

#: No docstring begins with them: a reader looks for Return, Build, Explain, Send.
VAGUE_VERBS: Final = frozenset({"Give", "Gives", "Say", "Says"})

#: So many lines has a function, without its signature and docstring, that needs paragraphs.
LONG: Final = 10

PACKAGE: Final = ROOT / "src/ecs_failure_alerts"
PACKAGE_FILES: Final = [path for path in FILES if path.is_relative_to(PACKAGE)]

Documented = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def vague_docstrings(tree: ast.AST) -> Iterator[str]:
    """Find the docstrings that begin with a vague verb."""
    for node in ast.walk(tree):
        text = ast.get_docstring(node) if isinstance(node, Documented) else None
        if text and text.split()[0].rstrip(",.:;") in VAGUE_VERBS:
            yield text.partition("\n")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_docstring_begins_with_a_verb_that_readers_look_for(path: Path) -> None:
    """Neither "Give" nor "Say" tells what comes back."""
    assert list(vague_docstrings(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize("verb", sorted(VAGUE_VERBS))
def test_a_vague_docstring_is_found_in_a_method(verb: str) -> None:
    """The search goes into classes, and past the line break after the quotes."""
    code = f'class A:\n    def f(self):\n        """\n        {verb} it.\n        """'
    assert list(vague_docstrings(ast.parse(code))) == [f"{verb} it."]


def unbroken_functions(source: str) -> Iterator[str]:
    """Find the long functions of several statements that have no blank line."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if len(body) == 1 and isinstance(body[0], ast.Return | ast.Expr | ast.Assign):
                continue
            text = lines[body[0].lineno - 1 : node.end_lineno] if body else []
            if len(text) >= LONG and all(map(str.strip, text)):
                yield node.name


@pytest.mark.parametrize("path", PACKAGE_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_long_function_has_paragraphs(path: Path) -> None:
    """A blank line shows where a step ends."""
    assert list(unbroken_functions(path.read_text("utf-8"))) == []


@pytest.mark.parametrize(
    ("body", "found"),
    [
        pytest.param("    a = 1\n" * 10, ["f"], id="ten statements"),
        pytest.param("    a = 1\n" * 9, [], id="nine statements"),
        pytest.param("    a = 1\n" * 5 + "\n" + "    a = 1\n" * 5, [], id="two paragraphs"),
        pytest.param("    return (\n" + "        1 +\n" * 9 + "    1)", [], id="one expression"),
        pytest.param("    if a:\n" + "        b()\n" * 9, ["f"], id="one block"),
        pytest.param('    """A\n\n    b."""\n' + "    a = 1\n" * 10, ["f"], id="docstring"),
    ],
)
def test_a_long_function_without_paragraphs_is_found(body: str, found: list[str]) -> None:
    """One expression is one step, however long; blank lines of a docstring part nothing."""
    assert list(unbroken_functions(f"def f():\n{body}")) == found
