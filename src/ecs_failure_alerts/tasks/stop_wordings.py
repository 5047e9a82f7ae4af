"""The words for a task that was stopped from outside, or that ended with 0."""

from __future__ import annotations

from typing import Final

from ..causes import Cause, WorkloadType
from .containers import has_own_code
from .findings import Finding
from .wording import (
    Wording,
    of_a_service,
    of_no_service,
    says_something,
)

_SCHEDULER: Final = (Cause.SCHEDULER_STOPPED,)
_SPOT: Final = (Cause.SPOT_INTERRUPTION,)
_HOST: Final = (Cause.HOST_TERMINATED,)
_USER: Final = (Cause.USER_STOPPED,)
_CLEAN: Final = (Cause.CLEAN_EXIT,)


def _is_impaired(finding: Finding) -> bool:
    return finding.task.stop_code == "InfrastructureHealth"


def _service_beside_another_code(finding: Finding) -> bool:
    return finding.is_service and any(map(has_own_code, finding.containers.others))


def _of_batch(finding: Finding) -> bool:
    return finding.workload.type is WorkloadType.BATCH


#: In this order the first that fits is said.
STOP_WORDINGS: Final = (
    Wording(
        _SCHEDULER,
        "a task that belongs to no service",
        "{rerun} Find out what stopped it: the stop code is the service scheduler's, but this task "
        "belongs to no service. CloudTrail and AWS Health may say more.",
        summary="{who} was stopped by ECS, though it belongs to no service.",
        when=of_no_service,
    ),
    Wording(
        _SCHEDULER,
        "a deployment or scale-in",
        "Nothing: this is routine.",
        summary="{who} was stopped by the service scheduler: a deployment or scale-in.",
        says="Scaling activity initiated by",
    ),
    Wording(
        _SCHEDULER,
        "a container instance that is draining",
        "Nothing: the service starts the task again on another instance.",
        summary="{who} was stopped by the service scheduler: its container instance is draining.",
        says="DRAINING",
    ),
    Wording(
        _SCHEDULER,
        "a sentence of the scheduler's own",
        "Look at the service's events if you did not expect it.",
        summary='{who} was stopped by the service scheduler: "{quote}".',
        when=says_something,
    ),
    Wording(
        _USER,
        "a Batch job that ran into its time limit",
        "Raise attemptDurationSeconds in the job's timeout, or find out why it took so long.",
        summary="{who} ran into its time limit, and Batch stopped it.",
        says="Job attempt duration exceeded timeout",
        when=_of_batch,
    ),
    Wording(
        _SPOT,
        "a service's task, on Spot",
        "Nothing: ECS starts another task. If too few are left meanwhile, run some of the "
        "service on capacity other than Spot.",
        when=of_a_service,
    ),
    Wording(
        _HOST,
        "a service's task, on a host that is gone",
        "Nothing: ECS starts another task. If it happens often, find out what ends the hosts.",
        when=of_a_service,
    ),
    Wording(
        _HOST,
        "AWS's maintenance",
        "{rerun} AWS Health announces maintenance.",
        summary="{who} was cut short: AWS took its host for maintenance.",
        says="performing maintenance",
    ),
    Wording(
        _HOST,
        "an instance that was drained",
        "{rerun} ECS Managed Instances are drained 14 days after their launch at the latest, so "
        "let long jobs resume where they stopped.",
        summary="{who} was cut short: its instance was drained.",
        says="instance draining",
    ),
    Wording(
        _HOST,
        "an instance that was terminated or stopped",
        "{rerun} Find out what ended the instance: Spot, scale-in of its Auto Scaling group, or "
        "somebody by hand (see CloudTrail).",
        summary="{who} was cut short: its EC2 instance was terminated or stopped.",
        says="Host EC2",
    ),
    Wording(
        _HOST,
        "an instance that AWS found impaired",
        "{rerun} AWS Health may say what was wrong with the instance.",
        summary="{who} was cut short: AWS found its instance impaired.",
        when=_is_impaired,
    ),
    Wording(
        _CLEAN,
        "a task of a service, and a side container with a code of its own",
        "Read the side container's log, then the others': the event does not say which ended "
        "first, and ECS stops the rest. A service should keep running.",
        summary="{who} ended: its main containers with 0, a side container with another code.",
        when=_service_beside_another_code,
    ),
    Wording(
        _CLEAN,
        "a service's task that ended with 0",
        "Find out why the process exited: a service should keep running. Read the container's "
        "last log lines before the stop.",
        when=of_a_service,
    ),
)
