"""A report as text."""

from __future__ import annotations

from collections.abc import Iterator

from ._archive import ArchiveReport
from ._comparison import Comparison
from ._tables import NO_DIFFERENCE, Table, headline, named_reports, tables


def text(report: ArchiveReport | Comparison) -> str:
    """
    Draw a report as text.

    Args:
        report: The report, or the comparison of two policies.
    """
    return "\n".join(_lines(report))


def _lines(report: ArchiveReport | Comparison) -> Iterator[str]:
    for name, part in named_reports(report):
        yield f"{name}{headline(part)}"

    drawn = list(tables(report))
    for table in drawn:
        yield ""
        yield from _draw(table)

    if isinstance(report, Comparison) and not drawn:
        yield ""
        yield NO_DIFFERENCE


def _draw(table: Table) -> Iterator[str]:
    rows = [tuple(f"{c:,}" if isinstance(c, int) else c for c in row) for row in table.rows]
    widths = [max(map(len, column)) for column in zip(table.head, *rows, strict=True)]
    numbers = [isinstance(cell, int) for cell in table.rows[0]]

    yield table.title
    for row in (table.head, *rows):
        cells = (
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(row, widths, numbers, strict=True)
        )
        yield f"  {'  '.join(cells)}".rstrip()
