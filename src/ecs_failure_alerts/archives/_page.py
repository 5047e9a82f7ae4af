"""A report as an HTML page that loads nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from ._archive import ArchiveReport
from ._chart import chart
from ._comparison import Comparison
from ._tables import NO_DIFFERENCE, Table, headline, named_reports, tables

_STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; } td, th { padding: .2rem .8rem .2rem 0; text-align: left; }
th { border-bottom: 1px solid #999; } td.number, th.number { text-align: right; }
figure { margin: 1.5rem 0; } svg { width: 100%; height: auto; } svg text { font-size: 12px; }
.grid { stroke: #ddd; } figcaption span { white-space: nowrap; margin-left: .8rem; }
figcaption i { display: inline-block; width: .8em; height: .8em; margin-right: .3em; }
"""


def page(report: ArchiveReport | Comparison) -> str:
    """
    Draw a report as an HTML page: one file, without scripts, that loads nothing.

    Args:
        report: The report, or the comparison of two policies.
    """
    is_comparison = isinstance(report, Comparison)
    title = "How two policies judge" if is_comparison else "How the policy judges"
    body = "\n".join(_body(report))
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>ECS failures: {title.lower()} past events</title><style>{_STYLE}</style></head>\n"
        f"<body><h1>{title} past events</h1>\n{body}\n</body></html>\n"
    )


def _body(report: ArchiveReport | Comparison) -> Iterator[str]:
    for name, part in named_reports(report):
        yield f"<p>{name}{escape(headline(part))}</p>"
        if part.days:
            yield chart(part.days)

    drawn = list(tables(report))
    yield from map(_draw, drawn)
    if isinstance(report, Comparison) and not drawn:
        yield f"<p>{NO_DIFFERENCE}</p>"


def _draw(table: Table) -> str:
    numbers = [isinstance(cell, int) for cell in table.rows[0]]
    rows = [[f"{c:,}" if isinstance(c, int) else c for c in row] for row in table.rows]

    drawn = [_row("th", table.head, numbers), *(_row("td", row, numbers) for row in rows)]
    body = "\n".join(drawn)
    return f"<h2>{escape(table.title)}</h2>\n<table>{body}</table>"


def _row(tag: str, cells: Iterable[str], numbers: Iterable[bool]) -> str:
    opened = {True: f'<{tag} class="number">', False: f"<{tag}>"}
    drawn = (
        f"{opened[number]}{escape(cell)}</{tag}>"
        for cell, number in zip(cells, numbers, strict=True)
    )
    return f"<tr>{''.join(drawn)}</tr>"
