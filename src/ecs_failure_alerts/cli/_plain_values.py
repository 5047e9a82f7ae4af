"""What a configuration has in plain, tried by building the notifiers that take it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from ..configuration import NOTIFIERS, NotifierEntry
from ..exceptions import Problem
from ..settings.config import BUILDERS

#: The arguments that AWS may keep, or a document has in plain.
_SECRETS: Final = frozenset(
    key.argument
    for keys in NOTIFIERS.values()
    for key in keys
    if key.name == f"{key.argument}_secret_id"
)


def try_plain_values(
    notifiers: Mapping[str, NotifierEntry],
) -> tuple[Iterable[Problem], Iterable[Problem]]:
    """
    Build the notifiers that have something in plain, as a start would.

    Args:
        notifiers: The notifiers, by name.

    Returns:
        What is wrong, and what could not be tried because a package is missing.
    """
    faults, untried = [], []

    for name, entry in notifiers.items():
        if not any(isinstance(entry.arguments.get(argument), str) for argument in _SECRETS):
            continue
        try:
            BUILDERS[entry.type](name=name, **entry.arguments)
        except ValueError as error:
            faults.append(Problem(f"notifiers.{name}", str(error)))
        except ModuleNotFoundError as error:
            untried.append(Problem(f"notifiers.{name}", f"not checked: {error}"))

    return faults, untried
