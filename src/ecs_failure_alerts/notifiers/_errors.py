"""What the errors of a notifier are called, so that one that wraps several can tell them apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ..exceptions import DeliveryError


@contextmanager
def errors_named(notifier: str) -> Iterator[None]:
    """Let each `DeliveryError` that is raised meanwhile name the *notifier*."""
    try:
        yield
    except DeliveryError as error:
        error.notifier = notifier
        raise
