"""Secrets in plain text in a configuration, checked by building their notifiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from .._quiet_logs import unlogged
from ..configuration import NOTIFIERS, NotifierEntry
from ..exceptions import Problem
from ..settings.config import BUILDERS

#: The arguments that AWS may keep, or that a document may have in plain text.
_SECRETS: Final = frozenset(
    key.argument
    for keys in NOTIFIERS.values()
    for key in keys
    if key.name == f"{key.argument}_secret_id"
)


def try_plain_values(
    notifiers: Mapping[str, NotifierEntry], paths: Mapping[str, str]
) -> tuple[Sequence[Problem], Sequence[Problem]]:
    """
    Build the notifiers with secrets in plain text, as a function does when it starts.

    Args:
        notifiers: The notifiers, by name.
        paths: What sets each of them: a table of the document, or a variable.

    Returns:
        The faults; and the warnings, with one for each notifier that was not checked because a
        package is missing.
    """
    faults, warnings = [], []

    for name, entry in notifiers.items():
        if not any(isinstance(entry.arguments.get(argument), str) for argument in _SECRETS):
            continue
        with unlogged("ecs_failure_alerts") as said:
            try:
                BUILDERS[entry.type](name=name, **entry.arguments)
            except ValueError as error:
                faults.append(Problem(paths[name], str(error)))
            except ModuleNotFoundError as error:
                warnings.append(Problem(paths[name], f"not checked: {error}"))
        warnings += [Problem(paths[name], text) for text in said]

    return faults, warnings
