"""The verdict of EventBridge on an event, from a compiled pattern."""

# Theory of operation
# ===================
#
# A pattern is compiled to sub-rules (see _compiler.py): dotted paths, each with a condition.
# The event matches if one of the sub-rules holds. EventBridge finds out by a search:
#
#   Every scalar of the event is a leaf. A leaf has a dotted path and a membership: for each
#   array that was crossed on the way to an object or an inner array, which element it was.
#   Take the paths of the sub-rule in sorted order. For each path choose a leaf that the
#   condition accepts and whose membership agrees with the choices made so far (no array with
#   another element). If the condition allows absence, the path may also be absent: no leaf
#   agrees. If a path has no choice, go back and choose another leaf for an earlier path.
#
# So two conditions below one array must hold in the same element. What "absent" looks at
# depends on the paths before: the chosen element once there is one, else every element.
#
# The module _search.py does this safely: it remembers dead ends by the choices that still count,
# so independent arrays do not multiply, and it counts its steps.
#
# The search has to flatten the event first, and that costs most of the time. But sorted paths
# run through the tree of their names in depth-first order, and the leaves below an array are
# only reached through it. So the module _tree.py walks tree and event together, and gets the
# same answer:
#
#   * An object must satisfy each child of the tree by itself.
#   * An array must have an element that satisfies all of the subtree. If the first path of
#     the subtree needs a leaf, that is all: the leaf chooses the element for all others. If
#     it allows absence, absence ranges over the whole array until a path is present. Let P
#     be the first path that is present in any element. The paths before P are absent
#     everywhere. P is present somewhere, so a leaf has to satisfy it, and only elements that
#     hold P are candidates.
#   * Anything else satisfies a subtree only if all of its paths allow absence.
#
# This needs one spelling for every path. {"a.b": 1} and {"a": {"b": 1}} are the same path, so
# a node knows the keys that would join several names, and an event with such a key is left to
# the search. So are values of no plain JSON type (a Mapping, a str subclass), a pattern with a
# field at both "a" and "a.b", and a pattern that is very large.

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ._leaves import flatten
from ._search import Search
from ._tree import NotPlain, build_tree, holds, parents
from .compiled import SubRule

_MAX_DEPTH = 32
"""Deeper trees take too long to walk by recursion."""

_MAX_TREE_SIZE = 50_000
"""Trees of more names take too long to build; the search needs none."""


class Matcher:
    """
    The sub-rules of a pattern, ready to be matched.

    Attributes:
        rules: A rule for each sub-rule.
    """

    __slots__ = ("_paths", "_prefixes", "_trees", "rules")

    def __init__(self, sub_rules: Sequence[SubRule]) -> None:
        self._paths = {path for sub_rule in sub_rules for path in sub_rule.conditions}
        self._prefixes = {prefix for path in self._paths for prefix in parents(path)}

        in_order = sorted(self._paths, key=lambda path: path.encode("utf-16-be", "surrogatepass"))
        ranks = {path: rank for rank, path in enumerate(in_order)}

        depth = 1 + max(path.count(".") for path in self._paths)
        size = depth * sum(len(sub_rule.conditions) for sub_rule in sub_rules)
        small = depth <= _MAX_DEPTH and size <= _MAX_TREE_SIZE

        self.rules = [Rule(sub_rule, ranks, tree=small) for sub_rule in sub_rules]
        self._trees = [rule.tree for rule in self.rules if rule.tree is not None]

    def matches(self, event: Mapping[str, object]) -> bool:
        """
        Return whether any rule holds.

        Raises:
            EventError: A value is not JSON, or the search took too many steps.
        """
        if len(self._trees) == len(self.rules):
            try:
                for tree in self._trees:
                    if holds(tree, event):
                        return True
            except (NotPlain, RecursionError):
                pass
            else:
                return False

        return any(self.verdicts(event))

    def verdicts(self, event: Mapping[str, object]) -> Iterator[bool]:
        """Yield whether each rule holds, in order; raise as `matches` does."""
        search: Search | None = None

        for rule in self.rules:
            if rule.tree is not None:
                try:
                    yield holds(rule.tree, event)
                    continue
                except (NotPlain, RecursionError):
                    pass

            search = search or self.search(event)
            yield search.choices(rule.fields) is not None

    def search(self, event: Mapping[str, object]) -> Search:
        """Return the search through *event*, flattened."""
        return Search(*flatten(event, self._paths, self._prefixes))


class Rule:
    """
    A sub-rule with its paths in the order of the search.

    Attributes:
        sub_rule: The sub-rule.
        fields: Its paths and conditions, sorted.
        tree: The fields as a tree, or None if they need the search.
    """

    __slots__ = ("fields", "sub_rule", "tree")

    def __init__(self, sub_rule: SubRule, ranks: Mapping[str, int], *, tree: bool) -> None:
        self.sub_rule = sub_rule
        self.fields = sorted(sub_rule.conditions.items(), key=lambda field: ranks[field[0]])
        self.tree = build_tree(self.fields) if tree else None
