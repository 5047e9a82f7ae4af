"""Patterns over few names and values, and events that are made to meet them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from attrs import frozen
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = settings(
    max_examples=2 * settings().max_examples,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
"""Enough to meet the corners, and no quarrel with a slow machine."""

NAMES = st.sampled_from(["a", "b", "c", "a-"])
STRINGS = st.sampled_from(["", "x", "xy", "XY", "y", "10.0.0.1", "10.0.0.01", "straße"])
NUMBERS = st.sampled_from([0, 1, 2.5, 300, 300.0, -1])
SCALARS = st.one_of(STRINGS, NUMBERS, st.booleans(), st.none())

VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=12,
)
EVENTS = st.dictionaries(NAMES, VALUES, max_size=4)
_SMALL_OBJECTS = st.dictionaries(NAMES, SCALARS, max_size=2)
_FULL_OBJECTS = st.dictionaries(NAMES, SCALARS, min_size=2, max_size=4)

ABSENT: Final = object()
"""What satisfies an element that asks for no value."""


@frozen
class Sample:
    """
    How an operator is drawn.

    Attributes:
        operands: What stands behind its name in a pattern.
        accepted: Makes the values that it accepts, most of the time, of the operand.
    """

    operands: st.SearchStrategy[Any]
    accepted: Callable[[Any], st.SearchStrategy[Any]]


def _any_case(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from([text, text.upper(), text.lower()])


def _folded(texts: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    return st.one_of(texts, st.fixed_dictionaries({"equals-ignore-case": texts}))


def _text_of(operand: Any) -> st.SearchStrategy[str]:
    if isinstance(operand, str):
        return st.just(operand)
    return _any_case(operand["equals-ignore-case"])


#: The operators that ``anything-but`` may hold, with what stands behind their names there.
EXCLUDED: Final[Mapping[str, st.SearchStrategy[str]]] = {
    "prefix": st.just("1"),
    "suffix": st.just("y"),
    "equals-ignore-case": st.just("xY"),
    "wildcard": st.sampled_from(["x*", "*y*", ""]),
}
_EXCLUDED = st.one_of(
    STRINGS,
    NUMBERS,
    st.lists(STRINGS, min_size=1, max_size=2),
    *(st.fixed_dictionaries({name: texts}) for name, texts in EXCLUDED.items()),
)

#: One row an operator.
SAMPLES: Final[Mapping[str, Sample]] = {
    "prefix": Sample(
        _folded(STRINGS), lambda operand: st.tuples(_text_of(operand), STRINGS).map("".join)
    ),
    "suffix": Sample(
        _folded(STRINGS), lambda operand: st.tuples(STRINGS, _text_of(operand)).map("".join)
    ),
    "equals-ignore-case": Sample(STRINGS, _any_case),
    "exactly": Sample(STRINGS, st.just),
    "wildcard": Sample(
        st.sampled_from(["*", "x*", "*y", "x*y"]),
        lambda text: STRINGS.map(lambda run: text.replace("*", run)),
    ),
    "numeric": Sample(
        st.sampled_from([["=", 1], [">", 0], [">=", 0, "<", 9]]),
        lambda _: st.sampled_from([1, 1.0]),
    ),
    "cidr": Sample(st.just("10.0.0.0/8"), lambda _: st.sampled_from(["10.0.0.1", "10.0.0.01"])),
    "exists": Sample(st.booleans(), lambda present: SCALARS if present else st.just(ABSENT)),
    "anything-but": Sample(_EXCLUDED, lambda _: SCALARS),
}


def _field_lists(samples: Mapping[str, Sample]) -> st.SearchStrategy[list[Any]]:
    operators = [st.fixed_dictionaries({name: sample.operands}) for name, sample in samples.items()]
    return st.lists(st.one_of(SCALARS, *operators), min_size=1, max_size=2)


def _patterns(field_lists: st.SearchStrategy[list[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    conditions = st.dictionaries(NAMES, field_lists, min_size=1, max_size=3)
    together = st.dictionaries(NAMES, field_lists, min_size=2, max_size=3)
    deeper = st.dictionaries(NAMES, st.one_of(field_lists, together), min_size=1, max_size=2)

    fields = st.one_of(
        conditions,
        st.dictionaries(NAMES, together, min_size=1, max_size=2),
        st.dictionaries(NAMES, st.one_of(field_lists, deeper), min_size=1, max_size=2),
    )
    branches = st.lists(fields, min_size=2, max_size=3)
    with_branches = st.builds(lambda fields, any_of: {**fields, "$or": any_of}, fields, branches)
    return st.one_of(fields, fields, with_branches)


FIELD_LISTS = _field_lists(SAMPLES)
_NOTHING = st.just([{"exists": False}])
PATTERNS = st.one_of(
    _patterns(FIELD_LISTS),
    # Absence is where matching is hardest, so it comes more often than any other condition.
    _patterns(st.sampled_from([FIELD_LISTS, _NOTHING]).flatmap(lambda chosen: chosen)),
)

_PRESENT = {**SAMPLES, "exists": Sample(st.just(True), lambda _: SCALARS)}
PATTERNS_WITHOUT_ABSENCE = _patterns(_field_lists(_PRESENT))


@st.composite
def events_for(draw: st.DrawFn, pattern: dict[str, Any]) -> dict[str, Any]:
    """
    Draw an event that is made from *pattern*.

    It satisfies every condition, perhaps inside of arrays. Here and there it is disturbed: a
    field is missing or another value, or what belongs together stands in two elements.
    """
    return {**draw(_SMALL_OBJECTS), **_disguise(draw, _satisfy(draw, pattern))}


def _satisfy(draw: st.DrawFn, pattern: dict[str, Any]) -> dict[str, Any]:
    """Draw the plainest event that satisfies *pattern*, with `ABSENT` for what it must not have."""
    event: dict[str, Any] = {}
    for name, wanted in pattern.items():
        if name == "$or":
            event = _merge(event, _satisfy(draw, draw(st.sampled_from(wanted))))
        elif isinstance(wanted, dict):
            event[name] = _satisfy(draw, wanted)
        else:
            event[name] = draw(_accepted(draw(st.sampled_from(wanted))))
    return event


def _accepted(element: Any) -> st.SearchStrategy[Any]:
    if not isinstance(element, dict):
        return st.just(element)
    ((name, operand),) = element.items()
    return SAMPLES[name].accepted(operand)


def _merge(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Put *other* over *one*, also inside of objects."""
    both = {
        name: _merge(one[name], value)
        for name, value in other.items()
        if isinstance(value, dict) and isinstance(one.get(name), dict)
    }
    return one | other | both


def _disguise(draw: st.DrawFn, event: dict[str, Any]) -> dict[str, Any]:
    """Draw another form of *event*: with arrays, and a disturbance here and there."""
    changed: dict[str, Any] = {}
    for name, value in event.items():
        disturbance = draw(st.sampled_from([None] * 14 + ["missing", "other"]))
        if disturbance == "other":
            changed[name] = draw(VALUES)
        elif disturbance == "missing" or value is ABSENT:
            continue
        elif isinstance(value, dict):
            changed[name] = _arrange(draw, value)
        else:
            changed[name] = draw(st.sampled_from([value, value, [value]]))
            if isinstance(changed[name], list):
                changed[name].insert(draw(st.integers(0, 1)), draw(SCALARS))
    return changed


def _arrange(draw: st.DrawFn, value: dict[str, Any]) -> Any:
    """Draw a place for *value*: by itself, in an array with others, or in pieces."""
    form = draw(st.sampled_from(["plain", "array", "array", "nested", "pieces", "contrary"]))
    changed = _disguise(draw, value)
    if form == "plain":
        return changed
    if form == "pieces":
        return [{name: inner} for name, inner in changed.items()]

    others: list[Any] = draw(st.lists(st.one_of(_FULL_OBJECTS, _FULL_OBJECTS, SCALARS), max_size=2))
    if form == "contrary":
        others = [{name: draw(SCALARS) for name, inner in value.items() if inner is ABSENT}]
    others.insert(draw(st.integers(0, len(others))), [changed] if form == "nested" else changed)
    return others


def _with_events(
    patterns: st.SearchStrategy[dict[str, Any]],
) -> st.SearchStrategy[tuple[dict[str, Any], dict[str, Any]]]:
    return patterns.flatmap(lambda pattern: st.tuples(st.just(pattern), events_for(pattern)))


_ELEMENTS = st.dictionaries(NAMES, st.sampled_from([1, 1, 1, 1, 2, [1, 2]]), min_size=1)
_CONDITIONS = st.sampled_from([[1], [1, 2], [{"exists": False}], [1, {"exists": False}]])
ARRAYS_WITH_PATTERNS = st.tuples(
    st.dictionaries(NAMES, _CONDITIONS, min_size=2, max_size=3).map(lambda fields: {"c": fields}),
    st.lists(st.one_of(_ELEMENTS, st.lists(_ELEMENTS, max_size=2)), min_size=1, max_size=3).map(
        lambda elements: {"c": elements}
    ),
)
"""Conditions below one array, over so few names and values that every rule of arrays is met."""

PATTERNS_WITH_EVENTS = _with_events(PATTERNS)
PATTERNS_WITHOUT_ABSENCE_WITH_EVENTS = _with_events(PATTERNS_WITHOUT_ABSENCE)


def objects_in(value: Any) -> list[dict[str, Any]]:
    """List every object of *value*, itself included."""
    if isinstance(value, list):
        return [found for element in value for found in objects_in(element)]
    if not isinstance(value, dict):
        return []
    return [value, *(found for inner in value.values() for found in objects_in(inner))]


def field_lists_in(pattern: dict[str, Any]) -> list[list[Any]]:
    """List every field list of *pattern*, also those in branches."""
    found: list[list[Any]] = []
    for name, value in pattern.items():
        branches = value if name == "$or" else [value]
        for branch in branches:
            found += field_lists_in(branch) if isinstance(branch, dict) else [value]
    return found


@st.composite
def joined_keys(draw: st.DrawFn, event: dict[str, Any]) -> dict[str, Any]:
    """Draw *event* with some paths spelled in one key: ``{"a.b": 1}`` for ``{"a": {"b": 1}}``."""
    joined: dict[str, Any] = {}
    for name, value in event.items():
        if isinstance(value, dict) and draw(st.booleans()):
            joined |= {f"{name}.{inner}": below for inner, below in value.items()}
        else:
            joined[name] = value
    return joined
