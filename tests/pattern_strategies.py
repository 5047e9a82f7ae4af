"""Patterns and events over few names and values, so that they meet often."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = settings(
    max_examples=3 * settings().max_examples,
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

_EXCLUDED = st.one_of(
    STRINGS,
    NUMBERS,
    st.lists(STRINGS, min_size=1, max_size=2),
    st.fixed_dictionaries({"suffix": st.just("y")}),
    st.fixed_dictionaries({"wildcard": st.sampled_from(["x*", "*y*", ""])}),
)
OPERATORS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries({"prefix": STRINGS}),
    st.fixed_dictionaries({"suffix": st.fixed_dictionaries({"equals-ignore-case": STRINGS})}),
    st.fixed_dictionaries({"equals-ignore-case": STRINGS}),
    st.fixed_dictionaries({"wildcard": st.sampled_from(["*", "x*", "*y", "x*y"])}),
    st.fixed_dictionaries({"numeric": st.sampled_from([["=", 1], [">", 0], [">=", 0, "<", 9]])}),
    st.fixed_dictionaries({"cidr": st.just("10.0.0.0/8")}),
    st.fixed_dictionaries({"exists": st.booleans()}),
    st.fixed_dictionaries({"anything-but": _EXCLUDED}),
)
FIELD_LISTS: st.SearchStrategy[list[Any]] = st.lists(
    st.one_of(SCALARS, OPERATORS), min_size=1, max_size=3
)


def _objects(values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(NAMES, values, min_size=1, max_size=3)


FIELDS: st.SearchStrategy[dict[str, Any]] = st.recursive(
    _objects(FIELD_LISTS), lambda inner: _objects(st.one_of(FIELD_LISTS, inner)), max_leaves=6
)
PATTERNS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    FIELDS,
    st.builds(
        lambda fields, branches: {**fields, "$or": branches},
        FIELDS,
        st.lists(FIELDS, min_size=2, max_size=3),
    ),
)
