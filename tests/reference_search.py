"""
The rule of EventBridge in its plainest form, to hold the matcher against.

Every leaf has a dotted path and remembers which element of which array it is in. Take the
paths of the pattern in order and choose a leaf for each, none of which contradicts another;
"absent" means that no leaf agrees with the choices so far. Nothing here is fast.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

Leaf = tuple[str, Any, dict[int, int]]


def leaves(value: Any, path: str | None, inside: Mapping[int, int]) -> Iterator[Leaf]:
    """List every leaf of *value*: its path, its value, and the elements that it is in."""
    if isinstance(value, dict):
        for key, below in value.items():
            yield from leaves(below, key if path is None else f"{path}.{key}", inside)
    elif isinstance(value, list):
        for index, element in enumerate(value):
            nested = isinstance(element, dict | list)
            yield from leaves(element, path, {**inside, id(value): index} if nested else inside)
    else:
        yield path or "", value, dict(inside)


def sub_rules(pattern: dict[str, Any], path: str = "") -> list[dict[str, list[Any]]]:
    """Multiply `$or` out: the ways to satisfy *pattern*, in the order of its keys."""
    rules: list[dict[str, list[Any]]] = [{}]
    for key, value in pattern.items():
        below = f"{path}.{key}" if path else key
        if key == "$or":
            ways = [way for branch in value for way in sub_rules(branch, path)]
        elif isinstance(value, dict):
            ways = sub_rules(value, below)
        else:
            ways = [{below: value}]
        rules = [{**rule, **way} for way in ways for rule in rules]
    return rules


def matches(
    pattern: dict[str, Any], event: dict[str, Any], accepts: Callable[[list[Any], Any], bool]
) -> bool:
    """Return whether *event* matches; *accepts* tells whether a field list accepts a value."""
    found = list(leaves(event, None, {}))

    def choose(todo: list[tuple[str, list[Any]]], chosen: Mapping[int, int]) -> bool:
        if not todo:
            return True
        (path, field_list), *rest = todo
        agreeing = [
            (value, inside)
            for leaf_path, value, inside in found
            if leaf_path == path
            and all(chosen.get(array, index) == index for array, index in inside.items())
        ]
        if {"exists": False} in field_list and not agreeing and choose(rest, chosen):
            return True
        return any(
            accepts(field_list, value) and choose(rest, {**chosen, **inside})
            for value, inside in agreeing
        )

    return any(choose(sorted(rule.items()), {}) for rule in sub_rules(pattern))
