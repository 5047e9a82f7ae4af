"""The environment, with what the command line puts in its place."""

from __future__ import annotations

import os
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager

from ..exceptions import SettingsError
from ..settings import DSN_VARIABLES

_DSN = "ECS_ALERTS_SENTRY_DSN"
_ENVIRONMENT = "ECS_ALERTS_ENVIRONMENT"


def environ_with(arguments: Namespace) -> dict[str, str]:
    """Return the environment, with the options ``--dsn`` and ``--environment`` in their places."""
    environ = dict(os.environ)

    if arguments.dsn:
        for variable in DSN_VARIABLES:
            environ.pop(variable, None)
        environ[_DSN] = arguments.dsn
    if arguments.environment:
        environ[_ENVIRONMENT] = arguments.environment

    return environ


@contextmanager
def naming_options(arguments: Namespace) -> Iterator[None]:
    """Name the option in an error about the variable in whose place it stands."""
    options = {
        _DSN: ("--dsn", arguments.dsn),
        _ENVIRONMENT: ("--environment", arguments.environment),
    }

    try:
        yield
    except SettingsError as error:
        option, given = options.get(error.variable, ("", None))
        if given:
            raise ValueError(f"{option}: {error.message}") from None
        raise
