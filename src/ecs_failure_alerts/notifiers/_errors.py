"""What the errors of a notifier say besides: its name, and the extra that it lacks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..exceptions import DeliveryError


@contextmanager
def errors_named(notifier: str) -> Iterator[None]:
    """
    Let each `DeliveryError` that is raised meanwhile name the *notifier*.

    Whoever wraps several notifiers can tell their errors apart by that.
    """
    try:
        yield
    except DeliveryError as error:
        error.notifier = notifier
        raise


@contextmanager
def extra_named(extra: str, *, of: str, brings: str) -> Iterator[None]:
    """
    Let a module that is missing meanwhile be told with the extra that brings it.

    Args:
        extra: The extra, such as ``sentry``.
        of: The class that needs it.
        brings: The packages that it brings, in words.

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
