"""
The table of all causes: their titles and summaries, what to do, and their levels.

`tasks.signs` and `notices` have the signs by which a cause is recognized.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from .._globs import matches_any
from .._texts import unknown
from ._notices import NOTICE_CAUSES
from ._vocabulary import (
    SILENT,
    Cause,
    CauseEntry,
    WorkloadType,
    always,
    but_for_services,
)

#: The name for every cause, and for every type of workload.
ANY: Final = "*"

_GUIDE: Final = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
_ERROR_CODES: Final = _GUIDE + "stopped-task-error-codes.html"
_API_TASK: Final = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html"

TASK_CAUSES: Final[Mapping[Cause, CauseEntry]] = {
    Cause.NOT_STOPPED: CauseEntry(
        title="NotStopped",
        summary="{who} has not stopped yet.",
        hint="Wait for the task's STOPPED event.",
        levels=SILENT,
        page=_GUIDE + "task-lifecycle-explanation.html",
    ),
    Cause.OUT_OF_MEMORY: CauseEntry(
        title="OutOfMemory",
        summary="{who} ran out of memory{limit}: {which}.",
        hint=(
            "Raise the memory limit of the container (or of the task on Fargate), or look for a "
            "leak in its memory graph."
        ),
        levels=always("error"),
        page=_ERROR_CODES,
    ),
    Cause.USER_STOPPED: CauseEntry(
        title="UserStopped",
        summary="{who} was stopped by a call of StopTask.",
        hint="Nothing, if the stop was meant; CloudTrail's StopTask event says who asked for it.",
        levels=SILENT,
        page=_API_TASK,
    ),
    Cause.FAILED_TO_START_RESOURCE_INIT: CauseEntry(
        title="ResourceInitialization",
        summary=(
            "{who} could not start: ECS could not set up a secret, log driver, volume or network."
        ),
        hint=(
            "Find the resource in the reason, and check that it exists, that the role that ECS "
            "uses for it is permitted, and that the subnet reaches it."
        ),
        levels=always("error"),
        page=_GUIDE + "resource-initialization-error.html",
    ),
    Cause.FAILED_TO_START_IMAGE_PULL: CauseEntry(
        title="CannotPullImage",
        summary="{who} could not start: ECS could not pull {image}.",
        hint=(
            "Check the usual reasons: the image or tag does not exist, the {role} may not pull, "
            "the subnet does not reach the registry, or the registry limits the rate."
        ),
        levels=always("error"),
        page=_GUIDE + "task_cannot_pull_image.html",
    ),
    Cause.FAILED_TO_START_OTHER: CauseEntry(
        title="FailedToStart",
        summary="{who} could not start{because}.",
        hint=(
            "Read the reason, and compare with the last change to the task definition and to the "
            "image."
        ),
        levels=always("error"),
        page=_ERROR_CODES,
    ),
    Cause.SPOT_INTERRUPTION: CauseEntry(
        title="SpotInterruption",
        summary="{who} was cut short: AWS took the Spot capacity back.",
        hint=("{rerun} Move it off Spot if it must not be cut short."),
        levels=but_for_services("warning", None),
        page=_GUIDE + "fargate-capacity-providers.html",
    ),
    Cause.HOST_TERMINATED: CauseEntry(
        title="HostTerminated",
        summary="{who} was cut short: its host went away or was taken out of use.",
        hint=(
            "{rerun} Find out what ended the host: Spot, its Auto Scaling group, a repair by AWS, "
            "or somebody by hand."
        ),
        levels=but_for_services("warning", None),
        page=_ERROR_CODES,
    ),
    Cause.HEALTH_CHECK: CauseEntry(
        title="HealthCheckFailed",
        summary="{who} was stopped because its health checks failed{because}.",
        hint=(
            "Read the container's log before the stop; compare the check's path, port, timeout "
            "and grace period with how long the container takes to come up."
        ),
        levels=always("error"),
        page=_ERROR_CODES,
    ),
    Cause.SCHEDULER_STOPPED: CauseEntry(
        title="SchedulerStopped",
        summary="{who} was stopped by the service scheduler; ECS does not say why.",
        hint="Look at the service's events if you did not expect it.",
        levels=SILENT,
        page=_API_TASK,
    ),
    Cause.CONTAINER_EXIT: CauseEntry(
        title="ContainerExit",
        summary="{who} failed: {which}.",
        hint="Read the container's last log lines before the stop.",
        levels=always("error"),
        page=_ERROR_CODES,
    ),
    Cause.CLEAN_EXIT: CauseEntry(
        title="CleanExit",
        summary="{who} ended by itself, and no container failed.",
        hint="Nothing: the job is done.",
        levels=but_for_services(None, "warning"),
        page=_ERROR_CODES,
    ),
}

CAUSES: Final[Mapping[Cause, CauseEntry]] = {**TASK_CAUSES, **NOTICE_CAUSES}


def check_causes(causes: Mapping[Cause, CauseEntry]) -> None:
    """
    Check that *causes* is complete: that each cause has its words, levels and page.

    Raises:
        LookupError: Something is missing; the text names the cause, and what is missing.
    """
    for cause in Cause:
        entry = causes.get(cause)
        if entry is None:
            raise LookupError(f"cause {cause}: expected an entry in CAUSES, got none")

        for word in ("title", "summary", "hint", "page"):
            if not getattr(entry, word):
                raise LookupError(f"cause {cause}: expected a {word}, got none")
        if set(entry.levels) != set(WorkloadType):
            types = ", ".join(WorkloadType)
            raise LookupError(f"cause {cause}: expected a level, or None, for each of {types}")


check_causes(CAUSES)


def causes_named(name: str) -> tuple[Cause, ...]:
    """
    Return the causes that *name* stands for.

    Args:
        name: A cause, or a group of causes such as ``failed_to_start``; ``*`` stands for any
            characters.

    Raises:
        ValueError: No cause has that name.
    """
    found = tuple(
        cause for cause in Cause if _matches(cause, name) or cause.partition(".")[0] == name
    )
    if not found:
        groups = sorted({cause.partition(".")[0] for cause in Cause} - {*Cause})
        raise ValueError(unknown("cause", name, [*Cause, *groups]))
    return found


def workloads_named(name: str) -> tuple[WorkloadType, ...]:
    """
    Return the types of workload that *name* stands for; ``*`` stands for any characters.

    Raises:
        ValueError: No type has that name.
    """
    found = tuple(type_ for type_ in WorkloadType if _matches(type_, name))
    if not found:
        raise ValueError(unknown("workload type", name, [ANY, *WorkloadType]))
    return found


def _matches(word: str, name: object) -> bool:
    return isinstance(name, str) and matches_any(word, (name,))
