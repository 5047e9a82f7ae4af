"""
The tolerant reader of patterns: it reports what EventBridge would refuse, and keeps the rest.

EventBridge stops at the first fault. This reader reports every fault at once and puts the likely
meaning in its place, so the rest of the pattern can be checked too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .._texts import cut
from ..exceptions import InvalidPattern
from ..patterns import EventPattern
from ..patterns.documents import Json, Object, from_python, read_pattern, write
from ..patterns.elements import BY_NAME, RESERVED, read_element
from ._findings import Finding
from ._loose_json import language_fix, read_loosely
from ._meant import meant_elements, operator_name
from ._wrapping import AN_EVENT, is_event, pattern_in_rule

_WRITE_OR: Final = "write $or"
#: What people write to join conditions, in lower case, and what to write instead.
_JOINTS: Final[Mapping[str, str]] = {
    "$and": "write the fields next to each other: all of them must match",
    **dict.fromkeys(("or", "$or", "anyof", "any", "$any"), _WRITE_OR),
}
_LIST: Final = "write a list, even for one value"
_MIN_BRANCHES: Final = 2


def read_tolerantly(
    source: EventPattern | str | bytes | Mapping[str, Any],
) -> tuple[EventPattern | None, list[Finding]]:
    """
    Read a pattern and all its faults.

    Args:
        source: A pattern, or its JSON.

    Returns:
        The readable part of the pattern, or None; and a finding for each fault, none if EventBridge
        takes the pattern.
    """
    if isinstance(source, EventPattern):
        return source, []

    faults: list[Finding] = []
    try:
        value = _parse(source, faults)
        if is_event(value):
            return None, [AN_EVENT]
        if not isinstance(value, Object):
            return None, [_fault("", "Filter is not an object", _one_of(value))]
        return _repaired(_take_out(value, faults), faults), faults
    except InvalidPattern as error:
        return None, [_fault(error.path, error.message, language_fix(source))]
    except RecursionError:
        return None, [_fault("", "nested too deeply")]


def _repaired(json: Object, faults: list[Finding]) -> EventPattern | None:
    """Return the pattern without what EventBridge refuses; None if nothing is left."""
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


def _parse(source: str | bytes | Mapping[str, Any], faults: list[Finding]) -> Json:
    """Parse the JSON of a pattern; report and leave out comments and extra commas."""
    if isinstance(source, str | bytes | bytearray):
        return read_loosely(
            source, lambda error, fix: faults.append(_fault(error.path, error.message, fix))
        )
    return from_python(source)


def _one_of(value: Json) -> str | None:
    return "check each pattern of the list by itself" if isinstance(value, list) else None


def _take_out(value: Object, faults: list[Finding]) -> Object:
    """Return the pattern inside a rule; anything else is returned as it is."""
    found = pattern_in_rule(value)
    if found is None:
        return value

    name, inner = found
    message = "this is a rule with a pattern inside"
    faults.append(Finding("rule", "error", name, message, "pass only the pattern"))

    pattern = read_pattern(inner) if isinstance(inner, str) else inner
    return pattern if isinstance(pattern, Object) else value


class _Repair:
    """
    Replaces what EventBridge refuses by what may be meant.

    Attributes:
        faults: The faults.
    """

    def __init__(self, faults: list[Finding]) -> None:
        self.faults = faults

    def fields(self, value: Object, path: str, *, inside_or: bool) -> Iterator[tuple[str, Json]]:
        """Return the fields of an object that can be kept."""
        if not value.pairs:
            self._tell(path, "Empty objects are not allowed", "leave the field out")

        for name, inner in value.pairs:
            place = f"{path}.{name}" if path else name
            if name == "$or":
                yield from self._branches(inner, place)
            elif name.lower() in _JOINTS and (branches := _objects(inner)):
                yield from self._joint(name, branches, place, inside_or=inside_or)
            elif inside_or and name in RESERVED:
                self._tell(place, f"{name} is reserved: no field name inside $or", "rename it")
            else:
                kept = self._field(inner, place, inside_or=inside_or)
                if kept is not None:
                    yield name, kept

    def _joint(
        self, name: str, branches: list[Object], path: str, *, inside_or: bool
    ) -> Iterator[tuple[str, Json]]:
        """Return the meaning of a joint that EventBridge does not have."""
        fix = _JOINTS[name.lower()]
        self._tell(path, f"EventBridge takes {name} for a field: it has only $or", fix)

        if fix == _WRITE_OR:
            yield from self._branches(list(branches), path)
        else:
            for branch in branches:
                yield from self.fields(branch, path, inside_or=inside_or)

    def _field(self, value: Json, path: str, *, inside_or: bool) -> Json:
        """Return the part of a field that can be kept; None if there is none."""
        if isinstance(value, list) and (members := _members(value)):
            self._tell(
                path,
                "a list has values and operators, not fields",
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
        """Return the part of an object that can be kept; it may be an operator without a list."""
        if len(value.pairs) == 1 and value.pairs[0][0] in BY_NAME:
            self._tell(path, "an operator must be inside a list", _LIST)
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
                meant = list(meant_elements(value))
                fix = f"write {cut(write(meant), 200)}" if meant else None
                self._tell(f"{path}[{index}]", error.message, fix)
                kept += meant
            else:
                kept.append(value)
        return kept or None

    def _branches(self, value: Json, path: str) -> Iterator[tuple[str, Json]]:
        """Return the part of ``$or`` that can be kept: its branches, or the fields of one."""
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
                self._tell(place, "a branch of $or must be an object", "write the fields in braces")
                continue
            pairs = tuple(self.fields(branch, place, inside_or=True))
            kept += [Object(pairs)] if pairs else []

        if len(kept) >= _MIN_BRANCHES:
            yield "$or", list(kept)
        elif kept:
            yield from kept[0].pairs

    def _tell(self, path: str, message: str, fix: str | None) -> None:
        self.faults.append(_fault(path, message, fix))


def _objects(value: Json) -> list[Object]:
    """Return the members of a list of objects; empty for anything else."""
    objects = (
        [each for each in value if isinstance(each, Object)] if isinstance(value, list) else []
    )
    return objects if isinstance(value, list) and len(objects) == len(value) else []


def _members(values: list[Json]) -> list[tuple[str, Json]]:
    """Return the fields of objects in a list, if they are not operators."""
    objects = [value for value in values if isinstance(value, Object)]
    pairs = [pair for value in objects for pair in value.pairs]
    are_fields = all(
        isinstance(inner, list | Object) and operator_name(name) not in BY_NAME
        for name, inner in pairs
    )
    return pairs if pairs and len(objects) == len(values) and are_fields else []
