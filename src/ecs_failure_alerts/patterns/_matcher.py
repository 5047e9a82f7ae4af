"""What EventBridge does with a compiled pattern and an event."""

# Theory of operation
# ===================
#
# A pattern is compiled to sub-rules (see _compiling.py): dotted paths, each with a
# condition. EventBridge matches a sub-rule by a search:
#
#   Every scalar of the event is a leaf with a dotted path and a membership: for each array
#   crossed on the way to an object or an inner array, which element it was. Take the paths
#   in sorted order. For each choose a leaf that the condition accepts and whose membership
#   agrees with the choices made so far (no array with another element); where the condition
#   allows absence, no leaf that agrees will do too. If there is none, go back.
#
# So two conditions below one array must hold in the same element, and what "absent" ranges
# over depends on the paths before: the chosen element once there is one, else every element.
#
# The module _searching.py does this, made safe: it remembers dead ends by what of the choices
# still counts, so that independent arrays do not multiply, and it counts its steps.
#
# The search has to flatten the event first, which costs most of the time. But sorted paths
# run through the tree of their components in depth-first order, and the leaves below an
# array are only reached through it. So the same answer comes from walking the tree and the
# event together (`_holds`):
#
#   * An object must satisfy each child of the tree by itself.
#   * An array must have an element that satisfies all of the subtree. If the first path of
#     the subtree needs a leaf, that is all: the leaf chooses the element for all others. If
#     it allows absence, absence ranges over the whole array until a path is present. Let P
#     be the first path present in any element: the paths before P are absent everywhere, and
#     P, being present somewhere, has to be satisfied by a leaf, so only elements that hold P
#     are candidates.
#   * Anything else satisfies a subtree only if all of its paths allow absence.
#
# This needs every path to be spelled in one way only. {"a.b": 1} and {"a": {"b": 1}} are the
# same path, so a node knows the keys that would join several of its components, and an event
# that has one is given to the search. So are values that are no plain JSON type (a Mapping, a
# str subclass), a pattern with a field at both "a" and "a.b", and one that is very large.

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from ._search import Search, flatten
from .documents import Number, Scalar
from .rules import Condition, SubRule

_PLAIN_SCALARS = frozenset({str, int, float, bool, type(None), Number})
_ABSENT = object()

_MAX_DEPTH = 32
_MAX_TREE_SIZE = 50_000
"""Trees of more components would take too long to build; the search needs none."""


class _NotPlain(Exception):
    """The event has something that only the search can deal with."""


class Matcher:
    """
    The sub-rules of a pattern, ready to be matched.

    Attributes:
        rules: A rule for each sub-rule.
    """

    __slots__ = ("_paths", "_prefixes", "_trees", "rules")

    def __init__(self, sub_rules: Sequence[SubRule]) -> None:
        self._paths = {path for sub_rule in sub_rules for path in sub_rule.conditions}
        self._prefixes = {path[:dot] for path in self._paths for dot in _dots(path)}
        in_order = sorted(self._paths, key=lambda path: path.encode("utf-16-be", "surrogatepass"))
        ranks = {path: rank for rank, path in enumerate(in_order)}
        depth = 1 + max(path.count(".") for path in self._paths)
        size = depth * sum(len(sub_rule.conditions) for sub_rule in sub_rules)
        trees = depth <= _MAX_DEPTH and size <= _MAX_TREE_SIZE
        self.rules = [Rule(sub_rule, ranks, tree=trees) for sub_rule in sub_rules]
        self._trees = [rule.tree for rule in self.rules if rule.tree is not None]

    def matches(self, event: Mapping[str, object]) -> bool:
        """
        Say whether any rule holds.

        Raises:
            EventError: A value is not JSON, or the search took too many steps.
        """
        if len(self._trees) == len(self.rules):
            try:
                for tree in self._trees:
                    if _holds(tree, event):
                        return True
            except (_NotPlain, RecursionError):
                pass
            else:
                return False
        return any(self.verdicts(event))

    def verdicts(self, event: Mapping[str, object]) -> Iterator[bool]:
        """Say of one rule after the other whether it holds; raises as `matches` does."""
        search: Search | None = None
        for rule in self.rules:
            if rule.tree is not None:
                try:
                    yield _holds(rule.tree, event)
                    continue
                except (_NotPlain, RecursionError):
                    pass
            search = search or self.search(event)
            yield search.choices(rule.fields) is not None

    def search(self, event: Mapping[str, object]) -> Search:
        """Flatten *event* for the general search."""
        return Search(*flatten(event, self._paths, self._prefixes))


class Rule:
    """
    A sub-rule with its paths in the order of the search.

    Attributes:
        sub_rule: Where it came from.
        fields: Paths and conditions, sorted.
        tree: The same as a tree; None where only the search will do.
    """

    __slots__ = ("fields", "sub_rule", "tree")

    def __init__(self, sub_rule: SubRule, ranks: Mapping[str, int], *, tree: bool) -> None:
        self.sub_rule = sub_rule
        conditions = sub_rule.conditions
        self.fields = [
            (path, conditions[path]) for path in sorted(conditions, key=ranks.__getitem__)
        ]
        self.tree = _build_tree(self.fields) if tree else None


def _dots(path: str) -> Iterator[int]:
    return (index for index, character in enumerate(path) if character == ".")


class _Node:
    """
    What an object of the event must satisfy.

    Attributes:
        leaves: Name, accepted texts, what to ask about other values and condition of each field.
        branches: Name and node of each object below.
        order: Both, in the order of the search: a leaf is given by its rank.
        first_allows_absence: Whether the first path below does.
        all_allow_absence: Whether every path below does.
        joined: The keys that would spell several components at once.
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
        self.branches: list[tuple[str, _Node]] = []
        self.order: list[tuple[str, _Node | int]] = []
        self.first_allows_absence = False
        self.all_allow_absence = True
        self.joined: set[str] = set()

    def add(self, names: Sequence[str], condition: Condition, rank: int) -> None:
        """Add the last leaf so far, *rank* in the order of the search."""
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
            self.branches.append((name, _Node()))
            self.order.append(self.branches[-1])
        self.branches[-1][1].add(below, condition, rank)


def _build_tree(fields: Sequence[tuple[str, Condition]]) -> _Node | None:
    """Make the tree of sorted *fields*; None if one lies below another."""
    paths = {path for path, _ in fields}
    if any(path[:dot] in paths for path in paths for dot in _dots(path)):
        return None
    root = _Node()
    for rank, (path, condition) in enumerate(fields):
        root.add(path.split("."), condition, rank)
    return root


def _holds(node: _Node, value: object) -> bool:
    """Say whether *value* satisfies all below *node*."""
    if isinstance(value, dict):
        for name, texts, accepts, condition in node.leaves:
            leaf = value.get(name)
            kind = leaf.__class__
            if kind is str or kind is int:
                if leaf not in texts and not accepts(leaf):
                    return False
            elif not _leaf_holds(condition, value.get(name, _ABSENT)):
                return False
        if node.branches:
            if not value.keys().isdisjoint(node.joined):
                raise _NotPlain
            for name, child in node.branches:
                if not _holds(child, value.get(name)):
                    return False
        return True
    if isinstance(value, list):
        return _holds_in_element(node, value)
    if value.__class__ not in _PLAIN_SCALARS:
        raise _NotPlain
    return node.all_allow_absence


def _holds_in_element(node: _Node, elements: list[object]) -> bool:
    """Say whether one of *elements* satisfies all below *node*."""
    if node.first_allows_absence:
        return _holds_in_candidate(node, elements)
    for element in elements:  # noqa: SIM110 - any() takes twice as long
        if _holds(node, element):
            return True
    return False


def _holds_in_candidate(node: _Node, elements: list[object]) -> bool:
    """Say so of an array of which the first path below *node* may be absent."""
    members = list(_members(elements))  # a leaf chooses its element of all arrays at once
    ranks = [_first_present(node, member) for member in members]
    first = min((rank for rank in ranks if rank is not None), default=None)
    if first is None:
        return node.all_allow_absence
    return any(
        rank == first and _holds(node, member) for rank, member in zip(ranks, members, strict=True)
    )


def _first_present(node: _Node, value: object) -> int | None:
    """Find the rank of the first path below *node* of which *value* has a leaf."""
    if isinstance(value, dict):
        if not value.keys().isdisjoint(node.joined):
            raise _NotPlain
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
        raise _NotPlain
    return None


def _leaf_holds(condition: Condition, value: object) -> bool:
    """Say whether a field that holds *value* satisfies *condition*."""
    kind = value.__class__
    if kind in _PLAIN_SCALARS:
        if kind is float and value - value != 0:  # type: ignore[operator]
            raise _NotPlain
        return condition.accepts(value)  # type: ignore[arg-type]
    if isinstance(value, list):
        scalars = [member for member in _members(value) if not isinstance(member, dict)]
        if not scalars:
            return condition.allows_absence
        return any(_leaf_holds(condition, scalar) for scalar in scalars)
    if value is not _ABSENT and not isinstance(value, dict):
        raise _NotPlain
    return condition.allows_absence


def _members(values: list[object]) -> Iterator[object]:
    """List what is in *values* and in the arrays inside."""
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
        raise _NotPlain
    return True
