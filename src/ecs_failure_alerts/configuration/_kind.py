"""A kind of value: in words, as JSON Schema, and how it is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from attrs import frozen

from .._texts import close_match
from ._paths import describe_secret, echo_unless_address

Schema: TypeAlias = Mapping[str, Any]


@frozen(slots=False, eq=False, repr=False)
class Kind:
    """
    A kind of value.

    Attributes:
        words: What an error says was expected.
        schema: The JSON Schema of one value.
        convert: A function that turns a value of the schema's type into what the library takes,
            or raises ``ValueError`` with what is wrong.
        several: Whether a list of such values is allowed too.
        is_address: Whether ``://`` may be in a value. Elsewhere it means a misplaced secret.
        reveals: A function that tells whether a value is a secret in plain text.
    """

    words: str
    schema: Schema
    convert: Callable[[Any], Any] = lambda value: value
    several: bool = False
    is_address: bool = False
    reveals: Callable[[str], bool] = lambda _: False

    def read(self, value: Any) -> Any:
        """
        Return what the library takes for *value*.

        Raises:
            ValueError: The value is of another kind. The text has what was expected and what came.
        """
        refusal = self.refusal(echo_unless_address(value))

        misplaced = isinstance(value, str) and "://" in value and not self.is_address
        if misplaced or not fits({"type": self.schema["type"]}, value):
            raise ValueError(refusal)
        try:
            converted = self.convert(value)
        except OverflowError:
            raise ValueError(refusal) from None
        if not fits(self.schema, value):
            raise ValueError(refusal)

        return converted

    def refusal(self, got: str) -> str:
        """Return the text of an error; *got* describes what came."""
        return f"expected {self.words}{';' if ',' in self.words else ','} got {got}"

    def secret_refusal(self, value: Any) -> str:
        """Return the text of an error that does not echo *value*, because it may be a secret."""
        names = self.schema.get("enum", ())
        near = close_match(value, names) if isinstance(value, str) else None
        return self.refusal(describe_secret(value)) + (f": did you mean {near}?" if near else "")


def _is_integer(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0


_TYPES: Final[Mapping[str, Callable[[object], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "null": lambda value: value is None,
}

#: The words of JSON Schema that the kinds use: https://json-schema.org/draft/2020-12
_CHECKS: Final[Mapping[str, Callable[[Any, Any], bool]]] = {
    "type": lambda types, value: any(
        _TYPES[type_](value) for type_ in ([types] if isinstance(types, str) else types)
    ),
    "enum": lambda values, value: value in values,  # checked after the type, because True == 1
    "pattern": lambda pattern, value: re.fullmatch(pattern[1:-1], value) is not None,
    "maxLength": lambda most, value: len(value) <= most,
    "minimum": lambda least, value: value >= least,
    "maximum": lambda most, value: value <= most,
    "exclusiveMinimum": lambda least, value: value > least,
}


def fits(schema: Schema, value: Any) -> bool:
    """Return whether *value* fits the *schema* of a kind."""
    return all(_CHECKS[word](limit, value) for word, limit in schema.items())
