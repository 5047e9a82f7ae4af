"""Why a task stopped, and whether that is a failure."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, Final, TypeAlias

from .._globs import matches_any
from ..causes import CAUSES, UNEXPLAINED_KILL_HINT, Cause
from ..diagnosis import Diagnosis
from ..policy import Case, FailurePolicy, decide
from .events import Container, TaskStateChange
from .exit_codes import SIGKILL, SIGTERM, describe_exit_code
from .signs import CAUSE_TABLE, REASONS, ROUTINE_SCALING, CauseRow, Sign
from .workloads import find_workload

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


def diagnose_task(task: TaskStateChange, policy: FailurePolicy) -> Diagnosis:
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
    case = Case(
        cause=cause,
        workload=workload,
        cluster_arn=task.cluster_arn,
        cluster=task.cluster,
        service=task.service,
        family=task.family,
        exit_codes=frozenset(container.exit_code for container in culprits),
        undecided=undecided,
    )
    decision = decide(case, policy)

    return Diagnosis(
        cause=cause,
        culprits=culprits,
        evidence=evidence,
        summary=CAUSES[cause].summary.format(who=workload, which=_which(culprits)),
        workload=workload,
        alert=decision.level is not None,
        level=decision.level,
        decision=decision.reason,
        hint=_hint(cause, culprits),
        unknown=_unknown(cause, culprits, containers, undecided=undecided),
    )


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
    return CAUSES[cause].hint


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
