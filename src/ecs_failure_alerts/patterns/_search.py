"""The search of EventBridge through the leaves of an event; its theory heads `_matcher`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ..exceptions import EventError, Problem
from ._leaves import Leaf
from .compiled import Condition

_MAX_STEPS = 50_000
"""The most leaves to look at, beyond one per field; they take well below a second."""

Choice = tuple[str, Leaf | None]
"""A path and the leaf chosen for it, or None if it is absent."""

Field = tuple[str, Condition]
"""A path and its condition."""

Fields = Sequence[Field]
"""Fields in the order of the search."""


class Search:
    """
    The search through the leaves of one event.

    Attributes:
        leaves: The leaves at each path.
        arrays: The place of each array.
    """

    def __init__(self, leaves: dict[str, list[Leaf]], arrays: Sequence[str]) -> None:
        self.leaves = leaves
        self.arrays = arrays
        self._columns = {path: _Column(column) for path, column in leaves.items()}
        self._steps_left = _MAX_STEPS

    def choices(self, fields: Fields) -> list[Choice] | None:
        """
        Choose a leaf for every path.

        Returns:
            The choices, or None if there are none.

        Raises:
            EventError: It took too many steps.
        """
        chosen, complete = self.longest(fields)
        return chosen if complete else None

    def longest(self, fields: Fields) -> tuple[list[Choice], bool]:
        """Choose as `choices` does; if that fails, get as far as possible."""
        self._steps_left += len(fields)
        last_use = self._last_use(fields)

        longest: list[Choice] = []
        chosen: list[Choice] = []
        dead_ends: set[tuple[int, frozenset[tuple[int, int]]]] = set()
        frames: list[tuple[dict[int, int], Iterator[Leaf | None]]] = [
            ({}, self._options(*fields[0], {}))
        ]

        while frames:
            elements, options = frames[-1]
            try:
                leaf = next(options)
            except StopIteration:
                frames.pop()
                dead_ends.add((len(frames), frozenset(elements.items())))
                del chosen[-1:]
                continue

            depth = len(chosen) + 1
            chosen.append((fields[depth - 1][0], leaf))
            if depth > len(longest):
                longest = list(chosen)
            if depth == len(fields):
                return chosen, True

            after = elements if leaf is None else {**elements, **dict(leaf.membership)}
            counting = {array: i for array, i in after.items() if last_use.get(array, 0) >= depth}
            if (depth, frozenset(counting.items())) in dead_ends:
                chosen.pop()
            else:
                frames.append((counting, self._options(*fields[depth], counting)))

        return longest, False

    def _last_use(self, fields: Fields) -> dict[int, int]:
        """Return the last field, by its rank, for which the element of each array counts."""
        return {
            array: rank
            for rank, (path, _) in enumerate(fields)
            for leaf in self.leaves.get(path, ())
            for array, _ in leaf.membership
        }

    def _options(
        self, path: str, condition: Condition, elements: Mapping[int, int]
    ) -> Iterator[Leaf | None]:
        """List the possible choices for *path* once *elements* are chosen."""
        present = False
        column = self._columns.get(path)

        for leaf in column.nearby(elements) if column else ():
            self._steps_left -= 1
            if self._steps_left < 0:
                raise EventError([Problem(path, "too many combinations of array elements")])
            if all(elements.get(array, i) == i for array, i in leaf.membership):
                present = True
                if condition.accepts(leaf.value):
                    yield leaf

        if condition.allows_absence and not present:
            yield None


class _Column:
    """The leaves at one path, found by the element of their outermost array."""

    __slots__ = ("_by_array", "_loose")

    def __init__(self, leaves: Sequence[Leaf]) -> None:
        self._loose = [leaf for leaf in leaves if not leaf.membership]
        self._by_array: dict[int, dict[int, list[Leaf]]] = {}

        for leaf in leaves:
            if leaf.membership:
                array, index = leaf.membership[0]
                self._by_array.setdefault(array, {}).setdefault(index, []).append(leaf)

    def nearby(self, elements: Mapping[int, int]) -> Iterator[Leaf]:
        """List the leaves that are not in another element of their outermost array."""
        yield from self._loose

        for array, by_index in self._by_array.items():
            if array in elements:
                yield from by_index.get(elements[array], ())
            else:
                for leaves in by_index.values():
                    yield from leaves
