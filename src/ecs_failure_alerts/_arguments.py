"""Checks of arguments: every error names the argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ._texts import quote

_Value = TypeVar("_Value")


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Put the *name* of an argument before the text of a ``ValueError`` or ``TypeError``."""
    try:
        yield
    except (ValueError, TypeError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{name}: {error}") from None


def named(name: str, convert: Callable[[Any], _Value]) -> Callable[[Any], _Value]:
    """Return a converter whose errors name its argument."""

    def converter(value: Any) -> _Value:
        with naming(name):
            return convert(value)

    return converter


def check_switch(name: str, value: object) -> None:
    """Check that an argument is True or False, because "no" would count as true."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: expected True or False, got {quote(value)}")


def is_number(value: object) -> bool:
    """Return whether *value* is a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def check_attempts(attempts: int, attempt_timeout: float) -> None:
    """
    Check that something would be sent.

    Raises:
        ValueError: No attempt is allowed, or none has time.
        TypeError: *attempts* is not an integer, or *attempt_timeout* not a number.
    """
    if not is_number(attempts) or not isinstance(attempts, int):
        raise TypeError(f"attempts: expected an integer, got {quote(attempts)}")
    if not is_number(attempt_timeout):
        raise TypeError(f"attempt_timeout: expected seconds, got {quote(attempt_timeout)}")

    if attempts < 1 or not attempt_timeout > 0:
        raise ValueError("expected at least one attempt, of more than 0 seconds")
