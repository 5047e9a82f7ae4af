"""Why a task stopped, and whether that is a failure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import filterfalse
from operator import attrgetter
from typing import Any, Final, TypeAlias

from attrs import frozen

from ._globs import is_arn, matches_any
from .causes import (
    CAUSE_TABLE,
    CAUSE_TEXTS,
    REASONS,
    ROUTINE_SCALING,
    UNEXPLAINED_KILL_HINT,
    Cause,
    CauseRow,
    Sign,
)
from .events import Container, TaskStateChange
from .exit_codes import SIGKILL, SIGTERM, describe_exit_code
from .policy import LEVELS, FailurePolicy, Level, WorkloadType

_DEFAULT_POLICY: Final = FailurePolicy()

#: https://docs.aws.amazon.com/batch/latest/userguide/job_env_vars.html
_BATCH_VARIABLES: Final = {
    "AWS_BATCH_JOB_ID",
    "AWS_BATCH_JQ_NAME",
    "AWS_BATCH_CE_NAME",
    "AWS_BATCH_JOB_ATTEMPT",
}
_BATCH_CLUSTER: Final = re.compile(r"AWSBatch-.*|.*_Batch_[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-.*")
_SERVICE_STARTER: Final = "ecs-svc/"
_SCHEDULE_STARTERS: Final = ("events-rule/", "chronos-schedule/")

#: The stop codes under which the scheduler's own sentence is one.
_SCHEDULER_CODES: Final = (None, "ServiceSchedulerInitiated")

#: So much of a text is read; AWS's own limit of a reason is 1,024 characters.
_READ: Final = 2048

#: So many containers at fault are named in the summary.
_NAMED: Final = 3

#: Containers, each with its path in the event.
_Found: TypeAlias = list[tuple[str, Container]]
#: The fields that speak for a cause, each with its container if it is a container's.
_Evidence: TypeAlias = dict[str, Container | None]


def _sentence(task: TaskStateChange) -> str | None:
    """Give stoppedReason; of the scheduler's own sentence only the beginning, which says all."""
    text = task.stopped_reason
    if text and text.startswith(ROUTINE_SCALING) and task.stop_code in _SCHEDULER_CODES:
        return ROUTINE_SCALING
    return text


_FIELDS: Final[Mapping[str, Callable[[TaskStateChange], Any]]] = {
    "lastStatus": attrgetter("last_status"),
    "stopCode": attrgetter("stop_code"),
    "stoppedReason": _sentence,
    "startedAt": attrgetter("started_at"),
}


@frozen
class Workload:
    """
    What a task was part of.

    Attributes:
        type: batch, service, scheduled or standalone.
        name: The service's name, else the task definition family; None where the event
            names neither.
    """

    type: WorkloadType
    name: str | None

    def __str__(self) -> str:
        kind = {"service": "Service", "batch": "Batch job"}.get(
            self.type, f"{self.type.capitalize()} task"
        )
        return f"{kind} {self.name}" if self.name else f"{kind} (unnamed)"


@frozen
class Diagnosis:
    """
    Why a task stopped.

    Attributes:
        cause: The cause.
        culprits: The containers at fault, in the order of the event; empty where none is.
        evidence: The fields that decided, such as ``detail.stopCode``.
        summary: One sentence for a person on call, with names as the event has them.
        workload: What the task was part of.
        alert: Whether the policy asks for an alert.
        level: The alert's level; None where there is no alert.
        decision: Why there is an alert or none, in a few words.
        hint: What to do next.
        unknown: What the event cannot tell, in sentences.
    """

    cause: Cause
    culprits: tuple[Container, ...]
    evidence: tuple[str, ...]
    summary: str
    workload: Workload
    alert: bool
    level: Level | None
    decision: str
    hint: str
    unknown: tuple[str, ...] = ()


def diagnose(task: TaskStateChange, policy: FailurePolicy = _DEFAULT_POLICY) -> Diagnosis:
    """
    Say why *task* stopped, and whether that is a failure.

    The causes are tried in the order of `causes.CAUSE_TABLE`.

    Args:
        task: Any task state change; one that has not stopped is a cause too.
        policy: What alerts, and which containers count.

    Returns:
        The diagnosis. Every task gets one.
    """
    containers = _Containers(task, policy)
    cause, culprits, evidence = _find_cause(task, containers)
    workload = find_workload(task)
    undecided = cause is Cause.CONTAINER_EXIT and containers.undecided
    level, decision = _decide(task, policy, cause, culprits, workload, undecided=undecided)
    text = CAUSE_TEXTS[cause]
    return Diagnosis(
        cause=cause,
        culprits=culprits,
        evidence=evidence,
        summary=text.summary.format(who=workload, which=_which(culprits)),
        workload=workload,
        alert=level is not None,
        level=level,
        decision=decision,
        hint=_hint(cause, culprits),
        unknown=_unknown(cause, culprits, containers, undecided=undecided),
    )


def find_workload(task: TaskStateChange) -> Workload:
    """
    Say what *task* was part of.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html: ``group`` and
    ``startedBy``. A scheduled task is named by its family, since EventBridge Scheduler cuts
    its schedule's name.
    """
    started_by = task.started_by or ""
    in_service = (task.group or "").startswith("service:")
    if _BATCH_CLUSTER.fullmatch(task.cluster or "") or _BATCH_VARIABLES & task.override_variables:
        kind = WorkloadType.BATCH
    elif in_service or started_by.startswith(_SERVICE_STARTER):
        kind = WorkloadType.SERVICE
    elif started_by.startswith(_SCHEDULE_STARTERS):
        kind = WorkloadType.SCHEDULED
    else:
        kind = WorkloadType.STANDALONE
    return Workload(kind, task.service or task.family)


class _Containers:
    """The containers that count, each with its path, and who of them is at fault."""

    def __init__(self, task: TaskStateChange, policy: FailurePolicy) -> None:
        everyone = [(f"detail.containers[{i}]", c) for i, c in enumerate(task.containers)]
        #: Those that are not ignored.
        self.counted = _without(everyone, policy.ignore_containers) or everyone
        #: Those of them that can be at fault by an exit code.
        self.main = _without(self.counted, policy.side_containers) or self.counted

    @property
    def undecided(self) -> bool:
        """Whether kills or missing codes stand beside a clean exit, with nothing worse."""
        codes = [container.exit_code for _, container in self.main]
        return 0 in codes and not any(_failed(container) for _, container in self.main)

    def at_fault_by_exit_code(self) -> _Found:
        """Find the failures; else the kills (ECS stops the rest itself); else missing codes."""
        missing = [(path, c) for path, c in self.main if c.exit_code is None]
        return (
            [(path, c) for path, c in self.main if _failed(c)]
            or [(path, c) for path, c in self.main if _killed(c)]
            or [(path, c) for path, c in missing if c.reason]
            or missing
        )

    def at_fault_by_start(self) -> _Found:
        """Find the containers with a reason or a failing code; else the kills."""
        if any(c.reason or _failed(c) for _, c in self.counted):
            main = {path for path, _ in self.main}
            return [
                (path, c) for path, c in self.counted if c.reason or (path in main and _failed(c))
            ]
        return [(path, c) for path, c in self.main if _killed(c)]


def _without(containers: _Found, globs: tuple[str, ...]) -> _Found:
    return [(path, c) for path, c in containers if not matches_any(c.name, globs)]


def _killed(container: Container) -> bool:
    """Say whether it was killed and no reason says why."""
    return container.exit_code in {SIGKILL, SIGTERM} and not container.reason


def _failed(container: Container) -> bool:
    """Say whether it ended with a non-zero code that is no unexplained kill."""
    return bool(container.exit_code) and not _killed(container)


def _find_cause(
    task: TaskStateChange, containers: _Containers
) -> tuple[Cause, tuple[Container, ...], tuple[str, ...]]:
    """Give cause, culprits and evidence: by the first row that holds, else by exit codes."""
    found: dict[tuple[Sign, ...], _Evidence] = {}  # several rows have the same signs
    for row in CAUSE_TABLE:
        if row.signs not in found:
            found[row.signs] = _signs(row.signs, task, containers)
        evidence = found[row.signs] and _named(row, found[row.signs], task, containers)
        if evidence:
            return row.cause, _culprits(row, evidence, containers), tuple(evidence)
    failed = containers.at_fault_by_exit_code()
    if failed or not containers.counted:
        cause, decisive = Cause.CONTAINER_EXIT, failed
    else:
        cause, decisive = Cause.CLEAN_EXIT, containers.main
    paths = tuple(f"{path}.exitCode" for path, _ in decisive)
    return cause, tuple(c for _, c in failed), paths or ("detail.containers",)


def _signs(signs: tuple[Sign, ...], task: TaskStateChange, containers: _Containers) -> _Evidence:
    """Give the fields that show the first of *signs* that is there; none if there is none."""
    for sign in signs:
        if sign.absent and _FIELDS[sign.absent](task):
            continue
        found = _search(sign.field, sign.pattern, task, containers)
        if found:
            return found
    return {}


def _named(
    row: CauseRow, found: _Evidence, task: TaskStateChange, containers: _Containers
) -> _Evidence:
    """Add the fields that hold the row's name, where it has one; none if nothing holds it."""
    if row.name is None:
        return found
    named = _search("stoppedReason", row.name, task, containers) or _search(
        REASONS, row.name, task, containers
    )
    return found | named if named else {}


def _search(where: str, pattern: str, task: TaskStateChange, containers: _Containers) -> _Evidence:
    if where == REASONS:
        return {
            f"{path}.reason": container
            for path, container in containers.counted
            if container.reason and re.search(pattern, container.reason[:_READ])
        }
    text = _FIELDS[where](task)
    found = text is not None and re.search(pattern, text[:_READ])
    return {f"detail.{where}": None} if found else {}


def _culprits(row: CauseRow, evidence: _Evidence, containers: _Containers) -> tuple[Container, ...]:
    if row.culprits == "by_sign":
        return tuple(c for c in evidence.values() if c)
    if row.culprits == "by_start":
        return tuple(c for _, c in containers.at_fault_by_start())
    if row.culprits == "by_exit_code":
        return tuple(c for _, c in containers.at_fault_by_exit_code())
    return ()


def _decide(
    task: TaskStateChange,
    policy: FailurePolicy,
    cause: Cause,
    culprits: tuple[Container, ...],
    workload: Workload,
    *,
    undecided: bool,
) -> tuple[Level | None, str]:
    """Give the level, or None for silence, and why."""
    level = policy.level(cause, workload.type)
    if level is None:
        return None, f"no alert: {cause} of a {workload.type} workload is silent"
    if policy.clusters and not (
        matches_any(task.cluster_arn, filter(is_arn, policy.clusters))
        or matches_any(task.cluster, filterfalse(is_arn, policy.clusters))
    ):
        return None, "no alert: the cluster is not one of the policy's"
    if (policy.services or policy.families) and not (
        matches_any(task.service, policy.services) or matches_any(task.family, policy.families)
    ):
        return None, "no alert: neither service nor family is one of the policy's"
    codes = {container.exit_code for container in culprits}
    if cause is Cause.CONTAINER_EXIT and codes and codes <= policy.ignore_exit_codes:
        return None, "no alert: the policy ignores the exit code"
    if undecided:
        level = max(level, "warning", key=LEVELS.index)  # they stand from high to low
        return level, f"alert: {cause} of a {workload.type} workload, undecided, is {level}"
    return level, f"alert: {cause} of a {workload.type} workload is {level}"


def _which(culprits: tuple[Container, ...]) -> str:
    """Name the containers at fault, in an order that does not depend on the event's."""
    if not culprits:
        return "the event does not say which container"
    said = sorted(f"container {c.name}, {describe_exit_code(c.exit_code)}" for c in culprits)
    rest = f"; and {len(said) - _NAMED} more" if len(said) > _NAMED else ""
    return "; ".join(said[:_NAMED]) + rest


def _hint(cause: Cause, culprits: tuple[Container, ...]) -> str:
    """Say what to do next."""
    if cause is Cause.CONTAINER_EXIT and any(
        _killed(container) and container.exit_code == SIGKILL for container in culprits
    ):
        return UNEXPLAINED_KILL_HINT
    return CAUSE_TEXTS[cause].hint


def _unknown(
    cause: Cause, culprits: tuple[Container, ...], containers: _Containers, *, undecided: bool
) -> tuple[str, ...]:
    """Say what the event leaves open."""
    if cause is Cause.HEALTH_CHECK:
        return ("The event does not say what the health check got as a response.",)
    if cause is not Cause.CONTAINER_EXIT:
        return ()
    said = []
    if not containers.counted:
        said.append("The event lists no containers, so how the task ended is not known.")
    if any(map(_killed, culprits)):
        said.append(
            "The event does not say who sent the signal: a memory limit, memory pressure on the "
            "host, a stop timeout and a kill by hand look the same."
        )
    if any(container.exit_code is None for container in culprits):
        said.append("ECS reported no exit code, so how the container ended is not known.")
    if undecided:
        said.append(
            "Another container exited with 0. The event does not say which one ended first, so "
            "the work may have been completed."
        )
    return tuple(said)
