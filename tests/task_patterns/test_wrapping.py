"""The pattern inside of a rule."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts.task_patterns import unwrap
from rows import each
from strategies import CHARACTERS

PATTERN = {"source": ["aws.ecs"]}


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param({"Name": "stops", "EventPattern": json.dumps(PATTERN)}, id="describe-rule"),
        pytest.param({"EventPattern": PATTERN}, id="object"),
        pytest.param(
            {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": PATTERN}},
            id="cloudformation",
        ),
    ],
)
def test_the_pattern_is_taken_out_of_a_rule(rule: dict[str, Any]) -> None:
    """Rules come from the console, from templates and from the AWS CLI."""
    assert json.loads(unwrap(json.dumps(rule))) == PATTERN


@each(
    "text",
    [
        pytest.param(json.dumps(PATTERN), id="pattern"),
        pytest.param('{"pattern": {"shape": ["round"]}}', id="field-of-that-name"),
        pytest.param('{"pattern": ["a"]}', id="list-of-that-name"),
        pytest.param("[1]", id="list"),
        pytest.param('{"EventPattern": ', id="cut-off"),
    ],
)
def test_what_is_no_rule_stays_as_it_is(text: str) -> None:
    """Custom events have fields of any name."""
    assert unwrap(text) == text


@given(st.text(CHARACTERS) | st.binary())
def test_any_text_can_be_unwrapped(text: str | bytes) -> None:
    """Whatever a file holds, its faults are told later."""
    assert isinstance(unwrap(text), str | bytes)
