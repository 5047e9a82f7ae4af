"""The words for a task that ran out of memory, or whose containers ended by themselves."""

from __future__ import annotations

from typing import Final

from ..causes import Cause
from .containers import was_never_pulled
from .exit_codes import CRASH_CODES, SIGTERM
from .findings import Finding
from .memory_limits import has_less_than_the_task
from .wording import (
    Wording,
    another_ended_well,
    blames_a_side_container,
    ended_with,
    has_a_reason,
    killed,
    may_have_answered_a_stop,
    on_an_instance,
    on_fargate,
)

_MEMORY: Final = (Cause.OUT_OF_MEMORY,)
_EXIT: Final = (Cause.CONTAINER_EXIT,)


def _lost_sight(finding: Finding) -> bool:
    """Return whether no culprit has a code, so nobody saw how they ended."""
    return ended_with(None)(finding)


def _could_not_pull(finding: Finding) -> bool:
    return bool(finding.culprits) and all(map(was_never_pulled, finding.culprits))


def _lost_sight_on_an_instance(finding: Finding) -> bool:
    return on_an_instance(finding) and _lost_sight(finding)


def _killed_beside_a_clean_exit(finding: Finding) -> bool:
    return another_ended_well(finding) and killed(finding)


def _restarted(finding: Finding) -> bool:
    """Return whether it has the code that Docker gives to what ran when the host went down."""
    # https://github.com/moby/moby/pull/45800
    return on_an_instance(finding) and ended_with(255)(finding) and not has_a_reason(finding)


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
        "Check whether the work is complete. Then raise the memory limit, or start fewer "
        "processes.",
        summary="{who} ran out of memory{limit}: a child process was killed in {which}.",
        when=ended_with(0),
        for_service="Raise the memory limit, or start fewer processes.",
    ),
    Wording(
        _MEMORY,
        "a container whose own limit is below that of its task",
        "Raise the container's own memory limit (and the task's memory, if its containers need "
        "more together), or look for a leak in its memory graph.",
        when=has_less_than_the_task,
    ),
    Wording(
        _MEMORY,
        "on Fargate",
        "Raise the task's memory (and the container's own limit, if it has one), or look for a "
        "leak in its memory graph.",
        when=on_fargate,
    ),
    Wording(
        _MEMORY,
        "on a container instance",
        "Raise the container's memory limit, or look for a leak in its memory graph.",
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
        summary="{who} failed: {names} was not started: its image could not be pulled{beside}.",
        when=_could_not_pull,
        for_service="Check the image's name and tag, that the {role} may pull it, and that the "
        "subnet reaches the registry.",
    ),
    Wording(
        _EXIT,
        "no exit code, on a container instance",
        "Before you run it again, read the container's last log lines: the work may be done. "
        "Then find out whether the host was overloaded or went away.",
        summary="{who} ended without a known result: ECS lost sight of {names}{beside}.",
        when=_lost_sight_on_an_instance,
        for_service="Read the container's last log lines before the stop, then find out whether "
        "the host was overloaded or went away.",
    ),
    Wording(
        _EXIT,
        "no exit code",
        "Before you run it again, read the container's last log lines: the work may be done.",
        summary="{who} ended without a known result: ECS lost sight of {names}{beside}.",
        when=_lost_sight,
        for_service="Read the container's last log lines before the stop.",
    ),
    Wording(
        _EXIT,
        "137 without a reason, beside a container that ended with 0",
        "Check whether the work was done before you run it again. If it was, the container that "
        "was killed was slow to stop: let it end on SIGTERM, or raise its stopTimeout. Only if "
        "it was not, compare its memory with its limit.",
        summary="{who} {outcome}: {which}{beside}.",
        when=_killed_beside_a_clean_exit,
        for_service="Find out from the logs which container ended first: a service's should keep "
        "running, and ECS stops the rest. If the killed one was first, compare its memory with "
        "its limit.",
    ),
    Wording(
        _EXIT,
        "a container that was stopped, beside one that ended with 0",
        "Check whether the work was done before you run it again. If it was, let the other "
        "container end with 0 on SIGTERM.",
        summary="{who} {outcome}: {which}{beside}.",
        when=another_ended_well,
        for_service="Find out from the logs which container ended first, and why: a service's "
        "should keep running, and ECS stops the rest.",
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
        "a crash",
        "Read the container's last log lines before the stop: the process crashed in native code "
        "(a library, a driver, or a bug in the runtime). Compare with the last change of the "
        "image.",
        when=ended_with(*CRASH_CODES),
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
        "1 or 2, beside a container that ended with 0",
        "Read the container's last log lines before the stop, and check whether the work was done "
        "before you run it again.",
        when=may_have_answered_a_stop,
        for_service="Read the container's last log lines before the stop.",
    ),
    Wording(
        _EXIT,
        "255, on a container instance",
        "Read the container's last log lines before the stop. If they show no error, check "
        "whether the host was restarted: Docker then gives the code 255.",
        when=_restarted,
    ),
    Wording(
        _EXIT,
        "a reason",
        "Read the reason, then the container's last log lines before the stop.",
        when=has_a_reason,
    ),
)

#: In this order the first that fits is said.
EXIT_WORDINGS: Final = (*_ON_MEMORY, *_ON_EXITS)
