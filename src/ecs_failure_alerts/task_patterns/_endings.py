"""A way for tasks to end, and the kinds of ends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from attrs import frozen

from ..causes import WorkloadType
from ._typical import Ended, TypicalEvent, build_event, describe

CRASHES: Final = "crashes with an exit code"
KILLS: Final = "kills without a reason"
LOST_CODES: Final = "lost exit codes"
OUT_OF_MEMORY: Final = "out of memory"
HIDDEN_MEMORY: Final = "out of memory with exit code 0"
FAILED_STARTS: Final = "failed starts"
HEALTH_CHECKS: Final = "failed health checks"
SERVICE_ENDS: Final = "services that ended with exit code 0"
INTERRUPTIONS: Final = "interrupted jobs"

DEPLOYMENTS: Final = "deployments and scale-in"
MANUAL_STOPS: Final = "stops by hand"
GOOD_ENDS: Final = "jobs that ended well"
REPLACED: Final = "interrupted services, which ECS replaces"
EARLY_STATES: Final = "state changes before STOPPED"

#: The kinds in the order in which they are shown.
FAILURES: Final = (
    CRASHES,
    KILLS,
    LOST_CODES,
    OUT_OF_MEMORY,
    HIDDEN_MEMORY,
    FAILED_STARTS,
    HEALTH_CHECKS,
    SERVICE_ENDS,
    INTERRUPTIONS,
)
ROUTINE: Final = (DEPLOYMENTS, MANUAL_STOPS, GOOD_ENDS, REPLACED, EARLY_STATES)

EXITED: Final = "EssentialContainerExited"
NOT_STARTED: Final = "TaskFailedToStart"
SCHEDULER: Final = "ServiceSchedulerInitiated"
USER: Final = "UserInitiated"
SPOT: Final = "SpotInterruption"
HOST: Final = "TerminationNotice"
REPAIR: Final = "InfrastructureHealth"

#: Whole sentences of AWS, with nothing before or after them.
EXITED_TEXT: Final = "Essential container in task exited"
NOT_STARTED_TEXT: Final = "Task failed to start"
SPOT_TEXT: Final = "Your Spot Task was interrupted."
CONTAINER_HEALTH_TEXT: Final = "Task failed container health checks"
USER_TEXT: Final = "Task stopped by user"

_Runs: TypeAlias = tuple[tuple[WorkloadType, str], ...]

_TYPES: Final[Mapping[str, WorkloadType]] = {
    "service": WorkloadType.SERVICE,
    "job": WorkloadType.SCHEDULED,
    "task": WorkloadType.STANDALONE,
    "batch": WorkloadType.BATCH,
}


def _runs(text: str) -> _Runs:
    """Read pairs such as ``service FARGATE, job EC2``."""
    pairs = (pair.split() for pair in text.split(","))
    return tuple((_TYPES[workload], launch_type) for workload, launch_type in pairs)


@frozen
class Ending:
    """
    A way for tasks to end.

    Attributes:
        kind: The row of the coverage.
        title: What happened.
        runs: The workloads and launch types that it happens to.
        stop_code: ``stopCode``, or None.
        stopped_reason: ``stoppedReason``, or None.
        containers: The containers; empty for a task that was never placed.
        started: Whether the task had been running.
        statuses: The states of which there is an event.
    """

    kind: str
    title: str
    runs: str
    stop_code: str | None
    stopped_reason: str | None
    containers: tuple[Ended, ...]
    started: bool = True
    statuses: tuple[str, ...] = ("STOPPED",)

    def events(self) -> Iterator[TypicalEvent]:
        """Build the events."""
        for workload, launch_type in _runs(self.runs):
            for status in self.statuses:
                event = build_event(
                    workload,
                    launch_type,
                    stop_code=self.stop_code,
                    stopped_reason=self.stopped_reason,
                    containers=self.containers,
                    started=self.started,
                    status=status,
                )

                text = self.title if status == "STOPPED" else f"{self.title}, still {status}"
                title = describe(text, workload, launch_type)
                yield TypicalEvent(title, self.kind, self.kind in FAILURES, event)
