"""The voice and the rhythm of the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from rows import each
from source_trees import statements, tree_of

ROOT: Final = Path(__file__).parents[1]
FOLDERS: Final = ("src", "adapters", "benchmarks", "fuzz", "tests")


def python_files(folder: str) -> list[Path]:
    """Return the files of *folder*, sorted."""
    return sorted((ROOT / folder).rglob("*.py"))


#: No docstring begins with them: a reader looks for Return, Build, Explain, Send.
VAGUE_VERBS: Final = frozenset({"Give", "Gives", "Say", "Says"})

#: So many lines has a function, without its signature and docstring, that needs paragraphs.
LONG: Final = 10


#: A docstring that begins with a vague verb.
VAGUE: Final = re.compile(rf'"""\s*(?:{"|".join(sorted(VAGUE_VERBS))})\b.*')


@each("folder", FOLDERS)
def test_a_docstring_begins_with_a_verb_that_readers_look_for(folder: str) -> None:
    """Neither "Give" nor "Say" tells what comes back."""
    found = {path: VAGUE.findall(path.read_text("utf-8")) for path in python_files(folder)}
    assert {path: docstrings for path, docstrings in found.items() if docstrings} == {}


@each("verb", sorted(VAGUE_VERBS))
def test_a_vague_docstring_is_found_in_a_method(verb: str) -> None:
    """The search goes into classes, and past the line break after the quotes."""
    code = f'class A:\n    def f(self):\n        """\n        {verb} it.\n        """'
    (found,) = VAGUE.findall(code)
    assert found.endswith(f"{verb} it.")


def unbroken_functions(tree: ast.Module, source: str) -> Iterator[str]:
    """Find the long functions of several statements that have no blank line."""
    lines = source.splitlines()
    for node in statements(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            if len(body) == 1 and isinstance(body[0], ast.Return | ast.Expr | ast.Assign):
                continue
            text = lines[body[0].lineno - 1 : node.end_lineno] if body else []
            if len(text) >= LONG and all(map(str.strip, text)):
                yield node.name


@each("path", python_files("src"), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_long_function_has_paragraphs(path: Path) -> None:
    """A blank line shows where a step ends."""
    assert list(unbroken_functions(tree_of(path), path.read_text("utf-8"))) == []


@each(
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
    source = f"def f():\n{body}"
    assert list(unbroken_functions(ast.parse(source), source)) == found
