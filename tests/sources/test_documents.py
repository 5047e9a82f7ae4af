"""The documents in a text of which parts may be broken."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecs_failure_alerts import read_payload
from ecs_failure_alerts.sources.documents import Document, documents
from ecs_failure_alerts.testing import task_state_change
from linear_time import assert_linear
from rows import each


def is_payload(value: Any) -> bool:
    """Take an object with the key ``e`` for one that matters."""
    return isinstance(value, dict) and "e" in value


def read(text: str) -> list[tuple[int, str, bool]]:
    """Return the line and the text of each document, and whether it is whole."""
    return [(found.line, found.text, found.fault is None) for found in documents(text, is_payload)]


@each(
    ("text", "found"),
    [
        pytest.param('{"a": 1}\n[2]', [(1, '{"a": 1}', True), (2, "[2]", True)], id="lines"),
        pytest.param('{"a":1}{"b":2}', [(1, '{"a":1}', True), (1, '{"b":2}', True)], id="beside"),
        pytest.param(
            '{"a":1},\n{"b":2},', [(1, '{"a":1}', True), (2, '{"b":2}', True)], id="commas"
        ),
        pytest.param('"x"\n"y"', [(1, '"x"', True), (2, '"y"', True)], id="texts"),
        pytest.param('{x\n{"a": 1}', [(1, "{x", False), (2, '{"a": 1}', True)], id="broken-first"),
        pytest.param("{x\n{y", [(1, "{x", False), (2, "{y", False)], id="both-broken"),
        pytest.param('\n\n {"a":\n 1}', [(3, '{"a":\n 1}', True)], id="after-blanks"),
        pytest.param(
            '[{"e":1},{"e":2},{"e',
            [(1, '[,,{"e', False), *[(1, f'{{"e":{n}}}', True) for n in (1, 2)]],
            id="list-cut-off",
        ),
        pytest.param(
            '{"a": [\n  {"b": 1},\n  {"e": 2}\n',
            [(1, '{"a": [\n  {"b": 1},', False), (3, '{"e": 2}', True)],
            id="inside",
        ),
        pytest.param('2026-03-02T02:14:08Z {"e": 1}', [(1, '{"e": 1}', True)], id="heading"),
        pytest.param(
            ' x {"a": 1}', [(1, 'x {"a": 1}', False)], id="words-before-nothing-that-counts"
        ),
        pytest.param('{"a": 1} x', [(1, '{"a": 1}', True), (1, "x", False)], id="words-behind"),
        pytest.param("plain", [(1, "plain", False)], id="words"),
    ],
)
def test_each_document_has_its_line_and_a_broken_part_leaves_one_rest(
    text: str, found: list[tuple[int, str, bool]]
) -> None:
    """It is where the part begins."""
    assert read(text) == found


@each(
    ("text", "fault"),
    [
        ('{"a": 1}\n{"b": x}', "not JSON: Expecting value (line 2, column 7)"),
        ("[" * 100_000, "not JSON: nested too deeply"),
        ("words", "not JSON: no object and no list"),
        ('{"a": 1}\n{"b": NaN}', "not JSON: NaN is not a number there"),
    ],
)
def test_the_line_of_a_fault_counts_from_the_beginning_of_the_text(text: str, fault: str) -> None:
    assert [found.fault for found in documents(text, is_payload)][-1] == fault


@given(st.text(alphabet='{}[]",:1e \n', max_size=30))
def test_every_bracket_of_a_text_is_in_exactly_one_document_or_rest(text: str) -> None:
    found = "".join(document.text for document in documents(text, is_payload))
    assert all(found.count(bracket) == text.count(bracket) for bracket in "{}[]")


@given(st.text(alphabet='{}[]",:1e \n', max_size=30))
def test_documents_come_in_order_each_with_the_line_in_which_it_begins(text: str) -> None:
    found: list[Document] = list(documents(text, is_payload))
    assert [document.line for document in found] == sorted(document.line for document in found)
    lines = text.split("\n")
    for document in found:
        assert document.text[0] in lines[document.line - 1]


@each(
    ("begin", "unit", "count"),
    [
        pytest.param("", " [1,\n", 4_800, id="nested-lists"),
        pytest.param("", '{"a":\n', 4_800, id="nested-objects"),
        pytest.param("[" * 900, "1,", 48_000, id="deep-and-long"),
        pytest.param('{"a": [', "{},", 48_000, id="many-that-do-not-count"),
        pytest.param('[{"a": [', '{"e":1},', 12_000, id="many-that-count"),
        pytest.param("", "[x ", 48_000, id="many-broken"),
        pytest.param("", ' "', 48_000, id="many-quotes"),
    ],
)
def test_a_hostile_text_takes_linear_time(begin: str, unit: str, count: int) -> None:
    assert_linear(lambda count: list(documents(begin + unit * count, is_payload)), count)


@each(("line", "column"), [('note {"words": 1}', 6), ('{"a": 1} note {"words": 1}', 15)])
def test_what_stands_before_a_value_that_is_no_event_is_named(line: str, column: int) -> None:
    records = list(read_payload(f"{line}\n{json.dumps(task_state_change())}\n"))
    assert f"line 1: not JSON: text before column {column}" in [str(one.error) for one in records]
    assert records[-1].event is not None
