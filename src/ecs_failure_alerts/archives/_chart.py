"""The alerts of each day as a picture: stacked bars in SVG."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from html import escape
from typing import Final

from ..causes import Cause

#: Pixels of the picture, of its left and lower margins, and between two bars at most.
_WIDTH: Final = 960
_HEIGHT: Final = 260
_LEFT: Final = 56
_BELOW: Final = 24
_GAP: Final = 2.0

#: Colours of the most frequent causes; the others share the last one.
_COLORS: Final = ("#c0392b", "#2980b9", "#e67e22", "#8e44ad", "#16a085", "#b7950b")
_OTHERS: Final = "#7f8c8d"
#: Bars at most; over a longer time a bar is several days.
_MOST_BARS: Final = 120


def chart(days: Mapping[date, Counter[Cause]]) -> str:
    """
    Draw the alerts of each day.

    Args:
        days: The alerts by day and cause; at least one day.
    """
    bars, step = _bars(days)
    total: Counter[Cause] = sum(bars.values(), Counter())
    named = [cause for cause, _ in total.most_common(len(_COLORS))]
    highest = max(bar.total() for bar in bars.values())

    parts = [
        *_axis(highest),
        *_days(list(bars)),
        *_columns(bars, named, highest),
    ]
    unit = "day" if step == 1 else f"{step} days"
    return (
        f'<figure><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="Alerts by {unit}">{"".join(parts)}</svg>'
        f"<figcaption>Alerts by {unit} (UTC): {_legend(named, total)}</figcaption></figure>"
    )


def _bars(days: Mapping[date, Counter[Cause]]) -> tuple[dict[date, Counter[Cause]], int]:
    """Return the alerts of each bar by its first day, and the number of days of a bar."""
    first, last = min(days), max(days)
    step = -(-((last - first).days + 1) // _MOST_BARS)
    bars = {
        first + timedelta(days=at): Counter[Cause]()
        for at in range(0, (last - first).days + 1, step)
    }

    for day, causes in days.items():
        bars[first + timedelta(days=(day - first).days // step * step)] += causes
    return bars, step


def _columns(
    bars: Mapping[date, Counter[Cause]], named: list[Cause], highest: int
) -> Iterator[str]:
    width = (_WIDTH - _LEFT) / len(bars)
    scale = (_HEIGHT - 2 * _BELOW) / highest

    for number, (day, causes) in enumerate(bars.items()):
        x, y = _LEFT + number * width, float(_HEIGHT - _BELOW)
        for cause, count in sorted(causes.items(), key=lambda pair: _order(pair[0], named)):
            y -= count * scale
            title = escape(f"{day.isoformat()}: {count:,} {cause.value}")
            yield (
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width - _GAP, 1):.1f}" '
                f'height="{count * scale:.1f}" fill="{_color(cause, named)}">'
                f"<title>{title}</title></rect>"
            )


def _axis(highest: int) -> Iterator[str]:
    bottom = _HEIGHT - _BELOW
    for share in (0.0, 0.5, 1.0):
        y = bottom - share * (_HEIGHT - 2 * _BELOW)
        yield f'<line x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}" class="grid"/>'
        if share != 0.5 or highest % 2 == 0:
            yield (
                f'<text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">'
                f"{round(highest * share):,}</text>"
            )


def _days(days: list[date]) -> Iterator[str]:
    ends = [(days[0], _LEFT, "start")]
    if len(days) > 1:
        ends.append((days[-1], _WIDTH, "end"))
    for day, x, anchor in ends:
        yield f'<text x="{x}" y="{_HEIGHT - 6}" text-anchor="{anchor}">{day.isoformat()}</text>'


def _legend(named: list[Cause], total: Counter[Cause]) -> str:
    others = sum(count for cause, count in total.items() if cause not in named)
    entries = [(_color(cause, named), f"{total[cause]:,} {cause.value}") for cause in named]
    if others:
        entries.append((_OTHERS, f"{others:,} others"))
    return " ".join(
        f'<span><i style="background:{color}"></i>{escape(what)}</span>' for color, what in entries
    )


def _order(cause: Cause, named: list[Cause]) -> int:
    return named.index(cause) if cause in named else len(named)


def _color(cause: Cause, named: list[Cause]) -> str:
    return _COLORS[named.index(cause)] if cause in named else _OTHERS
