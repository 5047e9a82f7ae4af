"""The tables of tests: every row is checked, and those that fail are named."""

from __future__ import annotations

import pytest

from rows import each


def test_every_row_is_checked_and_all_that_fail_are_named() -> None:
    checked = []

    @each("number, even", [(2, True), pytest.param(3, True, id="three"), (4, True), (5, True)])
    def test(number: int, even: bool) -> None:
        checked.append(number)
        assert (number % 2 == 0) is even

    with pytest.raises(ExceptionGroup, match="2 of 4 rows fail: three, 5-True") as raised:
        test()

    assert checked == [2, 3, 4, 5]
    assert [error.__notes__ for error in raised.value.exceptions] == [
        ["This is the row three."],
        ["This is the row 5-True."],
    ]


def test_a_row_that_raises_nothing_where_it_should_fails() -> None:
    @each("number", [1])
    def test(number: int) -> None:
        with pytest.raises(ZeroDivisionError):
            assert 1 / number

    with pytest.raises(BaseExceptionGroup, match="1 of 1 rows fail: 1"):
        test()


@each("letter", ["a", "b"], ids=["first", "second"])
@pytest.mark.parametrize("number", [1, 2])
def test_rows_share_the_fixtures_and_parameters_of_the_test(
    letter: str, number: int, request: pytest.FixtureRequest
) -> None:
    assert letter in {"a", "b"}
    assert number in {1, 2}
    assert "letter" not in request.fixturenames


@each(
    "rows, ids, error",
    [
        ([], repr, "expected rows to check, got none"),
        ([1, 2], ["one"], "shorter"),
        ([pytest.param(1, 2)], repr, "longer"),
        ([pytest.param(1, marks=pytest.mark.xfail)], repr, "expected a row without marks"),
    ],
)
def test_a_table_that_leaves_something_unchecked_is_refused(
    rows: list[object], ids: list[str], error: str
) -> None:
    with pytest.raises(ValueError, match=error):
        each("number", rows, ids=ids)
