"""The words for a task that had started, by how it ended."""

from __future__ import annotations

from typing import Final

from ..causes import Cause, WorkloadType
from .containers import has_own_code, was_never_pulled
from .exit_codes import CRASH_SIGNALS, SIGTERM
from .findings import Finding
from .wording import (
    Wording,
    blames_a_side_container,
    ended_with,
    has_a_reason,
    killed,
    of_a_service,
    of_no_service,
    on_an_instance,
    on_fargate,
    says_something,
)

_MEMORY: Final = (Cause.OUT_OF_MEMORY,)
_EXIT: Final = (Cause.CONTAINER_EXIT,)
_SCHEDULER: Final = (Cause.SCHEDULER_STOPPED,)
_SPOT: Final = (Cause.SPOT_INTERRUPTION,)
_HOST: Final = (Cause.HOST_TERMINATED,)
_USER: Final = (Cause.USER_STOPPED,)
_CLEAN: Final = (Cause.CLEAN_EXIT,)


def _is_impaired(finding: Finding) -> bool:
    return finding.task.stop_code == "InfrastructureHealth"


def _service_beside_another_code(finding: Finding) -> bool:
    return finding.is_service and any(map(has_own_code, finding.containers.others))


def _lost_sight(finding: Finding) -> bool:
    """Return whether no culprit has a code, so nobody saw how they ended."""
    return ended_with(None)(finding)


def _could_not_pull(finding: Finding) -> bool:
    return bool(finding.culprits) and all(map(was_never_pulled, finding.culprits))


def _of_batch(finding: Finding) -> bool:
    return finding.workload.type is WorkloadType.BATCH


def _lost_sight_on_an_instance(finding: Finding) -> bool:
    return on_an_instance(finding) and _lost_sight(finding)


def _another_ended_well(finding: Finding) -> bool:
    """Return whether it is undecided because a main container ended with 0."""
    return finding.undecided and any(c.exit_code == 0 for _, c in finding.containers.main)


def _killed_beside_a_clean_exit(finding: Finding) -> bool:
    return _another_ended_well(finding) and killed(finding)


def _lists_no_containers(finding: Finding) -> bool:
    return not finding.containers.counted


_ON_MEMORY: Final = (
    Wording(
        _MEMORY,
        "the container could not start within its memory limit",
        "Raise the container's memory limit: it is too low for the container to start.",
        summary="{who} could not start: the memory limit{of} is too low.",
        says="container init was OOM-?killed",
    ),
    Wording(
        _MEMORY,
        "exit code 0: a child process was killed",
        "Check whether the work is complete: a child process was killed, but the container still "
        "ended with 0. Then raise its memory limit, or start fewer processes.",
        summary="{who} ran out of memory: a child process was killed in {which}.",
        when=ended_with(0),
    ),
    Wording(
        _MEMORY,
        "on Fargate",
        "Raise the task's memory (and the container's own limit, if it has one), or look for a "
        "leak in the memory graph of the last runs.",
        when=on_fargate,
    ),
    Wording(
        _MEMORY,
        "on a container instance",
        "Raise the container's memory limit, or look for a leak in the memory graph of the last "
        "runs.",
        when=on_an_instance,
    ),
)

_ON_EXITS: Final = (
    Wording(
        _EXIT,
        "the end of a side container stopped the others",
        "Read the side container's log, and try another version of its image. Mark it as not "
        "essential if the task can do its work without it.",
        when=blames_a_side_container,
    ),
    Wording(
        _EXIT,
        "the event lists no containers",
        "Look the task up in the console or with describe-tasks within the hour, and read its "
        "logs.",
        summary="{who} ended, and the event does not say how.",
        when=_lists_no_containers,
    ),
    Wording(
        _EXIT,
        "an image that could not be pulled, of a task that had started",
        "Check the image's name and tag, that the {role} may pull it, and that the subnet reaches "
        "the registry. Check whether the work was done before you run it again.",
        summary="{who} failed: {names} was not started: its image could not be pulled.",
        when=_could_not_pull,
    ),
    Wording(
        _EXIT,
        "no exit code, on a container instance",
        "Before you run it again, read the container's last log lines: the work may be done. "
        "Then find out whether the host was overloaded or went away.",
        summary="{who} ended without a known result: ECS lost sight of {names}.",
        when=_lost_sight_on_an_instance,
    ),
    Wording(
        _EXIT,
        "no exit code",
        "Before you run it again, read the container's last log lines: the work may be done.",
        summary="{who} ended without a known result: ECS lost sight of {names}.",
        when=_lost_sight,
    ),
    Wording(
        _EXIT,
        "137 without a reason, beside a container that ended with 0",
        "Check whether the work was done before you run it again. If it was, the container that "
        "was killed was slow to stop: let it end on SIGTERM, or raise its stopTimeout. Only if "
        "it was not, compare its memory with its limit.",
        summary="{who} may have failed: {which}; another container ended with 0.",
        when=_killed_beside_a_clean_exit,
    ),
    Wording(
        _EXIT,
        "a container that was stopped, beside one that ended with 0",
        "Check whether the work was done before you run it again. If it was, let the other "
        "container end with 0 on SIGTERM.",
        summary="{who} may have failed: {which}; another container ended with 0.",
        when=_another_ended_well,
    ),
    Wording(
        _EXIT,
        "137 without a reason",
        "Compare the run's memory graph with the memory limits of the container and of the "
        "task: ECS may give no reason when a child process reaches one. If memory stayed well "
        "below, read the container's last log lines before the stop.",
        when=killed,
    ),
    Wording(
        _EXIT,
        "143 without a reason",
        "Find out from the container's last log lines before the stop what sent SIGTERM: usually "
        "it is the program itself, or its parent process in the container.",
        when=ended_with(SIGTERM),
    ),
    Wording(
        _EXIT,
        "a crash signal",
        "Read the container's last log lines before the stop: the process crashed in native code "
        "(a library, a driver, or a bug in the runtime). Compare with the last change of the "
        "image.",
        when=ended_with(*CRASH_SIGNALS),
    ),
    Wording(
        _EXIT,
        "125, 126 or 127: a command that could not be run",
        "Check entryPoint and command, and the scripts that they start: a command was not found "
        "or may not be run. The container's last log lines name it.",
        when=ended_with(125, 126, 127),
    ),
    Wording(
        _EXIT,
        "a reason",
        "Read the reason, then the container's last log lines before the stop.",
        when=has_a_reason,
    ),
)

_ON_STOPS: Final = (
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

#: In this order the first that fits is said.
STOP_WORDINGS: Final = (*_ON_MEMORY, *_ON_EXITS, *_ON_STOPS)
