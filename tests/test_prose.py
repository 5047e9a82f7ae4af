"""The voice of the code, in all of the project's Python."""

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
