"""
The operators as functions, for patterns that are written in Python.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from __future__ import annotations

from typing import Literal, TypeVar, overload

from ..exceptions import InvalidPattern
from ._blocks import Cidr
from ._exclusions import AnythingBut
from ._pattern import AnyOf, Fields
from ._presence import Exists
from ._ranges import Numeric
from ._strings import EqualsIgnoreCase, Exactly, Prefix, Suffix
from ._wildcards import Wildcard
from .documents import Object, from_python


def prefix(text: str | EqualsIgnoreCase) -> Prefix:
    """
    Accept a string that starts with *text*.

    Args:
        text: The beginning, or `equals_ignore_case` of it if case does not matter.

    Raises:
        InvalidPattern: It is not a string.
    """
    return Prefix(from_python(text))


def suffix(text: str | EqualsIgnoreCase) -> Suffix:
    """
    Accept a string that ends with *text*.

    Args:
        text: The end, or `equals_ignore_case` of it if case does not matter.

    Raises:
        InvalidPattern: It is not a string.
    """
    return Suffix(from_python(text))


def equals_ignore_case(text: str) -> EqualsIgnoreCase:
    """
    Accept the string whatever the case of its letters.

    Raises:
        InvalidPattern: It is not a string.
    """
    return EqualsIgnoreCase(from_python(text))


def exactly(text: str) -> Exactly:
    """
    Accept exactly this string.

    A literal does almost the same, but accepts other spellings of an IP address: ``"10.0.0.1"``
    accepts ``"10.0.0.01"`` too.

    Raises:
        InvalidPattern: It is not a string.
    """
    return Exactly(from_python(text))


def wildcard(text: str) -> Wildcard:
    r"""
    Accept a whole string in which ``*`` stands for any run of characters, or none.

    Args:
        text: The string; ``\*`` and ``\\`` stand for an asterisk and a backslash.

    Raises:
        InvalidPattern: Two asterisks in a row, or another escape.
    """
    return Wildcard(from_python(text))


def cidr(block: str) -> Cidr:
    """
    Accept a string that is an IP address of *block*.

    Args:
        block: An IPv4 or IPv6 block such as ``10.0.0.0/8``, of more than one address.

    Raises:
        InvalidPattern: *block* is not such a block.
    """
    return Cidr(from_python(block))


def exists(present: bool) -> Exists:
    """
    Accept any value, null included, or accept only a missing value.

    Args:
        present: True for any value, False for none. Neither an object nor an empty array
            counts as a value.

    Raises:
        InvalidPattern: *present* is neither true nor false.
    """
    return Exists(from_python(present))


@overload
def numeric(
    operator: Literal["=", "<", "<=", ">", ">="], value: float, /
) -> Numeric: ...  # pragma: no cover
@overload
def numeric(
    above: Literal[">", ">="], bottom: float, below: Literal["<", "<="], top: float, /
) -> Numeric: ...  # pragma: no cover
def numeric(*terms: str | float) -> Numeric:
    """
    Accept a number by comparison: ``numeric(">", 0, "<=", 5)``.

    Args:
        *terms: A comparison and its number; a second pair is the upper bound.

    Raises:
        InvalidPattern: A comparison is unknown, or no number lies between the bounds.
    """
    return Numeric(from_python(terms))


_Excluded = TypeVar("_Excluded", str, float, Prefix, Suffix, EqualsIgnoreCase, Wildcard)


def anything_but(first: _Excluded, /, *more: _Excluded) -> AnythingBut:
    """
    Accept any value of any type except these.

    An absent field has no value, so it is not accepted.

    Args:
        first: A string, a number, or a `prefix`, `suffix`, `equals_ignore_case` or
            `wildcard` of a string.
        *more: More of the same kind.

    Raises:
        InvalidPattern: They have different kinds, or a kind that cannot be excluded.
    """
    excluded = [from_python(value) for value in (first, *more)]
    operands = [value.pairs[0] for value in excluded if isinstance(value, Object)]

    if not operands:
        return AnythingBut(excluded if more else excluded[0])

    names = list(dict.fromkeys(name for name, _ in operands))
    if len(operands) < len(excluded):
        names.append("values")
    if len(names) > 1:
        raise InvalidPattern("", f"anything_but: expected one kind, got {' and '.join(names)}")

    texts = [text for _, text in operands]
    return AnythingBut(Object([(names[0], texts if more else texts[0])]))


def any_of(first: Fields, second: Fields, /, *more: Fields) -> AnyOf:
    """
    Accept an event if one of several branches holds: the value of ``$or``.

    Args:
        first: The fields of a branch.
        second: The fields of another branch.
        *more: The fields of more branches.
    """
    return AnyOf((first, second, *more))
