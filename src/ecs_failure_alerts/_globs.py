"""Names with ``*`` for any characters: the one wildcard that EventBridge has as well."""

from __future__ import annotations

import re
from functools import lru_cache


def matches_any(name: str | None, globs: tuple[str, ...]) -> bool:
    """Say whether *name* is one of *globs*; None is none of them."""
    return name is not None and _compiled(globs).fullmatch(name) is not None


@lru_cache(maxsize=64)
def _compiled(globs: tuple[str, ...]) -> re.Pattern[str]:
    if not globs:
        return re.compile(r"(?!)")
    patterns = (".*".join(map(re.escape, glob.split("*"))) for glob in globs)
    return re.compile("|".join(patterns), re.DOTALL)


def is_arn(glob: str) -> bool:
    """Say whether *glob* is meant for an ARN, not for a name."""
    return glob.startswith("arn:")
