"""What our values have in common: they are compared and shown by their fields."""

from __future__ import annotations

from typing import Any

import attrs


class Value:
    """
    A value by its fields, as attrs makes it with ``eq`` and ``repr``.

    attrs compiles code for these, for each class anew. That was a third of what making our
    classes took at each start.
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
