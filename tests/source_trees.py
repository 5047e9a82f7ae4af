"""The syntax trees of source files, and the statements in them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path


@cache
def tree_of(path: Path) -> ast.Module:
    """Return the tree of a file, at which several tests look."""
    return ast.parse(path.read_text("utf-8"))


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Find every statement inside of *node* but what only type checkers read."""
    for part in ("body", "handlers", "cases", "orelse", "finalbody"):
        for inner in getattr(node, part, ()):
            match inner:
                case ast.If(test=ast.Name("TYPE_CHECKING")):
                    continue
            yield inner
            yield from statements(inner)
