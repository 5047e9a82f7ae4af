"""The leaves of an event: its scalars, each with its path and the array elements it is in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ..exceptions import EventError, Problem
from .documents import Number, Scalar, not_json

_MAX_ARRAYS = 100
"""The most arrays inside each other, because every leaf knows its element of each."""

Membership = tuple[tuple[int, int], ...]
"""The arrays around a leaf and the element in each, from the outside to the inside."""


class Leaf(NamedTuple):
    """
    A scalar of the event.

    Attributes:
        value: The scalar.
        place: Its place, such as ``detail.containers[0].exitCode``.
        membership: The array elements that it belongs to.
    """

    value: Scalar
    place: str
    membership: Membership


def flatten(
    event: Mapping[str, object], paths: set[str], prefixes: set[str]
) -> tuple[dict[str, list[Leaf]], list[str]]:
    """
    List the leaves at *paths*, in the order of the document.

    Args:
        event: Any event.
        paths: Dotted paths.
        prefixes: The dotted paths of the objects around them.

    Returns:
        The leaves at each path, and the place of each array.

    Raises:
        EventError: A value at one of the paths is not JSON, or arrays are nested too deeply.
    """
    leaves: dict[str, list[Leaf]] = {}
    arrays: list[str] = []
    todo: list[tuple[object, str | None, str, Membership]] = [(event, None, "", ())]

    while todo:
        value, path, place, membership = todo.pop()

        if isinstance(value, Mapping):
            for key in reversed([key for key in value if isinstance(key, str)]):
                below = key if path is None else f"{path}.{key}"
                if below in paths or below in prefixes:
                    inner = f"{place}.{key}" if path is not None else key
                    todo.append((value[key], below, inner, membership))

        elif isinstance(value, list | tuple):
            if len(membership) == _MAX_ARRAYS:
                raise EventError([Problem(path or "", "nested too deeply")])
            for index in range(len(value) - 1, -1, -1):
                element = value[index]
                inside = isinstance(element, Mapping | list | tuple)
                chosen = (*membership, (len(arrays), index)) if inside else membership
                todo.append((element, path, f"{place}[{index}]", chosen))
            arrays.append(place)

        elif path in paths:
            leaves.setdefault(path, []).append(Leaf(_scalar(value, place), place, membership))

    return leaves, arrays


def _scalar(value: object, place: str) -> Scalar:
    if value is None or isinstance(value, bool | Number):
        return value
    if isinstance(value, str):
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float) and value - value == 0:
        return float(value)
    raise EventError([Problem(place, not_json(value))])
