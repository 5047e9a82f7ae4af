"""The environment, with options of the command line in place of some variables."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from .._options import DSN_VARIABLE
from ..exceptions import SettingsError
from ..settings import CONFIG_FILE, CONFIG_VARIABLES, DSN_VARIABLES

_ENVIRONMENT = "ECS_ALERTS_ENVIRONMENT"

#: The option in place of a variable, and the other variables that it replaces.
_OPTIONS: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    DSN_VARIABLE: ("dsn", DSN_VARIABLES),
    _ENVIRONMENT: ("environment", ()),
    CONFIG_FILE: ("config", CONFIG_VARIABLES),
}


def environ_with(arguments: Namespace) -> dict[str, str]:
    """Return the environment, with the given options in place of their variables."""
    environ = dict(os.environ)

    for variable, (name, replaced) in _OPTIONS.items():
        given = getattr(arguments, name, None)
        if given:
            for other in replaced:
                environ.pop(other, None)
            environ[variable] = given

    return environ


@contextmanager
def naming_options(arguments: Namespace) -> Iterator[None]:
    """Name the option in an error about its variable."""
    try:
        yield
    except SettingsError as error:
        name, _ = _OPTIONS.get(error.variable, ("", ()))
        if getattr(arguments, name, None):
            raise ValueError(f"--{name}: {error.message}") from None
        raise
