"""The fields of a policy: each converter takes what a person may write, or refuses it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from ._texts import quote, unknown
from .causes import LEVELS, TASK_WORKLOADS, Cause, Level, WorkloadType, causes_named

ANY: Final = "*"

#: What is no failure whatever anybody sets, and why.
NEVER_ALERTING: Final[Mapping[Cause, str]] = {
    Cause.NOT_STOPPED: "nothing about such a task is final",
    Cause.ROUTINE: "it is what AWS says while all is well",
}

#: What AWS takes in the name of a cluster, a service or a family, with our wildcard.
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
_NAME: Final = re.compile(r"[A-Za-z0-9_*-]+")
_CLUSTER: Final = re.compile(rf"arn:[A-Za-z0-9_*:/-]*|{_NAME.pattern}")


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
    """Refuse what no cluster is called: a rule for it would drop every alert."""
    return _called(value, _CLUSTER, "a cluster's name (letters, digits, - and _) or ARN")


def names(value: Iterable[str]) -> tuple[str, ...]:
    """Refuse what no service or family is called: it would silence every alert."""
    return _called(value, _NAME, "the name of a service or family (letters, digits, - and _)")


def _called(value: Iterable[str], form: re.Pattern[str], what: str) -> tuple[str, ...]:
    found = globs(value)
    for glob in found:
        if not form.fullmatch(glob):
            raise ValueError(
                f"expected {what}, in which * stands for any characters; got {quote(glob)}"
            )
    return found


def exit_codes(value: Iterable[int]) -> frozenset[int]:
    """Return exit codes, which are integers."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"expected several integers, such as (143,); got {quote(value)}")
    codes = frozenset(value)
    for code in codes:
        if not isinstance(code, int) or isinstance(code, bool):
            raise TypeError(f"expected integers, got {quote(code)}")
    return codes


def task_workloads(value: Iterable[str]) -> tuple[WorkloadType, ...]:
    """Return types of workload, each of which a task can be of."""
    types = globs(value)
    for type_ in types:
        if type_ not in TASK_WORKLOADS:
            raise ValueError(unknown("workload type of tasks", type_, TASK_WORKLOADS))
    return tuple(map(WorkloadType, types))


def levels(value: Mapping[tuple[str, str], Level | None]) -> dict[tuple[str, str], Level | None]:
    """Return levels by cause and workload type, both as text."""
    types = (ANY, *WorkloadType)
    if not isinstance(value, Mapping):
        raise TypeError(f"levels: expected a mapping, got {quote(value)}")

    for key in value:
        if not isinstance(key, tuple) or len(key) != 2:
            raise TypeError(f"levels: expected (cause, workload type), got {quote(key)}")

    for (cause, workload_type), level in value.items():
        if cause in NEVER_ALERTING and level is not None:
            raise ValueError(f"{cause} never alerts: {NEVER_ALERTING[Cause(cause)]}")
        causes_named(cause)
        if workload_type not in types:
            raise ValueError(unknown("workload type", workload_type, types))
        if level is not None and level not in LEVELS:
            raise ValueError(f"{unknown('level', level, LEVELS)}, or None for silence")

    return {(str(cause), str(type_)): level for (cause, type_), level in value.items()}
