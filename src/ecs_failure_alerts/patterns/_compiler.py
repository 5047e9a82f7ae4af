"""
From the JSON of a pattern to its sub-rules, checking it on the way.

A sub-rule maps dotted paths to conditions that must all hold; a pattern holds where one of
its sub-rules does. Fields are read in the order of the document, since ``$or`` copies the
sub-rules made so far, once a branch, and a path that is written again replaces the first.
"""

from __future__ import annotations

from typing import NamedTuple

from ..exceptions import InvalidPattern
from ._json import Json, Object, Scalar
from ._operators import Exactly, Exists, Operator, Text, read_element

MAX_PATHS = 256
MAX_SUB_RULES = 2000
MAX_LEVELS = 500

_RESERVED_IN_OR = frozenset(
    {
        *("exactly", "equals-ignore-case", "prefix", "suffix", "anything-but", "exists"),
        *("wildcard", "numeric", "cidr", "=", "<", "<=", ">", ">=", "regex", "not-wildcard"),
        *("not-equals-ignore-case", "date-after", "date-on-or-after", "date-before"),
        *("date-on-or-before", "in-date-range", "ip-address-in-range"),
        "ip-address-not-in-range",
    }
)
"""Names that are no fields inside ``$or``: operators, and some that may become one."""


class Condition:
    """
    A field list: what a path must hold.

    Attributes:
        operators: Its elements; one of them must accept.
        texts: The strings accepted as they are.
        asks: Says whether another element accepts a value.
        allows_absence: Whether no leaf at all will do.
    """

    __slots__ = ("_others", "allows_absence", "asks", "operators", "texts")

    def __init__(self, operators: list[Operator]) -> None:
        self.operators = tuple(operators)
        self.allows_absence = any(
            isinstance(operator, Exists) and not operator.present for operator in operators
        )
        texts = set()
        others = []
        for operator in operators:
            if isinstance(operator, Exactly) or (isinstance(operator, Text) and operator.plain):
                texts.add(operator.text)
            elif not (isinstance(operator, Exists) and not operator.present):
                others.append(operator)
        self.texts = frozenset(texts)
        self._others = tuple(others)
        self.asks = others[0].accepts if len(others) == 1 else self._ask_others

    def accepts(self, value: Scalar) -> bool:
        """Say whether one leaf of an event satisfies the condition."""
        return value in self.texts or self.asks(value)

    def _ask_others(self, value: Scalar) -> bool:
        for operator in self._others:  # noqa: SIM110
            if operator.accepts(value):
                return True
        return False

    def to_json(self) -> Json:
        """Give the field list."""
        return [operator.to_json() for operator in self.operators]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Condition):
            return NotImplemented
        return frozenset(self.operators) == frozenset(other.operators)

    def __hash__(self) -> int:
        return hash(frozenset(self.operators))


class SubRule:
    """
    Conditions that must hold together.

    Attributes:
        conditions: The condition of each dotted path.
        branches: The branches of ``$or`` that led here, such as ``detail.$or[1]``.
    """

    __slots__ = ("branches", "conditions")

    def __init__(
        self, conditions: dict[str, Condition] | None = None, branches: tuple[str, ...] = ()
    ) -> None:
        self.conditions = conditions or {}
        self.branches = branches

    def fork(self, branch: str) -> SubRule:
        """Copy this sub-rule for one branch of ``$or``."""
        return SubRule(dict(self.conditions), (*self.branches, branch))


def compile_pattern(json: Json) -> tuple[SubRule, ...]:
    """
    Compile a pattern.

    Raises:
        InvalidPattern: EventBridge would refuse it, and where.
    """
    if not isinstance(json, Object):
        raise InvalidPattern("", "Filter is not an object")
    rules = _add_fields([SubRule()], json, _Place(None, "", inside_or=False, level=1))
    if any(len(rule.conditions) > MAX_PATHS for rule in rules):
        raise InvalidPattern("", f"more than {MAX_PATHS} fields in one combination of fields")
    return tuple(rules)


class _Place(NamedTuple):
    """
    Where in the pattern we are.

    Attributes:
        path: The dotted path of the event, which ``$or`` is no part of; None at the top.
        text: The place in the pattern, for messages.
        inside_or: Whether a branch of ``$or`` is around it.
        level: How deep.
    """

    path: str | None
    text: str
    inside_or: bool
    level: int

    def field(self, name: str) -> _Place:
        path = name if self.path is None else f"{self.path}.{name}"
        return _Place(path, self.inner(name), self.inside_or, self.level + 1)

    def branch(self, index: int) -> _Place:
        return _Place(self.path, f"{self.inner('$or')}[{index}]", True, self.level + 2)

    def inner(self, name: str) -> str:
        return f"{self.text}.{name}" if self.text else name


def _add_fields(rules: list[SubRule], json: Object, place: _Place) -> list[SubRule]:
    if not json.pairs:
        raise InvalidPattern(place.text, "Empty objects are not allowed")
    if place.level > MAX_LEVELS:
        raise InvalidPattern("", f"nested deeper than {MAX_LEVELS} levels")
    for name, value in json.pairs:
        if name == "$or":
            rules = _add_branches(rules, value, place)
            continue
        field = place.field(name)
        if place.inside_or and name in _RESERVED_IN_OR:
            raise InvalidPattern(field.text, f"{name} is reserved: no field name inside $or")
        if isinstance(value, Object):
            rules = _add_fields(rules, value, field)
        elif isinstance(value, list):
            condition = _read_condition(value, field)
            for rule in rules:
                rule.conditions[field.path or ""] = condition
        else:
            raise InvalidPattern(field.text, f'"{name}" must be an object or an array')
    return rules


def _add_branches(rules: list[SubRule], json: Json, place: _Place) -> list[SubRule]:
    text = place.inner("$or")
    if not isinstance(json, list) or len(json) < 2:
        raise InvalidPattern(text, "$or must be an array of at least 2 objects")
    forked: list[SubRule] = []
    for index, value in enumerate(json):
        branch = place.branch(index)
        if not isinstance(value, Object):
            raise InvalidPattern(branch.text, "a branch of $or must be an object")
        if len(forked) + len(rules) > MAX_SUB_RULES:
            raise InvalidPattern(text, f"more than {MAX_SUB_RULES} combinations of $or branches")
        forked += _add_fields([rule.fork(branch.text) for rule in rules], value, branch)
    if len(forked) > MAX_SUB_RULES:
        raise InvalidPattern(text, f"more than {MAX_SUB_RULES} combinations of $or branches")
    return forked


def _read_condition(json: list[Json], field: _Place) -> Condition:
    if not json:
        raise InvalidPattern(field.text, "Empty arrays are not allowed")
    operators = []
    for index, element in enumerate(json):
        try:
            operators.append(read_element(element))
        except InvalidPattern as fault:
            raise InvalidPattern(f"{field.text}[{index}]", fault.message) from None
    return Condition(operators)
