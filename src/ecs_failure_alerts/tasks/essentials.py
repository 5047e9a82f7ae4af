"""
How a task ended, refined by its task definition.

ECS stops a task of its own accord only when an essential container has stopped, so the list of
essential containers tells whose end stopped the task. (ecs-agent, agent/api/task/task.go,
updateTaskDesiredStatusUnsafe)
"""

# Theory of operation: the event alone is judged first. If the definition has all containers of the
# task, the exit codes of the essential ones are then judged again. E is an essential container and
# n another one; 0 is code 0, K a kill without reason, F any other code and ? no code. From the top:
#
#    1  all E0; n only 0, K or ?          clean_exit: the work ended, and ECS stopped the rest
#    2  all E0, and n with F              clean_exit of a service; else a warning that names n
#    3  one E                             container_exit, that one: it ended first
#    4  several E; side containers with   container_exit, those; undecided
#       F, and the main ones 0 or K
#    5  several E                         by their exit codes, as without a definition
#
# Row 1 alone may silence an alert, and needs the stop code EssentialContainerExited: a task
# without a code may be an old Spot stop. Before all rows: if an essential container waited in
# vain for another one, that other one is to blame, and nothing had started.

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from ..causes import Cause
from .containers import Found, has_failed, waited_in_vain, was_killed
from .definition_notes import find_notes
from .definitions import ContainerDefinition, Dependency, TaskDefinition
from .events import Container
from .exit_codes import SIGKILL, SIGTERM
from .findings import Finding

_ESSENTIAL_EXIT: Final = "EssentialContainerExited"

#: The stop codes under which an essential container's end may have stopped the task.
_STOPS: Final = frozenset({_ESSENTIAL_EXIT, None, ""})

#: The causes that exit codes alone decide.
_EXITS: Final = frozenset({Cause.CONTAINER_EXIT, Cause.CLEAN_EXIT})


def refine(finding: Finding, definition: TaskDefinition) -> Finding:
    """
    Refine *finding* by *definition*.

    Args:
        finding: The finding from the event alone.
        definition: The task's own definition; the definition of another task changes nothing.
    """
    if definition.arn != finding.task.task_definition_arn:
        return finding
    ends = _Ends(finding, definition)

    if finding.cause is Cause.FAILED_TO_START_OTHER:
        finding = ends.blame_dependency() or finding
    elif finding.cause in _EXITS and finding.task.stop_code in _STOPS:
        finding = ends.blame_dependency() or ends.judge() or finding

    return evolve(finding, notes=tuple(find_notes(finding, definition)))


class _Ends:
    """The ends of a task's containers, together with its definition."""

    def __init__(self, finding: Finding, definition: TaskDefinition) -> None:
        self._finding = finding
        self._counted = finding.containers.counted
        self._definitions = {c.name: c for c in definition.containers}
        self._names = frozenset(c.name for c in definition.containers if c.essential)
        self._essential = [(path, c) for path, c in self._counted if c.name in self._names]

        self._paths = {
            c.name: f"definition.containers[{index}]"
            for index, c in enumerate(definition.containers)
        }

    def judge(self) -> Finding | None:
        """Judge the ends; return None if the definition lacks a container."""
        counted = {c.name for _, c in self._counted}
        if not self._essential or not self._names <= counted <= self._definitions.keys():
            return None

        if any(c.exit_code != 0 for _, c in self._essential):
            return self._of_a_failure()
        others = [(path, c) for path, c in self._counted if c.name not in self._names]
        failed = [(path, c) for path, c in others if not _was_stopped(c)]
        return self._of_failed_helpers(failed) if failed else self._of_completed_work()

    def _of_completed_work(self) -> Finding | None:
        if self._finding.task.stop_code != _ESSENTIAL_EXIT:
            return None
        return evolve(
            self._found(Cause.CLEAN_EXIT, [], self._essential, self._counted), completed=True
        )

    def _of_failed_helpers(self, failed: Found) -> Finding:
        if self._finding.is_service:
            found = self._found(Cause.CLEAN_EXIT, [], self._essential, self._essential + failed)
        else:
            found = self._found(Cause.CONTAINER_EXIT, failed, failed, self._essential + failed)
        return evolve(found, at_most="warning")

    def _of_a_failure(self) -> Finding:
        containers = self._finding.containers.among(self._names)
        exits = containers.exits()
        culprits, undecided = exits.culprits, exits.undecided

        if all(c.exit_code == 0 or was_killed(c) for _, c in containers.main):
            own_end = [(path, c) for path, c in containers.side if has_failed(c)]
            culprits, undecided = own_end or culprits, bool(own_end) or undecided

        cause = Cause.CONTAINER_EXIT if culprits else Cause.CLEAN_EXIT
        decisive = culprits or containers.main
        found = self._found(cause, culprits, decisive, decisive)
        return evolve(
            found,
            containers=containers,
            undecided=undecided,
            ended_first=len(self._essential) == 1 < len(self._counted),
        )

    def _found(self, cause: Cause, culprits: Found, decisive: Found, known: Found) -> Finding:
        exits = (f"{path}.exitCode" for path, _ in decisive)
        flags = (f"{self._paths[c.name]}.essential" for _, c in known)

        return evolve(
            self._finding,
            cause=cause,
            culprits=tuple(c for _, c in culprits),
            evidence=(*exits, *flags),
            containers=self._finding.containers.among(self._names),
            essential=self._names,
            undecided=False,
        )

    def blame_dependency(self) -> Finding | None:
        """Blame the containers that essential ones waited for in vain; None if there are none."""
        waited = [(path, c) for path, c in self._essential if waited_in_vain(c)]
        unmet = {c.name for _, waiting in waited for c in self._unmet(waiting.name, set())}
        if not unmet:
            return None

        reasons = (f"{path}.reason" for path, _ in waited)
        orders = (f"{self._paths[c.name]}.dependsOn" for _, c in waited)
        return evolve(
            self._finding,
            cause=Cause.FAILED_TO_START_OTHER,
            culprits=tuple(c for _, c in self._counted if c.name in unmet),
            evidence=(*reasons, *orders),
            undecided=False,
        )

    def _unmet(self, name: str, seen: set[str]) -> Iterator[Container]:
        """Find the containers that the container *name* waited for in vain."""
        definition = self._definitions.get(name, ContainerDefinition(name))
        unmet = [
            other
            for dependency in definition.depends_on
            for _, other in self._counted
            if other.name == dependency.container and not _is_met(dependency, other)
        ]

        for other in [c for c in unmet if has_failed(c)] or unmet:
            if not waited_in_vain(other):
                yield other
            elif other.name not in seen:  # a chain: the first that failed is to blame
                yield from self._unmet(other.name, seen | {other.name})


def _was_stopped(container: Container) -> bool:
    """Return whether it ended with 0, or like a container that ECS stopped."""
    if container.exit_code == 0:
        return True
    return container.exit_code in {None, SIGKILL, SIGTERM} and not container.reason


def _is_met(dependency: Dependency, other: Container) -> bool:
    """Return whether *other* met *dependency*, as far as the event says."""
    if dependency.condition == "SUCCESS":
        return other.exit_code == 0
    if dependency.condition == "HEALTHY":
        return other.health_status == "HEALTHY"
    if dependency.condition == "COMPLETE":
        return other.exit_code is not None and not waited_in_vain(other)
    return not other.reason
