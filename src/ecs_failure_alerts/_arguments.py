"""Checks of arguments: every error names the argument."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from attrs import Attribute

from ._texts import quote


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Put the *name* of an argument before the text of a ``ValueError`` or ``TypeError``."""
    try:
        yield
    except (ValueError, TypeError) as error:
        kind, text = TypeError if isinstance(error, TypeError) else ValueError, str(error)
        place = "" if text.startswith((f"{name}:", f"{name}[")) else f"{name}: "
        raise kind(f"{place}{text}") from None


def naming_each(_: type, fields: list[Any]) -> list[Any]:
    """Return a class's fields with converters whose errors name the field, for attrs."""
    return [
        field.evolve(converter=_naming(field.name, field.converter))
        if field.converter and not field.inherited
        else field
        for field in fields
    ]


def _naming(name: str, convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def converter(value: Any) -> Any:
        with naming(name):
            return convert(value)

    return converter


def check_switch(_: object, argument: Attribute[Any], value: object) -> None:
    """Check that an attribute is True or False, because "no" would count as true."""
    require_switch(argument.name, value)


def check_switch_or_none(_: object, argument: Attribute[Any], value: object) -> None:
    """Check that an attribute is True, False or None."""
    if value is not None:
        require_switch(argument.name, value, "True, False or None")


def require_switch(name: str, value: object, expected: str = "True or False") -> None:
    """Check that an argument is True or False."""
    if not isinstance(value, bool):
        raise TypeError(f"{name}: expected {expected}, got {quote(value)}")


def is_number(value: object) -> bool:
    """Return whether *value* is a number; True and False are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)
