"""The library's vocabulary: causes, workload types and levels."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, TypeAlias, get_args

from attrs import frozen

Level: TypeAlias = Literal["fatal", "error", "warning", "info"]

#: The levels from high to low.
LEVELS: Final[tuple[Level, ...]] = get_args(Level)


class WorkloadType(StrEnum):
    """The type of workload that a task or a notice is about."""

    BATCH = "batch"
    SERVICE = "service"
    SCHEDULED = "scheduled"
    STANDALONE = "standalone"
    DAEMON = "daemon"
    WORKFLOW = "workflow"
    INSTANCE = "instance"


#: The types of tasks; the others are only for notices.
TASK_WORKLOADS: Final = (
    WorkloadType.BATCH,
    WorkloadType.SERVICE,
    WorkloadType.SCHEDULED,
    WorkloadType.STANDALONE,
)


class Cause(StrEnum):
    """Why a task stopped, or what a notice is about."""

    NOT_STOPPED = "not_stopped"
    OUT_OF_MEMORY = "out_of_memory"
    USER_STOPPED = "user_stopped"
    FAILED_TO_START_RESOURCE_INIT = "failed_to_start.resource_init"
    FAILED_TO_START_IMAGE_PULL = "failed_to_start.image_pull"
    FAILED_TO_START_OTHER = "failed_to_start.other"
    SPOT_INTERRUPTION = "spot_interruption"
    HOST_TERMINATED = "host_terminated"
    HEALTH_CHECK = "health_check"
    SCHEDULER_STOPPED = "scheduler_stopped"
    CONTAINER_EXIT = "container_exit"
    CLEAN_EXIT = "clean_exit"
    ROUTINE = "routine"
    DEPLOYMENT_FAILED = "deployment_failed"
    DEPLOYMENT_HOOK_FAILED = "deployment_hook_failed"
    DEPLOYMENT_HOOK_TIMED_OUT = "deployment_hook_timed_out"
    SERVICE_TASK_START_IMPAIRED = "service_action.task_start_impaired"
    SERVICE_TASK_PLACEMENT_FAILURE = "service_action.task_placement_failure"
    SERVICE_TASK_CONFIGURATION_FAILURE = "service_action.task_configuration_failure"
    SERVICE_CONSTRAINT_VIOLATED = "service_action.daemon_placement_constraint_violated"
    SERVICE_THROTTLED = "service_action.throttled"
    SERVICE_HEALTH_UNKNOWN = "service_action.health_unknown"
    SERVICE_OTHER = "service_action.other"
    DAEMON_TASK_START_IMPAIRED = "daemon.task_start_impaired"
    DAEMON_DEPLOYMENT_FAILED = "daemon.deployment_failed"
    INSTANCE_IMPAIRED = "instance.impaired"
    INSTANCE_REGISTRATION_FAILED = "instance.registration_failed"
    RUN_REFUSED = "run_refused"
    SCHEDULE_TARGET_FAILED = "schedule_target_failed"
    BATCH_JOB_FAILED = "batch.job_failed"
    BATCH_JOB_TIMED_OUT = "batch.job_timed_out"
    BATCH_QUEUE_BLOCKED = "batch.queue_blocked"
    WORKFLOW_FAILED = "workflow.failed"
    WORKFLOW_TIMED_OUT = "workflow.timed_out"
    TASK_RETIREMENT = "task_retirement"


#: The causes of tasks with which no container is at fault.
BLAMELESS: Final = frozenset(
    {
        Cause.NOT_STOPPED,
        Cause.USER_STOPPED,
        Cause.SPOT_INTERRUPTION,
        Cause.HOST_TERMINATED,
        Cause.SCHEDULER_STOPPED,
        Cause.CLEAN_EXIT,
    }
)

#: A level for every type of workload; None is silence.
Levels: TypeAlias = Mapping[WorkloadType, Level | None]


def always(level: Level | None) -> Levels:
    """Return *level* for every type of workload."""
    return dict.fromkeys(WorkloadType, level)


def but_for_services(level: Level | None, service: Level | None) -> Levels:
    """Return *service* for services, and *level* for every other type of workload."""
    return {**always(level), WorkloadType.SERVICE: service}


#: The levels of a cause that never alerts by default.
SILENT: Final = always(None)


@frozen(slots=False, eq=False, repr=False)
class CauseEntry:
    """
    The texts, the levels and the source of a cause.

    Attributes:
        title: A word for titles.
        summary: One sentence. ``{who}`` stands for the workload at its beginning, ``{whom}`` for
            the workload in the middle, and ``{which}`` for the containers at fault with their
            exit codes, or for the words of a notice.
        hint: What to do next.
        levels: The default level for each type of workload.
        page: The AWS page that describes the cause.
    """

    title: str
    summary: str
    hint: str
    levels: Levels
    page: str
