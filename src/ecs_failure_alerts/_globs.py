"""Names with ``*`` for any characters, the only wildcard that EventBridge has too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeAlias

#: Globs, each as the pieces between its asterisks.
SplitGlobs: TypeAlias = tuple[Sequence[str], ...]


def matches_any(name: str | None, globs: tuple[str, ...]) -> bool:
    """Return whether *name* is one of *globs*; None never is."""
    return has_any(name, _split_before(globs))


def split(globs: Iterable[str]) -> SplitGlobs:
    """Prepare *globs* for `has_any()`, once for many names."""
    return tuple(glob.split("*") for glob in globs)


_split_before = lru_cache(maxsize=64)(split)


def has_any(name: str | None, split_globs: SplitGlobs) -> bool:
    """Return whether *name* is one of the globs that were `split()`; None never is."""
    if name is not None:
        for pieces in split_globs:
            if has_pieces(name, pieces):
                return True
    return False


def is_arn(glob: str) -> bool:
    """Return whether *glob* is meant for an ARN, not for a name."""
    return glob.startswith("arn:")


def has_pieces(text: str, pieces: Sequence[str]) -> bool:
    """
    Return whether *text* consists of *pieces* in this order, with anything between them.

    The first place of each piece is enough, so this takes no longer than reading the text once for
    each piece.
    """
    first, *middle = pieces
    if not middle:
        return text == first

    last = middle.pop()
    start, end = len(first), len(text) - len(last)
    if start > end or not (text.startswith(first) and text.endswith(last)):
        return False

    for piece in middle:
        found = text.find(piece, start, end)
        if found < 0:
            return False
        start = found + len(piece)
    return True
