"""Additions to the errors of a notifier: its name, and the missing extra."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..exceptions import DeliveryError


@contextmanager
def errors_named(notifier: str) -> Iterator[None]:
    """
    Put the name of *notifier* into each `DeliveryError` that is raised inside.

    A notifier that wraps several others can tell their errors apart by that.
    """
    try:
        yield
    except DeliveryError as error:
        error.notifier = notifier
        raise


@contextmanager
def extra_named(extra: str, *, of: str, brings: str) -> Iterator[None]:
    """
    Name the extra in an error about a module that is missing inside.

    Args:
        extra: The extra, such as ``sentry``.
        of: The class that needs it.
        brings: The packages of the extra, in words.

    Raises:
        ModuleNotFoundError: A module is not installed; it has the package's name.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(
            f"{of} needs {brings}: pip install '.[{extra}]' in a checkout",
            name=str(error.name).partition(".")[0],
        ) from error
