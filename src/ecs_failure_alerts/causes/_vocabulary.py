"""The closed words of the library: causes, workload types, levels, and what a cause is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, Literal, TypeAlias, get_args

from attrs import frozen

Level: TypeAlias = Literal["fatal", "error", "warning", "info"]

#: From high to low.
LEVELS: Final[tuple[Level, ...]] = get_args(Level)


class WorkloadType(StrEnum):
    """What kind of workload a task, or what AWS says of something else, belongs to."""

    BATCH = "batch"
    SERVICE = "service"
    SCHEDULED = "scheduled"
    STANDALONE = "standalone"
    DAEMON = "daemon"
    WORKFLOW = "workflow"
    INSTANCE = "instance"


#: The types that a task can be of; the others are of notices.
TASK_WORKLOADS: Final = (
    WorkloadType.BATCH,
    WorkloadType.SERVICE,
    WorkloadType.SCHEDULED,
    WorkloadType.STANDALONE,
)


class Cause(StrEnum):
    """Why a task stopped, or what AWS says of something that is no task."""

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


#: A level for every type of workload; None is silence.
Levels: TypeAlias = Mapping[WorkloadType, Level | None]


def always(level: Level | None) -> Levels:
    """Return *level* for every type of workload."""
    return dict.fromkeys(WorkloadType, level)


def but_for_services(level: Level | None, service: Level | None) -> Levels:
    """Return *level* for every type of workload but services, and *service* for those."""
    return {**always(level), WorkloadType.SERVICE: service}


#: Written down for a cause that never alerts by itself.
SILENT: Final = always(None)


@frozen(slots=False, eq=False, repr=False)
class CauseEntry:
    """
    What a cause is called, what to do about it, and at what level it alerts.

    Attributes:
        title: A word that a person scans for.
        summary: One sentence; ``{who}`` stands for the workload at the beginning of it,
            ``{whom}`` in the middle, ``{which}`` for the containers at fault with their exit
            codes, or for what only a notice can fill in.
        hint: What to do next.
        levels: The default level for each type of workload.
        page: The AWS page on which the cause rests.
    """

    title: str
    summary: str
    hint: str
    levels: Levels
    page: str
