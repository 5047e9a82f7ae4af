"""The values of conditions: one or several, each checked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias, TypeVar

from .._texts import quote
from ..causes import causes_named, workloads_named
from . import fields

_Value = TypeVar("_Value")

#: One value, or several: any of them may fit.
Values: TypeAlias = _Value | Iterable[_Value]


class _Absent(tuple[Any, ...]):
    """The value of a condition that is not given. An empty tuple that was given is an error."""

    __slots__ = ()


ABSENT: Final = _Absent()


def cause_names(value: Values[str]) -> tuple[str, ...]:
    """Return names of causes, or of groups of them; ``*`` stands for any characters."""
    return _several(value, _causes)


def workloads(value: Values[str]) -> tuple[str, ...]:
    """Return types of workload; ``*`` stands for any characters."""
    return _several(value, _workloads)


def clusters(value: Values[str]) -> tuple[str, ...]:
    """Return names or ARNs of clusters; ``*`` stands for any characters."""
    return _several(value, fields.clusters)


def names(value: Values[str]) -> tuple[str, ...]:
    """Return names of services or families; ``*`` stands for any characters."""
    return _several(value, fields.names)


def containers(value: Values[str]) -> tuple[str, ...]:
    """Return names of containers; ``*`` stands for any characters."""
    return _several(value, fields.containers)


def exit_codes(value: Values[int]) -> tuple[int, ...]:
    """Return exit codes, in the order in which they were given."""
    return _several(value if isinstance(value, Iterable) else (value,), _exit_codes)


def accounts(value: Values[str]) -> tuple[str, ...]:
    """Return ids of accounts; ``*`` stands for any digits."""
    return _several(value, _accounts)


def tags(value: Values[str]) -> tuple[str, ...]:
    """Return tags as ``KEY=VALUE``; ``*`` stands for any characters of the value."""
    return _several(value, _tags)


def _several(
    value: Values[Any], check: Callable[[tuple[Any, ...]], tuple[_Value, ...]]
) -> tuple[_Value, ...]:
    """Check one string or several values. An empty list is refused, because it might mean all."""
    if isinstance(value, _Absent):
        return value
    if isinstance(value, str):
        return check((value,))
    if not isinstance(value, Iterable):
        raise TypeError(f"expected a string or several, got {quote(value)}: put it in quotes")

    found = tuple(value)
    if not found:
        raise ValueError(
            f"expected at least one value, got {quote(value)}: leave the condition out to mean all"
        )
    return check(found)


def _causes(given: tuple[str, ...]) -> tuple[str, ...]:
    for name in given:
        causes_named(name)
    return given


def _workloads(given: tuple[str, ...]) -> tuple[str, ...]:
    for name in given:
        workloads_named(name)
    return given


def _exit_codes(given: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(fields.integers(given)))


def _accounts(given: tuple[str, ...]) -> tuple[str, ...]:
    for id_ in given:
        if not isinstance(id_, str) or not re.fullmatch(fields.ACCOUNT, id_):
            raise ValueError(
                f"expected an account as a string of 12 digits, got {quote(id_)}: "
                'write it in quotes, such as "111122223333"'
            )
    return given


def _tags(given: tuple[str, ...]) -> tuple[str, ...]:
    found = fields.globs(given)
    for tag in found:
        key, _, text = tag.partition("=")
        if not key or not text or "*" in key:
            raise ValueError(f"expected a tag as KEY=VALUE, such as team=data; got {quote(tag)}")
    return found
