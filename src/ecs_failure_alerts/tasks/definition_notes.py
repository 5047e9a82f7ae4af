"""The sentences that a task definition adds to an alert."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ..causes import Cause
from .containers import MOST_CONTAINERS, describe_end, was_killed
from .definitions import ContainerDefinition, TaskDefinition
from .events import Container
from .exit_codes import describe_exit_code
from .findings import Finding

#: The causes that a container's end explains.
_EXPLAINED_CAUSES: Final = frozenset({Cause.CONTAINER_EXIT, Cause.CLEAN_EXIT, Cause.OUT_OF_MEMORY})

#: Seconds that a container must run before ECS starts it again, if its policy names none.
#: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerRestartPolicy.html
_ATTEMPT_SECONDS: Final = 300


def find_notes(finding: Finding, definition: TaskDefinition) -> Iterator[str]:
    """
    Find the notes of *definition* on a finding that it has refined.

    Args:
        finding: The refined finding.
        definition: The task's own definition.
    """
    if finding.cause not in _EXPLAINED_CAUSES:
        return
    pairs = [(c, definition.find(c.name)) for _, c in finding.containers.counted]
    essential = [(c, known) for c, known in pairs if known is not None and known.essential]

    if finding.ended_first:
        (first,) = (c.name for c, _ in essential)
        yield f"Container {first} is the only essential one, so its end stopped the task."
    if finding.undecided:
        yield from _note_kills(finding)
    if finding.cause is Cause.OUT_OF_MEMORY:
        yield from _note_helpers_out_of_memory(finding, definition, [c for c, _ in essential])
    elif finding.at_most:
        yield from _note_awaited_failures(finding, definition)

    for container, known in essential:
        yield from _note_restarts(container, known, alone=len(essential) == 1)


def _note_kills(finding: Finding) -> Iterator[str]:
    """Name the containers that may have been killed before the side container at fault ended."""
    killed = [c for _, c in finding.containers.main if was_killed(c)]
    if killed and not any(c in finding.culprits for c in killed):
        names = _join_sorted([f"container {c.name} with {describe_end(c)}" for c in killed])
        yield f"Killed, by ECS or before it stopped the task: {names}."


def _note_helpers_out_of_memory(
    finding: Finding, definition: TaskDefinition, essential: list[Container]
) -> Iterator[str]:
    known = [definition.find(c.name) for c in finding.culprits]
    if not known or any(c is None or c.essential for c in known):
        return

    names = _join_sorted([f"container {c.name}" for c in finding.culprits])
    ends = _join_sorted([f"container {c.name} with {describe_end(c)}" for c in essential])
    yield (
        f"Not essential: {names}. Running out of memory did not stop the task by itself; the "
        f"essential containers ended like this: {ends}."
    )


def _note_awaited_failures(finding: Finding, definition: TaskDefinition) -> Iterator[str]:
    failed = {c.name for c in finding.culprits}
    for container in definition.containers:
        for dependency in container.depends_on:
            if dependency.container in failed and dependency.condition == "COMPLETE":
                yield (
                    f"Container {container.name} starts after container {dependency.container} "
                    "has ended, whatever its exit code (dependsOn COMPLETE)."
                )


def _note_restarts(
    container: Container, known: ContainerDefinition, *, alone: bool
) -> Iterator[str]:
    policy, code = known.restart_policy, container.exit_code
    if policy is None or not policy.enabled or code is None:
        return

    if code in policy.ignored_exit_codes:
        yield (
            f"Container {container.name} was not started again, because its restart policy "
            f"ignores {describe_exit_code(code)}."
        )
    elif code and alone:  # else the task may have been stopping already
        period = policy.attempt_period or _ATTEMPT_SECONDS
        yield (
            f"Container {container.name} was not started again, because it had run for less than "
            f"the {period} seconds that its restart policy requires: a crash loop, unless this "
            "was its first run."
        )


def _join_sorted(parts: list[str]) -> str:
    more = [f"{len(parts) - MOST_CONTAINERS} more"] if len(parts) > MOST_CONTAINERS else []
    return ", ".join([*sorted(parts)[:MOST_CONTAINERS], *more])
