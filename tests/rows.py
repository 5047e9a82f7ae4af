"""A table whose rows one test checks, because pytest's work on a test outweighs that on a row."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import pytest
from attrs import frozen

_Test = Callable[..., None]

#: How much of a name is shown: that of a row with a long text is as long.
_SHOWN_CHARACTERS: Final = 100
_PARAM: Final = type(pytest.param())


@frozen
class _Row:
    """A row: its values by the names of the arguments, and what it is called."""

    values: dict[str, Any]
    get_name: Callable[[], str]


def each(
    arguments: str | tuple[str, ...],
    rows: Iterable[Any],
    *,
    ids: Iterable[str] | Callable[[Any], str] = repr,
) -> Callable[[_Test], _Test]:
    """
    Let one test check every row, and report all rows that fail by their names.

    It takes what ``pytest.mark.parametrize`` takes, and replaces it where rows may share fixtures.

    Args:
        arguments: The names of what a row fills, as a tuple or separated by commas.
        rows: The values of each row, or ``pytest.param(..., id=...)``.
        ids: What rows without an ``id`` are called, or a function that names a value.

    Raises:
        ValueError: There are no rows, or a row has too few or too many values or names.
    """
    keys = arguments.replace(",", " ").split() if isinstance(arguments, str) else arguments
    listed = list(rows)
    names: list[str | Callable[[Any], str]]
    names = [ids] * len(listed) if callable(ids) else [*ids]
    table = [_row(keys, row, name) for row, name in zip(listed, names, strict=True)]
    if not table:
        raise ValueError("expected rows to check, got none")

    def decorate(test: _Test) -> _Test:
        @functools.wraps(test)
        def check(**fixtures: Any) -> None:
            _check_all(functools.partial(test, **fixtures), table)

        signature = inspect.signature(test)
        fixtures = [value for name, value in signature.parameters.items() if name not in keys]
        check.__signature__ = signature.replace(parameters=fixtures)  # type: ignore[attr-defined]
        return check

    return decorate


def _row(keys: Sequence[str], row: Any, name: str | Callable[[Any], str]) -> _Row:
    """Return a row by the names of its arguments; one argument may stand by itself."""
    values = row
    if isinstance(row, _PARAM):
        values, name = row.values, name if row.id is None else str(row.id)
        if row.marks:
            raise ValueError(f"expected a row without marks, got {row.marks}")
    elif len(keys) == 1:
        values = [row]

    # A name is made for a row that fails only: it takes time to write a long value.
    get_name = (lambda: "-".join(map(name, values))) if callable(name) else (lambda: name)
    return _Row(dict(zip(keys, values, strict=True)), get_name)


def _check_all(test: _Test, table: Sequence[_Row]) -> None:
    names, failures = [], []
    for row in table:
        try:
            test(**row.values)
        except (Exception, pytest.fail.Exception) as error:  # noqa: BLE001 - all are raised below
            names.append(row.get_name()[:_SHOWN_CHARACTERS])
            error.add_note(f"This is the row {names[-1]}.")
            failures.append(error)

    if failures:
        count = f"{len(failures)} of {len(table)} rows fail"
        raise BaseExceptionGroup(f"{count}: {', '.join(names)}", failures)
