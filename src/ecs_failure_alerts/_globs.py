"""Names with ``*`` for any characters: the one wildcard that EventBridge has as well."""

from __future__ import annotations

from collections.abc import Iterable


def matches_any(name: str | None, globs: Iterable[str]) -> bool:
    """Say whether *name* is one of *globs*; None is none of them."""
    return name is not None and any(_matches(name, glob) for glob in globs)


def is_arn(glob: str) -> bool:
    """Say whether *glob* is meant for an ARN, not for a name."""
    return glob.startswith("arn:")


def _matches(name: str, glob: str) -> bool:
    """Find the pieces between the asterisks one after the other: the first place will do."""
    first, *middle = glob.split("*")
    if not middle:
        return name == glob
    last = middle.pop()
    start, end = len(first), len(name) - len(last)
    if start > end or not (name.startswith(first) and name.endswith(last)):
        return False
    for piece in middle:
        found = name.find(piece, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True
