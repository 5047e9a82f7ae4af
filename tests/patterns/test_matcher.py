"""What is promised about matching beyond Event Ruler's verdicts."""

from __future__ import annotations

import contextlib
import copy
import json
import re
import sys
import time
from collections import UserString
from decimal import Decimal
from types import MappingProxyType
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reference_search
from ecs_failure_alerts.exceptions import EventError, InvalidPattern
from ecs_failure_alerts.patterns import EventPattern
from ecs_failure_alerts.patterns.elements import BY_NAME
from linear_time import assert_linear
from pattern_strategies import (
    ARRAYS_WITH_PATTERNS,
    EVENTS,
    EXAMPLES,
    EXCLUDED,
    NAMES,
    PATTERNS,
    PATTERNS_WITH_EVENTS,
    PATTERNS_WITHOUT_ABSENCE_WITH_EVENTS,
    SAMPLES,
    SCALARS,
    VALUES,
    field_lists_in,
    joined_keys,
    objects_in,
)
from rows import each
from strategies import CHARACTERS

Pair: TypeAlias = tuple[dict[str, Any], dict[str, Any]]


def _pattern(json_: Any) -> EventPattern:
    return EventPattern.from_json(json_)


def _accepts(field_list: list[Any], value: Any) -> bool:
    return _pattern({"k": field_list}).matches({"k": value})


def test_the_operators_of_the_strategies_are_all_there() -> None:
    """Every operator has a row in the strategies, so that the properties hold for it too."""
    assert set(SAMPLES) == set(BY_NAME)
    assert set(EXCLUDED) == {name for name, operator in BY_NAME.items() if operator.excludable}


@pytest.mark.parametrize(
    "pairs",
    [
        pytest.param(PATTERNS_WITH_EVENTS, id="patterns"),
        pytest.param(PATTERNS_WITHOUT_ABSENCE_WITH_EVENTS, id="patterns-without-absence"),
        pytest.param(ARRAYS_WITH_PATTERNS, id="arrays"),
    ],
)
def test_generated_events_often_match(pairs: st.SearchStrategy[Pair]) -> None:
    """At least a quarter of the events match, and a tenth do not, so the properties do test."""
    verdicts: list[bool] = []

    @settings(max_examples=24, derandomize=True, database=None, deadline=None)
    @given(pairs)
    def collect(pair: Pair) -> None:
        pattern, event = pair
        verdicts.append(_pattern(pattern).matches(event))

    collect()
    assert len(verdicts) / 4 <= sum(verdicts) <= len(verdicts) * 9 / 10


@EXAMPLES
@given(PATTERNS_WITH_EVENTS)
def test_agrees_with_the_plain_search(pair: Pair) -> None:
    """The tree of paths gives the verdict of the search that EventBridge does."""
    pattern, event = pair
    expected = reference_search.matches(pattern, event, _accepts)
    assert _pattern(pattern).matches(event) is expected


@EXAMPLES
@given(ARRAYS_WITH_PATTERNS)
def test_agrees_with_the_plain_search_below_an_array(pair: Pair) -> None:
    """What must hold in one element, and where absence is looked for, is as EventBridge has it."""
    pattern, event = pair
    expected = reference_search.matches(pattern, event, _accepts)
    assert _pattern(pattern).matches(event) is expected


@EXAMPLES
@given(PATTERNS, EVENTS)
def test_agrees_with_the_plain_search_on_any_event(
    pattern: dict[str, Any], event: dict[str, Any]
) -> None:
    """The verdict is that of EventBridge for an event that has nothing to do with the pattern."""
    expected = reference_search.matches(pattern, event, _accepts)
    assert _pattern(pattern).matches(event) is expected


@EXAMPLES
@given(PATTERNS_WITH_EVENTS, NAMES, NAMES, VALUES, st.data())
def test_agrees_with_the_plain_search_where_keys_have_dots(
    pair: Pair, first: str, second: str, value: Any, data: st.DataObject
) -> None:
    """A key "a.b" is the path of b in a, beside a real one too."""
    pattern, event = pair
    event = {f"{first}.{second}": value, **data.draw(joined_keys(event))}
    expected = reference_search.matches(pattern, event, _accepts)
    assert _pattern(pattern).matches(event) is expected


@EXAMPLES
@given(PATTERNS_WITH_EVENTS)
def test_text_and_mapping_agree(pair: Pair) -> None:
    """A pattern and an event mean the same as JSON text, as bytes and parsed."""
    pattern, event = pair
    text, event_text = json.dumps(pattern), json.dumps(event)
    expected = _pattern(pattern).matches(event)
    assert _pattern(text).matches(event_text) is expected
    assert _pattern(text.encode()).matches(event_text.encode()) is expected


@EXAMPLES
@given(PATTERNS_WITHOUT_ABSENCE_WITH_EVENTS, EVENTS, st.data())
def test_adding_fields_keeps_a_match(
    pair: Pair, added: dict[str, Any], data: st.DataObject
) -> None:
    """More fields, in whatever object, never end a match unless the pattern asks for absence."""
    pattern, event = pair
    matched = _pattern(pattern).matches(event)

    target = data.draw(st.sampled_from(objects_in(event)))
    target.update({**added, "more": added, **target})

    assert _pattern(pattern).matches(event) >= matched


@EXAMPLES
@given(PATTERNS_WITH_EVENTS, st.data())
def test_removing_an_alternative_never_widens(pair: Pair, data: st.DataObject) -> None:
    """What a shorter field list accepts, the longer accepted."""
    pattern, event = pair
    longer = copy.deepcopy(pattern)
    data.draw(st.sampled_from(field_lists_in(longer))).append(data.draw(SCALARS))
    assert _pattern(pattern).matches(event) <= _pattern(longer).matches(event)


@EXAMPLES
@given(PATTERNS_WITH_EVENTS)
def test_a_branch_more_never_narrows(pair: Pair) -> None:
    """`$or` matches where one of its branches does alone."""
    pattern, event = pair
    other = {"zz": ["zz"]}
    assert _pattern({"$or": [pattern, other]}).matches(event) is _pattern(pattern).matches(event)


def test_two_conditions_hold_in_one_element() -> None:
    """Conditions below an array must hold in the same element."""
    pattern = _pattern({"c": {"x": [1], "y": [2]}})
    assert not pattern.matches({"c": [{"x": 1}, {"y": 2}]})
    assert pattern.matches({"c": [{"x": 1}, {"x": 1, "y": 2}]})


def test_absence_is_judged_in_the_chosen_element() -> None:
    """After a path that chose an element, absence looks at that element only."""
    pattern = _pattern({"c": {"name": ["app"], "reason": [{"exists": False}]}})
    assert pattern.matches({"c": [{"name": "app"}, {"name": "log", "reason": "x"}]})


def test_absence_is_judged_everywhere_before_an_element_is_chosen() -> None:
    """Before any path chose an element, absence looks at all of them."""
    pattern = _pattern({"c": {"exitCode": [{"exists": False}], "name": ["app"]}})
    assert not pattern.matches({"c": [{"name": "app"}, {"name": "log", "exitCode": 0}]})


@each(
    ("pattern", "event"),
    [
        pytest.param({"a": {"b": ["x"]}}, MappingProxyType({"a": {"b": "x"}}), id="mapping"),
        pytest.param({"a": {"b": ["x"]}}, {"a": MappingProxyType({"b": "x"})}, id="inner-mapping"),
        pytest.param({"a": {"b": ["x"]}}, {"a": ({"b": "x"},)}, id="tuple"),
        pytest.param({"a": ["x"]}, {"a": type("Text", (str,), {})("x")}, id="str-subclass"),
        pytest.param({"a": [1]}, {"a": type("Whole", (int,), {})(1)}, id="int-subclass"),
    ],
)
def test_mappings_tuples_and_subclasses_stand_for_the_json_they_mean(
    pattern: Any, event: Any
) -> None:
    assert _pattern(pattern).matches(event)


@each("value", [float("nan"), float("inf"), {1}, b"x"])
def test_a_value_that_is_no_json_is_an_error_that_says_where(value: Any) -> None:
    """It is not "no match"."""
    with pytest.raises(EventError) as caught:
        _pattern({"a": {"b": [{"anything-but": "y"}]}}).matches({"a": [{"b": value}]})
    assert caught.value.problems[0].path == "a[0].b"


@each(
    ("event", "message"),
    [
        ("[]", "expected a JSON object, got a list"),
        ("null", "expected a JSON object, got null"),
        ('"x"', "expected a JSON object, got a string"),
        (
            "{",
            (
                "not JSON: Expecting property name enclosed in double quotes (line 1, column 2): "
                "the text is cut off"
            ),
        ),
        ('{"a": NaN}', "not JSON: NaN is not a number there"),
        ('{"a": 1} x', "not JSON: Extra data (line 1, column 10)"),
        (b'{"a": "\xff"}', "not JSON: byte 7 is not utf-8"),
        ('{"a":' + "1" * 5000 + "}", "a number has more digits than can be read"),
        ([], "expected a JSON object, got a list"),
    ],
)
def test_what_is_not_a_json_object_is_an_error_that_says_so(event: Any, message: str) -> None:
    with pytest.raises(EventError) as caught:
        _pattern({"a": [1]}).matches(event)
    assert str(caught.value) == message


@each(
    ("literal", "value", "expected"),
    [
        ("300", "3.0e2", True),
        ("-0.0", "0", True),
        ("9007199254740993", "9007199254740992", False),
        ("9007199254740993", "9007199254740993", True),
        ("1e400", "1e400", True),
        ("1e400", "1E400", False),
        ("0.12345678901234567891", "0.12345678901234567891", True),
        ("0.12345678901234567891", "0.12345678901234568", False),
        ("1152921504606847000", "1152921504606846976", False),
        ("1e99999999999999999999999", "1e99999999999999999999999", True),
        ("0e99999999999999999999999", "0", True),
        ("-0e-9999999999999999999999", "0", True),
        ("1e-9999999999999999999999", "0", False),
        ("1e-9999999999999999999999", "1e-9999999999999999999999", True),
        ("0.00001e5", "1", True),
    ],
)
def test_numbers_compare_as_they_are_spelled(literal: str, value: str, expected: bool) -> None:
    """A number that its double does not print as equals its own spelling only."""
    assert _pattern(f'{{"a": [{literal}]}}').matches(f'{{"a": {value}}}') is expected


def test_a_number_without_a_double_is_in_no_range() -> None:
    """It satisfies no numeric, and every numeric anything-but."""
    event = '{"a": 9007199254740993}'
    assert not _pattern({"a": [{"numeric": [">", 0]}]}).matches(event)
    assert _pattern({"a": [{"anything-but": [0]}]}).matches(event)


def _seconds(action: Any) -> float:
    start = time.thread_time()
    with contextlib.suppress(EventError, InvalidPattern):
        action()
    return time.thread_time() - start


_DEEP_OBJECT = '{"a":' * 10_000 + "[1]" + "}" * 10_000
_DEEP_ARRAY = '{"a":' + "[" * 10_000 + "1" + "]" * 10_000 + "}"


def _deep_list(levels: int) -> list[Any]:
    value: list[Any] = [1]
    for _ in range(levels):
        value = [value]
    return value


def _deep_dict(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"a": [1]}
    for _ in range(levels):
        value = {"a": value}
    return value


_BIG_OR = [{"a": {f"n{index}": [index]}} for index in range(1_000)]
_PAIRS = {f"x{n}": {"$or": [{"p": [1]}, {"q": [1]}]} for n in range(10)}
_MANY_ARRAYS = {f"{n}.x": [{"y": 1}] * 50 for n in range(50)}


@each(
    ("pattern", "event"),
    [
        pytest.param(_DEEP_OBJECT, {"a": 1}, id="deep-pattern"),
        pytest.param(_deep_dict(10_000), {"a": 1}, id="deep-mapping"),
        pytest.param({"a": [{"prefix": _deep_list(700)}]}, {"a": 1}, id="deep-operand"),
        pytest.param({"a": {"b": [1]}}, _DEEP_OBJECT, id="deep-event"),
        pytest.param({"a": [1]}, _DEEP_ARRAY, id="deep-array"),
        pytest.param({"a": [1]}, {"a": _deep_list(10_000)}, id="deep-list"),
        pytest.param({"$or": _BIG_OR}, {"a": {"n999": 999}}, id="1000-branches"),
        pytest.param(_PAIRS, {f"x{n}": {"q": 1} for n in range(10)}, id="1024-combinations"),
        pytest.param({"a": ["x" * 99] * 1_000}, {"a": "y"}, id="100-kilobytes"),
        pytest.param({"a": [{"wildcard": "*a" * 500 + "*b"}]}, {"a": "a" * 50_000}, id="wildcard"),
        pytest.param(
            {"a": [{"anything-but": {"wildcard": ["*a" * 50 + "*b"] * 50}}]},
            {"a": "a" * 50_000},
            id="wildcards",
        ),
        pytest.param(
            {str(n): {"x": {"y": [1]}} for n in range(50)} | {"z": [1]},
            _MANY_ARRAYS,
            id="independent-arrays",
        ),
        pytest.param(
            {"a": {"b": {name: [{"anything-but": "-"}] for name in "cdefgh"}, "c": [1]}},
            {"a.b": [{c: 1} for c in "cdefgh" * 100], "a": {"b": [{c: 1} for c in "cdefgh" * 100]}},
            id="arrays-at-one-path",
        ),
        pytest.param(
            {"a": {"x": [{"equals-ignore-case": "ßﬁ" * 2_000}]}},
            {"a": {"x": "SSFI" * 2_000}},
            id="folding",
        ),
    ],
)
def test_answers_or_refuses_soon(pattern: Any, event: Any) -> None:
    """Nothing is exponential, and nothing ends in anything but an answer or our error."""
    limit = 2 if sys.gettrace() is None else 10  # coverage's tracing takes longer
    assert _seconds(lambda: _pattern(pattern).matches(event)) < limit  # of the processor


def test_arrays_at_one_path_have_a_budget() -> None:
    """Where arrays at one dotted path multiply, the search gives up with an error."""
    elements = range(120)
    event = {
        "a.b.c": [dict.fromkeys("pqrs", index) for index in elements],
        "a.b": [{f"c.{name}": index for name in "pqrs"} for index in elements],
        "a": [{f"b.c.{name}": index for name in "pqrs"} for index in elements],
    }
    fields: dict[str, Any] = {name: [{"anything-but": "x"}] for name in "pqr"}
    pattern = _pattern({"a": {"b": {"c": {**fields, "s": ["x"]}}}})
    with pytest.raises(EventError, match="too many combinations of array elements"):
        pattern.matches(event)


@EXAMPLES
@given(st.text(CHARACTERS, max_size=20), st.text(CHARACTERS, max_size=20))
def test_wildcard_without_asterisk_is_equality(text: str, value: str) -> None:
    """A wildcard without an asterisk accepts the equal string only."""
    escaped = text.replace("\\", "\\\\").replace("*", "\\*")
    pattern = _pattern({"a": [{"wildcard": escaped}]})
    assert pattern.matches({"a": text})
    assert pattern.matches({"a": value}) is (value == text)


_RUNS = st.text("ab\n", max_size=3)


@EXAMPLES
@given(
    st.lists(st.tuples(_RUNS, st.sampled_from(["a", "b", "ab"])), min_size=1, max_size=4),
    st.none() | _RUNS,
)
def test_an_asterisk_is_any_run_of_characters(
    pieces: list[tuple[str, str]], other: str | None
) -> None:
    """As in a regular expression, for a value that fits and for another."""
    (_, first), *rest = pieces
    fitting = first + "".join(run + part for run, part in rest)
    value = fitting if other is None else other
    parts = [part for _, part in pieces]

    expected = re.fullmatch("(?s:.*)".join(parts), value) is not None
    pattern = _pattern({"a": [{"wildcard": "*".join(parts)}]})
    assert pattern.matches({"a": value}) is expected


@each(
    ("pattern", "member"),
    [('{"a": [1]}', "0"), ('{"a": {"b": [{"exists": false}], "c": [1]}}', "{}")],
    ids=["values", "objects"],
)
def test_arrays_inside_arrays_take_linear_time(pattern: str, member: str) -> None:
    """However deep arrays stand in each other, every member of them is looked at once."""

    def match(depth: int) -> None:
        members = ",".join([member] * 100 * depth)
        EventPattern.from_json(pattern).matches(f'{{"a": {"[" * depth}{members}{"]" * depth}}}')

    assert_linear(match, 200)


def test_too_many_arrays_inside_arrays_are_refused_by_the_search() -> None:
    """The search remembers the element of every array, so it refuses what is nested too deeply."""
    members = ",".join(['{"b": 1}'] * 10_000)
    event = f'{{"a": {"[" * 900}{members}{"]" * 900}}}'
    with pytest.raises(EventError, match="nested too deeply"):
        EventPattern.from_json('{"a": {"b": [2]}}').explain(event)


@each("zeros", [1, 19, 30, 5000])
def test_zeros_of_an_exponent_do_not_count(zeros: int) -> None:
    """An exponent may begin with any zeros."""
    pattern = EventPattern.from_json(f'{{"a": [1e{"0" * zeros}1]}}')
    assert pattern.matches({"a": 10})


@pytest.mark.parametrize("address", ["10.0.0.256", "10.0.0.5.6", "::fffff"])
def test_an_address_with_a_group_that_is_too_large_matches_nothing(address: str) -> None:
    assert not EventPattern.from_json({"ip": [{"cidr": "10.0.0.0/24"}]}).matches({"ip": address})
    assert not EventPattern.from_json({"ip": [{"cidr": "::/1"}]}).matches({"ip": address})
    with pytest.raises(InvalidPattern, match="Nonstandard or invalid IP address"):
        EventPattern.from_json({"ip": [{"cidr": f"{address}/24"}]})


def test_an_integer_of_thousands_of_digits_equals_no_number() -> None:
    """It compares by its sign."""
    for sign in (1, -1):
        event = {"n": sign * 10**5000}
        assert not EventPattern.from_json({"n": [1e308]}).matches(event)
        assert EventPattern.from_json({"n": [{"anything-but": [0]}]}).matches(event)


@each(
    "event",
    [
        pytest.param({"c": [{"a.b": 1}]}, id="joined-name"),
        pytest.param({"c": [{"a": {"b": Decimal(1)}}]}, id="decimal"),
        pytest.param({"c": [Decimal(1)]}, id="decimal-for-an-object"),
        pytest.param({"c": [{"a": {"b": (1, 2)}}]}, id="tuple"),
        pytest.param({"c": [{"a": {"b": [UserString("x")]}}]}, id="user-string"),
    ],
)
def test_unusual_values_under_an_absence_are_judged_as_the_explanation_judges(
    event: dict[str, Any],
) -> None:
    """Names with dots, and values that are no plain JSON."""
    pattern = EventPattern.from_json({"c": {"a": {"b": [{"exists": False}]}, "z": [1]}})
    try:
        verdict = pattern.explain(event).matches
    except EventError:
        with pytest.raises(EventError):
            pattern.matches(event)
    else:
        assert pattern.matches(event) is verdict


def test_conditions_hold_in_one_element_of_an_inner_array() -> None:
    """However the search goes."""
    pattern = EventPattern.from_json({"a": {"b": {"x": [1], "y": [2]}}})
    for inner, matches in (
        ([{"x": 1, "y": 1}, {"x": 2, "y": 2}], False),
        ([{"x": 1, "y": 1}, {"x": 1, "y": 2}], True),
    ):
        event = {"a": [{"b": inner}]}
        assert pattern.matches(event) is matches
        assert pattern.explain(event).matches is matches
