"""
The compiler: the JSON of a pattern to its sub-rules, with all checks.

A sub-rule maps dotted paths to conditions that must all hold. A pattern holds if one of its
sub-rules does. Fields are read in the order of the document, because ``$or`` copies the
sub-rules made so far, once a branch, and a path that is given again replaces the first.
"""

from __future__ import annotations

from typing import NamedTuple

from ..exceptions import InvalidPattern
from .compiled import Condition, SubRule
from .documents import Json, Object
from .elements import RESERVED, read_element

_MAX_PATHS = 256
_MAX_SUB_RULES = 2000
_MAX_LEVELS = 500


def compile_pattern(json: Json) -> tuple[SubRule, ...]:
    """
    Compile a pattern.

    Raises:
        InvalidPattern: EventBridge would refuse it; the error names the place.
    """
    if not isinstance(json, Object):
        raise InvalidPattern("", "Filter is not an object")

    rules = _add_fields([SubRule()], json, _Place(None, "", inside_or=False, level=1))
    if any(len(rule.conditions) > _MAX_PATHS for rule in rules):
        raise InvalidPattern("", f"more than {_MAX_PATHS} fields in one combination of fields")

    return tuple(rules)


class _Place(NamedTuple):
    """
    A place in the pattern.

    Attributes:
        path: The dotted path in the event, without ``$or``; None at the top.
        text: The place in words, for messages.
        inside_or: Whether it is inside a branch of ``$or``.
        level: Its depth in levels.
    """

    path: str | None
    text: str
    inside_or: bool
    level: int

    def field(self, name: str) -> _Place:
        """Return the place of the field *name* in this one."""
        path = name if self.path is None else f"{self.path}.{name}"
        return _Place(path, self.inner(name), self.inside_or, self.level + 1)

    def branch(self, index: int) -> _Place:
        """Return the place of a branch of the ``$or`` in this one."""
        return _Place(self.path, f"{self.inner('$or')}[{index}]", True, self.level + 2)

    def inner(self, name: str) -> str:
        """Describe the place of *name* in this one."""
        return f"{self.text}.{name}" if self.text else name


def _add_fields(rules: list[SubRule], json: Object, place: _Place) -> list[SubRule]:
    """Add the fields of an object to *rules*; return the rules, multiplied by each ``$or``."""
    if not json.pairs:
        raise InvalidPattern(place.text, "Empty objects are not allowed")
    if place.level > _MAX_LEVELS:
        raise InvalidPattern("", f"nested deeper than {_MAX_LEVELS} levels")

    for name, value in json.pairs:
        if name == "$or":
            rules = _add_branches(rules, value, place)
            continue

        field = place.field(name)
        if place.inside_or and name in RESERVED:
            raise InvalidPattern(field.text, f"{name} is reserved: no field name inside $or")

        if isinstance(value, Object):
            rules = _add_fields(rules, value, field)
        elif isinstance(value, list):
            condition = _read_condition(value, field)
            for rule in rules:
                rule.add(field.path or "", condition)
        else:
            raise InvalidPattern(field.text, f'"{name}" must be an object or an array')

    return rules


def _add_branches(rules: list[SubRule], json: Json, place: _Place) -> list[SubRule]:
    """Return a copy of *rules* for each branch of ``$or``, with the fields of the branch."""
    text = place.inner("$or")
    if not isinstance(json, list) or len(json) < 2:
        raise InvalidPattern(text, "$or must be an array of at least 2 objects")

    forked: list[SubRule] = []
    for index, value in enumerate(json):
        branch = place.branch(index)
        if not isinstance(value, Object):
            raise InvalidPattern(branch.text, "a branch of $or must be an object")

        if len(forked) + len(rules) > _MAX_SUB_RULES:
            raise InvalidPattern(text, f"more than {_MAX_SUB_RULES} combinations of $or branches")

        forked += _add_fields([rule.fork(branch.text) for rule in rules], value, branch)

    if len(forked) > _MAX_SUB_RULES:
        raise InvalidPattern(text, f"more than {_MAX_SUB_RULES} combinations of $or branches")

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

    return Condition(tuple(operators))
