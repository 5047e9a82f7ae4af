"""Secrets in plain text in a configuration, checked by building their notifiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from attrs import Factory, define

from ..configuration import NOTIFIERS, NotifierEntry
from ..exceptions import Problem
from ..host import unlogged
from ..settings.config import BUILDERS

#: The arguments that AWS may keep, or that a document may have in plain text.
_SECRETS: Final = frozenset(
    key.argument
    for keys in NOTIFIERS.values()
    for key in keys
    if key.name == f"{key.argument}_secret_id"
)


@define(eq=False, repr=False)
class PlainValues:
    """
    What was found about secrets in plain text.

    Attributes:
        faults: What a notifier refuses.
        missing: The packages that are missing, so that their notifiers could not be built.
        warnings: What works, but may not be meant.
    """

    faults: list[Problem] = Factory(list)
    missing: list[Problem] = Factory(list)
    warnings: list[Problem] = Factory(list)


def try_plain_values(
    notifiers: Mapping[str, NotifierEntry], paths: Mapping[str, str]
) -> PlainValues:
    """
    Build the notifiers with secrets in plain text, as a function does when it starts.

    Args:
        notifiers: The notifiers, by name.
        paths: What sets each of them: a table of the document, or a variable.

    Returns:
        What was found.
    """
    found = PlainValues()

    for name, entry in notifiers.items():
        if not any(isinstance(entry.arguments.get(argument), str) for argument in _SECRETS):
            continue
        with unlogged("ecs_failure_alerts") as said:
            try:
                BUILDERS[entry.type](name=name, **entry.arguments)
            except ValueError as error:
                found.faults.append(Problem(paths[name], str(error)))
            except ModuleNotFoundError as error:
                found.missing.append(Problem(paths[name], str(error)))
        found.warnings += [Problem(paths[name], text) for text in said]

    return found
