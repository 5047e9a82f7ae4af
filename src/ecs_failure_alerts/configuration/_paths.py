"""Paths and values of a document, as errors show them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from .._texts import echo

_PLAIN: Final = re.compile(r"[A-Za-z0-9_$-]{1,64}")


def at_key(path: str, key: str) -> str:
    """Return the path of *key* in the table at *path*: ``notifiers.pager.url``."""
    shown = key if _PLAIN.fullmatch(key) else echo_unless_address(key)
    return f"{path}.{shown}" if path else shown


def at_index(path: str, index: int) -> str:
    """Return the path of an entry of the list at *path*, counted from 0: ``rules[2]``."""
    return f"{path}[{index}]"


def describe_secret(value: object) -> str:
    """Return what an error may tell of a possible secret: at most its kind."""
    is_bare = value is None or isinstance(value, bool | list | Mapping)
    return echo(value) if is_bare else "something else (not shown: it may be a secret)"


def echo_unless_address(value: object) -> str:
    """Return *value* as an error may echo it; an address is hidden, because it may be a secret."""
    return "an address" if isinstance(value, str) and "://" in value else echo(value)
