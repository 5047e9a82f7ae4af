"""
A pattern read tolerantly: what EventBridge would refuse is told, and the rest is kept.

EventBridge stops at the first fault. Here every fault is told at once, and what can be meant is
put in its place, so that the rest of the pattern can be checked too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .._texts import cut
from ..exceptions import InvalidPattern
from ..patterns import EventPattern
from ..patterns.documents import Json, Number, Object, from_python, read_pattern, write
from ..patterns.elements import BY_NAME, RESERVED, read_element
from ._findings import Finding
from ._wrapping import AN_EVENT, is_event, pattern_in_rule

#: A comma before a closing bracket, outside of strings.
_EXTRA_COMMA: Final = re.compile(r'("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])')
#: Operators as people write them, in lower case without hyphens, and EventBridge's name.
_OTHER_OPERATORS: Final[Mapping[str, str]] = {
    **{name.replace("-", ""): name for name in BY_NAME},
    **dict.fromkeys(("not", "ne", "notequals", "notequal", "except", "!="), "anything-but"),
    **dict.fromkeys(("startswith", "beginswith"), "prefix"),
    "endswith": "suffix",
    "contains": "wildcard",
    "exist": "exists",
    "equalsignorecase": "equals-ignore-case",
}
_LIST: Final = "write a list of values, even of one"
_MIN_BRANCHES: Final = 2


def read_tolerantly(
    source: EventPattern | str | bytes | Mapping[str, Any],
) -> tuple[EventPattern | None, list[Finding]]:
    """
    Read a pattern and whatever is wrong with it.

    Args:
        source: A pattern, or its JSON.

    Returns:
        What of the pattern can be read, None if nothing can; and a finding for each fault,
        empty if EventBridge takes the pattern.
    """
    if isinstance(source, EventPattern):
        return source, []

    faults: list[Finding] = []
    try:
        json = _take_out(_parse(source, faults), faults)
        if is_event(json):
            return None, [AN_EVENT]
        return _repaired(json, faults), faults
    except InvalidPattern as error:
        return None, [_fault(error.path, error.message)]
    except RecursionError:
        return None, [_fault("", "nested too deep")]


def _repaired(json: Object, faults: list[Finding]) -> EventPattern | None:
    """Return the pattern, without what EventBridge refuses; None if nothing is left."""
    try:
        return EventPattern.from_json(write(json))
    except InvalidPattern as error:
        refusal = _fault(error.path, error.message)

    known = len(faults)
    repaired = Object(_Repair(faults).fields(json, "", inside_or=False))
    if len(faults) == known:
        faults.append(refusal)
    try:
        return EventPattern.from_json(write(repaired))
    except InvalidPattern:
        return None


def _fault(path: str, message: str, fix: str | None = None) -> Finding:
    return Finding("malformed", "error", path, message, fix)


def _parse(source: str | bytes | Mapping[str, Any], faults: list[Finding]) -> Object:
    """Parse the JSON of a pattern; a comma too many is told and left out."""
    if isinstance(source, str | bytes | bytearray):
        try:
            value = read_pattern(source)
        except InvalidPattern as error:
            text = source if isinstance(source, str) else source.decode("utf-8-sig", "replace")
            value = read_pattern(_EXTRA_COMMA.sub(r"\1", text))
            faults.append(_fault(error.path, error.message, "remove the comma before a bracket"))
    else:
        value = from_python(source)

    if not isinstance(value, Object):
        raise InvalidPattern("", "Filter is not an object")
    return value


def _take_out(value: Object, faults: list[Finding]) -> Object:
    """Return the pattern inside of a rule; what is no rule is returned as it is."""
    found = pattern_in_rule(value)
    if found is None:
        return value

    name, inner = found
    message = "this is a rule with a pattern inside"
    faults.append(Finding("rule", "error", name, message, "take the pattern alone"))

    pattern = read_pattern(inner) if isinstance(inner, str) else inner
    return pattern if isinstance(pattern, Object) else value


class _Repair:
    """
    Puts what can be meant in the place of what EventBridge refuses.

    Attributes:
        faults: What was wrong.
    """

    def __init__(self, faults: list[Finding]) -> None:
        self.faults = faults

    def fields(self, value: Object, path: str, *, inside_or: bool) -> Iterator[tuple[str, Json]]:
        """Return what is left of the fields of an object."""
        if not value.pairs:
            self._tell(path, "Empty objects are not allowed", "leave the field out")

        for name, inner in value.pairs:
            place = f"{path}.{name}" if path else name
            if name == "$or":
                yield from self._branches(inner, place)
            elif inside_or and name in RESERVED:
                self._tell(place, f"{name} is reserved: no field name inside $or", "rename it")
            else:
                kept = self._field(inner, place, inside_or=inside_or)
                if kept is not None:
                    yield name, kept

    def _field(self, value: Json, path: str, *, inside_or: bool) -> Json:
        """Return what is left of a field; None for nothing."""
        if isinstance(value, list) and (members := _members(value)):
            self._tell(
                path,
                "a list holds values and operators, no fields",
                "write the fields without the list: EventBridge looks into every member itself",
            )
            value = Object(members)
        if isinstance(value, Object):
            return self._object(value, path, inside_or=inside_or)
        if isinstance(value, list):
            return self._elements(value, path)

        name = path.rpartition(".")[2]
        self._tell(path, f'"{name}" must be an object or an array', _LIST)
        return self._elements([value], path)

    def _object(self, value: Object, path: str, *, inside_or: bool) -> Json:
        """Return what is left of an object, which may be an operator without its list."""
        if len(value.pairs) == 1 and value.pairs[0][0] in BY_NAME:
            self._tell(path, "an operator stands inside a list", _LIST)
            return self._elements([value], path)

        pairs = tuple(self.fields(value, path, inside_or=inside_or))
        return Object(pairs) if pairs else None

    def _elements(self, values: list[Json], path: str) -> Json:
        """Return the elements that EventBridge takes; None if there are none."""
        if not values:
            self._tell(path, "Empty arrays are not allowed", "leave the field out")

        kept: list[Json] = []
        for index, value in enumerate(values):
            try:
                read_element(value)
            except InvalidPattern as error:
                meant = list(_meant(value))
                fix = f"write {cut(write(meant), 200)}" if meant else None
                self._tell(f"{path}[{index}]", error.message, fix)
                kept += meant
            else:
                kept.append(value)
        return kept or None

    def _branches(self, value: Json, path: str) -> Iterator[tuple[str, Json]]:
        """Return what is left of ``$or``: its branches, or the fields of the only one."""
        branches = value if isinstance(value, list) else [value]
        if not isinstance(value, list) or len(branches) < _MIN_BRANCHES:
            self._tell(
                path,
                "$or must be an array of at least 2 objects",
                "write two branches or more, or leave $or out",
            )

        kept = []
        for index, branch in enumerate(branches):
            place = f"{path}[{index}]"
            if not isinstance(branch, Object):
                self._tell(place, "a branch of $or must be an object", "write fields in braces")
                continue
            pairs = tuple(self.fields(branch, place, inside_or=True))
            kept += [Object(pairs)] if pairs else []

        if len(kept) >= _MIN_BRANCHES:
            yield "$or", list(kept)
        elif kept:
            yield from kept[0].pairs

    def _tell(self, path: str, message: str, fix: str | None) -> None:
        self.faults.append(_fault(path, message, fix))


def _members(values: list[Json]) -> list[tuple[str, Json]]:
    """Return the fields of objects in a list, where they are no operators."""
    objects = [value for value in values if isinstance(value, Object)]
    pairs = [pair for value in objects for pair in value.pairs]
    are_fields = all(
        isinstance(inner, list | Object) and _operator_name(name) not in BY_NAME
        for name, inner in pairs
    )
    return pairs if pairs and len(objects) == len(values) and are_fields else []


def _meant(value: Json) -> Iterator[Json]:
    """Return the elements that a malformed one may be meant for."""
    if isinstance(value, list):
        candidates = value
    elif isinstance(value, Object) and value.pairs:
        candidates = [_meant_operator(name, operand) for name, operand in value.pairs]
    else:
        return

    for candidate in candidates:
        try:
            read_element(candidate)
        except InvalidPattern:
            continue
        yield candidate


def _meant_operator(name: str, operand: Json) -> Json:
    """Return the operator that is meant, with an operand that it takes."""
    if name == "numeric" and isinstance(operand, list) and operand[:1] == ["!="]:
        return Object([("anything-but", list(operand[1:]))])
    meant = _operator_name(name)
    return Object([(meant, _meant_operand(meant, operand))])


def _operator_name(name: str) -> str:
    bare = re.sub("[-_ ]", "", name.lower())
    return _OTHER_OPERATORS.get(bare, name)


def _meant_operand(name: str, operand: Json) -> Json:
    """Return an operand of the type that the operator takes."""
    alone = operand[0] if isinstance(operand, list) and len(operand) == 1 else operand
    if name == "exists" and isinstance(alone, str) and alone.lower() in {"true", "false"}:
        return alone.lower() == "true"
    if name == "wildcard" and isinstance(alone, str) and "*" not in alone:
        return f"*{alone}*"
    if name == "anything-but":
        return _of_one_type(operand)
    return operand if name == "numeric" else alone


def _of_one_type(operand: Json) -> Json:
    """Return what ``anything-but`` excludes, without what it cannot exclude."""
    if not isinstance(operand, list):
        return operand
    numbers = [value for value in operand if isinstance(value, Number)]
    return list(numbers) or [value for value in operand if isinstance(value, str)]
