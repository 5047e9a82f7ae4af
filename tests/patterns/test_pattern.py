"""Writing, reading and comparing event patterns."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from traceback import TracebackException
from typing import Any

import pytest
from hypothesis import given

from ecs_failure_alerts import patterns
from ecs_failure_alerts.exceptions import InvalidPattern
from ecs_failure_alerts.patterns import (
    EventPattern,
    any_of,
    anything_but,
    cidr,
    equals_ignore_case,
    exactly,
    exists,
    numeric,
    prefix,
    suffix,
    wildcard,
)
from ecs_failure_alerts.patterns._builders import _Excluded
from ecs_failure_alerts.patterns.elements import BY_NAME, element_of
from ecs_failure_alerts.patterns.operators import (
    AnyOperator,
    NumberOperator,
    Operator,
    TextOperator,
)
from pattern_strategies import EXAMPLES, PATTERNS
from rows import each


@EXAMPLES
@given(PATTERNS)
def test_survives_the_round_trip_through_json(pattern: dict[str, Any]) -> None:
    """What `to_json` writes is the pattern that was read, on one line or more."""
    checked = EventPattern.from_json(pattern)
    assert EventPattern.from_json(checked.to_json()) == checked
    assert EventPattern.from_json(checked.to_json(indent=2)) == checked
    assert json.loads(checked.to_json()) == pattern


@EXAMPLES
@given(PATTERNS)
def test_is_written_as_json_dumps_would(pattern: dict[str, Any]) -> None:
    """The layout is that of the standard library."""
    checked = EventPattern.from_json(pattern)
    assert checked.to_json() == json.dumps(pattern, ensure_ascii=False)
    assert checked.to_json(indent=2) == json.dumps(pattern, ensure_ascii=False, indent=2)


def test_json_text_keeps_spellings_and_repeated_keys() -> None:
    """The standard reader would lose them."""
    text = '{"a": [3.0e2, 9007199254740993], "b": {"c": [1]}, "b": {"d": [2]}}'
    pattern = EventPattern.from_json(text)
    assert pattern.to_json() == text
    assert not pattern.matches({"a": 300, "b": {"d": 2}})


@each(
    ("operator", "expected"),
    [
        (prefix("x"), {"prefix": "x"}),
        (prefix(equals_ignore_case("x")), {"prefix": {"equals-ignore-case": "x"}}),
        (suffix("x"), {"suffix": "x"}),
        (suffix(equals_ignore_case("x")), {"suffix": {"equals-ignore-case": "x"}}),
        (equals_ignore_case("x"), {"equals-ignore-case": "x"}),
        (exactly("10.0.0.1"), {"exactly": "10.0.0.1"}),
        (wildcard("a*"), {"wildcard": "a*"}),
        (cidr("10.0.0.0/8"), {"cidr": "10.0.0.0/8"}),
        (exists(True), {"exists": True}),
        (exists(False), {"exists": False}),
        (numeric("=", 5), {"numeric": ["=", 5]}),
        (numeric(">", 0, "<=", 5.5), {"numeric": [">", 0, "<=", 5.5]}),
        (anything_but("a"), {"anything-but": "a"}),
        (anything_but("a", "b"), {"anything-but": ["a", "b"]}),
        (anything_but(0, 137), {"anything-but": [0, 137]}),
        (anything_but(prefix("a")), {"anything-but": {"prefix": "a"}}),
        (anything_but(suffix("a"), suffix("b")), {"anything-but": {"suffix": ["a", "b"]}}),
        (anything_but(wildcard("a*")), {"anything-but": {"wildcard": "a*"}}),
        (
            anything_but(equals_ignore_case("a")),
            {"anything-but": {"equals-ignore-case": "a"}},
        ),
    ],
)
def test_each_function_stands_for_the_operator_of_its_name(operator: Any, expected: Any) -> None:
    assert json.loads(EventPattern({"a": [operator]}).to_json()) == {"a": [expected]}


def test_any_of_is_the_or_of_eventbridge() -> None:
    """`any_of` stands for the branches of `$or`, operators inside it included."""
    pattern = EventPattern({"d": {"$or": any_of({"a": [anything_but(0)]}, {"b": {"c": ["x"]}})}})
    branches = [{"a": [{"anything-but": 0}]}, {"b": {"c": ["x"]}}]
    assert pattern == EventPattern.from_json({"d": {"$or": branches}})


@each(
    ("one", "other"),
    [
        ('{"a": [1], "b": [2]}', '{"b": [2], "a": [1]}'),
        ('{"a": [1, "x"]}', '{"a": ["x", 1.0]}'),
        ('{"a": {"b": [1]}}', '{"a.b": [1]}'),
        ('{"a": [{"anything-but": "x"}]}', '{"a": [{"anything-but": ["x"]}]}'),
        ('{"$or": [{"a": [1]}, {"b": [1]}]}', '{"$or": [{"b": [1]}, {"a": [1]}]}'),
        ('{"a": [1], "a": [2]}', '{"a": [2]}'),
    ],
)
def test_patterns_of_the_same_conditions_are_equal_and_so_are_their_hashes(
    one: str, other: str
) -> None:
    first, second = EventPattern.from_json(one), EventPattern.from_json(other)
    assert first == second
    assert hash(first) == hash(second)


@each(
    ("one", "other"),
    [
        ('{"a": [1]}', '{"a": [true]}'),
        ('{"a": [1]}', '{"a": ["1"]}'),
        ('{"a": ["x"]}', '{"a": [{"prefix": "x"}]}'),
        ('{"a": ["10.0.0.1"]}', '{"a": [{"exactly": "10.0.0.1"}]}'),
        ('{"a": [9007199254740993]}', '{"a": [9007199254740992]}'),
        (
            '{"a": [1], "$or": [{"a": [2]}, {"b": [3]}]}',
            '{"$or": [{"a": [2]}, {"b": [3]}], "a": [1]}',
        ),
    ],
)
def test_patterns_of_other_conditions_differ(one: str, other: str) -> None:
    """The place of `$or` can be one."""
    assert EventPattern.from_json(one) != EventPattern.from_json(other)


def test_is_immutable() -> None:
    """A pattern can neither be changed nor lose an attribute."""
    pattern = EventPattern({"a": ["x"]})
    with pytest.raises(AttributeError):
        pattern.sub_rules = ()  # type: ignore[misc]
    with pytest.raises(AttributeError):
        del pattern.sub_rules
    assert pattern == EventPattern({"a": ["x"]})


def test_does_not_follow_the_mapping_it_was_made_from() -> None:
    """What happens to the mapping afterwards does not reach the pattern."""
    values = ["x"]
    pattern = EventPattern({"a": values})
    values.append("y")
    assert not pattern.matches({"a": "y"})


def test_a_copied_or_pickled_pattern_equals_its_original() -> None:
    pattern = EventPattern({"a": ["x"]})
    assert copy.deepcopy(pattern) == pattern
    assert pickle.loads(pickle.dumps(pattern)) == pattern  # noqa: S301


@each(
    "make",
    [
        lambda: EventPattern({1, 2}),  # type: ignore[arg-type]
        lambda: prefix([]),  # type: ignore[arg-type]
        lambda: cidr("10.0.0.0"),
        lambda: exists("x"),  # type: ignore[arg-type]
        lambda: numeric("?", 1),  # type: ignore[call-overload]
        lambda: wildcard("**"),
    ],
)
def test_a_refused_part_shows_in_the_variables_of_the_error(make: Callable[[], object]) -> None:
    """Python before 3.13 shows no variables at all if one of them has no repr."""
    with pytest.raises(InvalidPattern) as caught:
        make()
    told = TracebackException.from_exception(caught.value, capture_locals=True)
    assert "self = <" in "".join(told.format()) or "EventPattern()" in "".join(told.format())


def test_the_repr_is_the_expression_that_makes_the_pattern() -> None:
    assert repr(EventPattern({"a": ["x"]})) == """EventPattern.from_json('{"a": ["x"]}')"""


@each(
    ("text", "error"),
    [
        (
            "{",
            (
                "not JSON: Expecting property name enclosed in double quotes (line 1, column 2): "
                "the text is cut off"
            ),
        ),
        ('{"a": [NaN]}', "not JSON: NaN is not a number there"),
        ('{"a": [1]} x', "not JSON: Extra data (line 1, column 12)"),
        ("[]", "Filter is not an object"),
        ("{}", "Empty objects are not allowed"),
        ('{"a": {}}', "a: Empty objects are not allowed"),
        ('{"a": []}', "a: Empty arrays are not allowed"),
        ('{"d": {"a": "x"}}', 'd.a: "a" must be an object or an array'),
        ('{"a": [[1]]}', "a[0]: Match value must be String, number, true, false, or null"),
        ('{"a": ["x", {}]}', "a[1]: Match expression name not found"),
        ('{"a": [{"foo": 1}]}', "a[0]: Unrecognized match type foo"),
        (
            '{"a": [{"anything_but": 1}]}',
            "a[0]: Unrecognized match type anything_but (did you mean anything-but?)",
        ),
        (
            '{"a": [{"prefix": "x", "suffix": "y"}]}',
            "a[0]: Only one key allowed in match expression",
        ),
        (
            '{"a": [{"prefix": "x", "prefix": "y"}]}',
            "a[0]: Only one key allowed in match expression",
        ),
        ('{"a": [{"exists": 1}]}', "a[0]: exists match pattern must be either true or false."),
        (
            '{"a": [{"wildcard": ["*"]}]}',
            "a[0]: wildcard match pattern must be a string, not an array",
        ),
        ('{"a": [{"prefix": {}}]}', "a[0]: Prefix expression name not found"),
        ('{"a": [{"suffix": {"prefix": "x"}}]}', "a[0]: Unsupported suffix pattern: prefix"),
        ('{"a": [{"anything-but": {}}]}', "a[0]: Anything-But expression name not found"),
        (
            '{"a": [{"anything-but": {"exists": true}}]}',
            "a[0]: Unsupported anything-but pattern: exists",
        ),
        (
            '{"a": [{"anything-but": [null]}]}',
            (
                "a[0]: Value of anything-but must be an array or single string/number value."
                " Inside anything but list, null is not supported."
            ),
        ),
        (
            '{"a": [{"anything-but": [1, "x"]}]}',
            (
                "a[0]: Inside anything but list, either all strings or all numbers:"
                " mixed type is not supported"
            ),
        ),
        ('{"a": [{"anything-but": {"prefix": ""}}]}', "a[0]: Null prefix/suffix not allowed"),
        (
            '{"a": [{"anything-but": {"wildcard": []}}]}',
            "a[0]: wildcard match pattern must not be an empty array",
        ),
        ('{"a": [{"numeric": ">0"}]}', "a[0]: Value of numeric must be an array."),
        (
            '{"a": [{"numeric": [5]}]}',
            "a[0]: Invalid member in numeric match: expected =, <, <=, > or >=",
        ),
        ('{"a": [{"numeric": ["!=", 5]}]}', "a[0]: Unrecognized numeric range operator: !="),
        ('{"a": [{"numeric": [">", "5"]}]}', "a[0]: Value of > must be numeric"),
        ('{"a": [{"numeric": [">", 0, "=", 5]}]}', "a[0]: Bad numeric range operator: ="),
        (
            '{"a": [{"numeric": ["<", 5, ">", 0]}]}',
            "a[0]: Too many terms in numeric range expression",
        ),
        ('{"a": [{"numeric": [">", 5, "<", 5]}]}', "a[0]: Bottom must be less than top"),
        ('{"a": [{"numeric": ["=", 1e400]}]}', "a[0]: Cannot compare number : 1e400"),
        ('{"a": [{"cidr": "10.0.0.0"}]}', 'a[0]: Malformed CIDR, one "/" required: 10.0.0.0'),
        ('{"a": [{"cidr": "10.0.0/8"}]}', "a[0]: Nonstandard or invalid IP address: 10.0.0"),
        (
            '{"a": [{"cidr": "10.0.0.0/x"}]}',
            "a[0]: Malformed CIDR, mask bits must be an integer: x",
        ),
        (
            '{"a": [{"cidr": "10.0.0.0/-1"}]}',
            "a[0]: Malformed CIDR, mask bits must not be negative: -1",
        ),
        ('{"a": [{"cidr": "10.0.0.0/32"}]}', "a[0]: IPv4 mask bits must be < 32: 32"),
        ('{"a": [{"cidr": "::/128"}]}', "a[0]: IPv6 mask bits must be < 128: 128"),
        ('{"a": [{"wildcard": "é**"}]}', "a[0]: Consecutive wildcard characters at pos 3"),
        (r'{"a": [{"wildcard": "a\\b"}]}', "a[0]: Invalid escape character at pos 2"),
        ('{"$or": [{"a": [1]}]}', "$or: $or must be an array of at least 2 objects"),
        ('{"$or": {"a": [1]}}', "$or: $or must be an array of at least 2 objects"),
        ('{"$or": [{"a": [1]}, "x"]}', "$or[1]: a branch of $or must be an object"),
        ('{"$or": [{"a": [1]}, {}]}', "$or[1]: Empty objects are not allowed"),
        (
            '{"d": {"$or": [{"a": [1]}, {"b": {"prefix": ["x"]}}]}}',
            "d.$or[1].b.prefix: prefix is reserved: no field name inside $or",
        ),
    ],
)
def test_a_malformed_pattern_is_refused_with_its_place_and_what_was_expected(
    text: str, error: str
) -> None:
    with pytest.raises(InvalidPattern) as caught:
        EventPattern.from_json(text)
    assert str(caught.value) == error


@each(
    ("make", "error"),
    [
        (lambda: prefix(5), "prefix match pattern must be a string, not a number"),  # type: ignore[arg-type]
        (lambda: anything_but("a", 1), "mixed type is not supported"),  # type: ignore[type-var]
        (lambda: anything_but(prefix("a"), suffix("b")), "one kind, got prefix and suffix"),  # type: ignore[type-var]
        (lambda: anything_but(prefix("a"), "b"), "expected one kind, got prefix and values"),  # type: ignore[type-var]
        (lambda: numeric(">", 5, "<", 5), "Bottom must be less than top"),
        (lambda: numeric(">", float("nan")), "expected a JSON value, got nan"),
        (lambda: wildcard("**"), "Consecutive wildcard characters at pos 1"),
        (lambda: EventPattern({"a": "x"}), 'a: "a" must be an object or an array'),  # type: ignore[dict-item]
        (lambda: EventPattern({"a": [{1}]}), r"a\[0\]: expected a JSON value, got a Python set"),  # type: ignore[list-item]
        (lambda: EventPattern({"a": [EventPattern({"b": [1]})]}), "got a Python EventPattern"),  # type: ignore[list-item]
        (lambda: EventPattern({1: ["x"]}), "expected a string as key, got 1"),  # type: ignore[dict-item]
    ],
)
def test_what_a_type_checker_would_refuse_is_refused_at_run_time_too(make: Any, error: str) -> None:
    with pytest.raises(InvalidPattern, match=error):
        make()


def test_256_fields_and_1024_combinations_are_taken_and_too_many_refused() -> None:
    pair = {"$or": [{"p": [1]}, {"q": [1]}]}
    EventPattern.from_json({f"f{n}": [1] for n in range(256)})
    EventPattern.from_json({f"f{n}": pair for n in range(10)})
    with pytest.raises(InvalidPattern, match="more than 256 fields"):
        EventPattern.from_json({f"f{n}": [1] for n in range(257)})
    with pytest.raises(InvalidPattern, match="more than 2000 combinations"):
        EventPattern.from_json({f"f{n}": pair for n in range(11)})


def test_deep_pattern_is_written_and_compared() -> None:
    """Up to the limit, depth breaks nothing."""
    text = '{"a": ' * 400 + "[1]" + "}" * 400
    pattern = EventPattern.from_json(text)
    assert EventPattern.from_json(pattern.to_json(indent=1)) == pattern
    assert not pattern.explain({"a": 1}).matches
    with pytest.raises(InvalidPattern, match="nested"):
        EventPattern.from_json('{"a": ' * 501 + "[1]" + "}" * 501)


@each(
    "operator",
    [
        pytest.param(exactly("x"), id="exactly"),
        pytest.param(prefix("x"), id="prefix"),
        pytest.param(anything_but("x"), id="anything-but"),
        pytest.param(exists(True), id="exists"),
    ],
)
@each("value", ["x", "xy", "y", 1, None])
def test_an_operator_accepts_what_the_pattern_with_it_alone_accepts(
    operator: Any, value: Any
) -> None:
    pattern = EventPattern.from_json({"a": [operator]})
    assert operator.accepts(value) is pattern.matches({"a": value})


def test_operators_say_what_they_are() -> None:
    """An operator shows itself as it stands in a pattern, and equals only its like."""
    assert repr(prefix("x")) == '<Prefix {"prefix": "x"}>'
    assert prefix("x") == prefix("x")
    assert prefix("x") not in (prefix("y"), suffix("x"), "x", {"prefix": "x"})


def test_patterns_equal_only_patterns() -> None:
    """A pattern equals one with the same meaning, and nothing that is no pattern."""
    pattern = EventPattern.from_json({"a": [1, 2]})
    others: tuple[object, ...] = ({"a": [1, 2]}, '{"a": [1, 2]}')
    assert pattern == EventPattern.from_json({"a": [2, 1]})
    assert pattern not in others


def test_combinations_of_inner_branches_are_counted() -> None:
    """The last branch of `$or` counts too, whatever is nested in it."""
    inner = {"$or": [{"a": [number]} for number in range(1500)]}
    with pytest.raises(InvalidPattern, match="combinations of") as caught:
        EventPattern.from_json({"$or": [inner, inner]})
    assert caught.value.path == "$or"
    assert EventPattern.from_json({"$or": [inner, {"a": ["x"]}]}).matches({"a": "x"})


def subclasses(of: type[Operator]) -> set[type[Operator]]:
    """Return every class that derives from *of*."""
    return {found for each in of.__subclasses__() for found in (each, *subclasses(each))}


def test_every_operator_with_a_name_is_in_the_table() -> None:
    assert {class_ for class_ in subclasses(Operator) if class_.name} == set(BY_NAME.values())


@each("name", sorted(BY_NAME))
def test_every_operator_has_a_function_by_its_name_in_snake_case(name: str) -> None:
    assert name.replace("-", "_") in patterns.__all__


@each("operator", BY_NAME.values())
def test_every_operator_tells_what_it_is_about(operator: type[Operator]) -> None:
    """An operator is of one of the classes that lint and the builder of task patterns know."""
    assert issubclass(operator, TextOperator | NumberOperator | AnyOperator)


def test_what_anything_but_may_hold_is_typed() -> None:
    """A type checker lets `anything_but` take every operator that ``anything-but`` may hold."""
    excludable = {operator for operator in BY_NAME.values() if operator.excludable}
    assert set(_Excluded.__constraints__) == {str, float, *excludable}


@each(
    ("value", "kind", "python"),
    [
        ("x", "text", "x"),
        (1, "number", 1),
        (True, "boolean", True),
        (None, "any", None),
        (prefix("x"), "text", {"prefix": "x"}),
        (cidr("10.0.0.0/8"), "text", {"cidr": "10.0.0.0/8"}),
        (numeric("=", 2.5), "number", {"numeric": ["=", 2.5]}),
        ({"exists": False}, "any", {"exists": False}),
        (anything_but("a", "b"), "text", {"anything-but": ["a", "b"]}),
        (anything_but(0), "number", {"anything-but": 0}),
        (anything_but(suffix("a")), "text", {"anything-but": {"suffix": "a"}}),
        (10**2000, "number", float("inf")),
    ],
)
def test_elements_tell_kind_and_plain_values(value: Any, kind: str, python: Any) -> None:
    """Literals and operators tell what they are about, and are written as Python values."""
    element = element_of(value)
    assert element.kind == kind
    assert element.to_python() == python


@each(
    ("text", "repeated"),
    [
        ('{"a": [1], "a": [2]}', [["a"]]),
        ('{"a": {"b": [1]}, "a.b": [2]}', [["a.b"]]),
        ('{"$or": [{"a": [1]}, {"a": [2]}]}', [[], []]),
        ('{"$or": [{"a": [1]}, {"b": [2]}], "a": [3]}', [["a"], []]),
        ('{"a": [1], "$or": [{"b": [1]}, {"a": [2]}]}', [[], ["a"]]),
    ],
)
def test_paths_that_are_given_again_are_told(text: str, repeated: list[list[str]]) -> None:
    """A combination of branches names the paths of which only the last condition counts."""
    assert [rule.repeated for rule in EventPattern.from_json(text).sub_rules] == repeated
