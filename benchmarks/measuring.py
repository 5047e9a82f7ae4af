"""How things are timed side by side, and how a figure is told."""

# Theory of operation: the machine is shared, so a time alone says little. Whatever is compared
# runs in turns within one process (or as processes, in turns): each round times each contestant
# once, beginning with another one each time, and gives one ratio. A figure is the median of
# these ratios; its spread is their middle half. What needs the processor alone is timed by the
# processor's time, which leaves out what other programs took meanwhile.

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final, TypeAlias

from attrs import frozen

#: Gives the seconds (or bytes) of one go.
Gauge: TypeAlias = Callable[[], float]

_BATCH: Final = 0.004  # seconds that one timing of a fast call lasts at least


@frozen
class Figure:
    """
    One line of the table.

    Attributes:
        what: What was measured.
        against: What it is compared with.
        ratios: One for each round: what was measured, divided by what it is compared with.
            Empty where the other one is not installed.
        goal: What the ratio may be; None where nothing is asked.
        at_least: Whether the goal is a least instead of a most.
        unit: What stands behind the numbers.
    """

    what: str
    against: str
    ratios: Sequence[float]
    goal: float | None = None
    at_least: bool = False
    unit: str = " x"

    @property
    def median(self) -> float:
        """The ratio."""
        return statistics.median(self.ratios)

    @property
    def missed(self) -> bool:
        """Whether there is a goal that the median does not reach."""
        if self.goal is None or not self.ratios:
            return False
        return self.median < self.goal if self.at_least else self.median > self.goal

    def cells(self) -> tuple[str, ...]:
        """Return the line as text: what, against, ratio, middle half, goal, verdict."""
        goal = ""
        if self.goal is not None:
            goal = f"{'at least' if self.at_least else 'at most'} {self.goal:g}{self.unit}"
        if not self.ratios:
            return self.what, self.against, "not installed", "", goal, ""
        low, high = middle_half(self.ratios)
        spread = "" if len(self.ratios) == 1 else f"{low:.2f} to {high:.2f}"
        verdict = "MISSED" if self.missed else "met" if self.goal is not None else ""
        ratio = f"{self.median:.2f}{self.unit}"
        return self.what, self.against, ratio, spread, goal, verdict


HEADINGS: Final = ("what", "against", "ratio", "middle half", "goal", "")


def middle_half(values: Iterable[float]) -> tuple[float, float]:
    """Return the quartiles."""
    known = sorted(values)
    if len(known) < 2:
        return known[0], known[0]
    low, _, high = statistics.quantiles(known, n=4, method="inclusive")
    return low, high


def race(gauges: Mapping[str, Gauge], rounds: int) -> dict[str, list[float]]:
    """
    Let everybody run once a round, each round beginning with another one.

    Args:
        gauges: The contestants, by name. Each runs once before anything counts.
        rounds: How many rounds.

    Returns:
        What each gauge gave, by name, one a round.
    """
    for gauge in gauges.values():
        gauge()
    names = list(gauges)
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            times[name].append(gauges[name]())
    return times


def ratios(ours: Iterable[float], theirs: Iterable[float]) -> tuple[float, ...]:
    """Return the ratio of each round."""
    return tuple(own / other for own, other in zip(ours, theirs, strict=True))


def per_call(call: Callable[[], object]) -> Gauge:
    """Make a gauge of a fast call: processor seconds of one, over as many as it takes."""
    call()  # what the first call alone does, such as compiling expressions, is left out
    calls = 1
    while (seconds := _seconds(call, calls)) < _BATCH:
        calls = max(calls + 1, round(calls * min(10.0, 1.2 * _BATCH / max(seconds, 1e-9))))
    return lambda: _seconds(call, calls) / calls


def _seconds(call: Callable[[], object], calls: int) -> float:
    begin = time.process_time()
    for _ in range(calls):
        call()
    return time.process_time() - begin


def table(figures: Iterable[Figure]) -> str:
    """Return the figures as a table in Markdown whose columns stand below each other."""
    rows = [HEADINGS, *(figure.cells() for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    rule = tuple("-" * width for width in widths)
    lines = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |"
        for row in (rows[0], rule, *rows[1:])
    ]
    return "\n".join(lines)
