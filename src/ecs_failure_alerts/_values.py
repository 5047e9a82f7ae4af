"""The base of our values: they are compared and shown by their fields."""

from __future__ import annotations

from typing import Any

import attrs


class Value:
    """
    A value with the ``__eq__``, ``__hash__`` and ``__repr__`` that attrs would build.

    attrs compiles code for them in each class. That was a third of the time to build our classes
    at each start.
    """

    def __repr__(self) -> str:
        parts = (
            f"{field.name}={(repr if field.repr is True else field.repr)(value)}"
            for field, value in _fields(self)
            if field.repr
        )
        return f"{type(self).__qualname__}({', '.join(parts)})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return _compared(self) == _compared(other)

    def __hash__(self) -> int:
        return hash((type(self), *_compared(self)))


def _fields(value: Any) -> list[tuple[attrs.Attribute[Any], Any]]:
    return [(field, getattr(value, field.name)) for field in attrs.fields(type(value))]


def _compared(value: Value) -> list[Any]:
    return [each for field, each in _fields(value) if field.eq]
