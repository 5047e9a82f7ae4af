"""What an explanation tells."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts.exceptions import EventError
from ecs_failure_alerts.patterns import EventPattern, _search
from pattern_strategies import EVENTS, EXAMPLES, PATTERNS, PATTERNS_WITH_EVENTS


def _explain(pattern: Any, event: Any) -> str:
    return str(EventPattern.from_json(pattern).explain(event))


@EXAMPLES
@given(st.one_of(PATTERNS_WITH_EVENTS, st.tuples(PATTERNS, EVENTS)))
def test_an_explanation_never_disagrees_with_matches(
    pair: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    """It has a reason for every "no"."""
    pattern, event = pair
    checked = EventPattern.from_json(pattern)
    explanation = checked.explain(event)
    assert explanation.matches is checked.matches(event)
    assert explanation.matches is any(branch.matches for branch in explanation.branches)
    for branch in explanation.branches:
        assert branch.matches is all(finding.holds for finding in branch.findings)


def test_a_match_shows_which_element_it_was() -> None:
    text = _explain({"c": {"x": [1]}}, {"c": [{"x": 0}, {"x": 1}]})
    assert text == "The event matches.\n  ok  c.x: [1]\n      c[1].x = 1"


def test_a_value_that_is_not_accepted_stands_beside_what_was_expected() -> None:
    text = _explain({"a": [{"prefix": "x"}]}, {"a": "y"})
    assert text == (
        'The event does not match.\n  NO  a: [{"prefix": "x"}]\n'
        '      no value satisfies it\n      a = "y"'
    )


def test_a_field_that_the_event_lacks_is_called_missing() -> None:
    assert "the event has no such field" in _explain({"a": {"b": [1]}}, {"a": {"z": 1}})


def test_a_name_that_is_nearly_one_of_the_event_is_suggested() -> None:
    text = _explain({"detail": {"laststatus": ["x"]}}, {"detail": {"lastStatus": "x"}})
    assert "did you mean detail.lastStatus?" in text


def test_for_a_name_of_thousands_of_letters_nothing_is_suggested() -> None:
    text = _explain({"x" * 5000: [1]}, {"y": 1})
    assert "did you mean" not in text


def test_an_object_or_an_empty_array_is_told_to_be_no_value() -> None:
    assert "the event has an object there" in _explain({"a": [{"exists": True}]}, {"a": [{}]})
    assert "an empty array there" in _explain({"a": [{"exists": True}]}, {"a": []})


def test_conditions_that_hold_in_different_elements_are_named_with_them() -> None:
    text = _explain({"c": {"x": [1], "y": [2]}}, {"c": [{"x": 1}, {"y": 2}]})
    reason = "it holds, and so does c.x, but in different elements of c: c[1] and c[0]"
    assert reason in " ".join(text.split())


def test_a_value_where_absence_was_asked_for_is_shown() -> None:
    text = _explain({"a": [{"exists": False}]}, {"a": 1})
    assert "the field should be absent\n      a = 1" in text


def test_absence_among_several_alternatives_is_not_asked_for_alone() -> None:
    text = _explain({"a": [{"anything-but": {"prefix": "x"}}, {"exists": False}]}, {"a": "xy"})
    assert 'no value satisfies it, and the field is not absent\n      a = "xy"' in text


def test_a_field_that_is_rightly_absent_is_called_absent() -> None:
    assert _explain({"a": [{"exists": False}]}, {}).endswith('[{"exists": false}]\n      absent')


def test_every_branch_is_explained() -> None:
    """Without a match every branch of `$or` gives its reasons, the nearest first."""
    text = _explain({"$or": [{"a": [1], "b": [1]}, {"c": [1]}]}, {"a": 0, "b": 0, "c": 0})
    assert text.index("$or[1] does not match") < text.index("$or[0] does not match")


def test_only_matching_branches_are_shown() -> None:
    """With a match the branches that did not match stay out of the text."""
    text = _explain({"$or": [{"a": [1]}, {"b": [1]}]}, {"b": 1})
    assert "$or[1] matches" in text
    assert "$or[0]" not in text


def test_values_of_the_event_are_shortened() -> None:
    """At most 40 characters of a value are shown, since events hold secrets."""
    text = _explain({"a": ["x"]}, {"a": "s" * 39 + "SECRET"})
    assert "SECRET" not in text


def test_lines_without_long_paths_fit_in_80_columns() -> None:
    event = {"detail": {"containers": [{"exitCode": 1, "reason": "y" * 99}]}}
    pattern = {"detail": {"containers": {"exitCode": [0], "reason": [{"prefix": "z" * 99}]}}}
    assert max(map(len, _explain(pattern, event).splitlines())) <= 100


def test_too_many_branches_are_cut() -> None:
    """The text of a thousand branches stays readable."""
    text = _explain({"$or": [{"a": [n]} for n in range(1_000)]}, {})
    assert "and 990 more combinations of $or branches" in text
    assert len(text.splitlines()) < 50


def test_too_many_conditions_are_cut() -> None:
    """Of very many conditions those that fail come first, and the rest is counted."""
    fields = {f"a{n}": [1] for n in range(100)}
    text = _explain({**fields, "z": [2]}, dict.fromkeys([*fields, "z"], 1))
    assert "NO  z: [2]" in text
    assert "and 81 more conditions" in text


def test_many_values_are_counted() -> None:
    """Three values are shown, and how many more there are."""
    text = _explain({"a": [{"prefix": "x"}]}, {"a": ["b", "c", "d", "e", "f"]})
    assert 'a[2] = "d"' in text
    assert '"e"' not in text
    assert text.endswith("and 2 more")


def test_a_number_that_no_double_stands_for_is_shown_as_it_is_spelled() -> None:
    """In the event's text."""
    text = _explain({"a": ["x"]}, '{"a": 0.10000000000000000000001}')
    assert "a = 0.10000000000000000000001" in text


def test_where_the_reason_takes_too_many_steps_the_verdict_stands_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(_search, "_MAX_STEPS", 5_000)
    pattern = EventPattern.from_json({"c": {"x": [1], "z": [{"exists": False}]}})
    explanation = pattern.explain({"c": [{"x": 1, "z": 1}] * 3_000})
    assert explanation.matches is False
    assert str(explanation).endswith("too many combinations of array elements")


def test_a_field_absent_beside_the_other_one_is_no_reason_by_itself() -> None:
    """It is absent from an element that has the other."""
    text = _explain(
        {"c": {"m": [1], "n": [1], "z": [{"exists": False}]}},
        {"c": [{"m": 1}, {"n": 1, "z": 1}, {"n": 2}]},
    )
    assert 'ok  c.z: [{"exists": false}]\n      absent from some elements' in text
    assert "different elements" in text


def test_an_absence_holds_where_any_field_before_it_goes_with_it() -> None:
    text = _explain(
        {"c": {"m": [1], "n": [1], "z": [{"exists": False}]}}, {"c": [{"m": 1, "z": 1}, {"n": 1}]}
    )
    assert 'ok  c.z: [{"exists": false}]\n      absent from some elements' in text


def test_the_value_is_shown_that_breaks_an_absence_in_the_chosen_element() -> None:
    """The element fits otherwise."""
    text = _explain(
        {"c": {"n": [1], "z": [{"exists": False}]}}, {"c": [{"n": 2}, {"n": 1, "z": 5}]}
    )
    assert text.endswith("the value is not accepted: the field should be absent\n      c[1].z = 5")


def test_a_value_found_only_where_another_field_should_be_absent_is_told() -> None:
    text = _explain(
        {"c": {"n": [1], "x": [{"exists": False}], "y": [2]}},
        {"c": [{"n": 1}, {"n": 1, "x": 1, "y": 2}]},
    )
    assert "it holds, but not along with c.x" in " ".join(text.split())


def test_conditions_that_hold_by_twos_but_not_all_three_are_told_so() -> None:
    text = _explain(
        {"c": {"x": [1], "y": [1], "z": [1]}},
        {"c": [{"x": 1, "y": 1}, {"x": 1, "z": 1}, {"y": 1, "z": 1}]},
    )
    assert "it holds, but not along with all conditions above" in " ".join(text.split())


def test_of_arrays_in_arrays_the_one_whose_elements_differ_is_named() -> None:
    text = _explain({"a": {"b": {"x": [1], "y": [2]}}}, {"a": [{"b": [{"x": 1}, {"y": 2}]}]})
    reason = "in different elements of a[0].b: a[0].b[1] and a[0].b[0]"
    assert reason in " ".join(text.split())


def test_a_near_name_is_looked_for_for_the_first_50_missing_fields_alone() -> None:
    names = [f"status{number}" for number in range(60)]
    findings = (
        EventPattern.from_json({name: [1] for name in names}).explain({"status": 1}).branches[0]
    ).findings
    told = ["did you mean status?" in finding.reason for finding in findings]
    assert told == [True] * 50 + [False] * 10


def test_a_float_is_shown_as_python_writes_it() -> None:
    """What JSON has no number for is an error."""
    assert _explain({"a": [1.5]}, {"a": 1.5}).endswith("ok  a: [1.5]\n      a = 1.5")
    for value in (float("inf"), float("nan")):
        with pytest.raises(EventError, match=f"expected a JSON value, got {value}"):
            _explain({"a": [1.5]}, {"a": value})
