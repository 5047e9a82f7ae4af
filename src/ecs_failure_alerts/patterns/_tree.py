"""The paths of a sub-rule as a tree, which is walked together with the event."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from .compiled import Condition
from .documents import Number, Scalar

_PLAIN_SCALARS = frozenset({str, int, float, bool, type(None), Number})
_ABSENT = object()


class NotPlain(Exception):
    """The event has something that only the search can deal with."""


class Node:
    """
    What an object of the event must satisfy.

    Attributes:
        leaves: Name, accepted texts, what to ask about other values, and condition of each field.
        branches: Name and node of each object below.
        order: Names of both in the order of the search, each with its node or, for a leaf, its
            rank.
        first_allows_absence: Whether the first path below does.
        all_allow_absence: Whether every path below does.
        joined: The keys that would spell several names at once.
    """

    __slots__ = (
        "all_allow_absence",
        "branches",
        "first_allows_absence",
        "joined",
        "leaves",
        "order",
    )

    def __init__(self) -> None:
        self.leaves: list[tuple[str, frozenset[str], Callable[[Scalar], bool], Condition]] = []
        self.branches: list[tuple[str, Node]] = []
        self.order: list[tuple[str, Node | int]] = []
        self.first_allows_absence = False
        self.all_allow_absence = True
        self.joined: set[str] = set()

    def add(self, names: Sequence[str], condition: Condition, rank: int) -> None:
        """Add the leaf that is *rank* in the order of the search, after all before it."""
        if not self.order:
            self.first_allows_absence = condition.allows_absence
        self.all_allow_absence = self.all_allow_absence and condition.allows_absence

        name, *below = names
        if not below:
            self.leaves.append((name, condition.texts, condition.asks, condition))
            self.order.append((name, rank))
            return

        for length in range(2, len(names) + 1):
            self.joined.add(".".join(names[:length]))
        if not self.branches or self.branches[-1][0] != name:
            self.branches.append((name, Node()))
            self.order.append(self.branches[-1])
        self.branches[-1][1].add(below, condition, rank)


def build_tree(fields: Sequence[tuple[str, Condition]]) -> Node | None:
    """Build the tree of sorted *fields*; return None if one lies below another."""
    paths = {path for path, _ in fields}
    if any(prefix in paths for path in paths for prefix in parents(path)):
        return None

    root = Node()
    for rank, (path, condition) in enumerate(fields):
        root.add(path.split("."), condition, rank)
    return root


def parents(path: str) -> Iterator[str]:
    """List the dotted paths of what *path* lies in."""
    return (path[:index] for index, character in enumerate(path) if character == ".")


def holds(node: Node, value: object) -> bool:
    """
    Return whether *value* satisfies all below *node*.

    Raises:
        NotPlain: Only the search can tell.
    """
    if isinstance(value, dict):
        for name, texts, asks, condition in node.leaves:
            leaf = value.get(name)
            kind = leaf.__class__
            if kind is str or kind is int:
                if leaf not in texts and not asks(leaf):
                    return False
            elif not _leaf_holds(condition, value.get(name, _ABSENT)):
                return False

        if node.branches:
            if not value.keys().isdisjoint(node.joined):
                raise NotPlain
            for name, child in node.branches:
                if not holds(child, value.get(name)):
                    return False
        return True

    if isinstance(value, list):
        return _holds_in_element(node, value)
    if value.__class__ not in _PLAIN_SCALARS:
        raise NotPlain
    return node.all_allow_absence


def _holds_in_element(node: Node, elements: list[object]) -> bool:
    """Return whether one of *elements* satisfies all below *node*."""
    if node.first_allows_absence:
        return _holds_in_candidate(node, elements)

    for element in elements:  # noqa: SIM110 - any() is slower here
        if holds(node, element):
            return True
    return False


def _holds_in_candidate(node: Node, elements: list[object]) -> bool:
    """Return the same for an array whose first path below *node* may be absent."""
    members = list(_members(elements))  # a leaf chooses its element of all arrays at once
    ranks = [_first_present(node, member) for member in members]

    first = min((rank for rank in ranks if rank is not None), default=None)
    if first is None:
        return node.all_allow_absence

    return any(
        rank == first and holds(node, member) for rank, member in zip(ranks, members, strict=True)
    )


def _first_present(node: Node, value: object) -> int | None:
    """Return the rank of the first path below *node* that has a leaf in *value*."""
    if isinstance(value, dict):
        if not value.keys().isdisjoint(node.joined):
            raise NotPlain
        for name, child in node.order:
            below = value.get(name, _ABSENT)
            if isinstance(child, int):
                rank = child if _has_scalar(below) else None
            else:
                rank = _first_present(child, below)
            if rank is not None:
                return rank
        return None

    if isinstance(value, list):
        found = (_first_present(node, element) for element in value)
        return min((rank for rank in found if rank is not None), default=None)
    if value.__class__ not in _PLAIN_SCALARS and value is not _ABSENT:
        raise NotPlain
    return None


def _leaf_holds(condition: Condition, value: object) -> bool:
    """Return whether a field that holds *value* satisfies *condition*."""
    kind = value.__class__
    if kind in _PLAIN_SCALARS:
        if kind is float and value - value != 0:  # type: ignore[operator]
            raise NotPlain
        return condition.accepts(value)  # type: ignore[arg-type]

    if isinstance(value, list):
        scalars = [member for member in _members(value) if not isinstance(member, dict)]
        if not scalars:
            return condition.allows_absence
        return any(_leaf_holds(condition, scalar) for scalar in scalars)

    if value is not _ABSENT and not isinstance(value, dict):
        raise NotPlain
    return condition.allows_absence


def _members(values: list[object]) -> Iterator[object]:
    """List the members of *values* and of the arrays inside."""
    inside = [iter(values)]

    while inside:
        for value in inside[-1]:
            if isinstance(value, list):
                inside.append(iter(value))
                break
            yield value
        else:
            inside.pop()


def _has_scalar(value: object) -> bool:
    if isinstance(value, list):
        return any(_has_scalar(element) for element in value)
    if value is _ABSENT or isinstance(value, dict):
        return False
    if value.__class__ not in _PLAIN_SCALARS:
        raise NotPlain
    return True
