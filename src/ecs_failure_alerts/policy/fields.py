"""Converters for the fields of a policy: each checks what a person wrote."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from .._texts import quote, unknown
from ..causes import (
    LEVELS,
    TASK_WORKLOADS,
    Cause,
    Level,
    WorkloadType,
    causes_named,
    workloads_named,
)

#: The causes that are never failures, whatever the settings, and why.
NEVER_ALERTING: Final[Mapping[Cause, str]] = {
    Cause.NOT_STOPPED: "nothing about such a task is final",
    Cause.ROUTINE: "AWS sends it while all is well",
}

#: The name of a cluster, a service or a family as AWS allows it, with our wildcard.
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
NAME: Final = "[A-Za-z0-9_*-]+"
CLUSTER: Final = rf"arn:[A-Za-z0-9_*:/-]*|{NAME}"

#: The id of an account, with our wildcard.
ACCOUNT: Final = r"[0-9]{12}|(?=.*\*)[0-9*]{1,12}"


def globs(value: Iterable[str]) -> tuple[str, ...]:
    """Return names in which * stands for any characters; several * in a row are one."""
    if isinstance(value, str):
        raise TypeError(
            f"expected several names, got the string {quote(value)}: write ({quote(value)},)"
        )
    if not isinstance(value, Iterable):
        raise TypeError(f"expected several names, got {quote(value)}")

    found = tuple(value)
    for glob in found:
        if not isinstance(glob, str) or not glob or set(glob) & set("?[]\\"):
            raise ValueError(
                f"expected a name, in which * stands for any characters; got {quote(glob)}"
            )

    return tuple(re.sub(r"\*+", "*", glob) for glob in found)


def clusters(value: Iterable[str]) -> tuple[str, ...]:
    """Check names or ARNs of clusters, because a mistyped one would drop every alert."""
    return _check_names(value, CLUSTER, "a cluster's name (letters, digits, - and _) or ARN")


def names(value: Iterable[str]) -> tuple[str, ...]:
    """Check names of services or families, because a mistyped one would silence every alert."""
    return _check_names(value, NAME, "the name of a service or family (letters, digits, - and _)")


def containers(value: Iterable[str]) -> tuple[str, ...]:
    """Check names of containers."""
    return _check_names(value, NAME, "a container's name (letters, digits, - and _)")


def _check_names(value: Iterable[str], form: str, what: str) -> tuple[str, ...]:
    found = globs(value)
    for glob in found:
        if not re.fullmatch(form, glob):
            raise ValueError(
                f"expected {what}, in which * stands for any characters; got {quote(glob)}"
            )
    return found


def integers(value: Iterable[int]) -> tuple[int, ...]:
    """Return several integers, such as exit codes."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"expected several integers, such as (143,); got {quote(value)}")
    found = tuple(value)
    for number in found:
        if not isinstance(number, int) or isinstance(number, bool):
            raise TypeError(f"expected integers, got {quote(number)}")
    return found


def exit_codes(value: Iterable[int]) -> frozenset[int]:
    """Check exit codes: they are integers."""
    return frozenset(integers(value))


def task_workloads(value: Iterable[str]) -> tuple[WorkloadType, ...]:
    """Check types of workload that a task can have."""
    types = globs(value)
    for type_ in types:
        if type_ not in TASK_WORKLOADS:
            raise ValueError(unknown("workload type of tasks", type_, TASK_WORKLOADS))
    return tuple(map(WorkloadType, types))


def level(value: Level | None) -> Level | None:
    """Refuse a value that is neither a level nor None for silence."""
    return _level_or_none(value, "silence")


def min_level(value: Level | None) -> Level | None:
    """Check a level, or None for any."""
    return _level_or_none(value, "any")


def _level_or_none(value: Level | None, meaning: str) -> Level | None:
    if value is not None and value not in LEVELS:
        raise ValueError(f"{unknown('level', value, LEVELS)}, or None for {meaning}")
    return value


def levels(value: Mapping[tuple[str, str], Level | None]) -> dict[tuple[str, str], Level | None]:
    """Return levels by cause and workload type, both as text."""
    if not isinstance(value, Mapping):
        raise TypeError(f"expected a mapping, got {quote(value)}")

    for key in value:
        if not isinstance(key, tuple) or len(key) != 2:
            raise TypeError(f"expected (cause, workload type), got {quote(key)}")

    for (cause, workload_type), loudness in value.items():
        check_may_alert((cause,), loudness)
        causes_named(cause)
        workloads_named(workload_type)
        level(loudness)

    return {(str(cause), str(type_)): loudness for (cause, type_), loudness in value.items()}


def check_may_alert(causes: Iterable[str], level: Level | None) -> None:
    """Refuse a level for a cause that never alerts."""
    for cause in causes:
        if cause in NEVER_ALERTING and level is not None:
            raise ValueError(f"{cause} never alerts: {NEVER_ALERTING[Cause(cause)]}")
