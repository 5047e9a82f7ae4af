"""The elements of a field list, read from JSON or from Python values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .._texts import close_match, cut
from ..exceptions import InvalidPattern
from ._exclusions import AnythingBut
from ._literals import Constant, Equal, Text
from ._ranges import COMPARISONS
from ._table import OPERATORS
from .documents import Json, Number, Object, from_python
from .operators import Operator

#: Characters of an unknown operator's name that an error quotes at most.
_NAME_CHARACTERS: Final = 40

_ALL: Final[tuple[type[Operator], ...]] = (*OPERATORS, AnythingBut)

BY_NAME: Final[Mapping[str, type[Operator]]] = {operator.name: operator for operator in _ALL}
"""Every operator by its name in EventBridge."""

RESERVED: Final = frozenset(
    {
        *BY_NAME,
        *COMPARISONS,
        *("regex", "not-wildcard", "not-equals-ignore-case"),
        *("date-after", "date-on-or-after", "date-before", "date-on-or-before", "in-date-range"),
        *("ip-address-in-range", "ip-address-not-in-range"),
    }
)
"""Names that cannot be fields inside ``$or``: operators, and names that may become operators."""


def element_of(value: object) -> Operator:
    """
    Return the element for a Python value.

    Args:
        value: A literal, an operator, or a mapping for an operator, ``{"prefix": "x"}``.

    Raises:
        InvalidPattern: EventBridge would refuse it.
    """
    return value if isinstance(value, Operator) else read_element(from_python(value))


def read_element(json: Json) -> Operator:
    """
    Read one element of a field list.

    Raises:
        InvalidPattern: EventBridge would refuse it. The caller adds the path.
    """
    if isinstance(json, str):
        return Text(json)
    if isinstance(json, Number):
        return Equal(json)
    if isinstance(json, Object):
        return _read_operator(json)
    if isinstance(json, list):
        raise InvalidPattern("", "Match value must be String, number, true, false, or null")
    return Constant(json)


def _read_operator(json: Object) -> Operator:
    if not json.pairs:
        raise InvalidPattern("", "Match expression name not found")

    name, operand = json.pairs[0]
    operator = BY_NAME.get(name)
    if operator is None:
        near = close_match(name.lower(), BY_NAME)
        hint = f" (did you mean {near}?)" if near else ""
        raise InvalidPattern("", f"Unrecognized match type {cut(name, _NAME_CHARACTERS)}{hint}")
    if len(json.pairs) > 1:
        raise InvalidPattern("", "Only one key allowed in match expression")

    return operator(operand)
