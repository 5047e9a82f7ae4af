"""What alerts, at what level, and what is left out: plain data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

from attrs import field, frozen

from ._globs import is_arn
from .causes import Cause

if TYPE_CHECKING:
    from .patterns import EventPattern

Level: TypeAlias = Literal["fatal", "error", "warning", "info"]


class WorkloadType(StrEnum):
    """What kind of workload a task belongs to."""

    BATCH = "batch"
    SERVICE = "service"
    SCHEDULED = "scheduled"
    STANDALONE = "standalone"


LEVELS: Final[tuple[Level, ...]] = get_args(Level)

#: GuardDuty puts a container with a random name into Fargate tasks.
#: https://docs.aws.amazon.com/guardduty/latest/ug/how-runtime-monitoring-works-ecs-fargate.html
IGNORE_CONTAINERS: Final = ("aws-guardduty-agent-*",)

#: Containers that serve the others: log routers, meshes, agents.
SIDE_CONTAINERS: Final = (
    "*otel-collector*",
    "*cloudwatch-agent*",
    "*cwagent*",
    "*datadog-agent*",
    "ecs-service-connect-*",
    "envoy*",
    "*firelens*",
    "*fluent-bit*",
    "*fluentbit*",
    "*log_router*",
    "*log-router*",
    "xray*",
)

_ANY: Final = "*"
#: The defaults, in the form of `FailurePolicy.levels`. What is not named here is silent.
DEFAULT_LEVELS: Final[Mapping[tuple[str, str], Level | None]] = {
    (Cause.OUT_OF_MEMORY, _ANY): "error",
    ("failed_to_start", _ANY): "error",
    (Cause.HEALTH_CHECK, _ANY): "error",
    (Cause.CONTAINER_EXIT, _ANY): "error",
    (Cause.SPOT_INTERRUPTION, _ANY): "warning",
    (Cause.SPOT_INTERRUPTION, WorkloadType.SERVICE): None,
    (Cause.HOST_TERMINATED, _ANY): "warning",
    (Cause.HOST_TERMINATED, WorkloadType.SERVICE): None,
    (Cause.CLEAN_EXIT, WorkloadType.SERVICE): "warning",
}


#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html
_CLUSTER_NAME: Final = re.compile(r"[A-Za-z0-9_*-]+")
_CLUSTER_ARN: Final = re.compile(r"[A-Za-z0-9_*:/-]+")


def causes_named(name: str) -> tuple[Cause, ...]:
    """
    Give the causes that *name* stands for.

    Args:
        name: A cause, a group of causes such as ``failed_to_start``, or ``*``.

    Raises:
        ValueError: No cause has that name.
    """
    found = tuple(
        cause for cause in Cause if name in {_ANY, cause.value, cause.value.partition(".")[0]}
    )
    if not found:
        known = [*Cause, "failed_to_start"]
        from difflib import get_close_matches  # noqa: PLC0415 - for the rare mistake only

        near = get_close_matches(str(name), known, 1)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ValueError(f"no cause {name!r}: {hint}the causes are {', '.join(known)}")
    return found


def _globs(value: Iterable[str]) -> tuple[str, ...]:
    if isinstance(value, str):
        raise TypeError(f"expected several names, got the string {value!r}: write ({value!r},)")
    if not isinstance(value, Iterable):
        raise TypeError(f"expected several names, got {value!r}")
    globs = tuple(value)
    for glob in globs:
        if not isinstance(glob, str) or not glob or set(glob) & set("?[]\\"):
            raise ValueError(f"expected a name, in which * stands for any characters; got {glob!r}")
    return tuple(re.sub(r"\*+", "*", glob) for glob in globs)


def _clusters(value: Iterable[str]) -> tuple[str, ...]:
    """Refuse what no cluster is called: a rule for it would drop every alert."""
    globs = _globs(value)
    for glob in globs:
        if not (_CLUSTER_ARN if is_arn(glob) else _CLUSTER_NAME).fullmatch(glob):
            raise ValueError(
                "expected a cluster's name (letters, digits, - and _) or ARN, in which * stands "
                f"for any characters; got {glob!r}"
            )
    return globs


def _codes(value: Iterable[int]) -> frozenset[int]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TypeError(f"expected several integers, such as (143,); got {value!r}")
    codes = frozenset(value)
    for code in codes:
        if not isinstance(code, int) or isinstance(code, bool):
            raise TypeError(f"expected integers, got {code!r}")
    return codes


def _levels(value: Mapping[tuple[str, str], Level | None]) -> dict[tuple[str, str], Level | None]:
    types = (_ANY, *WorkloadType)
    if not isinstance(value, Mapping):
        raise TypeError(f"levels: expected a mapping, got {value!r}")
    for key in value:
        if not isinstance(key, tuple) or len(key) != 2:
            raise TypeError(f"levels: expected (cause, workload type), got {key!r}")
    for (cause, workload_type), level in value.items():
        if Cause.NOT_STOPPED in causes_named(cause) and cause != _ANY and level is not None:
            raise ValueError("not_stopped never alerts: nothing about such a task is final")
        if workload_type not in types:
            raise ValueError(f"no workload type {workload_type!r}; choose of {', '.join(types)}")
        if level is not None and level not in LEVELS:
            raise ValueError(f"no level {level!r}; choose of {', '.join(LEVELS)}, or None")
    return {(str(cause), str(type_)): level for (cause, type_), level in value.items()}


@frozen(hash=False)
class FailurePolicy:
    """
    What counts as a failure.

    In every list of names ``*`` stands for any characters, and case counts.

    Attributes:
        levels: What differs from the defaults: (cause, workload type) to a level, or to None
            for silence. Either half may be ``*``; a cause may be a group such as
            ``failed_to_start``. The last entry that fits wins, so
            ``{("spot_interruption", "service"): "warning"}`` adds Spot for services, and
            ``{("*", "batch"): None}`` silences AWS Batch. ``not_stopped`` never alerts.
        ignore_containers: Containers taken as if they were not in the event, in place of
            `IGNORE_CONTAINERS`.
        side_containers: Containers that are at fault by a reason only, never by an exit code, in
            place of `SIDE_CONTAINERS`. Where one of these two lists has every container of a
            task, it does not apply to that task.
        ignore_exit_codes: A container_exit whose culprits all have such a code never alerts.
        clusters: The clusters to alert on, by name or ARN; empty for all.
        services: The services to alert on, by name.
        families: The task definition families to alert on, by name. Where services or families
            are given, a task alerts if its service or its family is among them.

    Raises:
        ValueError: A cause, workload type or level that does not exist, a name that is empty
            or holds ``?``, brackets or a backslash, or what can be no cluster.
        TypeError: A single string where several names belong, or an exit code that is not an
            integer.
    """

    levels: Mapping[tuple[str, str], Level | None] = field(factory=dict, converter=_levels)
    ignore_containers: tuple[str, ...] = field(default=IGNORE_CONTAINERS, converter=_globs)
    side_containers: tuple[str, ...] = field(default=SIDE_CONTAINERS, converter=_globs)
    ignore_exit_codes: frozenset[int] = field(default=frozenset(), converter=_codes)
    clusters: tuple[str, ...] = field(default=(), converter=_clusters)
    services: tuple[str, ...] = field(default=(), converter=_globs)
    families: tuple[str, ...] = field(default=(), converter=_globs)
    _table: Mapping[tuple[Cause, WorkloadType], Level] = field(init=False, repr=False, eq=False)

    @_table.default
    def _resolved(self) -> Mapping[tuple[Cause, WorkloadType], Level]:
        table: dict[tuple[Cause, WorkloadType], Level] = {}
        for (cause_name, type_name), level in [*DEFAULT_LEVELS.items(), *self.levels.items()]:
            for cause in causes_named(cause_name):
                for type_ in WorkloadType if type_name == _ANY else [WorkloadType(type_name)]:
                    if level is None or cause is Cause.NOT_STOPPED:
                        table.pop((cause, type_), None)
                    else:
                        table[cause, type_] = level
        return table

    def event_pattern(self) -> EventPattern:
        """
        Give the EventBridge pattern that passes what the policy may alert on, and little else.

        It passes only tasks that have stopped. It leaves out what is certain by AWS's codes
        and exact sentences; what it cannot express (families, services, exit codes, side
        containers) is left in, and the diagnosis decides. An event in which some containers have
        a ``containerArn`` and others do not, which AWS does not send, may be left out.

        Returns:
            The pattern; for the default policy within EventBridge's 2,048 characters.
        """
        from ._failure_pattern import failure_pattern  # noqa: PLC0415 - it needs this module

        return failure_pattern(self)

    def level(self, cause: Cause, workload_type: WorkloadType) -> Level | None:
        """
        Look the level of an alert up.

        Args:
            cause: Why the task stopped.
            workload_type: What kind of workload it was.

        Returns:
            The level, or None for silence.
        """
        return self._table.get((cause, workload_type))
