"""Checks of what a user passes to an alerter: notifiers and enrichers."""

from __future__ import annotations


def check_notifier(value: object) -> None:
    """Check that *value* is a notifier."""
    advice = "make one of a function by function_notifier(), or add a name and notify()"
    _check(value, "a notifier", "notify", advice)


def check_enricher(value: object) -> None:
    """Check that *value* is an enricher."""
    _check(value, "an enricher", "enrich", "it needs a name and enrich()")


def _check(value: object, kind: str, method: str, advice: str) -> None:
    """Check for a name and *method*. No error shows *value*, because it may hold a password."""
    if isinstance(value, type):
        raise TypeError(
            f"expected {kind}, got the class {value.__name__}: "
            f"make one of it by {value.__name__}(...)"
        )

    name = getattr(value, "name", None)
    if name is None or not callable(getattr(value, method, None)):
        given = type(value).__name__
        raise TypeError(f"expected {kind}, got something of the type {given}: {advice}")
    if not isinstance(name, str):
        given = type(name).__name__
        raise TypeError(f"expected {kind} whose name is a string, got a name of the type {given}")
