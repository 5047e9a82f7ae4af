"""The contents of a document as values; no notifier or client is built yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import Factory, define, frozen

from ..exceptions import Problem
from ..notifiers.sentry.names import named_variable
from ..policy.rules import Rule
from .sections import LOOKUPS


@frozen(slots=False, eq=False, repr=False)
class NotifierEntry:
    """
    A notifier that a document names. It has no repr, because it may hold a secret.

    Attributes:
        type: Its type: sentry, sns, apprise, webhook or log.
        arguments: The arguments to build it with.
    """

    type: str
    arguments: Mapping[str, Any]


@define(slots=False, eq=False, repr=False)
class Configuration:
    """
    What a document says.

    Attributes:
        source: The name of the document in errors: a variable, or the name of its file.
        containers: Arguments of the policy: side, main and ignored containers.
        rules: The rules of the policy, in order.
        notifiers: The notifiers, by name.
        routes: The arguments to build each route with, in order; its notifier is a name.
        lookups: Arguments of the look-ups, and ``seconds``.
        warnings: What works, but may not be meant.
    """

    source: str = ""
    containers: dict[str, tuple[str, ...]] = Factory(dict)
    rules: tuple[Rule, ...] = ()
    notifiers: dict[str, NotifierEntry] = Factory(dict)
    routes: tuple[Mapping[str, Any], ...] = ()
    lookups: dict[str, Any] = Factory(dict)
    warnings: list[Problem] = Factory(list)

    @property
    def arguments(self) -> Mapping[str, Mapping[str, Any]]:
        """The arguments that the document sets, by what takes them."""
        lookups = dict(self.lookups)
        seconds = lookups.pop("seconds", None)
        return {
            "policy": {**self.containers, "rules": self.rules},
            "enrichers": lookups,
            "alerter": {} if seconds is None else {"lookup_seconds": seconds},
        }

    @property
    def paths(self) -> Mapping[str, str]:
        """The path of the key that sets each argument of the look-ups."""
        paths = {key.argument: f"lookups.{key.name}" for key in LOOKUPS}
        paths["lookup_seconds"] = paths["seconds"]
        for name, entry in self.notifiers.items():
            if named_variable(entry.arguments.get("release_from")):
                paths.setdefault("release_from", f"notifiers.{name}.release_from")
        return paths


def release_variables(notifiers: Mapping[str, NotifierEntry]) -> list[str]:
    """Return the variables of containers that name the releases of *notifiers*."""
    named = [named_variable(entry.arguments.get("release_from")) for entry in notifiers.values()]
    return list(dict.fromkeys(filter(None, named)))
